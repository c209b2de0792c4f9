"""Meta-SR against a slow version of the published convention, and that each wrong convention would show."""

from __future__ import annotations

import numpy as np
import pytest
import torch
from numpy.typing import NDArray

from liif_core.coords import make_coord
from liif_core.geometry import Rect, Size
from liif_core.models.decoders.metasr import MetaSr
from tests.models.builders import filled
from tests.models.queried import decoded, features
from tests.models.reference import liif_layers, metasr_picture

pytestmark = pytest.mark.usefixtures("one_thread")

SOURCE, OUTPUT = Size(5, 7), Size(13, 11)
TOLERANCE = 1e-5


def decoder_of(channels: int = 3) -> MetaSr:
    decoder = MetaSr(channels).eval()
    filled(decoder)
    return decoder


def reference(decoder: MetaSr, feat: torch.Tensor, output: Size, mistake: str = "") -> NDArray[np.float64]:
    layers = liif_layers({name: value.numpy() for name, value in decoder.state_dict().items()})
    return metasr_picture(feat[0].double().numpy(), layers, (output.height, output.width), mistake=mistake)


@pytest.mark.parametrize(
    ("source", "output"),
    [
        (SOURCE, OUTPUT),
        (Size(5, 7), Size(10, 21)),  # whole and unequal: corners of pixels fall on borders of latents
        (Size(7, 5), Size(21, 20)),
        (Size(6, 3), Size(7, 25)),  # barely and much enlarged
        (Size(9, 4), Size(4, 9)),  # one side reduced
        (Size(4, 4), Size(4, 4)),
        (Size(1, 1), Size(4, 3)),
        (Size(1, 6), Size(5, 16)),
        (Size(3, 2), Size(90, 60)),  # x30
        (Size(2, 3), Size(61, 47)),
    ],
)
def test_metasr_equals_the_published_convention(source: Size, output: Size) -> None:
    decoder, feat = decoder_of(), features(source)
    expected = reference(decoder, feat, output)
    assert np.ptp(expected) > 0.5
    np.testing.assert_allclose(decoded(decoder, feat, output).numpy(), expected, rtol=0, atol=TOLERANCE)


@pytest.mark.parametrize(
    ("mistake", "output"),
    [
        ("rel_coord order", OUTPUT),
        ("unfold order", OUTPUT),
        ("colour first", OUTPUT),
        ("width of the cell", OUTPUT),
        ("centre of the query", OUTPUT),
        ("centre of the latent", OUTPUT),
        # At whole zooms every corner that lies on a border would be rounded to even.
        ("no 1e-6", Size(15, 21)),
    ],
)
def test_a_wrong_convention_would_show(mistake: str, output: Size) -> None:
    decoder, feat = decoder_of(), features(SOURCE)
    wrong = reference(decoder, feat, output, mistake)
    assert np.abs(decoded(decoder, feat, output).numpy() - wrong).max() > 1000 * TOLERANCE


@pytest.mark.parametrize(("source", "zoom"), [(7, 3), (33, 3), (10, 7), (128, 4), (300, 2), (1000, 3), (97, 30)])
def test_pixels_at_whole_zooms_read_the_latent_that_they_lie_in(source: int, zoom: int) -> None:
    """Corners on borders belong to the latent below and to the right, in spite of rounding."""
    decoder = MetaSr(1)
    with torch.no_grad():
        # Whatever the place, the linear map shows the middle of the neighbourhood: a latent that holds its own number.
        for parameter in decoder.parameters():
            parameter.zero_()
        bias = decoder.imnet.layers[-1].bias
        assert isinstance(bias, torch.Tensor)
        bias.view(9, 3)[4] = 1
    number = torch.arange(source, dtype=torch.float32)[None, None, None]
    expected = torch.arange(source).repeat_interleave(zoom)
    row = decoded(decoder, number, Size(zoom, source * zoom)).numpy()
    assert torch.equal(torch.from_numpy(row), expected.expand(3, zoom, -1).float())
    column = decoded(decoder, number.mT.contiguous(), Size(source * zoom, zoom)).numpy()
    assert torch.equal(torch.from_numpy(column), expected[:, None].expand(3, -1, zoom).float())


def test_imnet_is_the_published_one() -> None:
    shapes = {name: tuple(value.shape) for name, value in MetaSr(64).state_dict().items()}
    assert shapes == {
        "imnet.layers.0.weight": (256, 3),
        "imnet.layers.0.bias": (256,),
        "imnet.layers.2.weight": (64 * 9 * 3, 256),
        "imnet.layers.2.bias": (64 * 9 * 3,),
    }


def test_any_rectangle_equals_that_part_of_the_whole() -> None:
    decoder, feat = decoder_of(), features(SOURCE)
    whole = decoded(decoder, feat, OUTPUT).numpy()
    for rect in (Rect(0, 0, 1, 1), Rect(12, 10, 1, 1), Rect(3, 5, 6, 4), Rect(0, 4, 13, 7)):
        part = decoded(decoder, feat, OUTPUT, rect).numpy()
        np.testing.assert_allclose(part, whole[(slice(None), *rect.slices)], rtol=0, atol=1e-6)


def test_query_keeps_the_photos_of_a_batch_apart() -> None:
    decoder = decoder_of()
    feat = torch.cat([features(SOURCE), features(SOURCE).flip(-1) * 2])
    coord = torch.stack([make_coord((4, 5)), make_coord((4, 5)).flip(0)])
    cell = torch.stack([torch.tensor([2 / 4, 2 / 5]), torch.tensor([2 / 9, 2 / 9])])[:, None].expand_as(coord)
    with torch.inference_mode():
        both = decoder.query(decoder.unfolded(feat), coord, cell)
        for photo in (0, 1):
            alone = decoder.query(decoder.unfolded(feat[photo, None]), coord[photo, None], cell[photo, None])
            torch.testing.assert_close(both[photo, None], alone)
    assert both.shape == (2, 20, 3)
    assert not torch.allclose(both[0], both[1], atol=1e-2)


def test_query_is_differentiable_in_features_and_weights() -> None:
    decoder, feat = decoder_of(), features(SOURCE).requires_grad_()
    coord = make_coord((9, 8))[None]
    cell = torch.tensor([2 / 9, 2 / 8]).expand_as(coord)
    decoder.query(decoder.unfolded(feat), coord, cell).square().mean().backward()
    for tensor in (feat, *decoder.parameters()):
        assert tensor.grad is not None
        assert tensor.grad.abs().max() > 0
