"""What a stopped viewer leaves behind: nothing."""

from __future__ import annotations

import subprocess
import sys
import threading
import time
from pathlib import Path

import pytest
from PySide6.QtCore import QObject, Signal
from pytestqt.qtbot import QtBot

from app.memory_release import IDLE_MS, MemoryRelease
from app.recent import state_file
from tests.app.conftest import OpenViewer


class Worker(QObject):
    """Tells what a worker tells."""

    tile_ready = Signal(object)
    frame_ready = Signal(object)


@pytest.fixture
def released(monkeypatch: pytest.MonkeyPatch) -> threading.Event:
    event = threading.Event()
    monkeypatch.setattr("app.memory_release.release_free_memory", event.set)
    return event


@pytest.mark.parametrize("told", ["tile_ready", "frame_ready"])
def test_results_that_arrive_after_the_end_start_nothing(qtbot: QtBot, released: threading.Event, told: str) -> None:
    worker, release = Worker(), MemoryRelease()
    release.watch(worker)  # type: ignore[arg-type]
    getattr(worker, told).emit(None)
    qtbot.waitUntil(released.is_set, timeout=IDLE_MS + 5000)
    assert release.stop(timeout_s=10)
    released.clear()
    getattr(worker, told).emit(None)
    qtbot.wait(IDLE_MS + 100)
    assert not released.is_set()


def test_memory_is_released_once_nothing_is_made(
    qtbot: QtBot, open_viewer: OpenViewer, photo: Path, released: threading.Event
) -> None:
    open_viewer(photo)
    qtbot.waitUntil(released.is_set, timeout=IDLE_MS + 5000)


CLOSED_WHILE_A_MODEL_LOADS = """
import sys, threading, time
from PySide6.QtCore import QTimer
from app.composition import Viewer
from app.main import main
from app.workers.model_slot import ModelSlot

loading = threading.Event()
start = Viewer.start

def load(self, choice):
    loading.set()
    time.sleep(600)

def start_and_close(self, photo):
    def look():
        if loading.is_set():
            print("closed", time.time(), flush=True)
            self.window.close()

    start(self, photo)
    self.looking = QTimer(interval=20)
    self.looking.timeout.connect(look)
    self.looking.start()

ModelSlot._load, Viewer.start = load, start_and_close
sys.exit(main())
"""


def test_closing_the_window_does_not_wait_for_a_model_that_is_being_loaded(photo: Path) -> None:
    """Nothing hears of the end within `import torch`, which takes seconds on a busy machine."""
    done = subprocess.run(
        [sys.executable, "-c", CLOSED_WHILE_A_MODEL_LOADS, str(photo)], capture_output=True, text=True, timeout=200
    )
    ended = time.time()
    assert done.returncode == 0, done.stderr
    assert ended - float(done.stdout.split()[-1]) < 25, "a second, on a machine that is not busy"
    # What was open is remembered all the same.
    assert photo.name in state_file().read_text(encoding="utf-8")
