"""The window by keyboard: where the focus goes, and what a screen reader calls what has it."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from pathlib import Path

import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtGui import QAccessible
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QDialog, QScrollArea, QTabWidget, QToolButton, QWidget
from pytestqt.qtbot import QtBot

from app.composition import Viewer

OpenViewer = Callable[..., Viewer]


def focus_round(qtbot: QtBot, window: QWidget) -> list[QWidget]:
    """What has the focus after each press of the tab key, until it is back where it was."""
    first = QApplication.focusWidget()
    assert first is not None
    visited = [first]
    while True:
        focused = QApplication.focusWidget()
        assert focused is not None
        QTest.keyClick(focused, Qt.Key.Key_Tab)
        now = QApplication.focusWidget()
        if now is first:
            return visited
        assert now is not None and now not in visited, f"the focus does not come back to {first}: {visited}"
        visited.append(now)


def test_the_tab_key_goes_through_the_toolbar_in_its_order_and_back_to_the_photo(
    qtbot: QtBot, open_viewer: OpenViewer, photo: Path
) -> None:
    window = open_viewer(photo, model="bicubic", width=900).window
    with qtbot.waitActive(window):
        window.activateWindow()
    assert QApplication.focusWidget() is window.canvas
    visited = focus_round(qtbot, window)
    in_toolbar = [widget for widget in visited if window.toolbar.isAncestorOf(widget)]
    buttons = [
        button for button in window.toolbar.findChildren(QToolButton) if button.isVisible() and button.isEnabled()
    ]
    assert {*buttons, window.toolbar.zoom_field.entry, window.toolbar.zoom_field.slider} == set(in_toolbar)
    places = [widget.mapTo(window, QPoint(0, 0)).x() for widget in in_toolbar]
    assert places == sorted(places)


def test_without_a_photo_the_focus_is_on_the_button_that_opens_one(qtbot: QtBot, open_viewer: OpenViewer) -> None:
    window = open_viewer(None, model="bicubic").window
    with qtbot.waitActive(window):
        window.activateWindow()
    focused = QApplication.focusWidget()
    assert focused is not None and window.start_page.isAncestorOf(focused)
    assert focused is window.start_page.focusProxy()


def test_in_full_screen_the_toolbar_is_there_while_a_zoom_is_typed(
    qtbot: QtBot, open_viewer: OpenViewer, photo: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    viewer = open_viewer(photo, model="bicubic")
    window = viewer.window
    with qtbot.waitActive(window):
        window.activateWindow()
    # Under the mouse the toolbar would stay, and where that is off-screen is a matter of chance.
    monkeypatch.setattr(window.toolbar, "underMouse", lambda: False)
    window.set_full_screen(True)
    window.actions_["enter_zoom"].trigger()
    entry = window.toolbar.zoom_field.entry
    assert window.toolbar.isVisible() and QApplication.focusWidget() is entry
    window.show_bars_at(250)
    assert window.toolbar.isVisible()
    QTest.keyClicks(entry, "321")
    QTest.keyClick(entry, Qt.Key.Key_Return)
    assert viewer.controller.camera is not None and viewer.controller.camera.zoom == pytest.approx(3.21)
    assert QApplication.focusWidget() is window.canvas
    qtbot.waitUntil(lambda: not window.toolbar.isVisible())


def test_in_full_screen_the_toolbar_goes_when_the_focus_returns_to_the_start_page(
    qtbot: QtBot, open_viewer: OpenViewer, monkeypatch: pytest.MonkeyPatch
) -> None:
    window = open_viewer(None, model="bicubic").window
    with qtbot.waitActive(window):
        window.activateWindow()
    monkeypatch.setattr(window.toolbar, "underMouse", lambda: False)
    window.set_full_screen(True)
    window.show_bars_at(0)
    button = next(each for each in window.toolbar.findChildren(QToolButton) if each.isVisible() and each.isEnabled())
    button.setFocus()
    assert QApplication.focusWidget() is button
    window.start_page.setFocus()
    qtbot.waitUntil(lambda: not window.toolbar.isVisible())


def test_a_zoom_is_typed_on_when_another_photo_comes(qtbot: QtBot, open_viewer: OpenViewer, photo: Path) -> None:
    another = photo.with_name("another.png")
    shutil.copy(photo, another)
    viewer = open_viewer(photo, model="bicubic", width=900)
    window, entry = viewer.window, viewer.window.toolbar.zoom_field.entry
    with qtbot.waitActive(window):
        window.activateWindow()
    viewer.browsing.open(another)
    window.actions_["enter_zoom"].trigger()
    QTest.keyClicks(entry, "32")
    qtbot.waitUntil(lambda: viewer.controller.awaited is None)
    assert viewer.controller.document is not None and viewer.controller.document.path == another
    assert QApplication.focusWidget() is entry
    QTest.keyClicks(entry, "1")
    QTest.keyClick(entry, Qt.Key.Key_Return)
    assert viewer.controller.camera is not None and viewer.controller.camera.zoom == pytest.approx(3.21)
    assert QApplication.focusWidget() is window.canvas


def test_the_next_photo_leaves_the_focus_on_the_button_that_asked_for_it(
    qtbot: QtBot, open_viewer: OpenViewer, photo: Path
) -> None:
    for name in ("photo2.png", "photo3.png"):
        shutil.copy(photo, photo.with_name(name))
    viewer = open_viewer(photo, model="bicubic", width=900)
    window = viewer.window
    with qtbot.waitActive(window):
        window.activateWindow()
    qtbot.waitUntil(lambda: viewer.browser.position == (1, 3))
    button = window.toolbar.widgetForAction(window.actions_["next"])
    button.setFocus(Qt.FocusReason.TabFocusReason)
    for name in ("photo2.png", "photo3.png"):
        focused = QApplication.focusWidget()
        assert focused is not None
        with qtbot.waitSignal(viewer.controller.document_read):
            QTest.keyClick(focused, Qt.Key.Key_Space)
        assert viewer.controller.document is not None and viewer.controller.document.path.name == name


def test_a_zoom_can_be_typed_in_a_narrow_window(qtbot: QtBot, open_viewer: OpenViewer, photo: Path) -> None:
    window = open_viewer(photo, model="bicubic", width=260).window
    with qtbot.waitActive(window):
        window.activateWindow()
    window.resize(260, 400)
    entry = window.toolbar.zoom_field.entry
    qtbot.waitUntil(lambda: not entry.isVisible())
    window.actions_["enter_zoom"].trigger()
    qtbot.waitUntil(lambda: entry.isVisible() and QApplication.focusWidget() is entry)


def nameless(widget: QWidget) -> list[QWidget]:
    """Which of the widgets that can have the focus a screen reader has no name for."""
    found = []
    for child in [widget, *widget.findChildren(QWidget)]:
        # Surroundings, where what they hold has names of its own, and the list of a closed choice.
        is_frame = isinstance(child, QScrollArea | QTabWidget) or child.isWindow()
        if (
            is_frame
            or child.window() is not widget
            or child.focusPolicy() is Qt.FocusPolicy.NoFocus
            or child.focusProxy() is not None
        ):
            continue
        interface = QAccessible.queryAccessibleInterface(child)
        if not interface.text(QAccessible.Text.Name):
            found.append(child)
    return found


def test_whatever_can_have_the_focus_has_a_name(qtbot: QtBot, open_viewer: OpenViewer, photo: Path) -> None:
    window = open_viewer(photo, model="bicubic").window
    window.actions_["information"].trigger()
    window.start_page.set_recent([photo])
    window.actions_["shortcuts_help"].trigger()
    assert nameless(window) == []
    for name in ("settings", "edit_shortcuts", "about"):
        window.actions_[name].trigger()
        dialog = window.findChild(QDialog)
        assert dialog is not None
        assert nameless(dialog) == [], name
        dialog.close()
        QApplication.processEvents()
