"""What is not looked at any more takes no memory: closed photos, their features, and models that gave way."""

from __future__ import annotations

import gc
import weakref
from pathlib import Path

import numpy as np
import pytest
from pytestqt.qtbot import QtBot

from app.composition import Viewer
from app.viewer.document import Document, open_document
from app.workers.model_slot import ModelChoice, ModelSlot
from app.workers.sources import NeuralSource
from liif_core.cancel import CancelToken
from liif_core.checkpoint import load
from liif_core.imaging.write import write_image
from liif_core.paths import resource_path
from liif_core.render.feature_cache import FeatureCache
from liif_core.view.camera import Camera
from liif_core.view.tiles import Layer, tile_key
from tests.app.conftest import OpenViewer
from tests.app.real_events import document_of, step, wait_until_sharp

FAST, PHOTO = (resource_path("models", f"{name}.safetensors") for name in ("fast", "photo"))


@pytest.fixture
def caches(monkeypatch: pytest.MonkeyPatch) -> list[FeatureCache]:
    """Of all models that are loaded."""
    made: list[FeatureCache] = []

    class Watched(FeatureCache):
        def __init__(self, budget_bytes: int) -> None:
            super().__init__(budget_bytes)
            made.append(self)

    monkeypatch.setattr("liif_core.render.feature_cache.FeatureCache", Watched)
    return made


def look_closely(qtbot: QtBot, viewer: Viewer) -> None:
    with qtbot.waitSignal(viewer.controller.became_sharp):
        viewer.controller.zoom_to(8.0)


def test_a_closed_photo_is_not_kept(
    qtbot: QtBot, open_viewer: OpenViewer, photo: Path, caches: list[FeatureCache]
) -> None:
    viewer = open_viewer(photo)
    look_closely(qtbot, viewer)
    kept = weakref.ref(document_of(viewer))
    assert caches[0].used_bytes > 0
    viewer.controller.close()

    def is_gone() -> bool:
        gc.collect()
        return kept() is None

    qtbot.waitUntil(is_gone)
    # The decoder's thread lets go of them after the tile at hand.
    qtbot.waitUntil(lambda: caches[0].used_bytes == 0)
    assert viewer.controller.picture._store.used_bytes == 0
    step(qtbot, viewer, lambda: viewer.controller.open(photo))
    look_closely(qtbot, viewer)


def test_a_tile_that_comes_after_the_photo_was_closed_is_not_kept(
    qtbot: QtBot, open_viewer: OpenViewer, photo: Path
) -> None:
    viewer = open_viewer(photo, model="bicubic")
    viewer.controller.zoom_to(5.0)
    with qtbot.waitSignal(viewer.base_worker.tile_ready) as made:
        viewer.controller.pan(50.0, 50.0)
    viewer.controller.close()
    viewer.controller.picture.take_tile(made.args[0])
    assert viewer.controller.picture._store.used_bytes == 0


def test_features_are_those_of_the_open_photo(
    qtbot: QtBot, open_viewer: OpenViewer, photo: Path, tmp_path: Path, caches: list[FeatureCache]
) -> None:
    viewer = open_viewer(photo)
    look_closely(qtbot, viewer)
    write_image(tmp_path / "small.png", np.full((20, 20, 3), 99, np.uint8))
    before = caches[0].used_bytes
    step(qtbot, viewer, lambda: viewer.controller.open(tmp_path / "small.png"))
    wait_until_sharp(qtbot, viewer)
    look_closely(qtbot, viewer)
    assert len(caches) == 1
    assert 0 < caches[0].used_bytes < before / 4


def test_bicubic_enlargement_keeps_no_features(
    qtbot: QtBot, open_viewer: OpenViewer, photo: Path, caches: list[FeatureCache]
) -> None:
    viewer = open_viewer(photo, model="fast")
    look_closely(qtbot, viewer)
    assert caches[0].used_bytes > 0
    viewer.models.use("bicubic")
    qtbot.waitUntil(lambda: caches[0].used_bytes == 0)
    with qtbot.waitSignal(viewer.controller.became_sharp):
        viewer.models.use("fast")
    assert len(caches) == 1, "the model itself is small, and at hand"


def test_the_model_before_goes_before_another_is_loaded(photo: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    document: Document = open_document(photo)
    slot = ModelSlot(ModelChoice(FAST, "cpu", "fp32"))
    source = NeuralSource(slot)
    grid = Camera(document.size, document.size, 4.0, 0.0, 0.0).grid
    key = tile_key(document.photo_id, model_id="m", layer=Layer.NEURAL, grid=grid, row=0, column=0)
    source.tile(document, key, around=key.rect, cancel=CancelToken())
    before = weakref.ref(slot.get().model)
    alive: list[object] = []
    load_model = load.load_model

    def watched(path: Path) -> object:
        gc.collect()
        alive.append(before())
        return load_model(path)

    monkeypatch.setattr(load, "load_model", watched)
    slot.choose(ModelChoice(PHOTO, "cpu", "fp32"))
    source.prepare()
    assert alive == [None]
