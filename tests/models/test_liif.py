"""LIIF against a slow version of the paper's equations, and that each wrong convention would show."""

from __future__ import annotations

import itertools

import numpy as np
import pytest
import torch
import torch.nn.functional as F
from numpy.typing import NDArray

from liif_core.coords import make_coord
from liif_core.geometry import Rect, Size
from liif_core.models.decoders.liif import Liif
from tests.models.builders import filled
from tests.models.queried import decoded, features
from tests.models.reference import liif_layers, liif_picture

pytestmark = pytest.mark.usefixtures("one_thread")

FLAGS = list(itertools.product((False, True), repeat=3))
# Neither whole nor equal along both axes, and no query halfway between two latents, where rounding decides.
SOURCE, OUTPUT = Size(5, 7), Size(13, 11)
TOLERANCE = 1e-5


def decoder_of(flags: tuple[bool, bool, bool], *, channels: int = 3) -> Liif:
    decoder = Liif(
        channels, hidden_list=[10, 10], local_ensemble=flags[0], feat_unfold=flags[1], cell_decode=flags[2]
    ).eval()
    filled(decoder)
    return decoder


def reference(
    decoder: Liif, feat: torch.Tensor, output: Size, flags: tuple[bool, bool, bool], mistake: str = ""
) -> NDArray[np.float64]:
    layers = liif_layers({name: value.numpy() for name, value in decoder.state_dict().items()})
    return liif_picture(
        feat[0].double().numpy(),
        layers,
        (output.height, output.width),
        local_ensemble=flags[0],
        feat_unfold=flags[1],
        cell_decode=flags[2],
        mistake=mistake,
    )


@pytest.mark.parametrize("flags", FLAGS)
def test_liif_equals_the_papers_equations(flags: tuple[bool, bool, bool]) -> None:
    decoder, feat = decoder_of(flags), features(SOURCE)
    expected = reference(decoder, feat, OUTPUT, flags)
    assert np.ptp(expected) > 0.5
    np.testing.assert_allclose(decoded(decoder, feat, OUTPUT).numpy(), expected, rtol=0, atol=TOLERANCE)


@pytest.mark.parametrize(
    ("source", "output"),
    [
        # Odd whole zooms are left out: their outermost queries fall on the centre of a latent, where all four areas are
        # 0 but for rounding.
        (Size(4, 6), Size(8, 24)),  # whole, unequal
        (Size(6, 3), Size(7, 25)),  # barely and much enlarged
        (Size(1, 1), Size(4, 4)),
        (Size(1, 6), Size(5, 16)),
        (Size(3, 2), Size(90, 60)),  # x30
        (Size(9, 4), Size(4, 9)),  # one side reduced
    ],
)
def test_liif_equals_the_papers_equations_at_other_sizes(source: Size, output: Size) -> None:
    flags = (True, True, True)
    decoder, feat = decoder_of(flags), features(source)
    expected = reference(decoder, feat, output, flags)
    np.testing.assert_allclose(decoded(decoder, feat, output).numpy(), expected, rtol=0, atol=TOLERANCE)


@pytest.mark.parametrize(
    "mistake",
    [
        "rel_coord order",
        "rel_coord sign",
        "rel_coord first",
        "cell order",
        "cell scale",
        "unfold order",
        "own area",
    ],
)
def test_a_wrong_convention_would_show(mistake: str) -> None:
    flags = (True, True, True)
    decoder, feat = decoder_of(flags), features(SOURCE)
    wrong = reference(decoder, feat, OUTPUT, flags, mistake)
    assert np.abs(decoded(decoder, feat, OUTPUT).numpy() - wrong).max() > 1000 * TOLERANCE


def test_flags_off_need_no_margin_and_narrower_input() -> None:
    for ensemble, unfold, cell in FLAGS:
        decoder = decoder_of((ensemble, unfold, cell), channels=4)
        assert decoder.margin == ensemble + unfold
        first = decoder.imnet.layers[0]
        assert isinstance(first, torch.nn.Linear)
        assert first.in_features == 4 * (9 if unfold else 1) + 2 + 2 * cell


def test_default_imnet_is_the_papers() -> None:
    shapes = {name: tuple(value.shape) for name, value in Liif(64).state_dict().items() if name.endswith("weight")}
    assert shapes == {
        "imnet.layers.0.weight": (256, 580),
        "imnet.layers.2.weight": (256, 256),
        "imnet.layers.4.weight": (256, 256),
        "imnet.layers.6.weight": (256, 256),
        "imnet.layers.8.weight": (3, 256),
    }


@pytest.mark.parametrize(("source", "output"), [(7, 21), (6, 9), (10, 15), (33, 99), (128, 192), (5, 50), (300, 450)])
def test_ties_between_latents_are_resolved_as_grid_sample_does(source: int, output: int) -> None:
    """Without ensemble, queries that fall on the border of two latents take the one of the published code."""
    decoder = Liif(1, hidden_list=[], local_ensemble=False, feat_unfold=False, cell_decode=False)
    with torch.no_grad():
        # RGB is the first input, the latent, which holds its own number.
        layer = decoder.imnet.layers[0]
        assert isinstance(layer, torch.nn.Linear)
        layer.weight.zero_()[:, 0] = 1
        layer.bias.zero_()
    number = torch.arange(source, dtype=torch.float32).expand(source, source).contiguous()[None, None]
    chosen = torch.from_numpy(decoded(decoder, number, Size(output, output)).numpy())[0]
    coord = make_coord((output, output)).clamp(-1 + 1e-6, 1 - 1e-6)
    published = F.grid_sample(number, coord.flip(-1)[None, None], mode="nearest", align_corners=False)[0, 0, 0]
    assert torch.equal(chosen.reshape(-1), published)


@pytest.mark.parametrize("flags", FLAGS)
def test_any_rectangle_equals_that_part_of_the_whole(flags: tuple[bool, bool, bool]) -> None:
    decoder, feat = decoder_of(flags), features(SOURCE)
    whole = decoded(decoder, feat, OUTPUT).numpy()
    for rect in (Rect(0, 0, 1, 1), Rect(12, 10, 1, 1), Rect(3, 5, 6, 4), Rect(0, 4, 13, 7)):
        part = decoded(decoder, feat, OUTPUT, rect).numpy()
        np.testing.assert_allclose(part, whole[(slice(None), *rect.slices)], rtol=0, atol=1e-6)


def test_query_keeps_the_photos_of_a_batch_apart() -> None:
    decoder = decoder_of((True, True, True))
    feat = torch.cat([features(SOURCE), features(SOURCE).flip(-1) * 2])
    coord = make_coord((4, 5)).expand(2, -1, -1)
    cell = torch.tensor([2 / 4, 2 / 5]).expand_as(coord)
    with torch.inference_mode():
        both = decoder.query(decoder.unfolded(feat), coord, cell)
        second = decoder.query(decoder.unfolded(feat[1:]), coord[1:], cell[1:])
    assert both.shape == (2, 20, 3)
    torch.testing.assert_close(both[1:], second)
    assert not torch.allclose(both[0], both[1], atol=1e-2)
