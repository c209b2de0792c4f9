"""The photo in the export dialog: its crop is drawn here, and the spot of the piece at 100 % is chosen here."""

from __future__ import annotations

from PySide6.QtCore import QEvent, QPointF, QRectF, QSize, Qt, Signal
from PySide6.QtGui import QColor, QImage, QKeyEvent, QMouseEvent, QPainter, QPaintEvent, QPen, QTransform
from PySide6.QtWidgets import QSizePolicy, QWidget

from app.export.crop_frame import Grip, dragged, drawn, grip_at, resized
from app.export.draft import Draft, What, aspect_of, orientation_of, shown_part, shown_photo
from app.export.photo import ExportPhoto
from app.painter import painter_on
from app.viewer.overlays.overlay import LINE, LINE_SHADOW
from app.windows.actions import native_modifier
from liif_core.export.crops import Aspect, moved_inside
from liif_core.geometry import Rect, Size
from liif_core.orientation import Orientation

_MARGIN, _SLACK, _HANDLE = 10, 8.0, 14.0
_OUTSIDE = QColor(0, 0, 0, 0x90)
# A hand that presses and lets go within this many device-independent pixels has not moved.
_CLICK = 3.0
_STEPS = {
    Qt.Key.Key_Left: (0, -1),
    Qt.Key.Key_Right: (0, 1),
    Qt.Key.Key_Up: (-1, 0),
    Qt.Key.Key_Down: (1, 0),
}
_CURSORS = {
    Grip.INSIDE: Qt.CursorShape.SizeAllCursor,
    Grip.TOP: Qt.CursorShape.SizeVerCursor,
    Grip.BOTTOM: Qt.CursorShape.SizeVerCursor,
    Grip.LEFT: Qt.CursorShape.SizeHorCursor,
    Grip.RIGHT: Qt.CursorShape.SizeHorCursor,
    Grip.TOP_LEFT: Qt.CursorShape.SizeFDiagCursor,
    Grip.BOTTOM_RIGHT: Qt.CursorShape.SizeFDiagCursor,
    Grip.TOP_RIGHT: Qt.CursorShape.SizeBDiagCursor,
    Grip.BOTTOM_LEFT: Qt.CursorShape.SizeBDiagCursor,
}


class ExportStage(QWidget):
    """Shows the photo as it will lie in the file, and what of it is exported.

    A crop is dragged by its sides, its corners or its inside, or drawn anew beside it. A click, or a drag of the small
    frame, chooses the spot. Arrow keys move the crop by a pixel, with Ctrl they change its size, with Shift by ten;
    with Alt, and without a crop, they move the spot.

    Args:
        picture: The whole photo, reduced, upright, in the display's colours.

    Signals:
        crop_chosen: A crop in pixels of the photo as it lies in the file.
        spot_chosen: (y, x) as shares of it.
    """

    crop_chosen = Signal(object)
    spot_chosen = Signal(object)

    def __init__(self, picture: QImage) -> None:
        super().__init__()
        self._upright = picture
        self._turned: tuple[Orientation, QImage] | None = None
        self._scaled: tuple[tuple[int, int, Orientation], QImage] | None = None
        self._orientation = Orientation()
        self._photo, self._part = Size(1, 1), Rect(0, 0, 1, 1)
        self._aspect: Aspect | None = None
        self._is_crop = False
        self._marker: Rect | None = None
        self._held: _Hold | None = None
        self.spot = (0.5, 0.5)
        self.setMouseTracking(True)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Expanding)
        self._retranslate()

    def show_draft(self, draft: Draft, photo: ExportPhoto) -> None:
        """Show what a draft takes of the photo."""
        self._orientation = orientation_of(draft, photo)
        self._photo, self._part = shown_photo(draft, photo), shown_part(draft, photo)
        self._is_crop, self._aspect = draft.what is What.CROP, aspect_of(draft, photo)
        self.update()

    def show_marker(self, part: Rect | None) -> None:
        """Show where the piece at 100 % is, in pixels of the photo as it lies in the file."""
        self._marker = part
        self.update()

    def set_spot(self, spot: tuple[float, float]) -> None:
        """Choose a spot, as a click does; one beside what is exported gives way to its nearest point."""
        part, photo = self._part, self._photo
        y = min(max(spot[0], part.y / photo.height), part.bottom / photo.height)
        x = min(max(spot[1], part.x / photo.width), part.right / photo.width)
        if (y, x) != self.spot:
            self.spot = (y, x)
            self.spot_chosen.emit(self.spot)

    def sizeHint(self) -> QSize:
        """Large enough to draw a crop."""
        return QSize(520, 380)

    def minimumSizeHint(self) -> QSize:
        """Small enough for a laptop."""
        return QSize(200, 120)

    # -- painting

    def paintEvent(self, event: QPaintEvent) -> None:
        """The photo, darker where it is not exported."""
        with painter_on(self) as painter:
            frame = self._frame
            picture = self._picture(frame)
            painter.drawImage(frame, picture)
            inner = self._to_widget(self._part)
            painter.setPen(Qt.PenStyle.NoPen)
            for box in _around(frame, inner):
                painter.fillRect(box, _OUTSIDE)
            if self._is_crop:
                self._paint_crop(painter, inner)
            if self._marker is not None:
                _paint_frame(painter, self._to_widget(self._marker), LINE, 1.0)
            if self.hasFocus():
                painter.setPen(QPen(self.palette().highlight().color(), 2))
                painter.setBrush(Qt.BrushStyle.NoBrush)
                painter.drawRect(frame.adjusted(-3, -3, 3, 3))

    def _paint_crop(self, painter: QPainter, box: QRectF) -> None:
        """Its frame, the rule of thirds, and handles where hands are expected."""
        painter.setPen(QPen(QColor(255, 255, 255, 0x70), 1))
        for share in (1 / 3, 2 / 3):
            x, y = box.left() + share * box.width(), box.top() + share * box.height()
            painter.drawLine(QPointF(x, box.top()), QPointF(x, box.bottom()))
            painter.drawLine(QPointF(box.left(), y), QPointF(box.right(), y))
        _paint_frame(painter, box, LINE, 1.5)
        painter.setPen(QPen(LINE, 4, Qt.PenStyle.SolidLine, Qt.PenCapStyle.SquareCap))
        arm = min(_HANDLE, box.width() / 3, box.height() / 3)
        for corner, right, down in (
            (box.topLeft(), 1, 1),
            (box.topRight(), -1, 1),
            (box.bottomLeft(), 1, -1),
            (box.bottomRight(), -1, -1),
        ):
            painter.drawLine(corner, corner + QPointF(right * arm, 0))
            painter.drawLine(corner, corner + QPointF(0, down * arm))
        middle = box.center()
        for x in (box.left(), box.right()):
            painter.drawLine(QPointF(x, middle.y() - arm / 2), QPointF(x, middle.y() + arm / 2))
        for y in (box.top(), box.bottom()):
            painter.drawLine(QPointF(middle.x() - arm / 2, y), QPointF(middle.x() + arm / 2, y))

    def _picture(self, frame: QRectF) -> QImage:
        """The photo as it lies in the file, at the size of the frame; kept, since each drag paints it many times."""
        ratio = self.devicePixelRatioF()
        width, height = max(1, round(frame.width() * ratio)), max(1, round(frame.height() * ratio))
        key = (width, height, self._orientation)
        if self._scaled is None or self._scaled[0] != key:
            xx, yx, xy, yy, _, _ = self._orientation.matrix(Size(1, 1))
            turned = self._upright.transformed(QTransform(xx, yx, xy, yy, 0, 0))
            smooth = Qt.TransformationMode.SmoothTransformation
            self._scaled = (key, turned.scaled(width, height, Qt.AspectRatioMode.IgnoreAspectRatio, smooth))
        return self._scaled[1]

    @property
    def _frame(self) -> QRectF:
        """Where the photo is painted."""
        room = QRectF(self.rect()).adjusted(_MARGIN, _MARGIN, -_MARGIN, -_MARGIN)
        scale = max(1e-6, min(room.width() / self._photo.width, room.height() / self._photo.height))
        width, height = self._photo.width * scale, self._photo.height * scale
        return QRectF(room.center().x() - width / 2, room.center().y() - height / 2, width, height)

    def _to_widget(self, rect: Rect) -> QRectF:
        frame = self._frame
        sx, sy = frame.width() / self._photo.width, frame.height() / self._photo.height
        return QRectF(frame.left() + rect.x * sx, frame.top() + rect.y * sy, rect.width * sx, rect.height * sy)

    def _to_photo(self, pos: QPointF) -> tuple[float, float]:
        frame = self._frame
        y = (pos.y() - frame.top()) / frame.height() * self._photo.height
        return y, (pos.x() - frame.left()) / frame.width() * self._photo.width

    # -- hands

    def mousePressEvent(self, event: QMouseEvent) -> None:
        """Take hold of the spot, the crop, or begin a new crop."""
        if event.button() is not Qt.MouseButton.LeftButton:
            return
        pos = self._to_photo(event.position())
        grip = self._grip_at(event.position())
        over_marker = self._marker is not None and self._to_widget(self._marker).contains(event.position())
        is_spot = not self._is_crop or (over_marker and grip in (Grip.INSIDE, None))
        self._held = _Hold(pos, event.position(), self._part, grip, is_spot)
        if not self._is_crop:
            self._set_spot_at(pos)

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        """Drag what is held; show what could be."""
        held, pos = self._held, self._to_photo(event.position())
        if held is None:
            grip = self._grip_at(event.position())
            self.setCursor(Qt.CursorShape.CrossCursor if grip is None or not self._is_crop else _CURSORS[grip])
            return
        held.has_moved |= (event.position() - held.pressed_at).manhattanLength() > _CLICK
        if held.is_spot:
            self._set_spot_at(pos)
        elif held.has_moved:
            self.crop_chosen.emit(self._crop_of(held, pos))

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        """Let go; a click chooses the spot."""
        held, self._held = self._held, None
        if held is not None and not held.has_moved:
            self._set_spot_at(self._to_photo(event.position()))

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """See the class."""
        step = _STEPS.get(Qt.Key(event.key()))
        if step is None:
            super().keyPressEvent(event)
            return
        keys = event.modifiers()
        times = 10 if keys & Qt.KeyboardModifier.ShiftModifier else 1
        dy, dx = step[0] * times, step[1] * times
        if not self._is_crop or keys & Qt.KeyboardModifier.AltModifier:
            marker = self._marker or Rect(0, 0, self._photo.height // 8, self._photo.width // 8)
            moved_y, moved_x = dy * max(1, marker.height // 4), dx * max(1, marker.width // 4)
            self.set_spot((self.spot[0] + moved_y / self._photo.height, self.spot[1] + moved_x / self._photo.width))
        elif keys & Qt.KeyboardModifier.ControlModifier:
            self.crop_chosen.emit(resized(self._photo, self._part, (dy, dx), aspect=self._aspect))
        else:
            self.crop_chosen.emit(moved_inside(self._photo, self._part.shifted(dy, dx)))

    def changeEvent(self, event: QEvent) -> None:
        """Speak the language chosen."""
        super().changeEvent(event)
        if event.type() == QEvent.Type.LanguageChange:
            self._retranslate()

    def _crop_of(self, held: _Hold, pos: tuple[float, float]) -> Rect:
        if held.grip is None:
            return drawn(self._photo, held.pos, pos, aspect=self._aspect)
        moved = (pos[0] - held.pos[0], pos[1] - held.pos[1])
        return dragged(self._photo, held.crop, held.grip, moved, aspect=self._aspect)

    def _grip_at(self, pos: QPointF) -> Grip | None:
        slack = _SLACK * self._photo.width / self._frame.width()
        return grip_at(self._part, self._to_photo(pos), slack=slack)

    def _set_spot_at(self, pos: tuple[float, float]) -> None:
        self.set_spot((pos[0] / self._photo.height, pos[1] / self._photo.width))

    def _retranslate(self) -> None:
        self.setAccessibleName(self.tr("Photo and crop"))
        keys = self.tr(
            "Drag the crop or draw a new one; a click chooses the spot that is shown at 100 %.\n"
            "Arrow keys move the crop, with {0} they change its size, with {1} by ten pixels; "
            "with {2} they move the spot."
        ).format(*(native_modifier(name) for name in ("Ctrl", "Shift", "Alt")))
        self.setToolTip(keys)
        self.setAccessibleDescription(keys)


class _Hold:
    """What is held since when and where."""

    def __init__(
        self, pos: tuple[float, float], pressed_at: QPointF, crop: Rect, grip: Grip | None, is_spot: bool
    ) -> None:
        self.pos = pos
        self.pressed_at = pressed_at
        self.crop = crop
        self.grip = grip
        self.is_spot = is_spot
        self.has_moved = False


def _paint_frame(painter: QPainter, box: QRectF, color: QColor, width: float) -> None:
    painter.setBrush(Qt.BrushStyle.NoBrush)
    painter.setPen(QPen(LINE_SHADOW, width + 2))
    painter.drawRect(box)
    painter.setPen(QPen(color, width))
    painter.drawRect(box)


def _around(outer: QRectF, inner: QRectF) -> tuple[QRectF, ...]:
    return (
        QRectF(outer.left(), outer.top(), outer.width(), inner.top() - outer.top()),
        QRectF(outer.left(), inner.bottom(), outer.width(), outer.bottom() - inner.bottom()),
        QRectF(outer.left(), inner.top(), inner.left() - outer.left(), inner.height()),
        QRectF(inner.right(), inner.top(), outer.right() - inner.right(), inner.height()),
    )
