"""What a stopped viewer leaves behind: nothing."""

from __future__ import annotations

import threading
from pathlib import Path

from pytestqt.qtbot import QtBot

from app.composition import IDLE_MS
from tests.app.conftest import OpenViewer


def releasing() -> list[threading.Thread]:
    return [thread for thread in threading.enumerate() if thread.name == "release memory"]


def test_results_that_arrive_after_the_end_start_nothing(qtbot: QtBot, open_viewer: OpenViewer, photo: Path) -> None:
    viewer = open_viewer(photo)
    viewer.stop()
    viewer._note_work(None)
    assert not viewer._idle.isActive()
    qtbot.wait(IDLE_MS + 100)
    assert not releasing()


def test_memory_is_released_once_nothing_is_made(qtbot: QtBot, open_viewer: OpenViewer, photo: Path) -> None:
    viewer = open_viewer(photo)
    assert viewer._idle.isActive()
    qtbot.waitUntil(lambda: viewer._releasing is not None, timeout=IDLE_MS + 5000)
