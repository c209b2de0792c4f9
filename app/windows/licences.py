"""The licences of what the program stands on."""

from __future__ import annotations

from PySide6.QtGui import QFontDatabase
from PySide6.QtWidgets import QDialog, QDialogButtonBox, QLabel, QPlainTextEdit, QVBoxLayout, QWidget


class LicencesDialog(QDialog):
    """Half a megabyte of text, which whoever opens the dialog has read on another thread."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setWindowTitle(self.tr("Licences of other software"))
        label = QLabel(self.tr("Stepless contains or uses the following software:"))
        label.setWordWrap(True)
        self.text = QPlainTextEdit(readOnly=True)
        self.text.setAccessibleName(self.windowTitle())
        self.text.setFont(QFontDatabase.systemFont(QFontDatabase.SystemFont.FixedFont))
        self.text.setPlaceholderText(self.tr("Reading …"))
        label.setBuddy(self.text)
        buttons = QDialogButtonBox(QDialogButtonBox.StandardButton.Close)
        buttons.rejected.connect(self.reject)
        layout = QVBoxLayout(self)
        layout.addWidget(label)
        layout.addWidget(self.text, 1)
        layout.addWidget(buttons)
        self.resize(760, 560)

    def show_text(self, text: str) -> None:
        """Here they are."""
        self.text.setPlainText(text)

    def show_error(self, error: object) -> None:
        """They cannot be read."""
        self.text.setPlainText(self.tr("The licences cannot be read: {0}").format(error))
