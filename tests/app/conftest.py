"""A real window under Qt's offscreen platform, and a check that no thread outlives it."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from PySide6.QtWidgets import QApplication, QWidget
from pytestqt.qtbot import QtBot

from app.composition import Viewer, ViewerOptions
from liif_core.imaging.write import write_image

OpenViewer = Callable[..., Viewer]
# How long what certainly comes may take on a busy machine; only a test that fails waits so long.
PATIENCE_MS = 30_000


class PatientBot(QtBot):
    """Waits as long as it takes: a time to wait for is the least one, and what comes sooner costs nothing.

    Where a signal need not come, as in `assertNotEmitted`, the time is the one that was asked for.
    """

    def waitUntil(self, callback: Callable[[], bool | None], *, timeout: int = PATIENCE_MS) -> None:
        super().waitUntil(callback, timeout=max(timeout, PATIENCE_MS))

    def waitSignal(self, signal: Any, *, timeout: int = PATIENCE_MS, **options: Any) -> Any:
        if options.get("raising") is not False:
            timeout = max(timeout, PATIENCE_MS)
        return super().waitSignal(signal, timeout=timeout, **options)

    def waitSignals(self, signals: Any, *, timeout: int = PATIENCE_MS, **options: Any) -> Any:
        return super().waitSignals(signals, timeout=max(timeout, PATIENCE_MS), **options)

    def waitActive(self, widget: QWidget, *, timeout: int = PATIENCE_MS) -> Any:
        return super().waitActive(widget, timeout=max(timeout, PATIENCE_MS))

    def waitExposed(self, widget: QWidget, *, timeout: int = PATIENCE_MS) -> Any:
        return super().waitExposed(widget, timeout=max(timeout, PATIENCE_MS))


@pytest.fixture
def qtbot(qapp: QApplication, request: pytest.FixtureRequest) -> QtBot:
    """Takes the place of the plug-in's own."""
    return PatientBot(request)


@pytest.fixture
def photo(tmp_path: Path) -> Path:
    """A bright photo of 150 x 100 pixels with detail, so that dark background showing through is noticed."""
    rng = np.random.default_rng(3)
    smooth = np.add.outer(np.linspace(170, 200, 100), np.linspace(0, 40, 150))[..., None] + np.array([0.0, 5.0, 10.0])
    pixels = np.clip(smooth + rng.normal(0, 12, (100, 150, 3)), 150, 255).astype(np.uint8)
    path = tmp_path / "photo.png"
    write_image(path, pixels)
    return path


@pytest.fixture
def open_viewer(qtbot: QtBot) -> Iterator[OpenViewer]:
    """Opens a viewer on a photo and waits until it is sharp; all are stopped at the end."""
    before = set(threading.enumerate())
    viewers: list[Viewer] = []

    def build(photo: Path | None = None, *, width: int = 400, height: int = 300, **options: object) -> Viewer:
        kept = {name: options.pop(name) for name in ("settings", "recent") if name in options}
        chosen = ViewerOptions(**{"show_errors": False, "moves": False, "overlays": False, **options})  # type: ignore[arg-type]
        viewer = Viewer(chosen, **kept)  # type: ignore[arg-type]
        viewers.append(viewer)
        qtbot.addWidget(viewer.window)
        viewer.window.canvas.setFixedSize(width, height)
        if photo is None:
            viewer.start()
        else:
            with qtbot.waitSignal(viewer.controller.became_sharp, timeout=60_000):
                viewer.start(photo)
        return viewer

    yield build
    for viewer in viewers:
        viewer.stop()
    # libvips' own threads, which Python hears of when they log, belong to libvips.
    ours = [thread for thread in threading.enumerate() if not thread.name.startswith("Dummy")]
    for thread in ours:
        # Cancelled encoders that do not stream, and files that a slow disk still takes, end by themselves.
        if thread not in before and thread.name.startswith(("encoder of", "write ")):
            thread.join(timeout=60)
    left = [thread for thread in ours if thread not in before and thread.is_alive()]
    assert not left, f"threads that outlived their viewer: {left}"
