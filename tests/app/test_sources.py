"""The model's side of the viewer: which pixels it gives, and what it says when a device is given up."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
import torch

from app.viewer.document import Document, open_document
from app.workers.model_slot import ModelChoice, ModelSlot
from app.workers.sources import BaseSource, NeuralSource
from liif_core.cancel import CancelToken
from liif_core.errors import OutOfMemory
from liif_core.geometry import Size
from liif_core.models.decoders import collapsed
from liif_core.paths import resource_path
from liif_core.view.camera import Camera
from liif_core.view.frame import Frame, place
from liif_core.view.tiles import Layer, tile_key
from tests.graphics_card import Kind, graphics_card

MODEL = resource_path("models", "fast.safetensors")


@pytest.fixture
def document(photo: Path) -> Document:
    return open_document(photo)


def camera_of(document: Document, zoom: float) -> Camera:
    return Camera.fitting(document.size, Size(120, 160)).at_zoom(zoom)


@pytest.mark.parametrize("zoom", [2.7, 4.0, 5.3, 40.0])
def test_a_frame_holds_all_that_the_camera_shows_as_bytes(document: Document, zoom: float) -> None:
    source = NeuralSource(ModelSlot(ModelChoice(MODEL, "cpu", "fp32")))
    camera = camera_of(document, zoom)
    grid, rect, pixels = source.frame(document, camera, coarseness=1.0, cancel=CancelToken())
    assert pixels.shape == (rect.height, rect.width, 4)
    assert pixels.dtype == np.uint8
    assert 1 <= grid.scale_y / camera.zoom < 1.35
    placed = place(Frame(document.photo_id, "m", grid, rect, pixels), camera)
    assert placed is not None
    assert placed.covers


@pytest.mark.parametrize("zoom", [4.0, 5.3, 40.0])
def test_a_coarse_frame_holds_as_much_in_fewer_pixels(document: Document, zoom: float) -> None:
    source = NeuralSource(ModelSlot(ModelChoice(MODEL, "cpu", "fp32")))
    camera = camera_of(document, zoom)
    grid, rect, pixels = source.frame(document, camera, coarseness=1.6, cancel=CancelToken())
    assert pixels.shape == (rect.height, rect.width, 4)
    assert 1 <= 1.6 * grid.scale_y / camera.zoom < 1.35
    placed = place(Frame(document.photo_id, "m", grid, rect, pixels), camera)
    assert placed is not None
    assert placed.covers


def test_frames_of_the_conventional_source_are_the_bicubic_picture(document: Document) -> None:
    camera = camera_of(document, 3.3)
    grid, rect, pixels = BaseSource().frame(document, camera, coarseness=1.0, cancel=CancelToken())
    assert (grid, rect) == (camera.grid, camera.visible)
    assert pixels.shape == (rect.height, rect.width, 3)


def test_a_device_without_memory_is_given_up_with_a_notice(document: Document, monkeypatch: pytest.MonkeyPatch) -> None:
    news: list[str] = []
    slot = ModelSlot(ModelChoice(MODEL, "cpu", "fp32"), on_ready=news.append, on_notice=news.append)
    source = NeuralSource(slot)
    source.prepare()
    slot.fall_back(OutOfMemory("not enough memory on cuda to render 64 x 64 pixels"))
    camera = camera_of(document, 4.0)
    key = tile_key(document.photo_id, model_id="m", layer=Layer.NEURAL, grid=camera.grid, row=0, column=0)
    assert source.tile(document, key, around=key.rect, cancel=CancelToken()).shape[2] == 4
    assert news == [
        "cpu",
        "cpu",
        "The model runs on the CPU from now on: not enough memory on cuda to render 64 x 64 pixels.",
        "cpu",
    ]


@pytest.mark.parametrize("kind", ["cuda", "mps"])
def test_a_device_that_fails_at_work_is_given_up_with_a_notice(document: Document, kind: Kind) -> None:
    news: list[str] = []
    camera = camera_of(document, 4.0)
    key = tile_key(document.photo_id, model_id="m", layer=Layer.NEURAL, grid=camera.grid, row=0, column=0)
    whole = {"around": key.rect, "cancel": CancelToken()}
    expected = NeuralSource(ModelSlot(ModelChoice(MODEL, "cpu", "fp32"))).tile(document, key, **whole)  # type: ignore[arg-type]
    with graphics_card(kind) as card:
        source = NeuralSource(ModelSlot(ModelChoice(MODEL, kind, "fp32"), on_ready=news.append, on_notice=news.append))
        source.prepare()
        card.failure = RuntimeError("CUDA error: unknown error\nCUDA kernel errors might be reported later")
        tile = source.tile(document, key, **whole)  # type: ignore[arg-type]
        frame = source.frame(document, camera, coarseness=1.0, cancel=CancelToken())
    np.testing.assert_array_equal(tile, expected)
    assert frame[2].shape[2] == 4
    notice = "The model runs on the CPU from now on: the device failed at work: CUDA error: unknown error."
    assert news == [kind, "cpu", notice, "cpu"]


def test_an_error_on_the_cpu_is_no_lost_device(document: Document, monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(*_: object) -> torch.Tensor:
        raise RuntimeError("a bug")

    monkeypatch.setattr(collapsed.RationalZoom, "__call__", fail)
    source = NeuralSource(ModelSlot(ModelChoice(MODEL, "cpu", "fp32")))
    with pytest.raises(RuntimeError, match="a bug"):
        source.frame(document, camera_of(document, 4.0), coarseness=1.0, cancel=CancelToken())


def test_lack_of_memory_on_the_cpu_reaches_the_worker(document: Document, monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(*_: object) -> torch.Tensor:
        raise torch.OutOfMemoryError("out of memory")

    monkeypatch.setattr(collapsed.RationalZoom, "__call__", fail)
    source = NeuralSource(ModelSlot(ModelChoice(MODEL, "cpu", "fp32")))
    with pytest.raises(OutOfMemory, match="cpu"):
        source.frame(document, camera_of(document, 4.0), coarseness=1.0, cancel=CancelToken())
