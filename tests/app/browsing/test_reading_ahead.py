"""The next photo is there before it is asked for, and holds up none that is."""

from __future__ import annotations

import threading
from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from pytestqt.qtbot import QtBot

from app.browsing import READ_AHEAD_AFTER_MS
from app.composition import Viewer
from app.viewer.document import Document, Preview
from tests.app.browsing.ways import Go, failures_of, grey
from tests.app.real_events import camera_of, document_of, notices


def wait_for_read_ahead(qtbot: QtBot, viewer: Viewer, *names: str) -> None:
    preloader = viewer.browsing._preloader
    qtbot.waitUntil(lambda: {path.stem for path in preloader._kept} == set(names), timeout=20_000)


def test_the_next_photo_was_read_ahead_and_opens_without_a_preview(
    qtbot: QtBot, viewer: Viewer, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    wait_for_read_ahead(qtbot, viewer, "p2")
    opened: list[Preview] = []
    viewer.controller.document_opened.connect(opened.append)
    monkeypatch.setattr(viewer.controller._reader, "open", lambda *_, **__: pytest.fail("it was read already"))
    qtbot.keyClick(viewer.canvas, Qt.Key.Key_Right)
    assert [type(photo) for photo in opened] == [Document], "in the very event of the key"
    assert document_of(viewer).path.stem == "p2"
    wait_for_read_ahead(qtbot, viewer, "p1", "p3")


def test_a_photo_that_was_written_again_after_it_was_read_ahead_is_read_again(
    qtbot: QtBot, viewer: Viewer, folder: Path
) -> None:
    wait_for_read_ahead(qtbot, viewer, "p2")
    grey(folder / "p2.png", 200, height=61)
    qtbot.keyClick(viewer.canvas, Qt.Key.Key_Right)
    qtbot.waitUntil(lambda: document_of(viewer).size.height == 61, timeout=20_000)
    assert document_of(viewer).value_at(0, 0) == (200, 200, 200)


def test_a_photo_that_cannot_be_read_again_after_it_was_read_ahead_is_shown_as_it_was(
    qtbot: QtBot, viewer: Viewer, go: Go, folder: Path
) -> None:
    wait_for_read_ahead(qtbot, viewer, "p2")
    (folder / "p2.png").write_bytes(b"not a photo")
    told, failures = notices(viewer), failures_of(viewer)
    go(Qt.Key.Key_Right)
    qtbot.waitUntil(lambda: bool(told))
    assert told[0].startswith("The photo has changed on the disk and is shown as it was, since ")
    assert document_of(viewer).path.stem == "p2"
    assert not failures, "nobody has asked for it"


def test_reading_ahead_begins_also_where_the_view_is_sharp_from_the_first(qtbot: QtBot, viewer: Viewer) -> None:
    wait_for_read_ahead(qtbot, viewer, "p2")
    viewer.browsing._preloader.forget()
    before = camera_of(viewer)
    viewer.controller.zoom_to(3.0)
    # Back at once: its tiles are still there.
    viewer.controller.look(before)
    assert viewer.controller.is_sharp
    wait_for_read_ahead(qtbot, viewer, "p2")


def test_reading_ahead_waits_until_a_view_that_moves_is_sharp(qtbot: QtBot, viewer: Viewer) -> None:
    wait_for_read_ahead(qtbot, viewer, "p2")
    viewer.browsing._preloader.forget()
    viewer.controller.zoom(1.1)
    assert not viewer.controller.is_sharp
    assert not viewer.browsing._idle.isActive()
    wait_for_read_ahead(qtbot, viewer, "p2")


def test_reading_ahead_waits_while_a_photo_is_awaited(
    qtbot: QtBot, viewer: Viewer, slow: tuple[Path, threading.Event]
) -> None:
    """Both would take twice as long; and it goes on if that photo does not come."""
    other, go_on = slow
    other.write_bytes(b"not a photo")
    wait_for_read_ahead(qtbot, viewer, "p2")
    viewer.browsing._preloader.forget()
    viewer.browsing.open(other)
    before = camera_of(viewer)
    viewer.controller.zoom_to(3.0)
    viewer.controller.look(before)
    assert viewer.controller.is_sharp
    qtbot.wait(READ_AHEAD_AFTER_MS + 150)
    assert not viewer.browsing._preloader._kept
    go_on.set()
    wait_for_read_ahead(qtbot, viewer, "p2")
