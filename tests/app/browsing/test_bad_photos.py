"""Photos that cannot be opened: left out where one steps, told where one asks for them by name."""

from __future__ import annotations

import threading
from pathlib import Path
from typing import Any

import pytest
from PIL import Image as PillowImage
from PySide6.QtCore import Qt
from pytestqt.qtbot import QtBot

from app.composition import Viewer
from app.photo_list import look_at
from app.viewer.document import Preview
from liif_core.errors import ImageReadError
from liif_core.imaging.image import Image
from liif_core.imaging.read import read_image
from tests.app.browsing.ways import Go, drop, failures_of
from tests.app.conftest import OpenViewer
from tests.app.real_events import document_of, notices, step, wait_until_sharp


def test_a_photo_that_cannot_be_opened_is_left_out_with_a_notice(viewer: Viewer, go: Go, folder: Path) -> None:
    told, failures = notices(viewer), failures_of(viewer)
    (folder / "p2.png").write_bytes(b"not a photo")
    assert go(Qt.Key.Key_Right).path.stem == "p3"
    assert len(told) == 1
    assert told[0].startswith("Skipped: ")
    assert "p2.png" in told[0]
    assert go(Qt.Key.Key_Left).path.stem == "p1", "it is not tried again"
    assert not failures, "who walks through a folder is not stopped by dialogs"


def test_when_none_is_left_the_photo_stays(qtbot: QtBot, viewer: Viewer, folder: Path) -> None:
    told = notices(viewer)
    for name in ("p2", "p3", "p10"):
        (folder / f"{name}.png").write_bytes(b"not a photo")
    qtbot.keyClick(viewer.canvas, Qt.Key.Key_Right)
    skipped = "3 files that cannot be opened were skipped, the first is p2.png."
    qtbot.waitUntil(lambda: told[-1:] == [skipped], timeout=20_000)
    assert document_of(viewer).path.stem == "p1"
    assert viewer.browser.current == folder / "p1.png"
    wait_until_sharp(qtbot, viewer)


def test_a_bad_photo_asked_for_by_name_is_told_in_a_dialog_and_the_open_one_stays(
    qtbot: QtBot, viewer: Viewer, folder: Path
) -> None:
    (folder / "p2.png").write_bytes(b"not a photo")
    with qtbot.waitSignal(viewer.browsing.failed, timeout=20_000) as told:
        viewer.browsing.open_all([folder / "p2.png"])
    assert "p2.png" in str(told.args[0])
    assert document_of(viewer).path.stem == "p1"
    assert viewer.browser.current == folder / "p1.png"


@pytest.mark.parametrize("together", [False, True])
def test_of_what_was_dropped_the_first_photo_that_can_be_opened_is_shown(
    qtbot: QtBot, open_viewer: OpenViewer, folder: Path, together: bool
) -> None:
    viewer = open_viewer(None, model="bicubic")
    told, failures = notices(viewer), failures_of(viewer)
    (folder / "p1.png").write_bytes(b"not a photo")
    dropped = [folder / "p1.png", folder / "p2.png", folder / "p10.png"] if together else [folder]
    assert drop(qtbot, viewer, *dropped).path.stem == "p2"
    assert viewer.browser.position == (2, 3 if together else 4)
    assert len(told) == 1 and told[0].startswith("Skipped: ") and "p1.png" in told[0]
    assert not failures
    assert step(qtbot, viewer, viewer.window.actions_["next"].trigger).path.stem == ("p10" if together else "p3")


def test_a_dropped_photo_that_was_seen_as_a_preview_is_left_out_as_well(
    qtbot: QtBot, open_viewer: OpenViewer, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    large = folder / "p0.jpg"
    PillowImage.effect_noise((2400, 1600), 50).save(large)
    viewer = open_viewer(None, model="bicubic")
    is_seen = threading.Event()
    seen: list[Preview] = []
    viewer.controller.document_opened.connect(seen.append)
    viewer.controller.document_opened.connect(is_seen.set)

    def read(path: Path, **how: Any) -> Image:
        if path == large:
            assert is_seen.wait(20)
            raise ImageReadError(f"{large} cannot be read: the disk is broken")
        return read_image(path, **how)

    monkeypatch.setattr("app.viewer.document.read_image", read)
    assert drop(qtbot, viewer, folder).path.stem == "p1"
    assert seen[0].path == large
    assert viewer.browser.position == (2, 5)


def test_when_nothing_of_a_dropped_folder_can_be_opened_it_is_told_and_the_photo_stays(
    qtbot: QtBot, viewer: Viewer, tmp_path: Path
) -> None:
    told, failures = notices(viewer), failures_of(viewer)
    bad = tmp_path / "bad"
    bad.mkdir()
    for name in ("a.png", "b.png"):
        (bad / name).write_bytes(b"not a photo")
    viewer.browsing.open_all([bad])
    qtbot.waitUntil(lambda: told[-1:] == ["2 files that cannot be opened were skipped, the first is a.png."])
    assert not failures
    assert document_of(viewer).path.stem == "p1"
    qtbot.waitUntil(lambda: viewer.browser.position == (1, 4))


def test_a_step_before_the_folder_is_known_leaves_out_what_cannot_be_opened(
    qtbot: QtBot, open_viewer: OpenViewer, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (folder / "p2.png").write_bytes(b"not a photo")
    is_listed = threading.Event()
    monkeypatch.setattr("app.folder.look_at", lambda *what, **how: is_listed.wait(20) and look_at(*what, **how))
    viewer = open_viewer(folder / "p1.png", model="bicubic")
    told, failures = notices(viewer), failures_of(viewer)
    qtbot.keyClick(viewer.canvas, Qt.Key.Key_Right)
    assert step(qtbot, viewer, is_listed.set).path.stem == "p3"
    assert viewer.browser.position == (3, 4)
    assert len(told) == 1 and told[0].startswith("Skipped: ")
    assert not failures


def test_a_photo_that_is_shown_is_not_left_out_when_it_cannot_be_read_once_more(
    qtbot: QtBot, viewer: Viewer, go: Go, folder: Path
) -> None:
    shown = go(Qt.Key.Key_Right)
    told = notices(viewer)
    whole = (folder / "p2.png").read_bytes()
    (folder / "p2.png").write_bytes(whole[: len(whole) // 2])
    with qtbot.waitSignal(viewer.browsing.failed) as failed:
        viewer.window.actions_["reload"].trigger()
    assert "p2.png" in str(failed.args[0])
    assert document_of(viewer) is shown
    assert go(Qt.Key.Key_Right).path.stem == "p3"
    (folder / "p2.png").write_bytes(whole)
    assert go(Qt.Key.Key_Left).path.stem == "p2"
    assert not [notice for notice in told if "kipped" in notice]
