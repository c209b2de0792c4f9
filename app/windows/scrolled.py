"""Pages that may be taller than their window, and a wheel that scrolls them without changing what is beneath it."""

from __future__ import annotations

from PySide6.QtCore import QEvent, QObject, Qt
from PySide6.QtWidgets import QAbstractSlider, QAbstractSpinBox, QComboBox, QFrame, QScrollArea, QScrollBar, QWidget


def scrolled(page: QWidget) -> QScrollArea:
    """A page, with all its fields, in an area that follows the focus of what is inside."""
    area = QScrollArea()
    area.setFrameShape(QFrame.Shape.NoFrame)
    area.setWidgetResizable(True)
    area.setFocusPolicy(Qt.FocusPolicy.NoFocus)
    area.setWidget(page)
    guard = _WheelGuard(area)
    for field in page.findChildren(QWidget):
        if isinstance(field, QAbstractSpinBox | QComboBox | QAbstractSlider) and not isinstance(field, QScrollBar):
            # The wheel must not give the focus either.
            field.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
            field.installEventFilter(guard)
    return area


class _WheelGuard(QObject):
    """Fields take a turn of the wheel for a new value, wherever the page was when it came to lie beneath them."""

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """The wheel changes a value only where a person has put the focus; elsewhere it scrolls."""
        if event.type() == QEvent.Type.Wheel and isinstance(watched, QWidget) and not watched.hasFocus():
            event.ignore()
            return True
        return super().eventFilter(watched, event)
