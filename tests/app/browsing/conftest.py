"""A folder of four photos, a window on the first of them, and keys that lead on."""

from __future__ import annotations

import threading
from pathlib import Path
from typing import Any

import pytest
from pytestqt.qtbot import QtBot

from app.composition import Viewer
from app.viewer.document import Document, open_document
from tests.app.browsing.ways import Go, grey
from tests.app.conftest import OpenViewer
from tests.app.real_events import step


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """Four photos; natural order is not that of the alphabet."""
    made = tmp_path / "photos"
    made.mkdir()
    for number, level in ((1, 40), (2, 80), (3, 120), (10, 160)):
        grey(made / f"p{number}.png", level)
    return made


@pytest.fixture
def viewer(qtbot: QtBot, open_viewer: OpenViewer, folder: Path) -> Viewer:
    """On the first photo, once the folder is known."""
    viewer = open_viewer(folder / "p1.png", model="bicubic", width=200, height=150)
    qtbot.waitUntil(lambda: viewer.browser.position is not None and viewer.browser.position[1] >= 4)
    return viewer


@pytest.fixture
def go(qtbot: QtBot, viewer: Viewer) -> Go:
    """Presses a key and waits for the photo that it leads to."""
    return lambda key: step(qtbot, viewer, lambda: qtbot.keyClick(viewer.canvas, key))


@pytest.fixture
def slow(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> tuple[Path, threading.Event]:
    """A photo in another folder, and what lets it be read."""
    go_on = threading.Event()

    def read(path: Path, **how: Any) -> Document:
        if path.stem == "other":
            go_on.wait(20)
        return open_document(path, **how)

    monkeypatch.setattr("app.viewer.reader.open_document", read)
    return grey(tmp_path / "other.png", 200), go_on
