"""Photos that change, come and go on the disk while they are looked at."""

from __future__ import annotations

import threading
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from PySide6.QtCore import Qt
from pytestqt.qtbot import QtBot

from app.composition import Viewer
from app.disk_watcher import LOOK_DELAY_MS
from liif_core.imaging.image import Image
from liif_core.imaging.read import read_image
from tests.app.browsing.ways import Go, failures_of, grey
from tests.app.real_events import camera_of, document_of, notices, step, wait_until_sharp
from tests.app.test_view_pixels import grabbed


def test_a_photo_that_changes_on_the_disk_is_read_again_at_the_same_place(
    qtbot: QtBot, viewer: Viewer, folder: Path
) -> None:
    told = notices(viewer)
    viewer.controller.zoom_to(6.0)
    viewer.controller.center_on(20.0, 30.0)
    viewer.window.actions_["rotate_right"].trigger()
    before, orientation = camera_of(viewer), viewer.controller.orientation
    qtbot.wait(50)
    with qtbot.waitSignal(viewer.controller.document_read, timeout=20_000):
        grey(folder / "p1.png", 222)
    assert document_of(viewer).value_at(0, 0) == (222, 222, 222)
    assert camera_of(viewer) == before
    assert viewer.controller.orientation == orientation
    assert told == ["The photo has changed on the disk and was read again."]
    wait_until_sharp(qtbot, viewer)
    assert (grabbed(viewer) == 222).all()


def test_a_photo_that_is_replaced_while_it_is_read_is_read_again(
    qtbot: QtBot, viewer: Viewer, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    other, newer = grey(tmp_path / "other.png", 20), grey(tmp_path / "newer.png", 250)

    def read(path: Path, **how: Any) -> Image:
        image = read_image(path, **how)
        if newer.exists():
            newer.replace(other)
        return image

    monkeypatch.setattr("app.viewer.document.read_image", read)
    told = notices(viewer)
    assert step(qtbot, viewer, lambda: viewer.browsing.open(other)).value_at(0, 0) == (20, 20, 20)
    qtbot.waitUntil(lambda: document_of(viewer).value_at(0, 0) == (250, 250, 250))
    assert told == ["The photo has changed on the disk and was read again."]


def test_a_change_that_cannot_be_read_is_told_as_such_and_the_view_stays(
    qtbot: QtBot, viewer: Viewer, folder: Path
) -> None:
    told, failures = notices(viewer), failures_of(viewer)
    shown, before = document_of(viewer), camera_of(viewer)
    whole = (folder / "p1.png").read_bytes()
    qtbot.wait(50)
    (folder / "p1.png").write_bytes(whole[: len(whole) // 2])
    qtbot.waitUntil(lambda: len(told) == 1, timeout=20_000)
    assert told[0].startswith("The photo has changed on the disk and is shown as it was, since ")
    assert "cut off or damaged" in told[0]
    assert viewer.controller.document is shown and camera_of(viewer) == before
    assert not failures, "nobody has asked for it"
    with qtbot.waitSignal(viewer.controller.document_read, timeout=20_000):
        grey(folder / "p1.png", 77)
    assert told[1:] == ["The photo has changed on the disk and was read again."]


@pytest.mark.parametrize("is_good", [True, False])
def test_a_change_of_the_shown_photo_does_not_stop_the_one_that_is_being_opened(
    qtbot: QtBot, viewer: Viewer, folder: Path, slow: tuple[Path, threading.Event], is_good: bool
) -> None:
    """Pictures of a camera that are written again and again must not hold a person fast."""
    other, go_on = slow
    if not is_good:
        other.write_bytes(b"not a photo")
    viewer.browsing.open(other)
    with qtbot.waitSignal(viewer.browser.current_changed_on_disk, timeout=10_000):
        grey(folder / "p1.png", 90, height=80)
    go_on.set()
    if is_good:
        qtbot.waitUntil(lambda: document_of(viewer).path == other, timeout=10_000)
    else:
        qtbot.waitUntil(lambda: document_of(viewer).size.height == 80, timeout=10_000)


def test_another_display_does_not_stop_the_photo_that_is_being_opened(
    qtbot: QtBot, viewer: Viewer, slow: tuple[Path, threading.Event]
) -> None:
    """A window is moved to another screen while it waits for a large photo."""
    other, go_on = slow
    viewer.browsing.open(other)
    viewer.settings.set(replace(viewer.settings.appearance, color_space="display-p3"))
    go_on.set()
    qtbot.waitUntil(lambda: document_of(viewer).path == other, timeout=10_000)


def test_a_photo_that_is_removed_stays_in_view_with_a_notice(
    qtbot: QtBot, viewer: Viewer, go: Go, folder: Path
) -> None:
    told = notices(viewer)
    (folder / "p1.png").unlink()
    qtbot.waitUntil(lambda: told == ["The photo's file was moved or removed."], timeout=20_000)
    assert document_of(viewer).path.stem == "p1"
    assert go(Qt.Key.Key_Right).path.stem == "p2"


def test_a_photo_that_is_added_takes_its_place_in_the_order(qtbot: QtBot, viewer: Viewer, go: Go, folder: Path) -> None:
    grey(folder / "p1b.png", 10)
    qtbot.waitUntil(lambda: len(viewer.browser.paths) == 5, timeout=20 * LOOK_DELAY_MS)
    assert go(Qt.Key.Key_Right).path.stem == "p1b"
