"""Files with several pages."""

from __future__ import annotations

import os
import shutil
import threading
from pathlib import Path
from typing import Any

import pytest
from PIL import Image as PillowImage
from PIL.TiffImagePlugin import TiffImageFile
from PySide6.QtCore import Qt
from pytestqt.qtbot import QtBot

from app.composition import Viewer
from app.viewer.document import Document, open_document
from tests.app.browsing.ways import Go
from tests.app.conftest import OpenViewer
from tests.app.real_events import document_of, notices, step, wait_until_sharp


@pytest.fixture
def pages(tmp_path: Path) -> Path:
    path = tmp_path / "pages" / "pages.tif"
    path.parent.mkdir()
    first, *others = (PillowImage.new("RGB", (40, 30), (level,) * 3) for level in (10, 20, 30))
    first.save(path, save_all=True, append_images=others, compression="tiff_adobe_deflate")
    return path


def test_keys_turn_the_pages_of_a_file(qtbot: QtBot, open_viewer: OpenViewer, pages: Path) -> None:
    viewer = open_viewer(pages, model="bicubic", width=200, height=150)
    actions = viewer.window.actions_
    assert not actions["previous_page"].isEnabled()
    for page in (1, 2):
        assert actions["next_page"].isEnabled()
        document = step(qtbot, viewer, actions["next_page"].trigger)
        assert (document.page, document.pages) == (page, 3)
        assert document.value_at(0, 0) == (10 + 10 * page,) * 3
    assert not actions["next_page"].isEnabled()
    assert step(qtbot, viewer, actions["reload"].trigger).page == 2
    assert step(qtbot, viewer, actions["previous_page"].trigger).page == 1


def test_keys_in_quick_succession_turn_as_many_pages(qtbot: QtBot, open_viewer: OpenViewer, pages: Path) -> None:
    viewer = open_viewer(pages, model="bicubic", width=200, height=150)
    for _ in range(3):
        viewer.window.actions_["next_page"].trigger()
    qtbot.waitUntil(lambda: document_of(viewer).page == 2)
    for _ in range(3):
        viewer.window.actions_["previous_page"].trigger()
    qtbot.waitUntil(lambda: document_of(viewer).page == 0)


def test_reading_again_does_not_stop_the_page_that_is_being_opened(
    qtbot: QtBot, open_viewer: OpenViewer, pages: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    viewer = open_viewer(pages, model="bicubic", width=200, height=150)
    go_on = threading.Event()

    def read(path: Path, *, page: int, **how: Any) -> Document:
        if page == 1:
            go_on.wait(20)
        return open_document(path, page=page, **how)

    monkeypatch.setattr("app.viewer.reader.open_document", read)
    viewer.window.actions_["next_page"].trigger()
    viewer.window.actions_["reload"].trigger()
    assert step(qtbot, viewer, go_on.set).page == 1


def test_a_file_whose_page_is_gone_is_told_and_the_page_stays(
    qtbot: QtBot, open_viewer: OpenViewer, pages: Path, tmp_path: Path
) -> None:
    viewer = open_viewer(pages, model="bicubic", width=200, height=150)
    step(qtbot, viewer, viewer.window.actions_["next_page"].trigger)
    single = tmp_path / "single.tif"
    PillowImage.new("RGB", (40, 30), (99, 99, 99)).save(single)
    shutil.copyfile(single, pages.with_suffix(".new"))
    with qtbot.waitSignal(viewer.browsing.notice, timeout=20_000) as told:
        os.replace(pages.with_suffix(".new"), pages)  # noqa: PTH105 - as programs that save do it
    assert "has 1 page; page 2 does not exist" in told.args[0]
    assert document_of(viewer).value_at(0, 0) == (20, 20, 20)
    wait_until_sharp(qtbot, viewer)


def test_a_damaged_page_of_a_photo_that_was_stepped_to_is_told_and_its_file_stays_in_the_list(
    qtbot: QtBot, viewer: Viewer, go: Go, folder: Path, pages: Path
) -> None:
    with PillowImage.open(pages) as photo:
        assert isinstance(photo, TiffImageFile)
        photo.seek(1)
        (start,), (length,) = photo.tag_v2[273], photo.tag_v2[279]
    content = bytearray(pages.read_bytes())
    content[start : start + length] = b"\xff" * length
    (folder / "p2.tif").write_bytes(content)
    qtbot.waitUntil(lambda: len(viewer.browser.paths) == 5)
    told = notices(viewer)
    while (shown := go(Qt.Key.Key_Right)).pages == 1:
        pass
    with qtbot.waitSignal(viewer.browsing.failed):
        viewer.window.actions_["next_page"].trigger()
    assert document_of(viewer) is shown
    go(Qt.Key.Key_Right)
    assert go(Qt.Key.Key_Left).path.name == "p2.tif"
    assert not told
