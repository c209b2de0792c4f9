from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from PySide6.QtCore import QCoreApplication, QEvent, QUrl
from PySide6.QtGui import QFileOpenEvent
from PySide6.QtWidgets import QApplication

from app.open_requests import OpenRequests


def test_a_photo_that_the_system_asks_for_is_opened(qapp: QApplication, tmp_path: Path) -> None:
    opened: list[Sequence[Path]] = []
    requests = OpenRequests(qapp, opened.append)
    photo = tmp_path / "a photo.jpg"
    assert QCoreApplication.sendEvent(qapp, QFileOpenEvent(str(photo)))
    QCoreApplication.sendEvent(qapp, QFileOpenEvent(QUrl("https://stepless.example/a.jpg")))
    QCoreApplication.sendEvent(qapp, QEvent(QEvent.Type.User))
    QCoreApplication.processEvents()
    assert opened == [[photo]]
    QCoreApplication.sendEvent(qapp, QFileOpenEvent(str(photo)))
    requests.stop()
    QCoreApplication.sendEvent(qapp, QFileOpenEvent(str(photo)))
    QCoreApplication.processEvents()
    assert len(opened) == 1


def test_photos_that_are_opened_together_are_one_list(qapp: QApplication, tmp_path: Path) -> None:
    """The system sends an event for each."""
    opened: list[Sequence[Path]] = []
    requests = OpenRequests(qapp, opened.append)
    photos = [tmp_path / name for name in ("a.jpg", "b.jpg", "c.jpg")]
    for photo in photos:
        QCoreApplication.postEvent(qapp, QFileOpenEvent(str(photo)))
    QCoreApplication.processEvents()
    QCoreApplication.processEvents()
    assert opened == [photos]
    requests.stop()
