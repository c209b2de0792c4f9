"""Boxes that say or ask something, and stop nothing meanwhile."""

from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QMessageBox, QWidget


def message_box(
    icon: QMessageBox.Icon, title: str, text: str, *, parent: QWidget | None, details: str = ""
) -> QMessageBox:
    """A box that deletes itself when it is closed; `open` shows it once its buttons are there.

    Args:
        icon: What kind of message it is.
        title: Of its window.
        text: What is said or asked.
        parent: As for every dialog.
        details: What is said beneath that.
    """
    box = QMessageBox(icon, title, "", parent=parent)
    # Names of files and models are shown as they are: Qt would take some of them for HTML.
    box.setTextFormat(Qt.TextFormat.PlainText)
    box.setText(text)
    box.setInformativeText(details)
    box.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
    return box
