"""From wheel, trackpad and key steps to zoom factors.

Zoom is exponential: equal movements multiply it equally. Eight notches of a wheel are a factor of 4.
"""

from __future__ import annotations

WHEEL_NOTCH = 120  # eighths of a degree: one click of a common wheel
PIXELS_PER_NOTCH = 60  # device-independent pixels of a trackpad scroll that count as one click
FACTOR_PER_NOTCH = 2.0**0.25
FACTOR_PER_KEY = 2.0**0.5


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
