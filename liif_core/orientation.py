"""The eight ways to lay a photo: how it is turned and mirrored on screen, in an export, and in a self-ensemble.

The viewer tells the camera nothing of it. The whole viewport is turned: camera, tiles and store see the photo upright
in the *viewport of the photo*, which is the viewport on screen turned back. The canvas paints through
`Orientation.matrix`, and what a person points at goes back through `to_photo` before it becomes a gesture. Both are
exact: whole device pixels fall on whole device pixels. Pixels themselves are turned by `liif_core.imaging.turning`.
"""

from __future__ import annotations

from dataclasses import dataclass

from liif_core.errors import RequestError
from liif_core.geometry import Rect, Size

Matrix = tuple[int, int, int, int, int, int]
"""m11, m12, m21, m22, dx, dy as Qt counts them: x' = m11 x + m21 y + dx and y' = m12 x + m22 y + dy."""


@dataclass(frozen=True, slots=True)
class Orientation:
    """One of the eight ways to lay a picture: mirrored left to right or not, and after that turned.

    Attributes:
        quarter_turns: Turns by 90 degrees clockwise, 0 to 3.
        mirrored: Whether left and right are exchanged, before it is turned.

    Raises:
        RequestError: There is no such number of quarter turns.
    """

    quarter_turns: int = 0
    mirrored: bool = False

    def __post_init__(self) -> None:
        if self.quarter_turns not in range(4):
            raise RequestError(f"a photo is turned by 0 to 3 quarters, not {self.quarter_turns}")

    @property
    def is_upright(self) -> bool:
        """Whether the photo is shown as it is."""
        return self == UPRIGHT

    @property
    def swaps_sides(self) -> bool:
        """Whether the photo's height is seen as a width."""
        return self.quarter_turns % 2 == 1

    def turned(self, *, clockwise: bool) -> Orientation:
        """A quarter turn of what is seen."""
        return Orientation((self.quarter_turns + (1 if clockwise else -1)) % 4, self.mirrored)

    def mirrored_horizontally(self) -> Orientation:
        """Left and right of what is seen exchanged."""
        # To mirror after turning is to mirror first and to turn the other way round.
        return Orientation(-self.quarter_turns % 4, not self.mirrored)

    def mirrored_vertically(self) -> Orientation:
        """Top and bottom of what is seen exchanged."""
        return Orientation((2 - self.quarter_turns) % 4, not self.mirrored)

    def size_on_screen(self, size: Size) -> Size:
        """What becomes of the sides of a photo, or of its viewport."""
        return Size(size.width, size.height) if self.swaps_sides else size

    def size_of_photo(self, size: Size) -> Size:
        """The sides of a viewport on screen, turned back."""
        return self.size_on_screen(size)

    def to_screen(self, pos_device: tuple[float, float], viewport_of_photo: Size) -> tuple[float, float]:
        """Where on screen a position is seen.

        Args:
            pos_device: Device position (y, x) in the viewport of the photo.
            viewport_of_photo: Its size in device pixels.

        Returns:
            Device position (y, x) in the viewport on screen.
        """
        (yy, yx), (xy, xx) = self._rows
        y, x = pos_device
        end = self.size_on_screen(viewport_of_photo)
        return _start(yy + yx, end.height) + yy * y + yx * x, _start(xy + xx, end.width) + xy * y + xx * x

    def to_photo(self, pos_screen: tuple[float, float], viewport_on_screen: Size) -> tuple[float, float]:
        """The reverse of `to_screen`.

        Args:
            pos_screen: Device position (y, x) in the viewport on screen.
            viewport_on_screen: Its size in device pixels.

        Returns:
            Device position (y, x) in the viewport of the photo.
        """
        (yy, yx), (xy, xx) = self._rows
        y, x = pos_screen
        end = self.size_of_photo(viewport_on_screen)
        # Turns and mirrors are undone by their transposes.
        return _start(yy + xy, end.height) + yy * y + xy * x, _start(yx + xx, end.width) + yx * y + xx * x

    def rect_on_screen(self, rect: Rect, photo: Size) -> Rect:
        """Where a rectangle of the upright photo, or of its viewport, of this size is seen."""
        return _between(*(self.to_screen(corner, photo) for corner in _corners(rect)))

    def rect_of_photo(self, rect: Rect, photo: Size) -> Rect:
        """The reverse of `rect_on_screen`; `photo` is the size of the upright photo."""
        turned = self.size_on_screen(photo)
        return _between(*(self.to_photo(corner, turned) for corner in _corners(rect)))

    def vector_to_photo(self, vector_screen: tuple[float, float]) -> tuple[float, float]:
        """A movement (dy, dx) on screen as the camera knows it."""
        (yy, yx), (xy, xx) = self._rows
        dy, dx = vector_screen
        return yy * dy + xy * dx, yx * dy + xx * dx

    def matrix(self, viewport_on_screen: Size) -> Matrix:
        """From device pixels in the viewport of the photo to device pixels on screen, for a painter.

        Args:
            viewport_on_screen: Size in device pixels.
        """
        (yy, yx), (xy, xx) = self._rows
        dx = _start(xy + xx, viewport_on_screen.width)
        dy = _start(yy + yx, viewport_on_screen.height)
        return xx, yx, xy, yy, dx, dy

    @property
    def _rows(self) -> tuple[tuple[int, int], tuple[int, int]]:
        """What y' and x' on screen each take of (y, x): one of the two, forwards or backwards."""
        side = -1 if self.mirrored else 1
        turns = (((1, 0), (0, side)), ((0, side), (-1, 0)), ((-1, 0), (0, -side)), ((0, -side), (1, 0)))
        return turns[self.quarter_turns]


def _start(direction: int, side: int) -> int:
    """Where counting begins along an axis: at its far end if it runs backwards."""
    return side if direction < 0 else 0


def _corners(rect: Rect) -> tuple[tuple[int, int], tuple[int, int]]:
    """Two that lie opposite, (y, x) each."""
    return (rect.y, rect.x), (rect.bottom, rect.right)


def _between(one: tuple[float, float], other: tuple[float, float]) -> Rect:
    (top, bottom), (left, right) = (sorted(round(value) for value in values) for values in zip(one, other, strict=True))
    return Rect.spanning(top, left, bottom, right)


UPRIGHT = Orientation()
"""The photo as it is."""

ORIENTATIONS = tuple(Orientation(turns, mirrored) for mirrored in (False, True) for turns in range(4))
"""All eight, `UPRIGHT` first."""
