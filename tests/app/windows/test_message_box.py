"""Boxes that say or ask something."""

from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QLabel, QMessageBox, QWidget
from pytestqt.qtbot import QtBot

from app.windows.message_box import message_box


def test_names_in_a_box_are_shown_as_they_are(qtbot: QtBot) -> None:
    parent = QWidget()
    qtbot.addWidget(parent)
    box = message_box(QMessageBox.Icon.Warning, "Files", "<b>bold</b>.png", parent=parent, details="<i>x</i>.png")
    assert (box.windowTitle(), box.text(), box.informativeText()) == ("Files", "<b>bold</b>.png", "<i>x</i>.png")
    assert {label.textFormat() for label in box.findChildren(QLabel) if label.text()} == {Qt.TextFormat.PlainText}


def test_a_box_is_gone_when_it_is_closed(qtbot: QtBot) -> None:
    parent = QWidget()
    qtbot.addWidget(parent)
    box = message_box(QMessageBox.Icon.Question, "Files", "Remove it?", parent=parent)
    box.open()
    with qtbot.waitSignal(box.destroyed):
        box.close()
    assert not parent.findChildren(QMessageBox)
