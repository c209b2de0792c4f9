"""Where things are in the export dialog: the photo above the result at the left, the controls at the right."""

from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QLabel, QScrollArea, QSizePolicy, QSplitter, QVBoxLayout, QWidget

from app.windows.scrolled import scrolled

# With this the dialog finds room on a laptop's 1024 pixels, enlarged by half.
_LEAST_CONTROLS_WIDTH = 320


def picture_column(stage: QWidget, preview_label: QLabel, preview: QWidget) -> QSplitter:
    """The photo, and below it the result under its label."""
    left = QSplitter(Qt.Orientation.Vertical)
    below = QWidget()
    column = QVBoxLayout(below)
    column.setContentsMargins(0, 0, 0, 0)
    preview_label.setWordWrap(True)
    column.addWidget(preview_label)
    column.addWidget(preview, 1)
    left.addWidget(stage)
    left.addWidget(below)
    left.setStretchFactor(0, 3)
    left.setStretchFactor(1, 2)
    left.setChildrenCollapsible(False)
    # What the controls leave, whatever it would like to have.
    left.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Expanding)
    left.setMinimumWidth(stage.minimumSizeHint().width())
    return left


def control_column(*groups: QWidget) -> QScrollArea:
    """The groups of controls below each other."""
    inside = QWidget()
    column = QVBoxLayout(inside)
    column.setContentsMargins(0, 0, 6, 0)
    for group in groups:
        column.addWidget(group)
    column.addStretch()
    area = scrolled(inside)
    # All of them where the screen has room for that; on a small one they scroll, and the photo stays in sight.
    area.setMaximumWidth(max(400, inside.minimumSizeHint().width() + 24))
    area.setMinimumWidth(_LEAST_CONTROLS_WIDTH)
    return area
