"""Pairs of a title and a value, one beneath the other."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import Qt
from PySide6.QtGui import QPalette
from PySide6.QtWidgets import QFormLayout, QLabel, QWidget


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
            name, text = QLabel(title), QLabel(value)
            name.setForegroundRole(QPalette.ColorRole.PlaceholderText)
            name.setAlignment(Qt.AlignmentFlag.AlignLeading | Qt.AlignmentFlag.AlignTop)
            text.setTextFormat(Qt.TextFormat.PlainText)
            text.setWordWrap(True)
            text.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
            text.setAccessibleName(f"{title}: {value}")
            self._layout.addRow(name, text)
