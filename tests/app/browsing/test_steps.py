"""Going through a folder by keys and drops in a real window: what comes next, and how it is looked at."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

from PySide6.QtCore import Qt
from pytestqt.qtbot import QtBot

from app.composition import Viewer
from liif_core.view.fit import FitMode
from tests.app.browsing.ways import Go, drop, grey
from tests.app.real_events import camera_of, document_of, notices, step


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


def test_the_buttons_at_the_side_of_a_mouse_go_through_the_folder(qtbot: QtBot, viewer: Viewer) -> None:
    """Over the photo, where the cursor is; the second of two quick clicks comes as a double click."""

    def click(button: Qt.MouseButton) -> str:
        return step(qtbot, viewer, lambda: qtbot.mouseClick(viewer.canvas, button)).path.stem

    assert [click(Qt.MouseButton.ForwardButton), click(Qt.MouseButton.BackButton)] == ["p2", "p1"]
    qtbot.mouseClick(viewer.canvas, Qt.MouseButton.ForwardButton)
    qtbot.mouseDClick(viewer.canvas, Qt.MouseButton.ForwardButton)
    qtbot.waitUntil(lambda: document_of(viewer).path.stem == "p3")


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
