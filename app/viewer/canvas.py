"""The widget that shows the photo: events in, painting out. It asks for no work while painting.

All painting is in device pixels. The painter's scaling by the device pixel ratio is undone, and the canvas' own place
in its window is rounded to whole device pixels, so that exact tiles are copied 1:1 at any ratio.
"""

from __future__ import annotations

import math

from PySide6.QtCore import QEvent, QPointF, Qt, Signal
from PySide6.QtGui import (
    QColor,
    QMouseEvent,
    QNativeGestureEvent,
    QPainter,
    QPaintEvent,
    QPalette,
    QRegion,
    QResizeEvent,
    QWheelEvent,
)
from PySide6.QtWidgets import QWidget

from app.viewer.controller import ViewController
from app.viewer.gestures import wheel_notches, zoom_factor
from app.viewer.painting import paint
from liif_core.geometry import Size, round_half_up

DARK_GREY = QColor(0x20, 0x20, 0x20)
LIGHT_GREY = QColor(0xE6, 0xE6, 0xE6)


class Canvas(QWidget):
    """The photo, edge to edge.

    Signals:
        photo_painted: A photo is on screen, after each painting of one.
    """

    photo_painted = Signal()

    def __init__(self, controller: ViewController) -> None:
        super().__init__()
        self._controller = controller
        self._drag_from: QPointF | None = None
        self.setAttribute(Qt.WidgetAttribute.WA_OpaquePaintEvent)
        self.setMouseTracking(True)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setAccessibleName(self.tr("Photo"))
        controller.repaint_needed.connect(self.update)

    @property
    def viewport(self) -> Size:
        """The canvas in whole device pixels."""
        ratio = self.devicePixelRatioF()
        return Size(max(1, math.floor(self.height() * ratio)), max(1, math.floor(self.width() * ratio)))

    # -- painting

    def paintEvent(self, event: QPaintEvent) -> None:
        """Paint what is there; the overview beneath leaves no hole."""
        painter = QPainter(self)
        self._to_device_pixels(painter)
        viewport = self.viewport
        dark = self.palette().color(QPalette.ColorRole.Window).lightness() < 128
        around = QRegion(0, 0, viewport.width + 1, viewport.height + 1)
        document, camera, scene = self._controller.document, self._controller.camera, self._controller.scene()
        if document is not None and camera is not None and scene is not None:
            around -= paint(painter, camera, scene, document.overview)
        painter.setClipRegion(around)
        painter.fillRect(around.boundingRect(), DARK_GREY if dark else LIGHT_GREY)
        painter.end()
        if document is None:
            return
        self.photo_painted.emit()

    def _to_device_pixels(self, painter: QPainter) -> None:
        """One painter unit becomes one device pixel, whole ones on whole ones."""
        ratio = self.devicePixelRatioF()
        # Where the canvas lies on what is painted on: the window's surface, or a picture of the canvas alone.
        place = painter.deviceTransform()
        painter.translate(
            (round_half_up(place.dx()) - place.dx()) / ratio, (round_half_up(place.dy()) - place.dy()) / ratio
        )
        painter.scale(1 / ratio, 1 / ratio)

    # -- events

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Follow the window."""
        self._controller.set_viewport(self.viewport)

    def event(self, event: QEvent) -> bool:
        """Trackpad pinches, and moves to a screen of another device pixel ratio."""
        if isinstance(event, QNativeGestureEvent) and event.gestureType() == Qt.NativeGestureType.ZoomNativeGesture:
            self._controller.zoom(1 + event.value(), self._to_device(event.position()))
            return True
        if event.type() == QEvent.Type.DevicePixelRatioChange:
            self._controller.set_viewport(self.viewport)
        return super().event(event)

    def wheelEvent(self, event: QWheelEvent) -> None:
        """Zoom about the cursor."""
        notches = wheel_notches(angle_delta=event.angleDelta().y(), pixel_delta=event.pixelDelta().y())
        if notches:
            self._controller.zoom(zoom_factor(notches), self._to_device(event.position()))
        event.accept()

    def mousePressEvent(self, event: QMouseEvent) -> None:
        """Take hold of the picture."""
        if event.button() in (Qt.MouseButton.LeftButton, Qt.MouseButton.MiddleButton):
            self._drag_from = event.position()
            self.setCursor(Qt.CursorShape.ClosedHandCursor)

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        """Drag the picture, or note where the person looks."""
        position = event.position()
        self._controller.set_focus(self._to_device(position))
        if self._drag_from is not None:
            ratio = self.devicePixelRatioF()
            moved = position - self._drag_from
            self._drag_from = position
            self._controller.pan(moved.y() * ratio, moved.x() * ratio)

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        """Let go."""
        self._drag_from = None
        self.unsetCursor()

    def mouseDoubleClickEvent(self, event: QMouseEvent) -> None:
        """Between the whole photo and 100 % here."""
        self._controller.toggle_fit(self._to_device(event.position()))

    def leaveEvent(self, event: QEvent) -> None:
        """The cursor is elsewhere: tiles come from the middle again."""
        self._controller.set_focus(None)

    def _to_device(self, position: QPointF) -> tuple[float, float]:
        ratio = self.devicePixelRatioF()
        return position.y() * ratio, position.x() * ratio
