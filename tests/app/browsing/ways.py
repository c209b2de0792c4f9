"""What people do with files while they look at photos."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
from PySide6.QtCore import QMimeData, QPoint, QPointF, Qt, QUrl
from PySide6.QtGui import QDragEnterEvent, QDropEvent
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from app.composition import Viewer
from app.viewer.document import Document
from liif_core.imaging.write import write_image
from tests.app.real_events import step

Go = Callable[[Qt.Key], Document]
"""Presses a key and waits for the photo that it leads to."""


def grey(path: Path, level: int, *, height: int = 60, width: int = 90) -> Path:
    """Write a photo of one grey, 0 to 255."""
    write_image(path, np.full((height, width, 3), level, np.uint8))
    return path


def failures_of(viewer: Viewer) -> list[object]:
    """What is told from now on in a dialog."""
    failures: list[object] = []
    viewer.browsing.failed.connect(failures.append)
    return failures


def drop(qtbot: QtBot, viewer: Viewer, *paths: Path) -> Document:
    """Drop files on the window, and wait for the photo that they lead to."""
    data = QMimeData()
    data.setUrls([QUrl.fromLocalFile(str(path)) for path in paths])
    how: tuple[Any, ...] = (Qt.DropAction.CopyAction, data, Qt.MouseButton.LeftButton, Qt.KeyboardModifier.NoModifier)

    def let_fall() -> None:
        QApplication.sendEvent(viewer.window, QDragEnterEvent(QPoint(5, 5), *how))
        QApplication.sendEvent(viewer.window, QDropEvent(QPointF(5, 5), *how))

    return step(qtbot, viewer, let_fall)
