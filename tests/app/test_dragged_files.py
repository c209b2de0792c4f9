"""Files that are dragged onto any of the widgets that take them."""

from __future__ import annotations

import os
from collections.abc import Callable
from pathlib import Path

import pytest
from PySide6.QtCore import QMimeData, QPoint, QPointF, Qt, QUrl
from PySide6.QtGui import QDragEnterEvent, QDropEvent
from PySide6.QtWidgets import QWidget
from pytestqt.qtbot import QtBot

from app.clipboard import local_files
from app.windows.main_window import MainWindow
from app.windows.model_manager import ModelManager
from app.windows.start_page import StartPage
from app.wizard.photos_page import PhotosPage
from tests.app.conftest import OpenViewer

Make = Callable[[], QWidget]


@pytest.fixture
def window(open_viewer: OpenViewer) -> MainWindow:
    return open_viewer(model="bicubic").window


def _files(*urls: QUrl) -> QMimeData:
    data = QMimeData()
    data.setUrls(list(urls))
    return data


def _events(data: QMimeData) -> tuple[QDragEnterEvent, QDropEvent]:
    """What comes while Shift is held, by which a person asks for a move; the caller keeps the data."""
    either = Qt.DropAction.CopyAction | Qt.DropAction.MoveAction
    how = (either, data, Qt.MouseButton.LeftButton, Qt.KeyboardModifier.ShiftModifier)
    events = QDragEnterEvent(QPoint(5, 5), *how), QDropEvent(QPointF(5, 5), *how)
    for event in events:
        assert event.proposedAction() is Qt.DropAction.MoveAction
        event.ignore()
    return events


def _check_taken_as_a_copy(widget: QWidget) -> None:
    data = _files(QUrl.fromLocalFile("/photos/1.jpg"))
    entering, dropping = _events(data)
    widget.dragEnterEvent(entering)
    widget.dropEvent(dropping)
    for event in (entering, dropping):
        assert event.isAccepted() and event.dropAction() is Qt.DropAction.CopyAction


@pytest.mark.parametrize("make", [StartPage, ModelManager, PhotosPage])
def test_dropped_files_are_never_taken_as_moved(qtbot: QtBot, make: Make) -> None:
    """Told so, Windows' Explorer would remove them."""
    widget = make()
    qtbot.addWidget(widget)
    _check_taken_as_a_copy(widget)


def test_files_dropped_on_the_window_are_never_taken_as_moved(window: MainWindow) -> None:
    _check_taken_as_a_copy(window)


def test_an_address_without_a_name_is_not_taken(qtbot: QtBot) -> None:
    """As a path it would be the folder that the program works in."""
    page = StartPage()
    qtbot.addWidget(page)
    data = _files(QUrl("file:"))
    entering, dropping = _events(data)
    with qtbot.assertNotEmitted(page.paths_dropped):
        page.dragEnterEvent(entering)
        page.dropEvent(dropping)
    assert not entering.isAccepted() and not dropping.isAccepted()


@pytest.mark.skipif(os.name == "nt", reason="names are Unicode there, and a host is a share")
@pytest.mark.parametrize(
    ("address", "name"),
    [
        (b"file:///photos/caf%E9%20%25.jpg", b"/photos/caf\xe9 %.jpg"),
        ("file:///photos/%E5%86%99真.jpg".encode(), "/photos/写真.jpg".encode()),
        (b"file:///photos/a%3Fb%23c;d.jpg", b"/photos/a?b#c;d.jpg"),
        (b"file://localhost/photos/a.jpg", b"/photos/a.jpg"),
    ],
)
def test_an_address_stands_for_the_bytes_of_a_name(address: bytes, name: bytes) -> None:
    """Names need not be UTF-8, of which Qt keeps a question mark only."""
    assert local_files(_files(QUrl.fromEncoded(address))) == [Path(os.fsdecode(name))]
