"""Parts of a photo to export: aspects, the largest crop of one, and crops that stay inside while they are drawn."""

from __future__ import annotations

import enum
import math
from dataclasses import dataclass

from liif_core.errors import RequestError
from liif_core.geometry import Rect, Size, round_half_up


@dataclass(frozen=True, slots=True)
class Aspect:
    """A relation of width to height.

    Attributes:
        width: Any positive number.
        height: Any positive number.

    Raises:
        RequestError: One of them is not positive.
    """

    width: float
    height: float

    def __post_init__(self) -> None:
        if not all(math.isfinite(side) and side > 0 for side in (self.width, self.height)):
            raise RequestError(f"an aspect needs two positive numbers, not {self.width:g}:{self.height:g}")

    @property
    def ratio(self) -> float:
        """Width divided by height."""
        return self.width / self.height

    @property
    def turned(self) -> Aspect:
        """Upright instead of across, or the other way round."""
        return Aspect(self.height, self.width)

    def along(self, photo: Size) -> Aspect:
        """Turned so that the longer side lies along that of a photo."""
        return self if (self.ratio >= 1) == (photo.width >= photo.height) else self.turned

    @property
    def text(self) -> str:
        """As it is written: "3:2"."""
        return f"{self.width:g}:{self.height:g}"

    @staticmethod
    def parse(text: str) -> Aspect:
        """The reverse of `text`; "1.5" is 1.5:1.

        Raises:
            RequestError: That is no aspect.
        """
        parts = text.replace("/", ":").split(":")
        try:
            sides = [float(part) for part in parts]
        except ValueError:
            sides = []
        if len(sides) not in (1, 2):
            raise RequestError(f"'{text}' is no aspect: expected WIDTH:HEIGHT, like 3:2")
        return Aspect(sides[0], sides[1] if len(sides) == 2 else 1.0)


ASPECTS = (
    *(Aspect(1, 1), Aspect(5, 4), Aspect(4, 3), Aspect(3, 2), Aspect(16, 10), Aspect(16, 9), Aspect(21, 9)),
    *(Aspect(297, 210), Aspect(7, 5), Aspect(2, 1)),
)
"""The usual ones, across; `turned` gives those upright. 297:210 is A4 paper."""


class Corner(enum.Enum):
    """What stays where it is while a crop changes its size."""

    TOP_LEFT = (0.0, 0.0)
    TOP_RIGHT = (0.0, 1.0)
    BOTTOM_LEFT = (1.0, 0.0)
    BOTTOM_RIGHT = (1.0, 1.0)
    CENTER = (0.5, 0.5)


def check_crop(photo: Size, crop: Rect) -> None:
    """Refuse a crop that is empty or reaches outside of the photo.

    Raises:
        RequestError: It is and does; the message tells the photo's size.
    """
    if crop.is_empty or not photo.rect.contains(crop):
        raise RequestError(
            f"the crop {crop.x},{crop.y},{crop.width},{crop.height} is not inside of the photo's "
            f"{photo.width} x {photo.height} pixels"
        )


def largest_crop(photo: Size, aspect: Aspect, *, center: tuple[float, float] | None = None) -> Rect:
    """The largest part of a photo that has an aspect, to half a pixel.

    Args:
        photo: Its size.
        aspect: Width to height.
        center: Image position (y, x) that the crop's centre is to be near; the photo's centre by default.

    Returns:
        A crop inside of the photo, with at least one side of it.
    """
    height, width = _fitting(photo.height, photo.width, aspect)
    y, x = center or (photo.height / 2, photo.width / 2)
    return moved_inside(photo, Rect(round_half_up(y - height / 2), round_half_up(x - width / 2), height, width))


def with_aspect(photo: Size, crop: Rect, aspect: Aspect, *, keep: Corner = Corner.CENTER) -> Rect:
    """A crop brought to an aspect: its area stays about the same where there is room, and `keep` stays in its place.

    Raises:
        RequestError: The crop is not inside of the photo.
    """
    check_crop(photo, crop)
    down, across = keep.value
    pin_y, pin_x = crop.y + down * crop.height, crop.x + across * crop.width
    # What is free on the sides to which it may grow; around a centre, twice the nearer one.
    room_y = _room(pin_y, photo.height, down)
    room_x = _room(pin_x, photo.width, across)
    wanted = math.sqrt(crop.area * aspect.ratio)
    width = min(wanted, room_x, room_y * aspect.ratio)
    rows, columns = max(1, round_half_up(width / aspect.ratio)), max(1, round_half_up(width))
    rows, columns = min(rows, photo.height), min(columns, photo.width)
    return moved_inside(
        photo, Rect(round_half_up(pin_y - down * rows), round_half_up(pin_x - across * columns), rows, columns)
    )


def moved_inside(photo: Size, crop: Rect) -> Rect:
    """A crop shifted by as little as brings it inside of the photo; cut to the photo where it is larger."""
    height, width = min(max(crop.height, 1), photo.height), min(max(crop.width, 1), photo.width)
    top = min(max(crop.y, 0), photo.height - height)
    left = min(max(crop.x, 0), photo.width - width)
    return Rect(top, left, height, width)


def _fitting(height: int, width: int, aspect: Aspect) -> tuple[int, int]:
    if width >= height * aspect.ratio:
        return height, min(width, max(1, round_half_up(height * aspect.ratio)))
    return min(height, max(1, round_half_up(width / aspect.ratio))), width


def _room(pin: float, side: int, share: float) -> float:
    if share == 0.0:
        return side - pin
    if share == 1.0:
        return pin
    return 2 * min(pin, side - pin)
