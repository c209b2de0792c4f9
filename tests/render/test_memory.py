"""When memory runs out: smaller chunks, then the CPU, then a word about the size."""

from __future__ import annotations

import contextlib
import copy
import logging
import weakref
from collections.abc import Callable

import numpy as np
import pytest
import torch

from liif_core.cancel import CancelToken
from liif_core.errors import Cancelled, OutOfMemory
from liif_core.geometry import OutputGrid, Rect, Size
from liif_core.models.decoders.window import FeatureWindow
from liif_core.models.implicit import ImplicitModel
from liif_core.render import renderer as renderer_module
from liif_core.render.feature_cache import FeatureCache
from liif_core.render.renderer import SMALLEST_CHUNK, Renderer
from tests.models.builders import heat_model, liif_model
from tests.render.scenes import PLENTY, before_decoding, displayed_at_once, photo, rendered_at_once, watched

pytestmark = pytest.mark.usefixtures("one_thread")

FULL = torch.OutOfMemoryError("CUDA out of memory")
FAILURES = pytest.mark.parametrize(
    "failure",
    [
        MemoryError(),
        torch.OutOfMemoryError("CUDA out of memory"),
        RuntimeError("[enforce fail at alloc_cpu.cpp:1] DefaultCPUAllocator: can't allocate memory: you tried"),
    ],
    ids=["python", "device", "torch on a CPU"],
)


@pytest.fixture
def small_chunks(monkeypatch: pytest.MonkeyPatch) -> int:
    """Chunks may become as small as 64 pixels, so that small pictures show it."""
    monkeypatch.setattr(renderer_module, "SMALLEST_CHUNK", 64)
    return 64


def on_a_full_device(model: ImplicitModel, patch: pytest.MonkeyPatch, *, fails_at: str) -> ImplicitModel:
    """The model on torch's device without memory, where encoding or decoding fails; its copy on the CPU works."""
    full = copy.deepcopy(model).to("meta")

    def fail(*_: object, **__: object) -> None:
        raise FULL

    # It has no bfloat16 of its own.
    patch.setattr(torch, "autocast", lambda *_, **__: contextlib.nullcontext())
    patch.setattr(full, fails_at, fail)
    patch.setattr(full, "copy_to", lambda device: copy.deepcopy(model))
    return full


@FAILURES
def test_chunks_that_do_not_fit_are_halved(
    failure: Exception, model: ImplicitModel, small_chunks: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    image, decoded = photo(12, 15), list[Rect]()

    def fits(window: FeatureWindow, rect: Rect) -> None:
        if rect.area > 150:
            raise failure
        decoded.append(rect)

    grid = OutputGrid(image.size, Size(36, 50))
    expected = rendered_at_once(image, model, grid)
    before_decoding(model, monkeypatch, fits)
    shown = Renderer(image, model, FeatureCache(PLENTY)).render(grid, grid.output.rect)
    np.testing.assert_allclose(shown, expected, rtol=0, atol=2e-5)
    assert sum(rect.area for rect in decoded) == grid.output.area
    assert all(64 <= rect.area <= 150 for rect in decoded), "halved no further than needed"


def test_features_are_given_up_before_a_chunk_is_halved(monkeypatch: pytest.MonkeyPatch, small_chunks: int) -> None:
    model, image, cache = heat_model(), photo(12, 15), FeatureCache(PLENTY)
    grid, failed = OutputGrid(image.size, Size(36, 45)), list[Rect]()

    def fail_once(window: FeatureWindow, rect: Rect) -> None:
        if not failed:
            cache.put("of another photo", torch.zeros(1000))
            failed.append(rect)
            raise FULL

    before_decoding(model, monkeypatch, fail_once)
    with watched(model) as tiles:
        Renderer(image, model, cache).render(grid, grid.output.rect)
    assert failed == [grid.output.rect]
    assert cache.get("of another photo") is None
    assert len(tiles) == 2


def test_what_failed_is_freed_before_the_halves(monkeypatch: pytest.MonkeyPatch, small_chunks: int) -> None:
    """A traceback holds the frames of a failure, and they all tensors: there would be no room for the halves."""
    model, image, held = heat_model(), photo(12, 15), list[weakref.ref[torch.Tensor]]()
    alive_at_halves = []

    def fail_once(window: FeatureWindow, rect: Rect) -> None:
        if not held:
            large = torch.zeros(1000)
            held.extend([weakref.ref(large), weakref.ref(window.feat)])
            raise torch.OutOfMemoryError("CUDA out of memory")
        alive_at_halves.append([reference() is not None for reference in held])

    before_decoding(model, monkeypatch, fail_once)
    grid = OutputGrid(image.size, Size(36, 45))
    Renderer(image, model, FeatureCache(PLENTY)).render(grid, grid.output.rect)
    assert alive_at_halves == [[False, False]] * 2


def test_cancelled_while_memory_runs_out_decodes_no_further(monkeypatch: pytest.MonkeyPatch, small_chunks: int) -> None:
    model, image, token, tried = heat_model(), photo(12, 15), CancelToken(), list[Rect]()

    def fail_and_cancel(window: FeatureWindow, rect: Rect) -> None:
        tried.append(rect)
        token.cancel()
        raise FULL

    before_decoding(model, monkeypatch, fail_and_cancel)
    grid = OutputGrid(image.size, Size(36, 45))
    with pytest.raises(Cancelled):
        Renderer(image, model, FeatureCache(PLENTY)).render(grid, grid.output.rect, cancel=token)
    assert tried == [grid.output.rect]


@FAILURES
def test_lack_of_memory_on_the_cpu_is_told_with_the_size(failure: Exception, monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(window: FeatureWindow, rect: Rect) -> None:
        raise failure

    model, image, told = heat_model(), photo(8, 8), list[OutOfMemory]()
    before_decoding(model, monkeypatch, fail)
    grid = OutputGrid(image.size, Size(16, 24))
    renderer = Renderer(image, model, FeatureCache(PLENTY), on_fallback=told.append)
    with pytest.raises(OutOfMemory, match="on cpu to render 24 x 16 pixels") as caught:
        renderer.render(grid, grid.output.rect)
    assert caught.value.__cause__ is failure
    assert told == [], "there is nothing to fall back to"


def test_real_lack_of_memory_on_the_cpu_is_told_too(monkeypatch: pytest.MonkeyPatch) -> None:
    def allocate(window: FeatureWindow, rect: Rect) -> None:
        torch.empty(1 << 50)

    model, image = heat_model(), photo(40, 40)
    before_decoding(model, monkeypatch, allocate)
    grid = OutputGrid(image.size, Size(160, 160))
    with pytest.raises(OutOfMemory, match=r"(\d+) x (\d+) pixels") as caught:
        Renderer(image, model, FeatureCache(PLENTY)).render(grid, grid.output.rect)
    sides = [int(word) for word in str(caught.value).split() if word.isdecimal()]
    # The chunk that was tried last, not the view.
    assert sides[0] * sides[1] <= SMALLEST_CHUNK


def test_another_failure_is_not_taken_for_lack_of_memory(monkeypatch: pytest.MonkeyPatch) -> None:
    tried = []

    def fail(window: FeatureWindow, rect: Rect) -> None:
        tried.append(rect)
        raise RuntimeError("expected scalar type Float but found Half")

    model, image = heat_model(), photo(8, 8)
    before_decoding(model, monkeypatch, fail)
    grid = OutputGrid(image.size, Size(160, 240))
    with pytest.raises(RuntimeError, match="scalar type"):
        Renderer(image, model, FeatureCache(PLENTY)).render(grid, grid.output.rect)
    assert len(tried) == 1


@pytest.mark.parametrize("fails_at", ["encode", "at"])
@pytest.mark.parametrize("make", [heat_model, liif_model], ids=["heat field", "LIIF"])
def test_cpu_takes_over_from_a_full_device(
    make: Callable[[], ImplicitModel], fails_at: str, small_chunks: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    model, image, told = make(), photo(12, 15), list[OutOfMemory]()
    full = on_a_full_device(model, monkeypatch, fails_at=fails_at)
    grid = OutputGrid(image.size, Size(36, 50))
    # In bfloat16, which the CPU may not compute.
    renderer = Renderer(image, full, FeatureCache(PLENTY), bf16=True, on_fallback=told.append)
    shown = renderer.render(grid, grid.output.rect)
    np.testing.assert_allclose(shown, rendered_at_once(image, model, grid), rtol=0, atol=2e-5)
    # And it stays there.
    bytes_ = renderer.render_display(grid, grid.output.rect)
    assert np.abs(bytes_.astype(int) - displayed_at_once(image, model, grid)).max() <= 1
    draft = renderer.draft_grid(1.3)
    assert renderer.render_display(draft, Rect(0, 0, 4, 4)).shape == (4, 4, 4)
    (reason,) = told
    assert str(reason).startswith("not enough memory on meta to render")


def test_device_is_left_only_after_small_chunks_failed(small_chunks: int, monkeypatch: pytest.MonkeyPatch) -> None:
    model, image, told = heat_model(), photo(12, 15), list[OutOfMemory]()
    full = on_a_full_device(model, monkeypatch, fails_at="at")
    grid = OutputGrid(image.size, Size(60, 75))
    renderer = Renderer(image, full, FeatureCache(PLENTY), on_fallback=told.append)
    shown = renderer.render(grid, grid.output.rect)
    sides = [int(word) for word in str(told[0]).split() if word.isdecimal()]
    assert len(told) == 1
    assert 16 <= sides[0] * sides[1] <= 64
    np.testing.assert_allclose(shown, rendered_at_once(image, model, grid), rtol=0, atol=2e-5)


def test_features_of_the_device_are_not_taken_for_those_of_the_cpu(monkeypatch: pytest.MonkeyPatch) -> None:
    """Other renderers may go on with the device and the shared cache."""
    model, image, cache = heat_model(), photo(12, 15), FeatureCache(PLENTY)
    full = on_a_full_device(model, monkeypatch, fails_at="at")
    grid = OutputGrid(image.size, Size(24, 30))
    renderer = Renderer(image, full, cache, on_fallback=lambda reason: None)
    renderer.render(grid, grid.output.rect)
    assert cache.used_bytes == 0
    with watched(full) as tiles:
        renderer.render(grid, grid.output.rect)
    assert tiles == []


def test_decoders_of_the_device_are_not_asked_on_the_cpu(monkeypatch: pytest.MonkeyPatch) -> None:
    model, image, told = heat_model(), photo(12, 15), list[OutOfMemory]()
    full = on_a_full_device(model, monkeypatch, fails_at="at")

    def fail(window: FeatureWindow, rect: Rect) -> torch.Tensor:
        raise FULL

    # It can be made, and then finds no room to work in.
    monkeypatch.setattr(full, "at", lambda *_, **__: fail)
    grid = OutputGrid(image.size, Size(24, 30))
    shown = Renderer(image, full, FeatureCache(PLENTY), on_fallback=told.append).render(grid, grid.output.rect)
    np.testing.assert_allclose(shown, rendered_at_once(image, model, grid), rtol=0, atol=2e-5)
    assert len(told) == 1


def test_chunks_on_the_cpu_are_those_of_a_cpu(monkeypatch: pytest.MonkeyPatch) -> None:
    model, image, decoded = heat_model(), photo(12, 15), list[Rect]()
    model.chunk_pixels = 100
    full = on_a_full_device(model, monkeypatch, fails_at="encode")
    before_decoding(model, monkeypatch, lambda window, rect: decoded.append(rect))
    monkeypatch.setattr(full, "copy_to", lambda device: model)
    grid = OutputGrid(image.size, Size(36, 45))
    renderer = Renderer(image, full, FeatureCache(PLENTY), on_fallback=lambda reason: None)
    renderer.render(grid, Rect(0, 0, 1, 1))
    decoded.clear()
    renderer.render(grid, grid.output.rect)
    assert max(rect.area for rect in decoded) <= 100


def test_leaving_the_device_is_logged_where_nobody_asks(
    caplog: pytest.LogCaptureFixture, monkeypatch: pytest.MonkeyPatch
) -> None:
    model, image = heat_model(), photo(12, 15)
    full = on_a_full_device(model, monkeypatch, fails_at="encode")
    grid = OutputGrid(image.size, Size(24, 30))
    with caplog.at_level(logging.WARNING):
        Renderer(image, full, FeatureCache(PLENTY)).render(grid, grid.output.rect)
    assert "not enough memory on meta" in caplog.text


def test_copy_on_the_cpu_is_the_models_own(model: ImplicitModel) -> None:
    """It must not share weights: the original stays on its device, for other photos."""
    there = model.copy_to(torch.device("cpu"))
    for name, parameter in model.named_parameters():
        copied = there.get_parameter(name)
        assert copied.device.type == "cpu"
        assert torch.equal(copied, parameter)
        assert copied.data_ptr() != parameter.data_ptr()
        assert copied.requires_grad == parameter.requires_grad
    assert there.training == model.training


def test_copy_takes_no_memory_where_the_model_is(model: ImplicitModel, monkeypatch: pytest.MonkeyPatch) -> None:
    """That device may just have run out of it."""

    def full(*_: object) -> None:
        raise torch.OutOfMemoryError("CUDA out of memory")

    monkeypatch.setattr(torch.Tensor, "__deepcopy__", full)
    monkeypatch.setattr(torch.nn.Parameter, "__deepcopy__", full)
    there = model.copy_to(torch.device("meta"))
    assert {tensor.device.type for tensor in (*there.parameters(), *there.buffers())} == {"meta"}
    assert next(model.parameters()).device.type == "cpu"
