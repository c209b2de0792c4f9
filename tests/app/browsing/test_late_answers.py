"""Whatever is asked for last is what is shown: answers to earlier wishes may be as late as a network makes them."""

from __future__ import annotations

import threading
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QGuiApplication, QImage
from pytestqt.qtbot import QtBot

from app.clipboard import save_pasted
from app.composition import Viewer
from app.disk_watcher import LOOK_DELAY_MS
from app.photo_list import chosen_photos
from app.viewer.document import Document, open_document
from liif_core.imaging.write import write_image
from tests.app.conftest import OpenViewer
from tests.app.real_events import document_of, notices, step


def photos_in(folder: Path, *names: str) -> list[Path]:
    folder.mkdir()
    for name in names:
        write_image(folder / name, np.full((60, 90, 3), 100, np.uint8))
    return [folder / name for name in names]


@pytest.fixture
def photos(tmp_path: Path) -> list[Path]:
    return photos_in(tmp_path / "photos", "1.png", "2.png", "3.png")


@pytest.fixture
def others(tmp_path: Path) -> list[Path]:
    return photos_in(tmp_path / "others", "a.png", "b.png")


@pytest.fixture
def viewer(qtbot: QtBot, open_viewer: OpenViewer, photos: list[Path]) -> Viewer:
    """On the first photo, once the folder is known."""
    viewer = open_viewer(photos[0], model="bicubic", width=200, height=150)
    qtbot.waitUntil(lambda: viewer.browser.position == (1, 3))
    return viewer


def open_another(qtbot: QtBot, viewer: Viewer, photo: Path) -> None:
    step(qtbot, viewer, lambda: viewer.browsing.open(photo))


def go_on(qtbot: QtBot, viewer: Viewer, photo: Path) -> None:
    step(qtbot, viewer, viewer.browsing.next)


def close(qtbot: QtBot, viewer: Viewer, photo: Path) -> None:
    viewer.window.actions_["close_photo"].trigger()


@pytest.mark.parametrize("do", [open_another, go_on, close])
@pytest.mark.parametrize("count", [1, 2])
def test_what_was_dropped_does_not_replace_what_was_asked_for_after_it(
    qtbot: QtBot,
    viewer: Viewer,
    photos: list[Path],
    others: list[Path],
    monkeypatch: pytest.MonkeyPatch,
    do: Callable[[QtBot, Viewer, Path], None],
    count: int,
) -> None:
    is_found = threading.Event()
    monkeypatch.setattr(
        "app.folder.chosen_photos", lambda *what, **how: is_found.wait(20) and chosen_photos(*what, **how)
    )
    viewer.browsing.open_all(others[:count])
    do(qtbot, viewer, photos[2])
    shown = viewer.controller.document
    with qtbot.assertNotEmitted(viewer.controller.document_read, wait=300):
        is_found.set()
    assert viewer.controller.document is shown


def drop_others(qtbot: QtBot, viewer: Viewer, photo: Path) -> None:
    step(qtbot, viewer, lambda: viewer.browsing.open_all([photo, photo.with_name("2.png")]))


@pytest.mark.parametrize("do", [open_another, go_on, close, drop_others, None])
def test_what_was_pasted_does_not_replace_what_was_asked_for_after_it(
    qtbot: QtBot,
    viewer: Viewer,
    photos: list[Path],
    monkeypatch: pytest.MonkeyPatch,
    do: Callable[[QtBot, Viewer, Path], None] | None,
) -> None:
    """A large picture takes a while to be written."""
    is_written = threading.Event()
    monkeypatch.setattr(
        "app.commands.photo_commands.save_pasted", lambda picture: is_written.wait(20) and save_pasted(picture)
    )
    picture = QImage(12, 9, QImage.Format.Format_RGB32)
    picture.fill(Qt.GlobalColor.red)
    QGuiApplication.clipboard().setImage(picture)
    viewer.window.actions_["paste"].trigger()
    if do is None:
        assert step(qtbot, viewer, is_written.set).value_at(0, 0) == (255, 0, 0)
        return
    do(qtbot, viewer, photos[2])
    shown = viewer.controller.document
    with qtbot.assertNotEmitted(viewer.controller.document_read, wait=300):
        is_written.set()
    assert viewer.controller.document is shown


def test_a_step_that_another_photo_took_the_place_of_moves_nothing(
    qtbot: QtBot, viewer: Viewer, photos: list[Path], monkeypatch: pytest.MonkeyPatch
) -> None:
    """Also where that photo cannot be opened in the end."""
    is_read = threading.Event()

    def read(path: Path, **how: Any) -> Document:
        if path == photos[1]:
            is_read.wait(20)
        return open_document(path, **how)

    monkeypatch.setattr("app.viewer.reader.open_document", read)
    viewer.browsing._preloader.forget()
    viewer.browsing.next()
    assert viewer.browser.position == (2, 3)
    with qtbot.waitSignal(viewer.browsing.failed):
        viewer.browsing.open(photos[0].with_name("missing.png"))
    is_read.set()
    assert document_of(viewer).path == photos[0]
    assert viewer.browser.position == (1, 3)


def test_nothing_is_told_of_a_photo_that_was_closed(qtbot: QtBot, viewer: Viewer, photos: list[Path]) -> None:
    told = notices(viewer)
    viewer.window.actions_["close_photo"].trigger()
    assert viewer.browser.position is None
    photos[0].unlink()
    qtbot.wait(LOOK_DELAY_MS + 200)
    assert not told
    open_another(qtbot, viewer, photos[1])
    qtbot.waitUntil(lambda: viewer.browser.position == (1, 2))
