"""The encoders: their receptive field to the pixel, their size, and the published ones against plain loops."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import Any

import numpy as np
import pytest
import torch
from torch import nn

from liif_core.models.encoders.edsr import Edsr, EdsrFull
from liif_core.models.encoders.light import AttentiveBlock, LightEncoder
from liif_core.models.encoders.rcan import Rcan
from liif_core.models.encoders.rdn import Rdn
from tests.models.builders import filled, named_weights
from tests.models.reference import Array, edsr_features, rcan_features, rdn_features

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
        LightEncoder(n_resblocks=2, n_feats=4, out_dim=5, pixel_attention=True),
    ],
    ids=["EDSR 1", "EDSR 16", "light 1", "light 6", "light 2 with attention"],
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


@pytest.mark.parametrize(("config", "halo"), [("A", 123), ("B", 131)])
def test_halo_of_rdn_is_exactly_its_receptive_field(config: str, halo: int) -> None:
    """On a black row without biases every feature is 0 but where a bright pixel reaches it.

    So an influence shows even where it has shrunk to 1e-200; beside any other number it would be lost in rounding.
    """
    encoder = Rdn(G0=2, RDNconfig=config).double()
    with torch.no_grad():
        for parameter in encoder.parameters():
            parameter.fill_(2 / parameter[0].numel() if parameter.ndim > 1 else 0)
    assert encoder.halo == halo
    middle = halo + 2
    inp = torch.zeros(1, 3, 1, 2 * middle + 1, dtype=torch.float64)
    inp[..., middle] = 1
    with torch.inference_mode():
        feat = encoder(inp)
    assert torch.isfinite(feat).all()
    reached = torch.nonzero((feat != 0).any(1)[0, 0])
    assert (reached.min().item(), reached.max().item()) == (middle - halo, middle + halo)


@pytest.mark.parametrize("encoder", [Edsr(), Rdn(G0=2), Rdn(G0=2, RDNconfig="A"), LightEncoder()])
def test_halo_is_one_pixel_for_each_convolution_in_a_row(encoder: nn.Module) -> None:
    """Every 3x3 convolution of these encoders is behind all the others."""
    kernels = [module.kernel_size for module in encoder.modules() if isinstance(module, nn.Conv2d)]
    assert encoder.halo == kernels.count((3, 3))
    assert set(kernels) <= {(1, 1), (3, 3)}


def test_halos_are_those_of_the_field_notes() -> None:
    assert Edsr().halo == 34
    assert Rdn(G0=2).halo == 131
    assert LightEncoder().halo == 14


def test_every_pixel_has_an_effect_on_every_feature_of_rcan() -> None:
    encoder = Rcan(n_resgroups=1, n_resblocks=2, n_feats=4, reduction=2)
    assert encoder.halo is None
    filled(encoder).double()
    # Wider than the convolutions reach.
    inp = torch.randn(1, 3, 3, 17, dtype=torch.float64, generator=torch.Generator().manual_seed(1))
    with torch.inference_mode():
        feat = encoder(inp)
        for y in range(3):
            for x in range(17):
                perturbed = inp.clone()
                perturbed[..., y, x] += 1.0
                assert (encoder(perturbed) != feat).all(), (y, x)


# The published sizes of the whole networks, which have a tail of two convolutions (x2) or three (x4) and, but for RDN,
# two layers that shift the mean.
TAIL_X2 = 64 * 256 * 9 + 256 + 64 * 3 * 9 + 3
TAIL_X4 = TAIL_X2 + 64 * 256 * 9 + 256
WIDE_TAIL_X4 = 2 * (256 * 1024 * 9 + 1024) + 256 * 3 * 9 + 3
MEAN_SHIFTS = 2 * (3 * 3 + 3)


@pytest.mark.parametrize(
    ("encoder", "rest", "published"),
    [
        (Edsr, TAIL_X4, 1_517_571),
        (EdsrFull, WIDE_TAIL_X4 + MEAN_SHIFTS, 43_089_947),
        (Rdn, TAIL_X2, 22_123_395),
        (Rcan, TAIL_X4 + MEAN_SHIFTS, 15_592_379),
    ],
)
def test_encoders_have_the_published_number_of_parameters(
    encoder: Callable[[], nn.Module], rest: int, published: int
) -> None:
    with torch.device("meta"):
        assert parameters(encoder()) == published - rest


def test_published_configurations_of_rdn() -> None:
    for config, n_blocks, n_convs, growth in (("A", 20, 6, 32), ("B", 16, 8, 64)):
        state = Rdn(G0=2, RDNconfig=config).state_dict()
        last = f"RDBs.{n_blocks - 1}.convs.{n_convs - 1}.conv.0.weight"
        assert state[last].shape == (growth, 2 + (n_convs - 1) * growth, 3, 3)
        assert state["GFF.0.weight"].shape == (2, 2 * n_blocks, 1, 1)
        assert len(state) == 2 * (2 + n_blocks * (n_convs + 1) + 2)


@pytest.mark.parametrize("arguments", [{"RDNconfig": "C"}, {"RDNkSize": 5}])
def test_unpublished_rdn_is_refused(arguments: dict[str, Any]) -> None:
    ((name, value),) = arguments.items()
    with pytest.raises(ValueError, match=f"{name} must be .*not {value}"):
        Rdn(**arguments)


def test_light_encoder_is_light() -> None:
    assert 200_000 <= parameters(LightEncoder()) <= 300_000


def test_untrained_attention_changes_nothing() -> None:
    """So that weights of plain blocks keep their meaning where attention is added."""
    plain = LightEncoder(n_resblocks=2, n_feats=4, out_dim=3)
    attentive = LightEncoder(n_resblocks=2, n_feats=4, out_dim=3, pixel_attention=True)
    missing = attentive.load_state_dict(plain.state_dict(), strict=False)
    assert not missing.unexpected_keys
    assert all(".attention." in key for key in missing.missing_keys)
    inp = torch.randn(1, 3, 9, 7, generator=torch.Generator().manual_seed(1))
    with torch.inference_mode():
        torch.testing.assert_close(attentive(inp), plain(inp), rtol=0, atol=0)


def test_attention_weighs_the_residual_of_its_own_pixel() -> None:
    block = AttentiveBlock(4)
    filled(block)
    x = torch.randn(1, 4, 6, 5, generator=torch.Generator().manual_seed(1))
    with torch.inference_mode():
        residual = block.body(x).numpy()
        mixed = np.einsum("oc,nchw->nohw", block.attention.weight[:, :, 0, 0].numpy(), residual)
        bias = block.attention.bias
        assert bias is not None
        weight = 2 / (1 + np.exp(-(mixed + bias.numpy()[:, None, None])))
        assert np.ptp(weight) > 0.2
        np.testing.assert_allclose(block(x).numpy(), x.numpy() + weight * residual, rtol=1e-5, atol=1e-6)


@pytest.mark.parametrize("size", [(1, 1), (1, 9), (7, 4)])
@pytest.mark.parametrize(
    "encoder",
    [
        Edsr(n_resblocks=1, n_feats=4),
        EdsrFull(n_resblocks=1, n_feats=4),
        Rdn(G0=2, RDNconfig="A"),
        Rcan(n_resgroups=1, n_resblocks=1, n_feats=4, reduction=2),
        LightEncoder(n_resblocks=1, n_feats=4, out_dim=3),
    ],
    ids=lambda encoder: type(encoder).__name__,
)
def test_feature_map_has_the_photos_size(encoder: nn.Module, size: tuple[int, int]) -> None:
    with torch.inference_mode():
        assert encoder(torch.rand(2, 3, *size)).shape == (2, encoder.out_dim, *size)


@pytest.mark.parametrize(
    ("encoder", "reference", "gain"),
    [
        (Edsr(n_resblocks=2, n_feats=5), partial(edsr_features, n_resblocks=2), 1.7),
        (EdsrFull(n_resblocks=3, n_feats=5), partial(edsr_features, n_resblocks=3, res_scale=0.1), 1.7),
        (Edsr(n_resblocks=1, n_feats=5, res_scale=0.7), partial(edsr_features, n_resblocks=1, res_scale=0.7), 1.7),
        (Rdn(G0=4, RDNconfig="A"), partial(rdn_features, n_blocks=20, n_convs=6), 0.7),
        (Rdn(G0=4, RDNconfig="B"), partial(rdn_features, n_blocks=16, n_convs=8), 0.7),
        (
            Rcan(n_resgroups=2, n_resblocks=3, n_feats=8, reduction=2),
            partial(rcan_features, n_resgroups=2, n_resblocks=3),
            1.7,
        ),
    ],
    ids=["EDSR-baseline", "EDSR", "EDSR scaled", "RDN A", "RDN B", "RCAN"],
)
def test_encoder_equals_plain_loops(encoder: nn.Module, reference: Callable[..., Array], gain: float) -> None:
    shapes = {name: tuple(value.shape) for name, value in encoder.state_dict().items()}
    state = {f"encoder.{name}": named_weights(name, shape, gain) for name, shape in shapes.items()}
    encoder.load_state_dict({name.removeprefix("encoder."): torch.from_numpy(value) for name, value in state.items()})
    inp = np.random.default_rng(3).uniform(-1, 1, (3, 3, 5))
    with torch.inference_mode():
        feat = encoder.double()(torch.from_numpy(inp)[None])[0].numpy()
    expected = reference(inp, state)
    assert expected.std() > 0.1
    np.testing.assert_allclose(feat, expected, rtol=0, atol=1e-10)


def test_photos_of_a_batch_are_encoded_apart() -> None:
    """Channel attention averages over each photo of its own."""
    encoder = filled(Rcan(n_resgroups=1, n_resblocks=2, n_feats=8, reduction=2))
    inp = torch.rand(2, 3, 4, 5, generator=torch.Generator().manual_seed(4))
    with torch.inference_mode():
        torch.testing.assert_close(encoder(inp)[1:], encoder(inp[1:]))


def test_res_scale_weights_the_residual() -> None:
    plain, none = Edsr(n_resblocks=1, n_feats=4), Edsr(n_resblocks=1, n_feats=4, res_scale=0.0)
    none.load_state_dict(filled(plain).state_dict())
    inp = torch.rand(1, 3, 5, 5)
    with torch.inference_mode():
        head = none.head(inp)
        torch.testing.assert_close(none(inp), none.body[1](head) + head)
        assert not torch.allclose(plain(inp), none(inp), atol=1e-3)


def test_residuals_of_the_full_edsr_are_scaled() -> None:
    full = EdsrFull(n_resblocks=2, n_feats=4)
    same = Edsr(n_resblocks=2, n_feats=4, res_scale=0.1)
    same.load_state_dict(filled(full).state_dict())
    inp = torch.rand(1, 3, 5, 5)
    with torch.inference_mode():
        assert torch.equal(full(inp), same(inp))
    with torch.device("meta"):
        default = EdsrFull()
    assert (default.halo, default.out_dim) == (66, 256)
