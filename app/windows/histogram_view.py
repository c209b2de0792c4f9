"""The drawer's section with the photo's histogram."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import QEvent, QPointF, QRectF, QSize
from PySide6.QtGui import QColor, QPainter, QPaintEvent, QPalette, QPen, QPolygonF
from PySide6.QtWidgets import QSizePolicy, QWidget

from app.histogram import BINS, Histogram
from app.painter import painter_on

_HEIGHT = 110
_COLORS = (QColor(0xE0, 0x40, 0x40), QColor(0x30, 0xA0, 0x40), QColor(0x40, 0x70, 0xE0))
# Of all pixels, in the bins that are left out when the height is chosen: a clipped sky must not flatten the rest.
_PEAK_QUANTILE = 0.99


class HistogramView(QWidget):
    """Red, green and blue as lines, luminance as an area behind them."""

    def __init__(self) -> None:
        super().__init__()
        self._histogram: Histogram | None = None
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self._tell()

    def set_histogram(self, histogram: Histogram | None) -> None:
        """Show this; None for an empty frame."""
        self._histogram = histogram
        self._tell()
        self.update()

    def sizeHint(self) -> QSize:
        """As wide as there are values."""
        return QSize(BINS, _HEIGHT)

    def changeEvent(self, event: QEvent) -> None:
        """Speak the language chosen."""
        super().changeEvent(event)
        if event.type() == QEvent.Type.LanguageChange:
            self._tell()

    def paintEvent(self, event: QPaintEvent) -> None:
        """Draw the counts; the left edge is black, the right edge is white."""
        with painter_on(self) as painter:
            painter.setRenderHint(QPainter.RenderHint.Antialiasing)
            frame = QRectF(self.rect()).adjusted(0.5, 0.5, -0.5, -0.5)
            text = QColor(self.palette().color(QPalette.ColorRole.WindowText))
            text.setAlphaF(0.08)
            painter.fillRect(frame, text)
            if self._histogram is None:
                return
            counts = [*self._histogram.channels, self._histogram.luminance]
            top = max(_peak(channel) for channel in counts)
            text.setAlphaF(0.3)
            painter.setPen(QColor(0, 0, 0, 0))
            painter.setBrush(text)
            painter.drawPolygon(_outline(self._histogram.luminance, top, frame, closed=True))
            for channel, color in zip(self._histogram.channels, _COLORS, strict=True):
                painter.setPen(QPen(color, 1.2))
                painter.drawPolyline(_outline(channel, top, frame))

    def _tell(self) -> None:
        self.setAccessibleName(self.tr("Histogram"))
        if self._histogram is None or not self._histogram.luminance.sum():
            self.setToolTip("")
            self.setAccessibleDescription("")
            return
        counts = self._histogram.luminance
        black, white = (100 * int(counts[value]) / int(counts.sum()) for value in (0, BINS - 1))
        mean = float((counts * np.arange(BINS)).sum() / counts.sum())
        text = self.tr("Mean luminance {0} of 255; {1} % black, {2} % white").format(
            f"{mean:.0f}", f"{black:.1f}", f"{white:.1f}"
        )
        self.setToolTip(text)
        self.setAccessibleDescription(text)


def _peak(counts: NDArray[np.int64]) -> float:
    return max(float(np.quantile(counts, _PEAK_QUANTILE)), 1.0)


def _outline(counts: NDArray[np.int64], top: float, frame: QRectF, *, closed: bool = False) -> QPolygonF:
    """A line over the counts, from the darkest value at the left to the brightest at the right."""
    heights = np.minimum(counts / top, 1.0) * (frame.height() - 2)
    step = frame.width() / (BINS - 1)
    points = [QPointF(frame.left() + index * step, frame.bottom() - height) for index, height in enumerate(heights)]
    if closed:
        points = [frame.bottomLeft(), *points, frame.bottomRight()]
    return QPolygonF(points)
