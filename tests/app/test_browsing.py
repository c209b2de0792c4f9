"""Going through a folder by keys and drops in a real window: what comes next, is left out, or changed on the disk."""

from __future__ import annotations

import os
import shutil
import threading
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from PIL import Image as PillowImage
from PIL.TiffImagePlugin import TiffImageFile
from PySide6.QtCore import QMimeData, QPoint, QPointF, Qt, QUrl
from PySide6.QtGui import QDragEnterEvent, QDropEvent
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from app.browsing import READ_AHEAD_AFTER_MS
from app.composition import Viewer
from app.disk_watcher import LOOK_DELAY_MS
from app.photo_list import look_at
from app.viewer.document import Document, Preview, open_document
from liif_core.errors import ImageReadError
from liif_core.imaging.image import Image
from liif_core.imaging.read import read_image
from liif_core.imaging.write import write_image
from liif_core.view.fit import FitMode
from tests.app.conftest import OpenViewer
from tests.app.real_events import camera_of, document_of, notices, step, wait_until_sharp
from tests.app.test_view_pixels import grabbed

Go = Callable[[Qt.Key], Document]


def grey(path: Path, level: int, *, height: int = 60, width: int = 90) -> Path:
    write_image(path, np.full((height, width, 3), level, np.uint8))
    return path


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


def failures_of(viewer: Viewer) -> list[object]:
    """What is told from now on in a dialog."""
    failures: list[object] = []
    viewer.browsing.failed.connect(failures.append)
    return failures


def drop(qtbot: QtBot, viewer: Viewer, *paths: Path) -> Document:
    data = QMimeData()
    data.setUrls([QUrl.fromLocalFile(str(path)) for path in paths])
    how: tuple[Any, ...] = (Qt.DropAction.CopyAction, data, Qt.MouseButton.LeftButton, Qt.KeyboardModifier.NoModifier)

    def let_fall() -> None:
        QApplication.sendEvent(viewer.window, QDragEnterEvent(QPoint(5, 5), *how))
        QApplication.sendEvent(viewer.window, QDropEvent(QPointF(5, 5), *how))

    return step(qtbot, viewer, let_fall)


def test_keys_go_to_the_next_the_previous_the_first_and_the_last(go: Go) -> None:
    keys = (Qt.Key.Key_Right, Qt.Key.Key_PageDown, Qt.Key.Key_Right, Qt.Key.Key_Left, Qt.Key.Key_Home, Qt.Key.Key_End)
    assert [go(key).path.stem for key in keys] == ["p2", "p3", "p10", "p3", "p1", "p10"]


def test_the_window_tells_where_in_the_folder_one_is(viewer: Viewer, go: Go) -> None:
    go(Qt.Key.Key_Right)
    assert viewer.window.windowTitle().startswith("p2.png")
    assert viewer.browser.position == (2, 4)


def test_at_the_ends_nothing_opens_and_a_notice_says_so(qtbot: QtBot, viewer: Viewer, go: Go) -> None:
    told = notices(viewer)
    qtbot.keyClick(viewer.canvas, Qt.Key.Key_Left)
    go(Qt.Key.Key_End)
    qtbot.keyClick(viewer.canvas, Qt.Key.Key_Right)
    assert told == ["This is the first photo.", "This is the last photo."]
    assert document_of(viewer).path.stem == "p10"


def test_keys_in_quick_succession_lead_as_far_as_they_were_pressed(qtbot: QtBot, viewer: Viewer) -> None:
    for _ in range(3):
        qtbot.keyClick(viewer.canvas, Qt.Key.Key_Right)
    qtbot.waitUntil(lambda: document_of(viewer).path.stem == "p10", timeout=20_000)
    assert viewer.browser.position == (4, 4)


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


def wait_for_read_ahead(qtbot: QtBot, viewer: Viewer, *names: str) -> None:
    preloader = viewer.browsing._preloader
    qtbot.waitUntil(lambda: {path.stem for path in preloader._kept} == set(names), timeout=20_000)


def test_the_next_photo_was_read_ahead_and_opens_without_a_preview(
    qtbot: QtBot, viewer: Viewer, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    wait_for_read_ahead(qtbot, viewer, "p2")
    opened: list[Preview] = []
    viewer.controller.document_opened.connect(opened.append)
    monkeypatch.setattr(viewer.controller._reader, "open", lambda *_, **__: pytest.fail("it was read already"))
    qtbot.keyClick(viewer.canvas, Qt.Key.Key_Right)
    assert [type(photo) for photo in opened] == [Document], "in the very event of the key"
    assert document_of(viewer).path.stem == "p2"
    wait_for_read_ahead(qtbot, viewer, "p1", "p3")


def test_a_photo_that_was_written_again_after_it_was_read_ahead_is_read_again(
    qtbot: QtBot, viewer: Viewer, folder: Path
) -> None:
    wait_for_read_ahead(qtbot, viewer, "p2")
    grey(folder / "p2.png", 200, height=61)
    qtbot.keyClick(viewer.canvas, Qt.Key.Key_Right)
    qtbot.waitUntil(lambda: document_of(viewer).size.height == 61, timeout=20_000)
    assert document_of(viewer).value_at(0, 0) == (200, 200, 200)


def test_a_photo_that_cannot_be_read_again_after_it_was_read_ahead_is_shown_as_it_was(
    qtbot: QtBot, viewer: Viewer, go: Go, folder: Path
) -> None:
    wait_for_read_ahead(qtbot, viewer, "p2")
    (folder / "p2.png").write_bytes(b"not a photo")
    told, failures = notices(viewer), failures_of(viewer)
    go(Qt.Key.Key_Right)
    qtbot.waitUntil(lambda: bool(told))
    assert told[0].startswith("The photo has changed on the disk and is shown as it was, since ")
    assert document_of(viewer).path.stem == "p2"
    assert not failures, "nobody has asked for it"


def test_reading_ahead_begins_also_where_the_view_is_sharp_from_the_first(qtbot: QtBot, viewer: Viewer) -> None:
    wait_for_read_ahead(qtbot, viewer, "p2")
    viewer.browsing._preloader.forget()
    before = camera_of(viewer)
    viewer.controller.zoom_to(3.0)
    # Back at once: its tiles are still there.
    viewer.controller.look(before)
    assert viewer.controller.is_sharp
    wait_for_read_ahead(qtbot, viewer, "p2")


def test_reading_ahead_waits_until_a_view_that_moves_is_sharp(qtbot: QtBot, viewer: Viewer) -> None:
    wait_for_read_ahead(qtbot, viewer, "p2")
    viewer.browsing._preloader.forget()
    viewer.controller.zoom(1.1)
    assert not viewer.controller.is_sharp
    assert not viewer.browsing._idle.isActive()
    wait_for_read_ahead(qtbot, viewer, "p2")


def test_reading_ahead_waits_while_a_photo_is_awaited(
    qtbot: QtBot, viewer: Viewer, slow: tuple[Path, threading.Event]
) -> None:
    """Both would take twice as long; and it goes on if that photo does not come."""
    other, go_on = slow
    other.write_bytes(b"not a photo")
    wait_for_read_ahead(qtbot, viewer, "p2")
    viewer.browsing._preloader.forget()
    viewer.browsing.open(other)
    before = camera_of(viewer)
    viewer.controller.zoom_to(3.0)
    viewer.controller.look(before)
    assert viewer.controller.is_sharp
    qtbot.wait(READ_AHEAD_AFTER_MS + 150)
    assert not viewer.browsing._preloader._kept
    go_on.set()
    wait_for_read_ahead(qtbot, viewer, "p2")


def test_a_photo_that_changes_on_the_disk_is_read_again_at_the_same_place(
    qtbot: QtBot, viewer: Viewer, folder: Path
) -> None:
    told = notices(viewer)
    viewer.controller.zoom_to(6.0)
    viewer.controller.center_on(20.0, 30.0)
    viewer.window.actions_["rotate_right"].trigger()
    before, orientation = camera_of(viewer), viewer.controller.orientation
    qtbot.wait(50)
    with qtbot.waitSignal(viewer.controller.document_read, timeout=20_000):
        grey(folder / "p1.png", 222)
    assert document_of(viewer).value_at(0, 0) == (222, 222, 222)
    assert camera_of(viewer) == before
    assert viewer.controller.orientation == orientation
    assert told == ["The photo has changed on the disk and was read again."]
    wait_until_sharp(qtbot, viewer)
    assert (grabbed(viewer) == 222).all()


def test_a_photo_that_is_replaced_while_it_is_read_is_read_again(
    qtbot: QtBot, viewer: Viewer, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    other, newer = grey(tmp_path / "other.png", 20), grey(tmp_path / "newer.png", 250)

    def read(path: Path, **how: Any) -> Image:
        image = read_image(path, **how)
        if newer.exists():
            newer.replace(other)
        return image

    monkeypatch.setattr("app.viewer.document.read_image", read)
    told = notices(viewer)
    assert step(qtbot, viewer, lambda: viewer.browsing.open(other)).value_at(0, 0) == (20, 20, 20)
    qtbot.waitUntil(lambda: document_of(viewer).value_at(0, 0) == (250, 250, 250))
    assert told == ["The photo has changed on the disk and was read again."]


def test_a_change_that_cannot_be_read_is_told_as_such_and_the_view_stays(
    qtbot: QtBot, viewer: Viewer, folder: Path
) -> None:
    told, failures = notices(viewer), failures_of(viewer)
    shown, before = document_of(viewer), camera_of(viewer)
    whole = (folder / "p1.png").read_bytes()
    qtbot.wait(50)
    (folder / "p1.png").write_bytes(whole[: len(whole) // 2])
    qtbot.waitUntil(lambda: len(told) == 1, timeout=20_000)
    assert told[0].startswith("The photo has changed on the disk and is shown as it was, since ")
    assert "cut off or damaged" in told[0]
    assert viewer.controller.document is shown and camera_of(viewer) == before
    assert not failures, "nobody has asked for it"
    with qtbot.waitSignal(viewer.controller.document_read, timeout=20_000):
        grey(folder / "p1.png", 77)
    assert told[1:] == ["The photo has changed on the disk and was read again."]


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


@pytest.mark.parametrize("is_good", [True, False])
def test_a_change_of_the_shown_photo_does_not_stop_the_one_that_is_being_opened(
    qtbot: QtBot, viewer: Viewer, folder: Path, slow: tuple[Path, threading.Event], is_good: bool
) -> None:
    """Pictures of a camera that are written again and again must not hold a person fast."""
    other, go_on = slow
    if not is_good:
        other.write_bytes(b"not a photo")
    viewer.browsing.open(other)
    with qtbot.waitSignal(viewer.browser.current_changed_on_disk, timeout=10_000):
        grey(folder / "p1.png", 90, height=80)
    go_on.set()
    if is_good:
        qtbot.waitUntil(lambda: document_of(viewer).path == other, timeout=10_000)
    else:
        qtbot.waitUntil(lambda: document_of(viewer).size.height == 80, timeout=10_000)


def test_another_display_does_not_stop_the_photo_that_is_being_opened(
    qtbot: QtBot, viewer: Viewer, slow: tuple[Path, threading.Event]
) -> None:
    """A window is moved to another screen while it waits for a large photo."""
    other, go_on = slow
    viewer.browsing.open(other)
    viewer.settings.set(replace(viewer.settings.appearance, color_space="display-p3"))
    go_on.set()
    qtbot.waitUntil(lambda: document_of(viewer).path == other, timeout=10_000)


def test_a_photo_that_is_removed_stays_in_view_with_a_notice(
    qtbot: QtBot, viewer: Viewer, go: Go, folder: Path
) -> None:
    told = notices(viewer)
    (folder / "p1.png").unlink()
    qtbot.waitUntil(lambda: told == ["The photo's file was moved or removed."], timeout=20_000)
    assert document_of(viewer).path.stem == "p1"
    assert go(Qt.Key.Key_Right).path.stem == "p2"


def test_a_photo_that_is_added_takes_its_place_in_the_order(qtbot: QtBot, viewer: Viewer, go: Go, folder: Path) -> None:
    grey(folder / "p1b.png", 10)
    qtbot.waitUntil(lambda: len(viewer.browser.paths) == 5, timeout=20 * LOOK_DELAY_MS)
    assert go(Qt.Key.Key_Right).path.stem == "p1b"


def test_a_dropped_folder_opens_at_its_first_photo(qtbot: QtBot, viewer: Viewer, tmp_path: Path) -> None:
    other = tmp_path / "other"
    other.mkdir()
    for name in ("b10.png", "b9.png"):
        grey(other / name, 20)
    assert drop(qtbot, viewer, other).path.name == "b9.png"
    assert step(qtbot, viewer, viewer.window.actions_["next"].trigger).path.name == "b10.png"


def test_several_dropped_files_are_the_list(qtbot: QtBot, viewer: Viewer, go: Go, folder: Path) -> None:
    assert drop(qtbot, viewer, folder / "p10.png", folder / "p2.png").path.stem == "p2"
    assert go(Qt.Key.Key_Right).path.stem == "p10"
    assert viewer.browser.position == (2, 2)


def test_a_folder_without_photos_is_told_and_nothing_is_lost(qtbot: QtBot, viewer: Viewer, tmp_path: Path) -> None:
    empty = tmp_path / "empty"
    empty.mkdir()
    with qtbot.waitSignal(viewer.browsing.failed, timeout=20_000) as told:
        viewer.browsing.open_all([empty])
    assert "there is no photo in it" in str(told.args[0])
    assert document_of(viewer).path.stem == "p1"


def test_a_locked_view_keeps_zoom_and_place(qtbot: QtBot, viewer: Viewer, go: Go) -> None:
    qtbot.keyClick(viewer.canvas, Qt.Key.Key_L)
    viewer.controller.zoom_to(7.0)
    viewer.controller.center_on(22.0, 33.0)
    before = camera_of(viewer)
    go(Qt.Key.Key_Right)
    assert camera_of(viewer) == before
    qtbot.keyClick(viewer.canvas, Qt.Key.Key_L)
    go(Qt.Key.Key_Right)
    assert camera_of(viewer).is_fitted


def test_a_view_is_fitted_as_the_settings_say(viewer: Viewer, go: Go) -> None:
    viewer.settings.set(replace(viewer.settings.view, fit_mode=FitMode.FILL))
    go(Qt.Key.Key_Right)
    assert camera_of(viewer).fit is FitMode.FILL


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
