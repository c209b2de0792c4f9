"""Pairs of a title and a value, one beneath the other."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import QEvent, Qt
from PySide6.QtGui import QPalette, QResizeEvent
from PySide6.QtWidgets import QFormLayout, QLabel, QWidget

from app.windows.elided_label import plain_tooltip


class FactTable(QWidget):
    """Titles and values; values wrap, and can be selected with the mouse."""

    def __init__(self) -> None:
        super().__init__()
        self._rows: list[tuple[str, str]] = []
        self._layout = QFormLayout(self)
        self._layout.setContentsMargins(0, 0, 0, 0)
        self._layout.setHorizontalSpacing(12)
        self._layout.setVerticalSpacing(4)
        self._layout.setLabelAlignment(Qt.AlignmentFlag.AlignLeading | Qt.AlignmentFlag.AlignTop)
        self._layout.setFieldGrowthPolicy(QFormLayout.FieldGrowthPolicy.AllNonFixedFieldsGrow)

    def changeEvent(self, event: QEvent) -> None:
        """Follow the direction of the layout."""
        super().changeEvent(event)
        if event.type() == QEvent.Type.LayoutDirectionChange:
            rows, self._rows = self._rows, []
            self.set_rows(rows)

    @property
    def rows(self) -> list[tuple[str, str]]:
        """What is shown."""
        return list(self._rows)

    def set_rows(self, rows: Sequence[tuple[str, str]]) -> None:
        """Show these; those without a value are left out."""
        wanted = [(title, value) for title, value in rows if value]
        if wanted == self._rows:
            return
        self._rows = wanted
        while self._layout.rowCount():
            self._layout.removeRow(0)
        for title, value in wanted:
            name, text = QLabel(title), _Value(value)
            name.setForegroundRole(QPalette.ColorRole.PlaceholderText)
            name.setAlignment(Qt.AlignmentFlag.AlignLeading | Qt.AlignmentFlag.AlignTop)
            # Beside its title also where its own letters run the other way.
            text.setAlignment(_side(self) | Qt.AlignmentFlag.AlignAbsolute | Qt.AlignmentFlag.AlignTop)
            text.setAccessibleName(f"{title}: {value}")
            self._layout.addRow(name, text)


class _Value(QLabel):
    """Plain text that wraps; a word that is too long is cut and in the tooltip, and never widens what is around it."""

    def __init__(self, text: str) -> None:
        super().__init__(text)
        self.setTextFormat(Qt.TextFormat.PlainText)
        self.setWordWrap(True)
        self.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
        # Instead of the longest word's, which the layout would hold for the least width.
        self.setMinimumWidth(self.fontMetrics().averageCharWidth() * 12)

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Whether a word is cut changes with the room."""
        super().resizeEvent(event)
        widest = max(map(self.fontMetrics().horizontalAdvance, self.text().split()), default=0)
        self.setToolTip(plain_tooltip(self.text()) if widest > self.width() else "")


def _side(widget: QWidget) -> Qt.AlignmentFlag:
    is_mirrored = widget.layoutDirection() is Qt.LayoutDirection.RightToLeft
    return Qt.AlignmentFlag.AlignRight if is_mirrored else Qt.AlignmentFlag.AlignLeft
