"""What is set on the page of memory holds at once, and not after the next start."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from pytestqt.qtbot import QtBot

from app import memory_limits
from app.composition import Viewer
from app.viewer.document import Document
from liif_core.imaging.scratch import is_mapped
from liif_core.imaging.write import write_image
from liif_core.memory import MB, Budgets
from tests.app.conftest import OpenViewer
from tests.app.real_events import document_of, rival_of, step, wait_until_sharp

AUTOMATIC = Budgets(tile_bytes=64 * MB, feature_bytes=128 * MB, photo_bytes=256 * MB)


@pytest.fixture(autouse=True)
def machine(monkeypatch: pytest.MonkeyPatch) -> None:
    """One whose budgets do not follow what other programs take."""
    monkeypatch.setattr(memory_limits, "budgets", lambda: AUTOMATIC)


def set_memory(viewer: Viewer, **changes: int | None) -> None:
    viewer.settings.set(replace(viewer.settings.memory, **changes))


@pytest.fixture
def large_photo(tmp_path: Path) -> Path:
    """Of 18 MB, more than the least that can be set."""
    path = tmp_path / "large.png"
    write_image(path, np.tile(np.arange(200, dtype=np.uint8)[:, None], (10, 3000))[..., None].repeat(3, axis=2))
    return path


def test_finished_pixels_over_a_new_limit_go_and_those_on_screen_stay(
    qtbot: QtBot, open_viewer: OpenViewer, large_photo: Path
) -> None:
    viewer = open_viewer(large_photo, model="bicubic", width=700, height=700)
    store = viewer.controller.picture._store
    viewer.controller.zoom_to(4.0)
    while store.used_bytes < 20 * MB:
        viewer.controller.pan(0.0, -700.0)
        wait_until_sharp(qtbot, viewer)
    set_memory(viewer, tile_bytes=16 * MB)
    assert store.used_bytes <= 16 * MB
    assert viewer.controller.is_sharp
    set_memory(viewer, tile_bytes=None)
    assert store.budget_bytes == AUTOMATIC.tile_bytes


def test_a_large_canvas_keeps_the_room_that_it_needs(open_viewer: OpenViewer, photo: Path) -> None:
    viewer = open_viewer(photo, model="bicubic", width=2600, height=1800)
    before = viewer.controller.picture._store.budget_bytes
    set_memory(viewer, tile_bytes=16 * MB)
    least = 2 * 4 * 2600 * 1800
    assert least < viewer.controller.picture._store.budget_bytes < before + 1


def test_the_decoder_hears_of_its_limit_without_a_movement_of_the_view(
    qtbot: QtBot, open_viewer: OpenViewer, photo: Path
) -> None:
    viewer = open_viewer(photo, model="fast", device="cpu", width=200, height=150)
    viewer.controller.zoom_to(4.0)
    wait_until_sharp(qtbot, viewer)
    features = viewer.models._slot.get().features
    assert features.budget_bytes == AUTOMATIC.feature_bytes
    set_memory(viewer, feature_bytes=32 * MB)
    qtbot.waitUntil(lambda: features.budget_bytes == 32 * MB, timeout=10_000)


def test_without_a_model_a_new_limit_loads_none(qtbot: QtBot, open_viewer: OpenViewer, photo: Path) -> None:
    viewer = open_viewer(photo, model="bicubic")
    set_memory(viewer, feature_bytes=32 * MB)
    qtbot.wait(50)
    assert viewer.models._slot._loaded is None


def test_the_open_photo_moves_into_a_file_and_back(qtbot: QtBot, open_viewer: OpenViewer, large_photo: Path) -> None:
    viewer = open_viewer(large_photo, model="bicubic")
    viewer.controller.zoom_to(3.0)
    view = viewer.controller.camera
    assert not is_mapped(document_of(viewer).image.pixels)
    step(qtbot, viewer, lambda: set_memory(viewer, photo_bytes=16 * MB))
    assert is_mapped(document_of(viewer).image.pixels)
    assert viewer.controller.camera == view
    step(qtbot, viewer, lambda: set_memory(viewer, photo_bytes=None))
    assert not is_mapped(document_of(viewer).image.pixels)


def test_a_photo_that_stays_where_it_is_is_not_read_again(qtbot: QtBot, open_viewer: OpenViewer, photo: Path) -> None:
    viewer = open_viewer(photo, model="bicubic")
    read: list[Document] = []
    viewer.controller.document_read.connect(read.append)
    set_memory(viewer, photo_bytes=16 * MB)
    qtbot.wait(100)
    assert not read


def test_photos_read_ahead_over_a_new_limit_go(qtbot: QtBot, open_viewer: OpenViewer, tmp_path: Path) -> None:
    paths = [tmp_path / f"{name}.png" for name in "abc"]
    for path in paths:
        write_image(path, np.zeros((2000, 3000, 3), np.uint8))
    viewer = open_viewer(paths[1], model="bicubic")
    preloader = viewer.browsing._preloader
    qtbot.waitUntil(lambda: len(preloader._kept) == 2, timeout=20_000)
    preloader.limit(30 * MB)
    assert list(preloader._kept) == [paths[2]], "the next one is worth more than the one before"


def test_what_is_compared_with_holds_half_as_many_finished_pixels(
    qtbot: QtBot, open_viewer: OpenViewer, photo: Path
) -> None:
    viewer = open_viewer(photo, model="bicubic")
    set_memory(viewer, tile_bytes=100 * MB)
    viewer.comparing.set_rival("nearest")
    store = rival_of(viewer)._store
    assert store.budget_bytes == 50 * MB
    set_memory(viewer, tile_bytes=40 * MB)
    assert store.budget_bytes == 20 * MB
