"""All keys at a glance, over the window."""

from __future__ import annotations

import pytest
from PySide6.QtCore import QPoint, QSize, Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QLabel, QMainWindow, QPushButton, QScrollArea
from pytestqt.qtbot import QtBot

from app.windows.action_table import ACTIONS
from app.windows.actions import Actions, plain_text
from app.windows.help_overlay import HelpOverlay


@pytest.fixture
def window(qtbot: QtBot) -> QMainWindow:
    window = QMainWindow()
    qtbot.addWidget(window)
    photo = QPushButton("photo")
    window.setCentralWidget(photo)
    window.resize(1100, 700)
    with qtbot.waitActive(window):
        window.show()
        window.activateWindow()
    photo.setFocus()
    return window


@pytest.fixture
def overlay(window: QMainWindow) -> HelpOverlay:
    overlay = HelpOverlay(Actions(window), window)
    overlay.open()
    return overlay


def test_it_covers_the_window_and_follows_its_size(overlay, window):
    assert overlay.geometry() == window.rect() and overlay.hasFocus()
    window.resize(700, 500)
    assert overlay.size() == QSize(700, 500)


def test_every_action_with_a_key_is_listed(overlay):
    texts = [label.text() for label in overlay.findChildren(QLabel)]
    for spec in ACTIONS:
        assert (plain_text(spec) in texts) == bool(spec.keys), spec.id
    assert "PgDown" in texts


def test_large_letters_leave_room_for_what_the_keys_do(overlay, window):
    font = window.font()
    font.setPointSize(18)
    overlay.setFont(font)
    overlay.close()
    window.resize(820, 600)
    overlay.open()
    labels = {label.text(): label for label in overlay.findChildren(QLabel)}
    for spec in ACTIONS:
        if spec.keys:
            label = labels[plain_text(spec)]
            assert label.height() <= 2 * label.fontMetrics().lineSpacing() + 2, spec.id


@pytest.mark.parametrize(
    "key, modifier",
    [
        (Qt.Key.Key_Escape, Qt.KeyboardModifier.NoModifier),
        (Qt.Key.Key_F1, Qt.KeyboardModifier.NoModifier),
        (Qt.Key.Key_Question, Qt.KeyboardModifier.ShiftModifier),
    ],
)
def test_keys_close_it_and_reach_nobody_else(overlay, window, key, modifier):
    heard: list[bool] = []
    for id_ in ("leave", "shortcuts_help"):
        overlay._actions[id_].triggered.connect(heard.append)
    QTest.keyClick(overlay, key, modifier)
    assert not overlay.isVisible() and heard == []
    assert window.centralWidget().hasFocus()


def test_another_key_for_the_help_closes_it_too(overlay):
    overlay._actions.set_overrides({"shortcuts_help": ["Ctrl+J"]})
    QTest.keyClick(overlay, Qt.Key.Key_J, Qt.KeyboardModifier.ControlModifier)
    assert not overlay.isVisible()


def test_a_click_closes_it_wherever_it_falls(overlay, window, qtbot):
    pressed: list[bool] = []
    window.centralWidget().clicked.connect(pressed.append)
    label = overlay.findChildren(QLabel)[0]
    QTest.mouseClick(window.windowHandle(), Qt.MouseButton.LeftButton, pos=label.mapTo(window, QPoint(3, 3)))
    assert not overlay.isVisible() and pressed == []
    assert window.centralWidget().hasFocus()


def test_a_small_window_scrolls_by_keys(overlay, window):
    window.resize(420, 300)
    QTest.qWait(1)
    bar = overlay.findChild(QScrollArea).verticalScrollBar()
    assert bar.maximum() > 0
    QTest.keyClick(overlay, Qt.Key.Key_End)
    assert bar.value() == bar.maximum()
    QTest.keyClick(overlay, Qt.Key.Key_PageUp)
    assert bar.value() < bar.maximum()


def test_the_tab_key_does_not_lead_below_it(overlay):
    QTest.keyClick(overlay, Qt.Key.Key_Tab)
    assert overlay.hasFocus()


def test_changed_keys_are_shown_at_once(overlay):
    overlay._actions.set_overrides({"open": ["Alt+Y"]})
    assert "Alt+Y" in [label.text() for label in overlay.findChildren(QLabel)]


def test_screen_readers_get_all_of_it_as_one_text(overlay):
    lines = overlay.accessibleDescription().splitlines()
    assert "Open photo: Ctrl+O" in lines and "Fit window: 0, F" in lines


def test_it_can_be_toggled(overlay, window):
    overlay.toggle()
    assert not overlay.isVisible() and window.centralWidget().hasFocus()
    overlay.toggle()
    assert overlay.isVisible()
