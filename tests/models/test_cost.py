"""What a model costs: the field's published figures, and the receptive field as gradients show it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import pytest
import torch
from torch import nn

from liif_core.geometry import OutputGrid, Rect, Size
from liif_core.models.build import build_model
from liif_core.models.cost import cost_of
from liif_core.models.decoders.window import FeatureWindow
from liif_core.models.implicit import ImplicitModel
from liif_core.models.spec import ModelSpec, PartSpec
from tests.models.builders import any_model, filled, heat_model, liif_model

pytestmark = pytest.mark.usefixtures("one_thread")


def unfilled(encoder: str, decoder: str, **args: Any) -> ImplicitModel:
    """A model of full size, without memory for its weights."""
    with torch.device("meta"):
        return build_model(ModelSpec(PartSpec(encoder), PartSpec(decoder, args)))


@pytest.mark.parametrize(
    ("encoder", "multiply_adds"),
    [
        ("edsr-baseline", 1_218_240),
        ("rdn", 21_964_480),
        # The first convolution and those between equal widths; channel attention adds 400 products of 4 x 64 an image.
        ("edsr", (3 * 256 + 65 * 256**2) * 9),
        ("rcan", (3 * 64 + 411 * 64**2) * 9 + 25),
    ],
)
def test_work_of_the_encoders_for_a_pixel_of_the_photo(encoder: str, multiply_adds: int) -> None:
    assert cost_of(unfilled(encoder, "liif")).per_lr_pixel == multiply_adds


def test_a_grouped_convolution_costs_what_its_weights_say() -> None:
    model = heat_model()
    # Each output channel reads 2 of the 8 channels: the weights are (8, 2, 3, 3).
    model.encoder = nn.Sequential(nn.Conv2d(3, 8, 1), nn.Conv2d(8, 8, 3, padding=1, groups=4))
    assert cost_of(model).per_lr_pixel == 3 * 8 + 8 * 2 * 9


@pytest.mark.parametrize(
    ("flags", "multiply_adds"),
    [
        ({}, 1_383_424),
        ({"cell_decode": False}, 1_383_424 - 4 * 2 * 256),
        ({"feat_unfold": False}, 1_383_424 - 4 * 512 * 256),
        ({"local_ensemble": False}, 1_383_424 // 4),
        ({"hidden_list": [256, 256]}, 1_383_424 - 4 * 2 * 256**2),
    ],
)
def test_work_of_liif_for_a_pixel(flags: Mapping[str, Any], multiply_adds: int) -> None:
    model = unfilled("edsr-baseline", "liif", **flags)
    assert model.multiply_adds_per_output_pixel == multiply_adds
    assert cost_of(model).per_output_pixel == multiply_adds


def test_work_of_the_other_decoders_for_a_pixel() -> None:
    assert unfilled("light", "heat-field").multiply_adds_per_output_pixel == 612
    # Three inputs to 256 to the weights of the linear map, and the map itself.
    weights = 64 * 9 * 3
    assert unfilled("rdn", "metasr").multiply_adds_per_output_pixel == 3 * 256 + 256 * weights + weights


def test_parameters_are_those_of_both_parts() -> None:
    assert cost_of(unfilled("edsr-baseline", "liif")).parameters == 1_220_416 + (580 + 3 * 256 + 3) * 256 + 4 * 256 + 3


def test_counting_leaves_the_model_as_it_is() -> None:
    model, inp = liif_model(), torch.rand(1, 3, 4, 5)
    with torch.inference_mode():
        before = model.encode(inp)
        cost_of(model)
        assert torch.equal(model.encode(inp), before)
    assert all(parameter.device.type == "cpu" for parameter in model.parameters())
    assert not any(module._forward_hooks for module in model.modules())


def reach(inp: torch.Tensor, rgb: torch.Tensor) -> tuple[int, int]:
    """Height and width of the part of `inp` that `rgb` depends on."""
    rgb.sum().backward()
    assert inp.grad is not None
    rows, columns = torch.nonzero((inp.grad != 0).any(1)[0], as_tuple=True)
    return tuple(int(place.max() - place.min()) + 1 for place in (rows, columns))  # type: ignore[return-value]


@pytest.mark.parametrize(
    ("model", "side"),
    [
        (heat_model(), 2 + 2 * 4),
        (liif_model(), 4 + 2 * 4),
        (liif_model(local_ensemble=False), 3 + 2 * 4),
        (liif_model(feat_unfold=False), 2 + 2 * 4),
        (liif_model(feat_unfold=False, local_ensemble=False), 1 + 2 * 4),
        (any_model("edsr-baseline", "metasr"), 3 + 2 * 4),
    ],
)
def test_receptive_field_is_what_one_pixel_depends_on(model: ImplicitModel, side: int) -> None:
    assert model.halo == 4
    assert cost_of(model).receptive_field == side
    source = Size(25, 25)
    # Not at the same distance from two latents, and far from the border.
    grid, rect = OutputGrid(source, Size(95, 95)), Rect(46, 46, 1, 1)
    inp = torch.randn(1, 3, 25, 25, generator=torch.Generator().manual_seed(2)).requires_grad_()
    rgb = model.decode(FeatureWindow.whole(model.encode(inp)), grid, rect)
    assert reach(inp, rgb) == (side, side)


def test_receptive_field_of_channel_attention_is_the_whole_photo() -> None:
    model = any_model("rcan", "liif")
    filled(model)
    assert cost_of(model).receptive_field is None
    inp = torch.randn(1, 3, 45, 47, generator=torch.Generator().manual_seed(2)).requires_grad_()
    grid, rect = OutputGrid(Size(45, 47), Size(90, 94)), Rect(7, 9, 1, 1)
    assert reach(inp, model.decode(FeatureWindow.whole(model.encode(inp)), grid, rect)) == (45, 47)
