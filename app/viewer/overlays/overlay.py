"""What all overlays have in common, and the small labels that they write."""

from __future__ import annotations

from PySide6.QtCore import QRectF, Qt
from PySide6.QtGui import QColor, QFont, QFontMetricsF, QPainter

Position = tuple[float, float]

# Readable on any photo, in either theme: light on a dark veil.
TEXT = QColor(0xFF, 0xFF, 0xFF)
VEIL = QColor(0, 0, 0, 0xB0)
LINE = QColor(0xFF, 0xFF, 0xFF, 0xE0)
LINE_SHADOW = QColor(0, 0, 0, 0x80)
# Device-independent pixels.
LABEL_POINTS = 9.0
_PADDING_Y, _PADDING_X, _ROUNDING = 3.0, 7.0, 4.0


class Overlay:
    """Something over the photo; by itself it paints nothing and lets everything through to the photo.

    All positions are device positions (y, x); a painter's unit is a device pixel.
    """

    def paint(self, painter: QPainter, *, ratio: float, cursor: Position | None) -> None:
        """Paint it.

        Args:
            painter: Saved and restored by the caller.
            ratio: Device pixels per device-independent one.
            cursor: Where the cursor is, if it is over the canvas.
        """

    def cursor_at(self, pos: Position) -> Qt.CursorShape | None:
        """The shape of the cursor over it; None where it lets through."""
        return None

    def press(self, pos: Position) -> bool:
        """Take hold of it; whether there was something to take hold of."""
        return False

    def drag(self, pos: Position) -> None:
        """The hand that holds it has moved."""

    def release(self) -> None:
        """The hand has let go."""


def label_font(ratio: float) -> QFont:
    """For painters whose unit is a device pixel."""
    font = QFont()
    font.setPixelSize(round(LABEL_POINTS * 96 / 72 * ratio))
    return font


def label_size(text: str, ratio: float) -> tuple[float, float]:
    """Height and width of a label in device pixels."""
    lines = text.split("\n")
    metrics = QFontMetricsF(label_font(ratio))
    width = max(metrics.horizontalAdvance(line) for line in lines)
    return len(lines) * metrics.lineSpacing() + 2 * _PADDING_Y * ratio, width + 2 * _PADDING_X * ratio


def paint_label(painter: QPainter, text: str, top_left: Position, ratio: float) -> None:
    """A few words on a veil; its size is `label_size`."""
    height, width = label_size(text, ratio)
    box = QRectF(top_left[1], top_left[0], width, height)
    painter.save()
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    painter.setPen(Qt.PenStyle.NoPen)
    painter.setBrush(VEIL)
    painter.drawRoundedRect(box, _ROUNDING * ratio, _ROUNDING * ratio)
    painter.setPen(TEXT)
    painter.setFont(label_font(ratio))
    painter.drawText(box, Qt.AlignmentFlag.AlignCenter, text)
    painter.restore()
