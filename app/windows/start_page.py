"""What the window shows before a photo is open."""

from __future__ import annotations

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QHBoxLayout, QLabel, QPushButton, QVBoxLayout, QWidget

from liif_core.paths import sample_photo


class StartPage(QWidget):
    """A hint that photos can be dropped, a button to open a photo and one for the sample.

    Signals:
        open_asked: The button was pressed.
        photo_chosen: Path of a photo, as str.
    """

    open_asked = Signal()
    photo_chosen = Signal(str)

    def __init__(self) -> None:
        super().__init__()
        hint = QLabel(self.tr("Drop a photo here"))
        font = hint.font()
        font.setPointSizeF(font.pointSizeF() * 1.8)
        hint.setFont(font)
        hint.setAlignment(Qt.AlignmentFlag.AlignCenter)
        open_button = QPushButton(self.tr("Open photo…"))
        open_button.setDefault(True)
        open_button.clicked.connect(self.open_asked)
        sample_button = QPushButton(self.tr("Open the sample photo"))
        sample_button.clicked.connect(lambda: self.photo_chosen.emit(str(sample_photo())))
        buttons = QHBoxLayout()
        buttons.addStretch()
        buttons.addWidget(open_button)
        buttons.addWidget(sample_button)
        buttons.addStretch()
        layout = QVBoxLayout(self)
        layout.addStretch()
        layout.addWidget(hint)
        layout.addSpacing(16)
        layout.addLayout(buttons)
        layout.addStretch()
