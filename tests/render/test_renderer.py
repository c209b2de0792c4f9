"""What a renderer is asked, how it stops, and what it says when it cannot."""

from __future__ import annotations

import numpy as np
import pytest
import torch

from liif_core.cancel import CancelToken
from liif_core.errors import Cancelled, OutOfMemory, RequestError
from liif_core.geometry import OutputGrid, Rect, Size
from liif_core.models.decoders.window import FeatureWindow
from liif_core.models.implicit import ImplicitModel
from liif_core.render.feature_map import FeatureCache
from liif_core.render.renderer import Renderer
from tests.models.builders import heat_model, liif_model
from tests.render.scenes import PLENTY, photo, rendered_at_once, watched

pytestmark = pytest.mark.usefixtures("one_thread")


def test_nothing_is_rendered_of_an_empty_band(model: ImplicitModel) -> None:
    image = photo(8, 8)
    shown = Renderer(image, model, FeatureCache(PLENTY)).render(OutputGrid(image.size, Size(16, 16)), Rect(3, 0, 0, 16))
    assert shown.shape == (0, 16, 3)


@pytest.mark.parametrize(
    ("grid", "rect"),
    [
        (OutputGrid(Size(8, 8), Size(16, 16)), Rect(10, 10, 8, 8)),
        (OutputGrid(Size(8, 8), Size(19, 19)), Rect(-1, 0, 4, 4)),
        (OutputGrid(Size(8, 8), Size(19, 19)), Rect(40, 0, 4, 4)),
        (OutputGrid(Size(4, 4), Size(16, 16)), Rect(0, 0, 4, 4)),
    ],
    ids=["beyond the corner", "before the corner", "far away", "of another photo"],
)
def test_request_outside_the_photo_is_refused(grid: OutputGrid, rect: Rect, model: ImplicitModel) -> None:
    with pytest.raises(RequestError):
        Renderer(photo(8, 8), model, FeatureCache(PLENTY)).render(grid, rect)


def test_predictions_outside_the_range_are_clamped() -> None:
    model, image = heat_model(), photo(8, 8)
    with torch.no_grad():
        model.get_parameter("decoder.coef").mul_(100)
    grid = OutputGrid(image.size, Size(16, 16))
    shown = Renderer(image, model, FeatureCache(PLENTY)).render(grid, grid.output.rect)
    assert shown.min() == 0
    assert shown.max() == 1


def test_cancelled_before_it_starts_nothing_is_encoded(model: ImplicitModel) -> None:
    token, image = CancelToken(), photo(8, 8)
    token.cancel()
    grid = OutputGrid(image.size, Size(16, 16))
    with watched(model) as tiles, pytest.raises(Cancelled):
        Renderer(image, model, FeatureCache(PLENTY)).render(grid, grid.output.rect, cancel=token)
    assert tiles == []


def test_cancelled_between_tiles_keeps_the_finished_ones(model: ImplicitModel, small_tiles: int) -> None:
    token, image, cache = CancelToken(), photo(8, 40), FeatureCache(PLENTY)
    grid = OutputGrid(image.size, Size(16, 80))
    renderer = Renderer(image, model, cache)
    with watched(model) as tiles:
        hook = model.encoder.register_forward_hook(lambda *_: token.cancel() if len(tiles) == 2 else None)
        with pytest.raises(Cancelled):
            renderer.render(grid, grid.output.rect, cancel=token)
        hook.remove()
        assert len(tiles) == 2
        assert cache.used_bytes > 0
        shown = renderer.render(grid, grid.output.rect)
        assert len(tiles) == 5
    np.testing.assert_allclose(shown, rendered_at_once(image, model, grid), rtol=0, atol=2e-5)


def test_cancelled_between_chunks_decodes_no_further(model: ImplicitModel, monkeypatch: pytest.MonkeyPatch) -> None:
    token, image, chunks = CancelToken(), photo(8, 8), []
    decode = model.decode

    def decode_and_cancel(window: FeatureWindow, grid: OutputGrid, rect: Rect) -> torch.Tensor:
        chunks.append(rect)
        if len(chunks) == 2:
            token.cancel()
        return decode(window, grid, rect)

    monkeypatch.setattr(model, "chunk_pixels", 16 * 3)
    monkeypatch.setattr(model, "decode", decode_and_cancel)
    grid = OutputGrid(image.size, Size(16, 16))
    with pytest.raises(Cancelled):
        Renderer(image, model, FeatureCache(PLENTY)).render(grid, grid.output.rect, cancel=token)
    assert chunks == [Rect(0, 0, 3, 16), Rect(3, 0, 3, 16)]


@pytest.mark.parametrize(
    "failure", [MemoryError(), torch.OutOfMemoryError("CUDA out of memory")], ids=["python", "device"]
)
def test_lack_of_memory_is_told_with_the_size(failure: Exception, monkeypatch: pytest.MonkeyPatch) -> None:
    def decode(*_: object) -> torch.Tensor:
        raise failure

    model, image = heat_model(), photo(8, 8)
    monkeypatch.setattr(model, "decode", decode)
    grid = OutputGrid(image.size, Size(16, 24))
    with pytest.raises(OutOfMemory, match="24 x 16 pixels"):
        Renderer(image, model, FeatureCache(PLENTY)).render(grid, grid.output.rect)


def test_lack_of_memory_on_the_cpu_is_told_too(monkeypatch: pytest.MonkeyPatch) -> None:
    model, image = heat_model(), photo(8, 8)
    monkeypatch.setattr(model, "decode", lambda *_: torch.empty(1 << 50))
    grid = OutputGrid(image.size, Size(16, 24))
    with pytest.raises(OutOfMemory, match="24 x 16 pixels"):
        Renderer(image, model, FeatureCache(PLENTY)).render(grid, grid.output.rect)


def test_chunks_of_wide_pictures_stay_small(monkeypatch: pytest.MonkeyPatch) -> None:
    model, image, areas = liif_model(), photo(2, 30), []
    decode = model.decode

    def measured(window: FeatureWindow, grid: OutputGrid, rect: Rect) -> torch.Tensor:
        areas.append(rect.area)
        return decode(window, grid, rect)

    monkeypatch.setattr(model, "chunk_pixels", 64)
    monkeypatch.setattr(model, "decode", measured)
    grid = OutputGrid(image.size, Size(8, 600))
    Renderer(image, model, FeatureCache(PLENTY)).render(grid, grid.output.rect)
    assert max(areas) <= 2 * 64
