"""The circle about the cursor in which the other picture is shown."""

from __future__ import annotations

from PySide6.QtCore import QRectF, Qt
from PySide6.QtGui import QPainter, QPen

from app.viewer.comparison import CompareMode
from app.viewer.controller import ViewController
from app.viewer.overlays.overlay import LINE, LINE_SHADOW, Overlay, Position, label_size, paint_label
from app.viewer.view_painting import loupe_rect


class LoupeFrame(Overlay):
    """Shown while pictures are compared by loupe.

    Args:
        controller: Of the view.
    """

    def __init__(self, controller: ViewController) -> None:
        self._controller = controller

    def paint(self, painter: QPainter, *, ratio: float, cursor: Position | None) -> None:
        """See `Overlay`."""
        comparison = self._controller.comparison
        if comparison is None or comparison.mode is not CompareMode.LOUPE or comparison.flipped or cursor is None:
            return
        rect = loupe_rect(cursor, self._controller.screen)
        frame = QRectF(rect.x, rect.y, rect.width, rect.height)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setBrush(Qt.BrushStyle.NoBrush)
        for colour, width in ((LINE_SHADOW, 3.0), (LINE, 1.0)):
            painter.setPen(QPen(colour, width * ratio))
            painter.drawEllipse(frame)
        height, width = label_size(comparison.rival, ratio)
        top = rect.bottom - height - 0.08 * rect.height
        paint_label(painter, comparison.rival, (top, rect.x + (rect.width - width) / 2), ratio)
