"""The zoom as a text and as a slider."""

from __future__ import annotations

import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QPalette
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QMainWindow, QPushButton, QToolBar
from pytestqt.qtbot import QtBot

from app.windows.actions import Actions
from app.windows.zoom_field import SLIDER_STEPS, ZoomField


@pytest.fixture
def window(qtbot: QtBot) -> QMainWindow:
    window = QMainWindow()
    qtbot.addWidget(window)
    photo = QPushButton("photo")
    window.setCentralWidget(photo)
    with qtbot.waitActive(window):
        window.show()
        window.activateWindow()
    photo.setFocus()
    return window


@pytest.fixture
def field(window: QMainWindow) -> ZoomField:
    field = ZoomField()
    bar = QToolBar()
    bar.addWidget(field)
    window.addToolBar(bar)
    field.set_zoom(2.0, 0.1, 1000.0)
    return field


@pytest.fixture
def asked(field: ZoomField) -> list[float]:
    zooms: list[float] = []
    field.zoom_asked.connect(zooms.append)
    return zooms


def type_zoom(field: ZoomField, text: str) -> None:
    field.start_entry()
    QTest.keyClicks(field.entry, text)


def test_it_shows_the_zoom_and_asks_for_nothing(field, asked):
    field.set_zoom(10.0, 0.1, 1000.0)
    assert field.entry.text() == "1000 %"
    assert field.slider.value() == SLIDER_STEPS // 2
    assert asked == []


def test_enter_applies_a_text_and_gives_the_focus_back(field, asked, window):
    type_zoom(field, "350 %")
    QTest.keyClick(field.entry, Qt.Key.Key_Return)
    assert asked == [3.5]
    assert window.centralWidget().hasFocus()


def test_esc_restores_the_text_and_gives_the_focus_back(field, asked, window):
    actions = Actions(window)
    left: list[bool] = []
    actions["leave"].triggered.connect(left.append)
    type_zoom(field, "77")
    QTest.keyClick(field.entry, Qt.Key.Key_Escape)
    assert field.entry.text() == "200 %" and asked == [] and left == []
    assert window.centralWidget().hasFocus()


def test_a_wrong_text_is_marked_and_stays_until_it_is_corrected(field, asked):
    right = field.entry.palette().color(QPalette.ColorRole.Text)
    type_zoom(field, "twice")
    QTest.keyClick(field.entry, Qt.Key.Key_Return)
    assert asked == [] and field.entry.text() == "twice" and field.entry.hasFocus()
    assert field.entry.palette().color(QPalette.ColorRole.Text) != right
    assert field.entry.accessibleDescription()
    QTest.keyClick(field.entry, Qt.Key.Key_Backspace)
    assert field.entry.palette().color(QPalette.ColorRole.Text) == right
    assert not field.entry.accessibleDescription()


def test_a_text_beyond_the_limits_asks_for_the_limit(field, asked):
    type_zoom(field, "999999999")
    QTest.keyClick(field.entry, Qt.Key.Key_Return)
    type_zoom(field, "0.001")
    QTest.keyClick(field.entry, Qt.Key.Key_Return)
    assert asked == [1000.0, 0.1]


def test_what_is_being_typed_survives_a_zoom_of_the_photo(field, asked):
    type_zoom(field, "35")
    field.set_zoom(4.0, 0.1, 1000.0)
    assert field.entry.text() == "35"
    QTest.keyClick(field.entry, Qt.Key.Key_Escape)
    assert field.entry.text() == "400 %"


def test_going_elsewhere_forgets_what_was_typed(field, asked, window):
    type_zoom(field, "35")
    window.centralWidget().setFocus()
    assert field.entry.text() == "200 %" and asked == []


def test_the_slider_is_logarithmic(field, asked):
    field.slider.setValue(SLIDER_STEPS // 4)
    assert asked == [pytest.approx(1.0)]
    field.slider.setValue(SLIDER_STEPS)
    assert asked[1] == 1000.0


def test_arrow_keys_on_the_slider_move_it_and_not_the_photos(field, asked, window):
    actions = Actions(window)
    actions.set_photo_open(True)
    moved: list[bool] = []
    actions["next"].triggered.connect(moved.append)
    field.slider.setFocus(Qt.FocusReason.TabFocusReason)
    QTest.keyClick(field.slider, Qt.Key.Key_Right)
    assert len(asked) == 1 and moved == []


def test_a_drag_of_the_slider_leaves_the_focus_where_it_is(field, window):
    QTest.mouseClick(field.slider, Qt.MouseButton.LeftButton)
    assert window.centralWidget().hasFocus()


def test_without_a_photo_it_is_empty_and_off(field, asked):
    field.clear()
    assert field.entry.text() == "" and not field.isEnabled() and asked == []
    field.set_zoom(1.0, 0.1, 1000.0)
    assert field.isEnabled()


def test_the_focus_goes_nowhere_if_who_had_it_is_gone(field, asked, window):
    other = QPushButton()
    window.setCentralWidget(other)
    other.setFocus()
    field.start_entry()
    window.takeCentralWidget().deleteLater()
    QTest.qWait(1)
    QTest.keyClick(field.entry, Qt.Key.Key_Escape)
    assert not field.entry.hasFocus()


def test_enter_on_the_rounded_text_of_the_program_changes_nothing(
    field: ZoomField, asked: list[float], qtbot: QtBot
) -> None:
    field.set_zoom(0.63243, 0.01, 256.0)
    field.start_entry()
    assert field.entry.text() == "63.2 %"
    qtbot.keyClick(field.entry, Qt.Key.Key_Return)
    assert asked == []
