"""The small map of the whole photo, in which the visible part can be dragged."""

from __future__ import annotations

from PySide6.QtCore import QRect, QRectF, Qt
from PySide6.QtGui import QColor, QImage, QPainter, QPen, QTransform

from app.viewer.controller import ViewController
from app.viewer.overlays.overlay import LINE, LINE_SHADOW, Overlay, Position
from app.viewer.painting import qrect
from liif_core.geometry import Rect
from liif_core.view.minimap import Minimap

_OUTSIDE = QColor(0, 0, 0, 0x70)
_OPACITY = 0.9


class MinimapOverlay(Overlay):
    """Shown while a person wants it and only a part of the photo is visible.

    Args:
        controller: Of the view.

    Attributes:
        visible: Whether it is wanted.
    """

    def __init__(self, controller: ViewController) -> None:
        self._controller = controller
        self.visible = True
        self._ratio = 1.0
        self._scaled: tuple[tuple[int, int, int, object], QImage] | None = None

    def paint(self, painter: QPainter, *, ratio: float, cursor: Position | None) -> None:
        """See `Overlay`."""
        self._ratio = ratio
        minimap = self._minimap
        if minimap is None:
            return
        rect, frame = qrect(minimap.rect), qrect(minimap.frame)
        painter.setOpacity(_OPACITY)
        painter.fillRect(rect.adjusted(-1, -1, 1, 1), LINE_SHADOW)
        painter.drawImage(rect.topLeft(), self._picture(rect))
        painter.setClipRect(rect)
        painter.setPen(Qt.PenStyle.NoPen)
        for part in _around(minimap.rect, minimap.frame):
            painter.fillRect(qrect(part), _OUTSIDE)
        painter.setClipping(False)
        painter.setPen(QPen(LINE, max(1, round(ratio))))
        painter.setBrush(Qt.BrushStyle.NoBrush)
        painter.drawRect(QRectF(frame).adjusted(0.5, 0.5, -0.5, -0.5))

    def cursor_at(self, pos: Position) -> Qt.CursorShape | None:
        """See `Overlay`."""
        minimap = self._minimap
        return Qt.CursorShape.PointingHandCursor if minimap is not None and minimap.hit(pos) else None

    def press(self, pos: Position) -> bool:
        """See `Overlay`."""
        minimap = self._minimap
        if minimap is None or not minimap.hit(pos):
            return False
        self.drag(pos)
        return True

    def drag(self, pos: Position) -> None:
        """See `Overlay`."""
        minimap = self._minimap
        if minimap is not None:
            self._controller.center_on(*minimap.to_image(pos))

    @property
    def _minimap(self) -> Minimap | None:
        camera = self._controller.camera
        if not self.visible or camera is None:
            return None
        return Minimap.of(camera, ratio=self._ratio, orientation=self._controller.orientation)

    def _picture(self, rect: QRect) -> QImage:
        """The whole photo in the map's size, as it lies on screen; kept, since it is painted at each movement."""
        document, orientation = self._controller.document, self._controller.orientation
        if document is None:
            return QImage()
        key = (document.photo_id, rect.width(), rect.height(), orientation)
        if self._scaled is None or self._scaled[0] != key:
            xx, yx, xy, yy, _, _ = orientation.matrix(self._controller.screen)
            turned = document.overview.transformed(QTransform(xx, yx, xy, yy, 0, 0))
            smooth = Qt.TransformationMode.SmoothTransformation
            picture = turned.scaled(rect.size(), Qt.AspectRatioMode.IgnoreAspectRatio, smooth)
            self._scaled = (key, picture)
        return self._scaled[1]


def _around(outer: Rect, inner: Rect) -> tuple[Rect, ...]:
    """What of a rectangle is not in another one inside of it: above, below, left, right."""
    return (
        Rect.spanning(outer.y, outer.x, inner.y, outer.right),
        Rect.spanning(inner.bottom, outer.x, outer.bottom, outer.right),
        Rect.spanning(inner.y, outer.x, inner.bottom, inner.x),
        Rect.spanning(inner.y, inner.right, inner.bottom, outer.right),
    )
