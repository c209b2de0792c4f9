"""The encoders: their receptive field to the pixel, their size, and EDSR against plain loops."""

from __future__ import annotations

import numpy as np
import pytest
import torch
from torch import nn

from liif_core.models.encoders.edsr import Edsr
from liif_core.models.encoders.light import LightEncoder
from tests.models.builders import filled, named_weights
from tests.models.reference import edsr_features

pytestmark = pytest.mark.usefixtures("one_thread")


def parameters(module: nn.Module) -> int:
    return sum(parameter.numel() for parameter in module.parameters())


@pytest.mark.parametrize(
    "encoder",
    [
        Edsr(n_resblocks=1, n_feats=4),
        Edsr(n_resblocks=16, n_feats=4),
        LightEncoder(n_resblocks=1, n_feats=4, out_dim=3),
        LightEncoder(n_resblocks=6, n_feats=4, out_dim=5),
    ],
    ids=["EDSR 1", "EDSR 16", "light 1", "light 6"],
)
def test_halo_is_exactly_the_receptive_field(encoder: Edsr | LightEncoder) -> None:
    filled(encoder).double()
    halo = encoder.halo
    side = 2 * (halo + 2) + 1
    middle = side // 2
    inp = torch.randn(1, 3, side, side, dtype=torch.float64, generator=torch.Generator().manual_seed(1))
    perturbed = inp.clone()
    perturbed[..., middle, middle] += 1000.0
    with torch.inference_mode():
        changed = (encoder(perturbed) != encoder(inp)).any(1)[0]
    rows, columns = torch.nonzero(changed, as_tuple=True)
    for place in (rows, columns):
        assert place.min().item() == middle - halo
        assert place.max().item() == middle + halo


def test_halos_are_those_of_the_field_notes() -> None:
    assert Edsr().halo == 34
    assert LightEncoder().halo == 14


def test_edsr_baseline_has_the_published_number_of_parameters() -> None:
    head, body = 64 * 3 * 9 + 64, 33 * (64 * 64 * 9 + 64)
    assert parameters(Edsr()) == head + body


def test_light_encoder_is_light() -> None:
    assert 200_000 <= parameters(LightEncoder()) <= 300_000


@pytest.mark.parametrize("size", [(1, 1), (1, 9), (7, 4)])
@pytest.mark.parametrize("encoder", [Edsr(n_resblocks=1, n_feats=4), LightEncoder(n_resblocks=1, n_feats=4, out_dim=3)])
def test_feature_map_has_the_photos_size(encoder: Edsr | LightEncoder, size: tuple[int, int]) -> None:
    with torch.inference_mode():
        assert encoder(torch.rand(2, 3, *size)).shape == (2, encoder.out_dim, *size)


def test_edsr_equals_plain_loops() -> None:
    encoder = Edsr(n_resblocks=2, n_feats=5).double()
    state = {f"encoder.{name}": named_weights(name, tuple(value.shape)) for name, value in encoder.state_dict().items()}
    encoder.load_state_dict({name.removeprefix("encoder."): torch.from_numpy(value) for name, value in state.items()})
    inp = np.random.default_rng(3).uniform(-1, 1, (3, 6, 8))
    with torch.inference_mode():
        feat = encoder(torch.from_numpy(inp)[None])[0].numpy()
    np.testing.assert_allclose(feat, edsr_features(inp, state, n_resblocks=2), rtol=0, atol=1e-10)


def test_res_scale_weights_the_residual() -> None:
    plain, none = Edsr(n_resblocks=1, n_feats=4), Edsr(n_resblocks=1, n_feats=4, res_scale=0.0)
    none.load_state_dict(filled(plain).state_dict())
    inp = torch.rand(1, 3, 5, 5)
    with torch.inference_mode():
        head = none.head(inp)
        torch.testing.assert_close(none(inp), none.body[1](head) + head)
        assert not torch.allclose(plain(inp), none(inp), atol=1e-3)
