"""The widget that shows the photo: events in, painting out. It asks for no work while painting.

All painting is in device pixels. The painter's scaling by the device pixel ratio is undone, and the canvas' own place
in its window is rounded to whole device pixels, so that exact tiles are copied 1:1 at any ratio. What lies over the
photo (minimap, pixel grid, the line between two pictures) are `overlays`, painted in their order.
"""

from __future__ import annotations

import math
import sys
import time
from collections.abc import Sequence

from PySide6.QtCore import QEvent, QPointF, Qt, Signal
from PySide6.QtGui import (
    QColor,
    QContextMenuEvent,
    QEventPoint,
    QFocusEvent,
    QInputDevice,
    QKeyEvent,
    QMouseEvent,
    QNativeGestureEvent,
    QPainter,
    QPaintEvent,
    QPalette,
    QRegion,
    QResizeEvent,
    QTouchEvent,
    QWheelEvent,
)
from PySide6.QtWidgets import QWidget

from app.painter import painter_on
from app.viewer.controller import Position, ViewController
from app.viewer.cross_fade import CrossFade, rects_of
from app.viewer.gestures import WheelTurn
from app.viewer.hand import Hand
from app.viewer.motion import Motion
from app.viewer.overlays.overlay import Overlay
from app.viewer.touch import Touch
from app.viewer.view_painting import paint_view
from liif_core.geometry import Size, round_half_up

DARK_GREY = QColor(0x20, 0x20, 0x20)
LIGHT_GREY = QColor(0xE6, 0xE6, 0xE6)
# Device pixels by which products with a ratio like 1.4 miss a whole number at most.
_PRODUCT_SLACK = 1e-6
_HELD_BUTTONS = (Qt.MouseButton.LeftButton, Qt.MouseButton.MiddleButton)


class Canvas(QWidget):
    """The photo, edge to edge.

    Args:
        controller: Of the view.
        motion: Moves it.
        overlays: What lies over the photo, painted in this order, taken hold of in reverse.

    Attributes:
        fade: Lets what becomes sharp fade in.

    Signals:
        photo_painted: A photo is on screen, after each painting of one.
        cursor_moved: The cursor's device position, or None when it has left.
        menu_asked: Global position for a context menu.
    """

    photo_painted = Signal()
    cursor_moved = Signal(object)
    menu_asked = Signal(object)

    def __init__(self, controller: ViewController, motion: Motion, overlays: Sequence[Overlay]) -> None:
        super().__init__()
        self._controller = controller
        self._overlays = overlays
        self._cursor: Position | None = None
        self._hand = Hand(controller, motion, overlays)
        self._touch = Touch(self._hand, self)
        self._touch.held.connect(self._ask_menu)
        self.fade = CrossFade(self._repaint_part, self)
        self.setAttribute(Qt.WidgetAttribute.WA_OpaquePaintEvent)
        self.setMouseTracking(True)
        # Macs have no touch screens, and their trackpads tell gestures.
        self.setAttribute(Qt.WidgetAttribute.WA_AcceptTouchEvents, sys.platform != "darwin")
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setAccessibleName(self.tr("Photo"))
        controller.repaint_needed.connect(self.update)
        controller.document_closed.connect(self.fade.forget)

    @property
    def viewport(self) -> Size:
        """The canvas in whole device pixels."""
        ratio = self.devicePixelRatioF()
        return Size(_whole_pixels(self.height() * ratio), _whole_pixels(self.width() * ratio))

    @property
    def cursor_position(self) -> Position | None:
        """The cursor's device position, while it is over the canvas."""
        return self._cursor

    # -- painting

    def paintEvent(self, event: QPaintEvent) -> None:
        """Paint what is there; the overview beneath leaves no hole."""
        with painter_on(self) as painter:
            self._to_device_pixels(painter)
            viewport, ratio = self.viewport, self.devicePixelRatioF()
            dark = self.palette().color(QPalette.ColorRole.Window).lightness() < 128
            whole = QRegion(0, 0, viewport.width + 1, viewport.height + 1)
            around = whole - paint_view(painter, self._controller, ratio=ratio, cursor=self._cursor, fade=self.fade)
            painter.setClipRegion(around)
            painter.fillRect(around.boundingRect(), DARK_GREY if dark else LIGHT_GREY)
            painter.setClipping(False)
            for overlay in self._overlays:
                painter.save()
                overlay.paint(painter, ratio=ratio, cursor=self._cursor)
                painter.restore()
        if self._controller.document is not None:
            self.photo_painted.emit()

    def _repaint_part(self, region: QRegion) -> None:
        """Paint a region of device pixels again."""
        ratio = self.devicePixelRatioF()
        for rect in rects_of(region):
            left, top = math.floor(rect.x() / ratio), math.floor(rect.y() / ratio)
            right, bottom = ((rect.x() + rect.width()) / ratio, (rect.y() + rect.height()) / ratio)
            # One more on each side, as the canvas itself may begin within a device pixel.
            self.update(left - 1, top - 1, math.ceil(right) - left + 2, math.ceil(bottom) - top + 2)

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
        """Fingers, trackpad pinches, and moves to a screen of another device pixel ratio."""
        if isinstance(event, QTouchEvent) and event.pointingDevice().type() == QInputDevice.DeviceType.TouchScreen:
            self._follow_fingers(event)
            return True
        if isinstance(event, QNativeGestureEvent) and self._hand.gesture(event, self._to_device(event.position())):
            return True
        if event.type() == QEvent.Type.DevicePixelRatioChange:
            self._controller.set_viewport(self.viewport)
        return super().event(event)

    def wheelEvent(self, event: QWheelEvent) -> None:
        """Zoom about the cursor, or pan where a trackpad scrolls."""
        self._hand.turn_wheel(WheelTurn.of(event, self.devicePixelRatioF()), self._to_device(event.position()))
        event.accept()

    def mousePressEvent(self, event: QMouseEvent) -> None:
        """Take hold of the picture, or of what lies over it."""
        if event.button() in _HELD_BUTTONS:
            self._hand.press(self._to_device(event.position()), time.monotonic())
            self._show_cursor()
        else:
            # The window's own: the buttons at the side go through the folder.
            super().mousePressEvent(event)

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        """Drag what is held, or note where the person looks."""
        self._cursor = self._to_device(event.position())
        self._controller.set_focus(self._cursor)
        if not any(event.buttons() & button for button in _HELD_BUTTONS):
            # Let go over another window: a dialog that opened meanwhile took the release.
            self._hand.let_go()
        self._hand.move(self._cursor, time.monotonic())
        self._show_cursor()
        self.cursor_moved.emit(self._cursor)

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        """Let go."""
        if event.button() in _HELD_BUTTONS:
            self._hand.release(time.monotonic())
            self._show_cursor()

    def mouseDoubleClickEvent(self, event: QMouseEvent) -> None:
        """Between the whole photo and 100 % here; of any other button it is one more press."""
        if event.button() is Qt.MouseButton.LeftButton:
            self._hand.double_click(self._to_device(event.position()))
        else:
            super().mouseDoubleClickEvent(event)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Space takes the picture itself, whatever lies over it."""
        if event.key() == Qt.Key.Key_Space:
            self._hand.only_picture = True
            self._show_cursor()
        else:
            super().keyPressEvent(event)

    def keyReleaseEvent(self, event: QKeyEvent) -> None:
        """See `keyPressEvent`."""
        if event.key() == Qt.Key.Key_Space and not event.isAutoRepeat():
            self._hand.only_picture = False
            self._show_cursor()
        else:
            super().keyReleaseEvent(event)

    def focusOutEvent(self, event: QFocusEvent) -> None:
        """Keys that are let go elsewhere are not heard of."""
        self._hand.only_picture = False
        self._show_cursor()
        super().focusOutEvent(event)

    def contextMenuEvent(self, event: QContextMenuEvent) -> None:
        """By the right button, or by the menu key."""
        self.menu_asked.emit(event.globalPos())

    def leaveEvent(self, event: QEvent) -> None:
        """The cursor is elsewhere: tiles come from the middle again."""
        self._cursor = None
        self._controller.set_focus(None)
        self.cursor_moved.emit(None)

    def _follow_fingers(self, event: QTouchEvent) -> None:
        event.accept()
        if event.type() == QEvent.Type.TouchCancel:
            self._touch.cancel()
            return
        if event.type() == QEvent.Type.TouchBegin:
            # Where fingers opened a menu, nobody told that they went.
            self._touch.cancel()
        down = [point for point in event.points() if point.state() != QEventPoint.State.Released]
        fingers = {point.id(): self._to_device(point.position()) for point in down}
        if len(fingers) == 1:
            # A single finger points, too: the loupe follows it, and tiles there come first.
            (self._cursor,) = fingers.values()
            self._controller.set_focus(self._cursor)
            self.cursor_moved.emit(self._cursor)
        self._touch.follow(fingers, time.monotonic(), ratio=self.devicePixelRatioF())

    def _ask_menu(self, pos: Position) -> None:
        ratio = self.devicePixelRatioF()
        self.menu_asked.emit(self.mapToGlobal(QPointF(pos[1] / ratio, pos[0] / ratio)).toPoint())

    def _show_cursor(self) -> None:
        shape = self._hand.cursor_at(self._cursor)
        if shape is None:
            self.unsetCursor()
        else:
            self.setCursor(shape)

    def _to_device(self, position: QPointF) -> Position:
        ratio = self.devicePixelRatioF()
        return position.y() * ratio, position.x() * ratio


def _whole_pixels(side_device: float) -> int:
    """How many pixels a side of the canvas holds: 90 at a ratio of 1.4 are 126, although the product is just below."""
    return max(1, math.floor(side_device + _PRODUCT_SLACK))
