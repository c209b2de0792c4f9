"""A window of the feature map that covers the footprint decodes to the same pixels as the whole map."""

from __future__ import annotations

import itertools
from typing import cast

import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st

from liif_core.geometry import OutputGrid, Rect, Size
from liif_core.models.decoders.window import FeatureWindow
from liif_core.models.implicit import ImplicitModel
from tests.models.builders import any_model, heat_model, liif_model

pytestmark = pytest.mark.usefixtures("one_thread")

SOURCE = Size(11, 14)
MODELS = {
    "heat field": heat_model(),
    "LIIF": liif_model(),
    "LIIF without ensemble": liif_model(local_ensemble=False),
    "LIIF without unfolding": liif_model(feat_unfold=False),
    "LIIF plain": liif_model(feat_unfold=False, local_ensemble=False, cell_decode=False),
    "Meta-SR": any_model("edsr-baseline", "metasr"),
}


def feature_map(model: ImplicitModel) -> torch.Tensor:
    generator = torch.Generator().manual_seed(2)
    channels = cast(int, model.encoder.out_dim) + 3 * model.needs_image
    return torch.randn(1, channels, SOURCE.height, SOURCE.width, generator=generator)


@torch.inference_mode()
def assert_window_is_enough(model: ImplicitModel, output: Size, rect: Rect) -> None:
    feat, grid = feature_map(model), OutputGrid(SOURCE, output)
    place = grid.footprint(rect, margin=model.margin + grid.reach)
    window = FeatureWindow(feat[(..., *place.slices)], place, SOURCE)
    whole = model.decode(FeatureWindow.whole(feat), grid, rect)
    torch.testing.assert_close(model.decode(window, grid, rect), whole, rtol=0, atol=5e-6)
    assert whole.std() > 1e-3 or rect.area == 1


@pytest.mark.parametrize("name", MODELS)
@pytest.mark.parametrize(
    "output",
    [Size(22, 28), Size(29, 51), Size(165, 210), Size(44, 8)],
    ids=["x2", "fractional", "x15", "reduced across"],
)
def test_window_is_enough_at_borders_and_corners(name: str, output: Size) -> None:
    bottom, right = output.height - 3, output.width - 4
    rects = [Rect(y, x, 3, 4) for y in (0, output.height // 2, bottom) for x in (0, output.width // 2, right)]
    for rect in [*rects, Rect(0, 5, output.height, 3), Rect(5, 0, 3, output.width)]:
        assert_window_is_enough(MODELS[name], output, rect)


@pytest.mark.parametrize("name", MODELS)
@pytest.mark.parametrize("chunk", [(1, 51), (29, 1), (4, 7)], ids=["rows", "columns", "blocks"])
def test_windows_of_chunks_make_up_the_whole(name: str, chunk: tuple[int, int]) -> None:
    model, grid = MODELS[name], OutputGrid(SOURCE, Size(29, 51))
    feat = feature_map(model)
    with torch.inference_mode():
        whole = model.decode(FeatureWindow.whole(feat), grid, grid.output.rect)
        parts = torch.full_like(whole, float("nan"))
        for top, left in itertools.product(range(0, 29, chunk[0]), range(0, 51, chunk[1])):
            rect = Rect(top, left, *chunk).intersected(grid.output.rect)
            place = grid.footprint(rect, margin=model.margin + grid.reach)
            window = FeatureWindow(feat[(..., *place.slices)], place, SOURCE)
            parts[(..., *rect.slices)] = model.decode(window, grid, rect)
    torch.testing.assert_close(parts, whole, rtol=0, atol=5e-6)


@pytest.mark.parametrize("name", MODELS)
@settings(max_examples=25)
@given(data=st.data())
def test_window_is_enough_for_any_rectangle(name: str, data: st.DataObject) -> None:
    output = Size(data.draw(st.integers(4, 90)), data.draw(st.integers(4, 90)))
    top, left = data.draw(st.integers(0, output.height - 1)), data.draw(st.integers(0, output.width - 1))
    height = data.draw(st.integers(1, output.height - top))
    width = data.draw(st.integers(1, output.width - left))
    assert_window_is_enough(MODELS[name], output, Rect(top, left, height, width))


@pytest.mark.parametrize("name", ["LIIF", "LIIF without ensemble", "LIIF without unfolding", "Meta-SR"])
def test_a_smaller_margin_would_show(name: str) -> None:
    model = MODELS[name]
    grid, feat = OutputGrid(SOURCE, Size(44, 56)), feature_map(model)
    rect = Rect(18, 20, 9, 9)
    place = grid.footprint(rect).grown(-1)
    zeroed = torch.zeros_like(feat)
    zeroed[(..., *place.slices)] = feat[(..., *place.slices)]
    with torch.inference_mode():
        whole = model.decode(FeatureWindow.whole(feat), grid, rect)
        assert (model.decode(FeatureWindow.whole(zeroed), grid, rect) - whole).abs().max() > 1e-2
