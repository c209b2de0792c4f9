"""From wheel, trackpad and key steps to zoom factors and movements.

Zoom is exponential: equal movements multiply it equally. Eight notches of a wheel are a factor of 4.
"""

from __future__ import annotations

from dataclasses import dataclass

from PySide6.QtCore import Qt
from PySide6.QtGui import QInputDevice, QWheelEvent

WHEEL_NOTCH = 120  # eighths of a degree: one click of a common wheel
PIXELS_PER_NOTCH = 60  # device-independent pixels of a trackpad scroll that count as one click
FACTOR_PER_NOTCH = 2.0**0.25
FACTOR_PER_KEY = 2.0**0.5


@dataclass(frozen=True, slots=True)
class WheelTurn:
    """What one wheel event asks for: to zoom, or to pan.

    Attributes:
        notches: Notches to zoom by, fractions included; 0 for a movement.
        pan_device: Device pixels (dy, dx) to move the picture by.
        in_steps: Whether the wheel clicks; what turns smoothly needs no easing.
    """

    notches: float = 0.0
    pan_device: tuple[float, float] = (0.0, 0.0)
    in_steps: bool = False

    @staticmethod
    def of(event: QWheelEvent, ratio: float) -> WheelTurn:
        """Two fingers on a trackpad move the picture, as they move pages; a wheel zooms, and so does either with Ctrl.

        With Ctrl, since platforms that send no gestures report a pinch like that.

        Args:
            event: As Qt sends it.
            ratio: Device pixels per device-independent one.
        """
        angle, pixels = event.angleDelta(), event.pixelDelta()
        if is_trackpad(event) and not event.modifiers() & Qt.KeyboardModifier.ControlModifier:
            moved = (pixels.y(), pixels.x()) if not pixels.isNull() else (_points(angle.y()), _points(angle.x()))
            return WheelTurn(pan_device=(moved[0] * ratio, moved[1] * ratio))
        notches = wheel_notches(angle_delta=angle.y(), pixel_delta=pixels.y())
        return WheelTurn(notches=notches, in_steps=pixels.isNull() and angle.y() % WHEEL_NOTCH == 0)


def is_trackpad(event: QWheelEvent) -> bool:
    """Whether fingers scroll, and not a wheel; only trackpads have phases, where the device does not say what it is."""
    return (
        event.phase() != Qt.ScrollPhase.NoScrollPhase
        or event.pointingDevice().type() == QInputDevice.DeviceType.TouchPad
    )


def wheel_notches(*, angle_delta: float, pixel_delta: float) -> float:
    """How many notches a wheel event is worth, fractions included.

    Args:
        angle_delta: Eighths of a degree; fine wheels and trackpads send fractions of 120.
        pixel_delta: Pixels, where the platform gives them (trackpads); 0 otherwise.
    """
    if pixel_delta:
        return pixel_delta / PIXELS_PER_NOTCH
    return angle_delta / WHEEL_NOTCH


def zoom_factor(notches: float) -> float:
    """The factor of a number of notches; positive ones zoom in."""
    return float(FACTOR_PER_NOTCH**notches)


def _points(angle_delta: float) -> float:
    return angle_delta / WHEEL_NOTCH * PIXELS_PER_NOTCH
