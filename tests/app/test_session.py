"""What one run leaves for the next: the photo and the place in it, the window, the recent photos, the switches."""

from __future__ import annotations

import shutil
import threading
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from PIL import Image as PillowImage
from PySide6.QtCore import Qt
from pytestqt.qtbot import QtBot

from app.composition import Viewer
from app.recent import Recent
from app.settings import Settings
from app.viewer.document import Document, open_document
from app.windows.recent_grid import RecentGrid
from liif_core.imaging.write import write_image
from tests.app.conftest import OpenViewer
from tests.app.real_events import camera_of, document_of, step

Run = Callable[..., Viewer]


@pytest.fixture
def run(open_viewer: OpenViewer, tmp_path: Path) -> Run:
    """Begins a run of the program, with what the runs before it have left."""
    folder = tmp_path / "kept"
    folder.mkdir()

    def begin(photo: Path | None = None) -> Viewer:
        settings, recent = Settings(folder / "settings.toml"), Recent(folder / "state.json")
        assert settings.load() is None
        assert recent.load() is None
        return open_viewer(photo, model="bicubic", width=300, height=200, settings=settings, recent=recent)

    return begin


def end(viewer: Viewer) -> None:
    viewer.window.close()
    viewer.stop()


def wait_until_open(qtbot: QtBot, viewer: Viewer) -> None:
    qtbot.waitUntil(lambda: viewer.controller.document is not None, timeout=20_000)


def reopen_last(viewer: Viewer) -> None:
    viewer.settings.set(replace(viewer.settings.window, reopen_last=True))


def test_the_last_photo_is_opened_again_where_it_was_looked_at(qtbot: QtBot, run: Run, photo: Path) -> None:
    first = run(photo)
    reopen_last(first)
    first.controller.zoom_to(6.5)
    first.controller.center_on(33.0, 88.0)
    before = camera_of(first)
    end(first)
    second = run()
    wait_until_open(qtbot, second)
    assert document_of(second).path == photo
    after = camera_of(second)
    assert after.zoom == pytest.approx(before.zoom)
    assert (after.center_y, after.center_x) == pytest.approx((before.center_y, before.center_x))


def test_a_photo_named_from_the_working_folder_is_found_from_another(
    qtbot: QtBot, run: Run, photo: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(photo.parent)
    first = run(Path(photo.name))
    reopen_last(first)
    assert document_of(first).path == photo
    end(first)
    monkeypatch.chdir(tmp_path / "kept")
    second = run()
    wait_until_open(qtbot, second)
    assert document_of(second).path == photo


def test_it_is_turned_and_compared_as_it_was(qtbot: QtBot, run: Run, photo: Path) -> None:
    first = run(photo)
    reopen_last(first)
    for name in ("rotate_right", "mirror_horizontal"):
        first.window.actions_[name].trigger()
    turned = first.controller.orientation
    assert not turned.is_upright
    first.controller.zoom_to(3.0)
    first.controller.center_on(20.0, 100.0)
    before = camera_of(first)
    first.comparing.set_rival("nearest")
    first.comparing.turn_line()
    compared = first.comparing.compared_by
    assert compared is not None and not compared.split.vertical
    end(first)
    second = run()
    wait_until_open(qtbot, second)
    assert second.controller.orientation == turned
    assert second.comparing.compared_by == compared
    assert second.controller.rival is not None and second.comparing.rival_id == "nearest"
    after = camera_of(second)
    assert after.place == before.place
    # The next photo is as every photo.
    with qtbot.waitSignal(second.controller.document_read, timeout=20_000):
        second.browsing.open(photo)
    assert second.controller.orientation.is_upright


def test_another_photo_than_the_last_one_is_not_compared(qtbot: QtBot, run: Run, photo: Path, tmp_path: Path) -> None:
    first = run(photo)
    reopen_last(first)
    first.comparing.set_rival("nearest")
    end(first)
    photo.unlink()
    failures: list[object] = []
    second = run()
    second.browsing.failed.connect(failures.append)
    qtbot.waitUntil(lambda: len(failures) == 1, timeout=20_000)
    assert second.comparing.compared_by is None
    other = tmp_path / "other.png"
    write_image(other, np.zeros((40, 30, 3), np.uint8))
    step(qtbot, second, lambda: second.browsing.open(other))
    assert second.comparing.compared_by is None


def test_a_fitted_photo_is_fitted_again(qtbot: QtBot, run: Run, photo: Path) -> None:
    first = run(photo)
    reopen_last(first)
    end(first)
    second = run()
    second.canvas.setFixedSize(240, 240)
    wait_until_open(qtbot, second)
    qtbot.waitUntil(lambda: second.canvas.width() == 240)
    assert camera_of(second).is_fitted


def test_the_page_is_opened_again_too(qtbot: QtBot, run: Run, tmp_path: Path) -> None:
    path = tmp_path / "pages.tif"
    pages = [PillowImage.new("RGB", (40, 30), (level,) * 3) for level in (10, 20)]
    pages[0].save(path, save_all=True, append_images=pages[1:])
    first = run(path)
    reopen_last(first)
    step(qtbot, first, first.window.actions_["next_page"].trigger)
    end(first)
    second = run()
    wait_until_open(qtbot, second)
    qtbot.waitUntil(lambda: second.controller.document is not None and second.controller.document.page == 1)


def test_a_photo_that_was_named_comes_before_the_last_one(run: Run, photo: Path, tmp_path: Path) -> None:
    first = run(photo)
    reopen_last(first)
    end(first)
    other = tmp_path / "other.png"
    write_image(other, np.zeros((40, 30, 3), np.uint8))
    assert document_of(run(other)).path == other


def test_nothing_is_opened_again_unless_it_is_wished(qtbot: QtBot, run: Run, photo: Path) -> None:
    end(run(photo))
    second = run()
    qtbot.wait(100)
    assert second.controller.document is None


def test_a_last_photo_that_is_gone_is_told_and_the_start_page_shown(qtbot: QtBot, run: Run, photo: Path) -> None:
    first = run(photo)
    reopen_last(first)
    end(first)
    photo.unlink()
    failures: list[object] = []
    second = run()
    second.browsing.failed.connect(failures.append)
    qtbot.waitUntil(lambda: len(failures) == 1, timeout=20_000)
    assert photo.name in str(failures[0])
    assert second.window.start_page.isVisible()


def test_a_run_that_ends_before_the_last_photo_has_come_leaves_it_for_the_next_one(
    qtbot: QtBot, run: Run, photo: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    first = run(photo)
    reopen_last(first)
    first.controller.zoom_to(6.5)
    zoom = camera_of(first).zoom
    end(first)
    is_there = threading.Event()

    def read(path: Path, **how: Any) -> Document:
        is_there.wait(20)
        return open_document(path, **how)

    with monkeypatch.context() as slow:
        slow.setattr("app.viewer.reader.open_document", read)
        second = run()
        assert second.controller.awaited == photo
        second.window.close()
        is_there.set()
        second.stop()
    third = run()
    wait_until_open(qtbot, third)
    assert document_of(third).path == photo
    assert camera_of(third).zoom == pytest.approx(zoom)


def test_photos_that_were_opened_are_on_the_start_page_of_the_next_run(qtbot: QtBot, run: Run, photo: Path) -> None:
    end(run(photo))
    second = run()
    qtbot.waitUntil(lambda: second.recent.photos == (photo,), timeout=20_000)


def test_a_photo_that_is_too_large_for_a_picture_is_on_the_start_page_all_the_same(
    qtbot: QtBot, run: Run, photo: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    damaged = Path(shutil.copy(photo, tmp_path / "damaged.png"))
    for path in (damaged, photo):
        end(run(path))
    damaged.write_bytes(b"no photo any more")
    monkeypatch.setattr("app.thumbnails.MAX_WHOLE_PIXELS", 10)
    second = run()
    offered = second.window.start_page.findChild(RecentGrid)
    assert isinstance(offered, RecentGrid)
    # The last one opened comes first: its turn has been when the other one is left out.
    qtbot.waitUntil(lambda: offered.shown == [photo])


def test_switches_stay_as_they_were_left(qtbot: QtBot, run: Run, photo: Path) -> None:
    first = run(photo)
    for key in (Qt.Key.Key_L, Qt.Key.Key_G, Qt.Key.Key_M):
        qtbot.keyClick(first.canvas, key)
    first.comparing.set_rival("nearest")
    end(first)
    second = run(photo)
    actions = second.window.actions_
    assert actions["lock_view"].isChecked()
    assert actions["overlay"].isChecked()
    assert not actions["minimap"].isChecked()
    assert second.pixel_overlay.visible
    assert not second.minimap.visible
    assert second.comparing.rival_id == "nearest"
    assert second.comparing.comparison is None
