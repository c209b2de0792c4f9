"""The same few crops of held-out photos: enlarged by bicubic, by the model of now, and as they are."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import QRectF, QSize, Qt
from PySide6.QtGui import QImage, QPainter, QPaintEvent
from PySide6.QtWidgets import QSizePolicy, QWidget

from app.painter import painter_on

COLUMNS = 3
_GAP = 6
_HEADING_GAP = 4


class PreviewSheet(QWidget):
    """Shows a sheet as `liif_core.training.previews` makes it: rows of three squares side by side."""

    def __init__(self) -> None:
        super().__init__()
        self._sheet: QImage | None = None
        self._headings: Sequence[str] = ("",) * COLUMNS
        self._hint = ""
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Expanding)

    @property
    def sheet(self) -> QImage | None:
        """What is shown."""
        return self._sheet

    def set_sheet(self, sheet: QImage | None) -> None:
        """Show this; None while there is none."""
        self._sheet = sheet if sheet is not None and not sheet.isNull() else None
        self.update()

    def set_texts(self, headings: Sequence[str], hint: str, *, name: str) -> None:
        """Say what the columns are, what is told while there is no picture, and what screen readers call all of it."""
        self._headings, self._hint = headings, hint
        self.setAccessibleName(name)
        self.setAccessibleDescription(", ".join(headings))
        self.update()

    def sizeHint(self) -> QSize:
        """Two rows of crops."""
        return QSize(430, 320)

    def minimumSizeHint(self) -> QSize:
        """Small enough for old screens."""
        return QSize(240, 150)

    def paintEvent(self, event: QPaintEvent) -> None:
        """As many rows as fit, in whole squares, so large that they fill the width."""
        with painter_on(self) as painter:
            painter.setRenderHint(QPainter.RenderHint.SmoothPixmapTransform)
            heading = self.fontMetrics().height() + _HEADING_GAP
            if self._sheet is None:
                painter.setPen(self.palette().placeholderText().color())
                flags = Qt.AlignmentFlag.AlignCenter | Qt.TextFlag.TextWordWrap
                painter.drawText(self.rect(), int(flags), self._hint)
                return
            source = self._sheet.width() // COLUMNS
            rows = self._sheet.height() // source
            shown, side = self._layout(rows, self.height() - heading)
            left = (self.width() - COLUMNS * side - (COLUMNS - 1) * _GAP) / 2
            order = range(COLUMNS - 1, -1, -1) if self.isRightToLeft() else range(COLUMNS)
            for place, column in enumerate(order):
                x = left + place * (side + _GAP)
                painter.setPen(self.palette().placeholderText().color())
                text = self.fontMetrics().elidedText(self._headings[column], Qt.TextElideMode.ElideRight, round(side))
                painter.drawText(QRectF(x, 0, side, heading), int(Qt.AlignmentFlag.AlignHCenter), text)
                for row in range(shown):
                    target = QRectF(x, heading + row * (side + _GAP), side, side)
                    painter.drawImage(target, self._sheet, QRectF(column * source, row * source, source, source))

    def _layout(self, rows: int, height: float) -> tuple[int, float]:
        """How many rows are shown, and how large: the number whose pictures cover most."""
        width = (self.width() - (COLUMNS - 1) * _GAP) / COLUMNS
        sides = [(count, min(width, (height - (count - 1) * _GAP) / count)) for count in range(1, rows + 1)]
        count, side = max(sides, key=lambda option: option[0] * option[1] ** 2)
        return count, max(1.0, side)
