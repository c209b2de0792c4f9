"""Pages that may be taller than their window, and a wheel that scrolls them without changing what is beneath it."""

from __future__ import annotations

from PySide6.QtCore import QEvent, QObject, QSize, Qt
from PySide6.QtWidgets import QAbstractSlider, QAbstractSpinBox, QComboBox, QFrame, QScrollArea, QScrollBar, QWidget

_LINE_CHARACTERS = 80


def scrolled(page: QWidget) -> QScrollArea:
    """A page, with all its fields, in an area that follows the focus of what is inside."""
    area = _Area(page)
    area.setFrameShape(QFrame.Shape.NoFrame)
    area.setFocusPolicy(Qt.FocusPolicy.NoFocus)
    guard = _WheelGuard(area)
    for field in page.findChildren(QWidget):
        if isinstance(field, QAbstractSpinBox | QComboBox | QAbstractSlider) and not isinstance(field, QScrollBar):
            # The wheel must not give the focus either.
            field.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
            field.installEventFilter(guard)
    return area


class _Area(QScrollArea):
    """Asks for the room that its page needs: Qt's own hint ends at 24 lines, and knows nothing of texts that wrap."""

    def __init__(self, page: QWidget) -> None:
        super().__init__()
        self._page = page
        self.setWidgetResizable(True)
        self.setWidget(page)

    def sizeHint(self) -> QSize:
        """See `QWidget.sizeHint`."""
        page = self._page
        width = max(page.sizeHint().width(), _LINE_CHARACTERS * self.fontMetrics().averageCharWidth())
        return QSize(width, page.heightForWidth(width) if page.hasHeightForWidth() else page.sizeHint().height())


class _WheelGuard(QObject):
    """Fields take a turn of the wheel for a new value, wherever the page was when it came to lie beneath them."""

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """The wheel changes a value only where a person has put the focus; elsewhere it scrolls."""
        if event.type() == QEvent.Type.Wheel and isinstance(watched, QWidget) and not watched.hasFocus():
            event.ignore()
            return True
        return super().eventFilter(watched, event)
