"""The foot of the export dialog: what will happen, what it takes or why it cannot be, and the buttons."""

from __future__ import annotations

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QPalette
from PySide6.QtWidgets import QDialogButtonBox, QHBoxLayout, QLabel, QPushButton, QVBoxLayout, QWidget

from app.windows import theme


class ExportFoot(QWidget):
    """Two lines and two buttons.

    Attributes:
        sentence: What will happen.
        cost: What it takes, or why it cannot be.
        button: Begins the export.

    Signals:
        accepted: The main button.
        rejected: The other one.
    """

    accepted = Signal()
    rejected = Signal()

    def __init__(self) -> None:
        super().__init__()
        self.sentence, self.cost, self.button = QLabel(), QLabel(), QPushButton()
        self.button.setDefault(True)
        buttons = QDialogButtonBox(QDialogButtonBox.StandardButton.Cancel)
        buttons.addButton(self.button, QDialogButtonBox.ButtonRole.AcceptRole)
        buttons.accepted.connect(self.accepted)
        buttons.rejected.connect(self.rejected)
        texts = QVBoxLayout()
        for label in (self.sentence, self.cost):
            label.setWordWrap(True)
            label.setTextFormat(Qt.TextFormat.PlainText)
            label.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
            texts.addWidget(label)
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.addLayout(texts, 1)
        row.addWidget(buttons, 0, Qt.AlignmentFlag.AlignBottom)

    def tell(self, text: str, *, is_warning: bool = False) -> None:
        """What it takes; or, as a warning, why it cannot be, which the button tells, too."""
        palette = QPalette(self.palette())
        if is_warning:
            palette.setColor(QPalette.ColorRole.WindowText, theme.colors().warning)
        self.cost.setPalette(palette)
        self.cost.setText(text)
        self.button.setToolTip(text if is_warning else "")
        self.button.setAccessibleDescription(text)
