"""The drawer's section about the pixel under the cursor."""

from __future__ import annotations

from dataclasses import dataclass

from PySide6.QtCore import QEvent, QRectF, QSize, Qt
from PySide6.QtGui import QColor, QPainter, QPaintEvent, QPalette, QPen
from PySide6.QtWidgets import QGridLayout, QLabel, QSizePolicy, QWidget

from app.painter import painter_on

_SWATCH = QSize(36, 20)


@dataclass(frozen=True, slots=True)
class PixelReading:
    """A pixel of the photo and what is on screen there.

    Attributes:
        x: Column of the photo.
        y: Row of the photo.
        source: Red, green, blue, and alpha where there is one, as in the file: see `Image.value_at`.
        bits: Of `source`: 8, 16, or 32 for floats.
        rendered: Red, green and blue on screen, 0 to 255; None while nothing is known.
    """

    x: int
    y: int
    source: tuple[int, ...] | tuple[float, ...]
    bits: int
    rendered: tuple[int, int, int] | None = None


class Swatch(QWidget):
    """A patch of one colour."""

    def __init__(self) -> None:
        super().__init__()
        self._color: QColor | None = None
        self.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Fixed)

    @property
    def color(self) -> QColor | None:
        """What is shown."""
        return self._color

    def set_color(self, color: QColor | None) -> None:
        """Show this colour; None for an empty frame."""
        self._color = color
        self.update()

    def sizeHint(self) -> QSize:
        """Large enough to tell two greys apart."""
        return _SWATCH

    def paintEvent(self, event: QPaintEvent) -> None:
        """Draw the patch in a thin frame, so that it is seen on its own colour."""
        with painter_on(self) as painter:
            painter.setRenderHint(QPainter.RenderHint.Antialiasing)
            frame = QColor(self.palette().color(QPalette.ColorRole.WindowText))
            frame.setAlphaF(0.35)
            painter.setPen(QPen(frame, 1))
            painter.setBrush(self._color or QColor(0, 0, 0, 0))
            painter.drawRoundedRect(QRectF(self.rect()).adjusted(0.5, 0.5, -0.5, -0.5), 3, 3)


class PixelInformation(QWidget):
    """Position, value in the file, and value on screen."""

    def __init__(self) -> None:
        super().__init__()
        self._reading: PixelReading | None = None
        self._titles = [QLabel(), QLabel(), QLabel()]
        self.values = [QLabel(), QLabel(), QLabel()]
        self.swatches = [Swatch(), Swatch()]
        grid = QGridLayout(self)
        grid.setContentsMargins(0, 0, 0, 0)
        grid.setColumnStretch(2, 1)
        for row, (title, value) in enumerate(zip(self._titles, self.values, strict=True)):
            title.setForegroundRole(QPalette.ColorRole.PlaceholderText)
            grid.addWidget(title, row, 0, Qt.AlignmentFlag.AlignLeading)
            grid.addWidget(value, row, 2)
            if row:
                grid.addWidget(self.swatches[row - 1], row, 1)
        self._retranslate()

    def set_reading(self, reading: PixelReading | None) -> None:
        """Show this pixel; None where the cursor is elsewhere."""
        if reading != self._reading:
            self._reading = reading
            self._show_reading()

    def changeEvent(self, event: QEvent) -> None:
        """Speak the language chosen."""
        super().changeEvent(event)
        if event.type() == QEvent.Type.LanguageChange:
            self._retranslate()

    def _retranslate(self) -> None:
        texts = (self.tr("Position"), self.tr("In the file"), self.tr("On screen"))
        for label, text in zip(self._titles, texts, strict=True):
            label.setText(text)
        self._show_reading()

    def _show_reading(self) -> None:
        reading = self._reading
        source = reading.source if reading is not None else None
        rendered = reading.rendered if reading is not None else None
        self.values[0].setText(f"x {reading.x}, y {reading.y}" if reading is not None else "–")
        self.values[1].setText(_values(source))
        self.values[2].setText(_values(rendered))
        self.swatches[0].set_color(_color(source, reading.bits) if reading is not None and source else None)
        self.swatches[1].set_color(QColor(*rendered) if rendered is not None else None)


def _values(values: tuple[int, ...] | tuple[float, ...] | None) -> str:
    if values is None:
        return "–"
    return "  ".join(f"{value:.4f}" if isinstance(value, float) else str(value) for value in values)


def _color(source: tuple[int, ...] | tuple[float, ...], bits: int) -> QColor:
    """Near enough for a patch: as if the values were those of the display."""
    full = 1 if bits == 32 else (1 << bits) - 1
    return QColor.fromRgbF(*(min(max(value / full, 0.0), 1.0) for value in source))
