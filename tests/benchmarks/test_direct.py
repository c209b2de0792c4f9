"""The direct evaluation that benchmarks compare with, against the slow reference of the tests of models."""

from __future__ import annotations

import numpy as np
import pytest
import torch

from liif_core.geometry import OutputGrid, Rect, Size
from liif_core.models.decoders.heat_field import HeatField
from liif_core.models.decoders.liif import Liif
from liif_core.models.decoders.window import FeatureWindow
from liif_core.models.implicit import ImplicitModel
from tests.benchmarks.direct import direct_picture, heat_field
from tests.graphics_card import graphics_card
from tests.models.builders import any_model, heat_model, liif_model
from tests.models.heat_equation import equation
from tests.models.reference import heat_picture, liif_layers, liif_picture

pytestmark = pytest.mark.usefixtures("one_thread")

SOURCE, OUTPUT = Size(9, 8), Size(23, 30)
GRID = OutputGrid(SOURCE, OUTPUT)


@torch.inference_mode()
def features(model: ImplicitModel) -> torch.Tensor:
    generator = torch.Generator().manual_seed(5)
    return model.encode(torch.rand(1, 3, SOURCE.height, SOURCE.width, generator=generator) * 2 - 1)


def test_heat_field_is_that_of_its_equation() -> None:
    model = heat_model()
    assert isinstance(model.decoder, HeatField)
    feat = features(model)
    state = {name: value.double().numpy() for name, value in model.decoder.state_dict().items()}
    latent, image = np.split(feat[0].double().numpy(), [model.decoder.in_dim])
    expected = heat_picture(latent, image, state, (OUTPUT.height, OUTPUT.width))
    found = heat_field(model.decoder, FeatureWindow.whole(feat), GRID, OUTPUT.rect)
    assert np.abs(found - expected).max() < 1e-12


def test_heat_field_keeps_to_the_scales_of_its_training() -> None:
    model = heat_model()
    assert isinstance(model.decoder, HeatField)
    model.decoder.keep_to(2)
    feat = features(model)
    state = {name: value.double().numpy() for name, value in model.decoder.state_dict().items()}
    expected = equation(state, feat, GRID, OUTPUT.rect, finest_cell=0.5).transpose(2, 0, 1)
    found = heat_field(model.decoder, FeatureWindow.whole(feat), GRID, OUTPUT.rect)
    assert np.abs(found - expected).max() < 1e-12


def test_liif_is_that_of_its_equations() -> None:
    model = liif_model()
    assert isinstance(model.decoder, Liif)
    feat = features(model)
    expected = liif_picture(
        feat[0].double().numpy(),
        liif_layers({name: value.numpy() for name, value in model.decoder.state_dict().items()}),
        (OUTPUT.height, OUTPUT.width),
        local_ensemble=True,
        feat_unfold=True,
        cell_decode=True,
    )
    found = direct_picture(model, FeatureWindow.whole(feat), GRID, OUTPUT.rect)
    assert np.abs(found - (expected * 0.5 + 0.5)).max() < 1e-5


@pytest.mark.parametrize("rect", [Rect(7, 9, 8, 12), Rect(0, 22, 5, 8), Rect(20, 0, 3, 4)])
@pytest.mark.parametrize("decoder", ["heat-field", "liif", "metasr"])
def test_window_gives_the_pixels_of_the_whole(decoder: str, rect: Rect) -> None:
    model = any_model("edsr-baseline", decoder)
    feat = features(model)
    whole = direct_picture(model, FeatureWindow.whole(feat), GRID, OUTPUT.rect)
    place = GRID.footprint(rect, margin=model.margin)
    part = FeatureWindow(feat[(..., *place.slices)], place, SOURCE)
    assert np.abs(direct_picture(model, part, GRID, rect) - whole[(..., *rect.slices)]).max() < 1e-6


@pytest.mark.parametrize("decoder", ["heat-field", "liif", "metasr"])
def test_a_device_without_float64_gives_the_pixels_of_the_processor(decoder: str) -> None:
    model = any_model("edsr-baseline", decoder)
    feat = features(model)
    expected = direct_picture(model, FeatureWindow.whole(feat), GRID, OUTPUT.rect)
    with graphics_card("mps") as card:
        there = FeatureWindow.whole(feat.to(card.device))
        found = direct_picture(model.copy_to(card.device), there, GRID, OUTPUT.rect)
    assert np.abs(found - expected).max() < 1e-5
