"""What a hand does to a crop: it takes hold of a side, a corner or all of it, and the crop stays inside of the photo.

Positions and movements are (y, x) in pixels of the photo as it lies on screen, which `Size` is of.
"""

from __future__ import annotations

import enum

from liif_core.export.crops import Aspect, moved_inside
from liif_core.geometry import Rect, Size, round_half_up

Position = tuple[float, float]


class Grip(enum.Enum):
    """What is held; the value tells which way the sides move: up (-1), not (0), down (1), and the same to the right."""

    INSIDE = (0, 0)
    TOP = (-1, 0)
    BOTTOM = (1, 0)
    LEFT = (0, -1)
    RIGHT = (0, 1)
    TOP_LEFT = (-1, -1)
    TOP_RIGHT = (-1, 1)
    BOTTOM_LEFT = (1, -1)
    BOTTOM_RIGHT = (1, 1)


def grip_at(crop: Rect, pos: Position, *, slack: float) -> Grip | None:
    """What is under the hand; None outside.

    Args:
        crop: The crop.
        pos: Position of the hand.
        slack: By how much it may miss a side. Of a crop that is smaller than three slacks, a third of it.
    """
    y, x = pos
    vertical = _side(y, crop.y, crop.bottom, slack)
    horizontal = _side(x, crop.x, crop.right, slack)
    if vertical is None or horizontal is None:
        return None
    return Grip((vertical, horizontal))


def dragged(photo: Size, crop: Rect, grip: Grip, moved: Position, *, aspect: Aspect | None = None) -> Rect:
    """The crop after a movement of the hand that holds it.

    Args:
        photo: Its size.
        crop: As it was when it was taken hold of.
        grip: What is held.
        moved: (dy, dx) since then.
        aspect: Is kept; None for any shape.
    """
    dy, dx = moved
    if grip is Grip.INSIDE:
        return moved_inside(photo, crop.shifted(round_half_up(dy), round_half_up(dx)))
    down, right = grip.value
    if aspect is None:
        top = _between(0, crop.y + dy, crop.bottom - 1) if down < 0 else crop.y
        bottom = _between(crop.y + 1, crop.bottom + dy, photo.height) if down > 0 else crop.bottom
        left = _between(0, crop.x + dx, crop.right - 1) if right < 0 else crop.x
        end = _between(crop.x + 1, crop.right + dx, photo.width) if right > 0 else crop.right
        return Rect.spanning(top, left, bottom, end)
    wanted = max(
        crop.width + right * dx if right else 0.0,
        (crop.height + down * dy) * aspect.ratio if down else 0.0,
    )
    return _of_width(photo, crop, (-down, -right), wanted, aspect)


def drawn(photo: Size, start: Position, end: Position, *, aspect: Aspect | None = None) -> Rect:
    """A new crop between two positions, each brought inside of the photo."""
    y, x = _between(0, start[0], photo.height - 1), _between(0, start[1], photo.width - 1)
    down, right = (1 if end[0] >= start[0] else -1), (1 if end[1] >= start[1] else -1)
    seed = Rect(y, x, 1, 1)
    grip = Grip((down, right))
    moved = (end[0] - y - (down > 0), end[1] - x - (right > 0))
    return dragged(photo, seed, grip, moved, aspect=aspect)


def resized(photo: Size, crop: Rect, by: tuple[int, int], *, aspect: Aspect | None = None) -> Rect:
    """The crop with `by` rows and columns more at its lower right; an aspect follows the columns, if they change."""
    dy, dx = by
    if aspect is not None:
        width = crop.width + dx if dx else (crop.height + dy) * aspect.ratio
        return _of_width(photo, crop, (-1, -1), width, aspect)
    return dragged(photo, crop, Grip.BOTTOM_RIGHT, (float(dy), float(dx)))


def _of_width(photo: Size, crop: Rect, pin: tuple[int, int], width: float, aspect: Aspect) -> Rect:
    """A crop of an aspect; `pin` tells which side stays: the first (-1), the last (1), or the middle (0)."""
    pin_y, room_y = _pinned(crop.y, crop.bottom, photo.height, pin[0])
    pin_x, room_x = _pinned(crop.x, crop.right, photo.width, pin[1])
    width = min(max(width, 1.0, aspect.ratio), room_x, room_y * aspect.ratio)
    columns = min(max(1, round_half_up(width)), photo.width)
    rows = min(max(1, round_half_up(width / aspect.ratio)), photo.height)
    top = pin_y - rows * (pin[0] + 1) / 2
    left = pin_x - columns * (pin[1] + 1) / 2
    return moved_inside(photo, Rect(round_half_up(top), round_half_up(left), rows, columns))


def _pinned(start: int, stop: int, length: int, side: int) -> tuple[float, float]:
    """The position that stays along an axis, and the room there."""
    if side < 0:
        return start, length - start
    if side > 0:
        return stop, stop
    middle = (start + stop) / 2
    return middle, 2 * min(middle, length - middle)


def _side(pos: float, start: int, stop: int, slack: float) -> int | None:
    inner = min(slack, (stop - start) / 3)
    if not start - slack <= pos <= stop + slack:
        return None
    if pos <= start + inner:
        return -1
    return 1 if pos >= stop - inner else 0


def _between(low: int, value: float, high: int) -> int:
    return min(max(round_half_up(value), low), high)
