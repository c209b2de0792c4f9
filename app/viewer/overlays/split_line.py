"""The line between two pictures, which can be dragged, and the names of both."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QPainter, QPen, QPolygonF

from app.viewer.comparison import CompareMode, Comparison
from app.viewer.controller import ViewController
from app.viewer.overlays.overlay import LINE, LINE_SHADOW, VEIL, Overlay, Position, label_size, paint_label
from liif_core.geometry import Rect

# Device-independent pixels.
_SLACK, _HANDLE, _ARROW, _MARGIN = 10.0, 14.0, 5.0, 10.0


class SplitLine(Overlay):
    """Shown while two pictures share the canvas.

    Args:
        controller: Of the view.
        own_name: Tells the name of the controller's own picture, as people know it.
    """

    def __init__(self, controller: ViewController, own_name: Callable[[], str]) -> None:
        self._controller = controller
        self._own_name = own_name
        self._ratio = 1.0

    def paint(self, painter: QPainter, *, ratio: float, cursor: Position | None) -> None:
        """See `Overlay`."""
        self._ratio = ratio
        comparison = self._controller.comparison
        if comparison is None or self._controller.document is None:
            return
        if comparison.flipped:
            paint_label(painter, comparison.rival, (_MARGIN * ratio, _MARGIN * ratio), ratio)
        elif comparison.mode is CompareMode.SPLIT:
            self._paint_names(painter, comparison, ratio)
            self._paint_line(painter, comparison, ratio)

    def cursor_at(self, pos: Position) -> Qt.CursorShape | None:
        """See `Overlay`."""
        comparison = self._split_at(pos)
        if comparison is None:
            return None
        vertical = comparison.split.vertical
        return Qt.CursorShape.SplitHCursor if vertical else Qt.CursorShape.SplitVCursor

    def press(self, pos: Position) -> bool:
        """See `Overlay`."""
        return self._split_at(pos) is not None

    def drag(self, pos: Position) -> None:
        """See `Overlay`."""
        comparison = self._controller.comparison
        if comparison is not None:
            split = comparison.split.dragged(pos, self._controller.screen)
            self._controller.compare(replace(comparison, split=split))

    def _split_at(self, pos: Position) -> Comparison | None:
        comparison = self._controller.comparison
        if comparison is None or comparison.mode is not CompareMode.SPLIT or comparison.flipped:
            return None
        near = comparison.split.hit(pos, self._controller.screen, slack_device=_SLACK * self._ratio)
        return comparison if near else None

    def _paint_line(self, painter: QPainter, comparison: Comparison, ratio: float) -> None:
        screen, split = self._controller.screen, comparison.split
        line, width = split.line_device(screen), max(1, round(ratio))
        long_side = screen.height if split.vertical else screen.width
        self._fill_along(painter, line - width, 3 * width, long_side, vertical=split.vertical, shadow=True)
        self._fill_along(painter, line, width, long_side, vertical=split.vertical, shadow=False)
        middle = QPointF(line, screen.height / 2) if split.vertical else QPointF(screen.width / 2, line)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(QPen(LINE, 1.5 * ratio))
        painter.setBrush(VEIL)
        painter.drawEllipse(middle, _HANDLE * ratio, _HANDLE * ratio)
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(LINE)
        for side in (-1, 1):
            painter.drawPolygon(_arrow(middle, side, ratio, vertical=split.vertical))

    def _fill_along(
        self, painter: QPainter, start: int, width: int, length: int, *, vertical: bool, shadow: bool
    ) -> None:
        box = QRectF(start, 0, width, length) if vertical else QRectF(0, start, length, width)
        painter.fillRect(box, LINE_SHADOW if shadow else LINE)

    def _paint_names(self, painter: QPainter, comparison: Comparison, ratio: float) -> None:
        """Each in a corner of its own part, next to the line, as long as there is room."""
        own, rival = comparison.split.regions(self._controller.screen)
        margin = _MARGIN * ratio
        for name, part, at_end in ((self._own_name(), own, True), (comparison.rival, rival, False)):
            height, width = label_size(name, ratio)
            if width + 2 * margin > part.width or height + 2 * margin > part.height:
                continue
            paint_label(painter, name, self._name_place(part, (height, width), margin, comparison, at_end), ratio)

    @staticmethod
    def _name_place(part: Rect, size: Position, margin: float, comparison: Comparison, at_end: bool) -> Position:
        if comparison.split.vertical:
            return part.y + margin, (part.right - margin - size[1] if at_end else part.x + margin)
        return (part.bottom - margin - size[0] if at_end else part.y + margin), part.x + margin


def _arrow(middle: QPointF, side: int, ratio: float, *, vertical: bool) -> QPolygonF:
    """One of the two triangles on the handle, which say where it can go."""
    tip, foot, half = 1.9 * _ARROW * ratio, 0.9 * _ARROW * ratio, 0.8 * _ARROW * ratio
    along = [(side * tip, 0.0), (side * foot, -half), (side * foot, half)]
    points = along if vertical else [(y, x) for x, y in along]
    return QPolygonF([middle + QPointF(x, y) for x, y in points])
