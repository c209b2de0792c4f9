"""What a hand does on the canvas: take, drag, throw, turn, pinch. All positions are device positions (y, x)."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import Qt
from PySide6.QtGui import QNativeGestureEvent

from app.viewer.controller import Position, ViewController
from app.viewer.gestures import WheelTurn, zoom_factor
from app.viewer.motion import Motion
from app.viewer.overlays.overlay import Overlay

# A pinch that turns by more than this is a rotation, and counts a quarter.
_QUARTER_AFTER_DEGREES = 40.0


class Hand:
    """Turns what a hand does into movements of the view.

    Args:
        controller: Of the view.
        motion: Moves it.
        overlays: What lies over the photo and can be taken hold of; the last one is uppermost.

    Attributes:
        only_picture: Whether the picture is taken hold of whatever lies over it, while a key is held.
    """

    def __init__(self, controller: ViewController, motion: Motion, overlays: Sequence[Overlay]) -> None:
        self._controller = controller
        self._motion = motion
        self._overlays = overlays
        self._held: Overlay | None = None
        self._drag_from: Position | None = None
        self._pinched: Position | None = None
        self._turned_degrees = 0.0
        self.only_picture = False

    def press(self, pos: Position, time_s: float) -> None:
        """Take hold of the uppermost thing here."""
        self._motion.stop()
        self._held = next((overlay for overlay in self._reachable if overlay.press(pos)), None)
        if self._held is None:
            self.take(pos, time_s)

    def take(self, pos: Position, time_s: float) -> None:
        """Take hold of the picture itself, whatever lies over it."""
        self._motion.stop()
        self._drag_from = pos
        self._pinched = self._controller.to_image(pos)
        self._motion.grab(time_s)

    def move_from(self, pos: Position) -> None:
        """Go on from a position: what was moved so far was no movement."""
        if self._drag_from is not None:
            self._drag_from = pos

    def move(self, pos: Position, time_s: float) -> None:
        """Drag what is held."""
        if self._held is not None:
            self._held.drag(pos)
        elif self._drag_from is not None:
            moved = (pos[0] - self._drag_from[0], pos[1] - self._drag_from[1])
            self._drag_from = pos
            self._motion.drag(moved, time_s)

    def release(self, time_s: float) -> None:
        """Let go; a picture that was moving goes on a little."""
        if self._held is not None:
            self._held.release()
            self._held = None
        elif self._drag_from is not None:
            self._drag_from = None
            self._motion.release(time_s)

    def let_go(self) -> None:
        """Let go of whatever is held, and throw nothing."""
        if self._held is not None:
            self._held.release()
        self._held = self._drag_from = None

    def pinch(self, factor: float, pos: Position, time_s: float) -> None:
        """Zoom and drag what was taken: what lay between the fingers then stays between them, as far as borders let it.

        Args:
            factor: By which the fingers are farther apart than at the last time.
            pos: The middle between them.
            time_s: When.
        """
        # Enlarged first, there is room to move; reduced last, there was.
        if factor >= 1:
            self._controller.zoom(factor, self._drag_from)
        self.move(pos, time_s)
        if factor < 1:
            self._controller.zoom(factor, pos)
        seen = self._controller.to_device(self._pinched) if self._pinched is not None else None
        if seen is not None:
            # Every step is rounded to whole device pixels, which would add up.
            self._controller.pan(pos[0] - seen[0], pos[1] - seen[1])

    def double_click(self, pos: Position) -> None:
        """Between the whole photo and 100 % about a position."""
        if any(overlay.press(pos) for overlay in self._reachable):
            return
        camera = self._controller.camera
        if camera is None:
            return
        to_full_size = camera.is_fitted and camera.zoom != 1.0
        self._motion.zoom_to(1.0 if to_full_size else camera.fit_zoom, pos, fit=not to_full_size)

    def turn_wheel(self, turn: WheelTurn, pos: Position) -> None:
        """Zoom about a position, or move the picture."""
        if turn.notches and turn.in_steps:
            self._motion.zoom_by(zoom_factor(turn.notches), pos)
        elif turn.notches:
            self._motion.stop()
            self._controller.zoom(zoom_factor(turn.notches), pos)
        elif any(turn.pan_device):
            self._motion.stop()
            self._controller.pan(*turn.pan_device)

    def gesture(self, event: QNativeGestureEvent, pos: Position) -> bool:
        """Zoom by a pinch, turn by a twist, fit by a double tap of two fingers; whether it was one of them."""
        kind = event.gestureType()
        if kind == Qt.NativeGestureType.BeginNativeGesture:
            self._motion.stop()
            self._turned_degrees = 0.0
        elif kind == Qt.NativeGestureType.ZoomNativeGesture:
            self._motion.stop()
            self._controller.zoom(max(0.1, 1 + event.value()), pos)
        elif kind == Qt.NativeGestureType.RotateNativeGesture:
            self._turn(event.value())
        elif kind == Qt.NativeGestureType.SmartZoomNativeGesture:
            self.double_click(pos)
        else:
            return False
        return True

    def cursor_at(self, pos: Position | None) -> Qt.CursorShape | None:
        """The shape of the cursor at a position, or while something is held; None for the usual one."""
        if self._drag_from is not None:
            return Qt.CursorShape.ClosedHandCursor
        if self._held is not None and pos is not None:
            return self._held.cursor_at(pos)
        if pos is None:
            return None
        shapes = (overlay.cursor_at(pos) for overlay in self._reachable)
        over = next((shape for shape in shapes if shape is not None), None)
        return over or (Qt.CursorShape.OpenHandCursor if self.only_picture else None)

    @property
    def _reachable(self) -> Sequence[Overlay]:
        return () if self.only_picture else tuple(reversed(self._overlays))

    def _turn(self, degrees: float) -> None:
        self._turned_degrees += degrees
        if abs(self._turned_degrees) >= _QUARTER_AFTER_DEGREES:
            # Qt counts as the fingers turn: clockwise is positive.
            self._controller.orient(self._controller.orientation.turned(clockwise=self._turned_degrees > 0))
            self._turned_degrees = 0.0
