"""Three hundred photos one after another: neither threads nor memory nor photos are left behind."""

from __future__ import annotations

import gc
import sys
import threading
import weakref
from pathlib import Path

import numpy as np
import pytest
from pytestqt.qtbot import QtBot

from app.viewer.document import Document
from liif_core.imaging.write import write_image
from tests.app.conftest import OpenViewer
from tests.app.real_events import step

WARM_UP, PHOTOS = 30, 300
# A photo of 200 x 300 pixels and its pictures take about 1 MB: 270 that were kept would take far more than this.
BOUND_MB = 40.0
# The open one, the one before, and both neighbours that are read ahead.
KEPT_PHOTOS = 4


def resident_mb() -> float:
    pages = int(Path("/proc/self/statm").read_text().split()[1])
    return pages * 4096 / 1e6


def own_threads() -> list[str]:
    """Without those that belong to a photo at hand, which come and go."""
    return [thread.name for thread in threading.enumerate() if not thread.name.startswith("Dummy")]


@pytest.mark.skipif(not sys.platform.startswith("linux"), reason="reads the memory where Linux tells it")
def test_three_hundred_photos_leave_no_threads_and_no_memory(
    qtbot: QtBot, open_viewer: OpenViewer, tmp_path: Path
) -> None:
    rng = np.random.default_rng(0)
    for number in range(10):
        write_image(tmp_path / f"p{number}.png", rng.integers(0, 256, (200, 300, 3), dtype=np.uint8))
    viewer = open_viewer(tmp_path / "p0.png", model="bicubic", width=160, height=120)
    qtbot.waitUntil(lambda: len(viewer.browser.paths) == 10)
    seen: list[weakref.ref[Document]] = []
    viewer.controller.document_read.connect(lambda document: seen.append(weakref.ref(document)))
    memory, threads = 0.0, 0
    for number in range(PHOTOS):
        if number == WARM_UP:
            gc.collect()
            memory, threads = resident_mb(), len(own_threads())
        forwards = number // 9 % 2 == 0
        step(qtbot, viewer, viewer.browsing.next if forwards else viewer.browsing.previous)
        viewer.controller.zoom_to(2.0 + number % 5)
        viewer.canvas.grab()
    qtbot.waitUntil(lambda: viewer.controller.is_sharp, timeout=20_000)
    gc.collect()
    assert len(seen) == PHOTOS
    assert resident_mb() - memory < BOUND_MB
    qtbot.waitUntil(lambda: len(own_threads()) <= threads, timeout=20_000)
    assert len([ref for ref in seen if ref() is not None]) <= KEPT_PHOTOS
