"""A small model grown to the size of EDSR-baseline gives the same picture, and can learn from there."""

from __future__ import annotations

from collections.abc import Callable

import pytest
import torch
import torch.nn.functional as F
from grow import as_edsr, larger, with_liif

from liif_core.errors import RequestError
from liif_core.geometry import OutputGrid, Size
from liif_core.models.build import build_model
from liif_core.models.decoders.window import FeatureWindow
from liif_core.models.implicit import ImplicitModel
from liif_core.models.spec import ModelSpec, PartSpec
from tests.models.builders import liif_model

PHOTO = Size(11, 9)
Grow = Callable[[ImplicitModel], ImplicitModel]


def light_model(**encoder: object) -> ImplicitModel:
    """With weights of the size that trained ones have: new ones would give hardly more than the enlarged photo."""
    torch.manual_seed(1)
    sizes = {"n_resblocks": 2, "n_feats": 16, "out_dim": 12}
    model = build_model(
        ModelSpec(PartSpec("light", {**sizes, **encoder}), PartSpec("heat-field", {"n_frequencies": 8}))
    )
    with torch.no_grad():
        for name, parameter in model.named_parameters():
            if name.endswith(("weight", "bias", "coef")):
                parameter.add_(0.05 * torch.randn_like(parameter))
    return model


def photo_rgb() -> torch.Tensor:
    return torch.rand(1, 3, PHOTO.height, PHOTO.width, generator=torch.Generator().manual_seed(0))


def enlarged(model: ImplicitModel, zoom: float) -> torch.Tensor:
    grid = OutputGrid(PHOTO, PHOTO.scaled(zoom))
    with torch.no_grad():
        feat = model.encode(model.normalised(photo_rgb()))
        return model.decode(FeatureWindow.whole(feat), grid, grid.output.rect)


@pytest.mark.parametrize(
    ("grown", "pixel_attention"),
    [(as_edsr, False), (larger, False), (larger, True)],
    ids=["edsr", "plain", "attention"],
)
def test_grown_model_gives_the_picture_of_the_small_one(grown: Grow, pixel_attention: bool) -> None:
    light = light_model(pixel_attention=pixel_attention)
    model = grown(light)
    torch.testing.assert_close(enlarged(model, 3.7), enlarged(light, 3.7), rtol=0, atol=1e-5)
    assert sum(each.numel() for each in model.parameters()) > 1_000_000


def test_what_is_new_can_learn() -> None:
    model = as_edsr(light_model())
    latent = model.encoder(torch.rand(1, 3, 8, 8))
    (latent[:, :12] ** 2).sum().backward()
    body = dict(model.encoder.named_parameters())
    # A new block gets a gradient at the convolution that was zeroed, and the channels that were added to an old one do.
    assert body["body.7.body.2.weight"].grad is not None and body["body.7.body.2.weight"].grad.abs().max() > 0
    assert body["body.0.body.2.weight"].grad is not None
    assert body["body.0.body.2.weight"].grad[:16, 16:].abs().max() > 0


def test_liif_on_the_grown_encoder_begins_as_the_bilinear_enlargement() -> None:
    model = with_liif(as_edsr(light_model()))
    bilinear = F.interpolate(photo_rgb(), scale_factor=3, mode="bilinear", align_corners=False)[0]
    inner = (..., slice(2, -2), slice(2, -2))
    torch.testing.assert_close(enlarged(model, 3.0)[inner], bilinear[inner], rtol=0, atol=1e-4)


@pytest.mark.parametrize(
    ("grown", "other"),
    [
        pytest.param(as_edsr, lambda: light_model(pixel_attention=True), id="attention in EDSR"),
        pytest.param(as_edsr, lambda: light_model(n_feats=62), id="no room for RGB"),
        pytest.param(larger, lambda: light_model(n_feats=65), id="too wide"),
        pytest.param(larger, lambda: light_model(n_resblocks=16), id="too deep"),
        pytest.param(larger, liif_model, id="another decoder"),
    ],
)
def test_other_models_are_refused(grown: Grow, other: Callable[[], ImplicitModel]) -> None:
    with pytest.raises(RequestError, match="only a light encoder"):
        grown(other())
