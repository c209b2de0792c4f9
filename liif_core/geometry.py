"""Integer sizes and rectangles, and the grid that ties output pixels to source pixels.

Every length is in whole pixels, rows before columns as in tensors. Continuous positions are floats in one of two
spaces:

- *image position* (`pos_image`): 0 at the outer edge of the first source pixel, `size` at the outer edge of the last
  one;
- *sample position*: 0 at the *centre* of the first source pixel, so sample position = image position - 0.5. Latents and
  pixel values live at whole sample positions.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

from liif_core.errors import RequestError

MM_PER_INCH = 25.4
"""People measure paper in millimetres, and density in dots an inch."""


def round_half_up(value: float) -> int:
    """The nearest whole number; halves go up, so that equal steps give equal results at any magnitude."""
    return math.floor(value + 0.5)


@dataclass(frozen=True, slots=True)
class Size:
    """Height and width in pixels, both at least 1."""

    height: int
    width: int

    def __post_init__(self) -> None:
        if self.height < 1 or self.width < 1:
            raise RequestError(f"a picture needs at least 1 x 1 pixels, not {self.width} x {self.height}")

    @property
    def area(self) -> int:
        """Number of pixels."""
        return self.height * self.width

    @property
    def rect(self) -> Rect:
        """The rectangle that covers everything."""
        return Rect(0, 0, self.height, self.width)

    def scaled(self, scale: float) -> Size:
        """The size `scale` times as large, each side rounded half up and at least 1 pixel."""
        if not math.isfinite(scale) or scale <= 0:
            raise RequestError(f"a scale must be a positive number, not {scale:g}")
        return Size(max(1, round_half_up(self.height * scale)), max(1, round_half_up(self.width * scale)))


@dataclass(frozen=True, slots=True)
class Rect:
    """A half-open rectangle of pixels: rows `y` to `bottom - 1`, columns `x` to `right - 1`; may be empty."""

    y: int
    x: int
    height: int
    width: int

    @staticmethod
    def spanning(top: int, left: int, bottom: int, right: int) -> Rect:
        """The rectangle between four borders; empty where they cross."""
        return Rect(top, left, max(0, bottom - top), max(0, right - left))

    @property
    def bottom(self) -> int:
        """First row below."""
        return self.y + self.height

    @property
    def right(self) -> int:
        """First column to the right."""
        return self.x + self.width

    @property
    def area(self) -> int:
        """Number of pixels."""
        return self.height * self.width

    @property
    def is_empty(self) -> bool:
        """Whether there is no pixel inside."""
        return self.height <= 0 or self.width <= 0

    def intersected(self, other: Rect) -> Rect:
        """The pixels of both."""
        return Rect.spanning(
            max(self.y, other.y), max(self.x, other.x), min(self.bottom, other.bottom), min(self.right, other.right)
        )

    def contains(self, other: Rect) -> bool:
        """Whether every pixel of `other` is in this rectangle."""
        return other.is_empty or self.intersected(other) == other

    def grown(self, margin: int) -> Rect:
        """The rectangle with `margin` more pixels on each side."""
        return Rect(self.y - margin, self.x - margin, self.height + 2 * margin, self.width + 2 * margin)

    def shifted(self, dy: int, dx: int) -> Rect:
        """The rectangle moved by `dy` rows and `dx` columns."""
        return Rect(self.y + dy, self.x + dx, self.height, self.width)

    @property
    def halves(self) -> tuple[Rect, Rect]:
        """The rectangle cut in two across its longer side."""
        if self.height >= self.width:
            half = self.height // 2
            return Rect(self.y, self.x, half, self.width), Rect(self.y + half, self.x, self.height - half, self.width)
        half = self.width // 2
        return Rect(self.y, self.x, self.height, half), Rect(self.y, self.x + half, self.height, self.width - half)

    @property
    def slices(self) -> tuple[slice, slice]:
        """Row and column slices, for indexing an array whose first two axes are rows and columns."""
        return slice(self.y, self.bottom), slice(self.x, self.right)


@dataclass(frozen=True, slots=True)
class OutputGrid:
    """The whole photo (or crop) of size `source`, resampled to `output` pixels.

    Output pixel i of a side with n output and m source pixels covers the image positions [i m/n, (i + 1) m/n]. The
    viewer and the export use the same grids, so a view and its export have the same pixels.
    """

    source: Size
    output: Size

    @property
    def scale_y(self) -> float:
        """Output pixels per source pixel, vertically."""
        return self.output.height / self.source.height

    @property
    def scale_x(self) -> float:
        """Output pixels per source pixel, horizontally."""
        return self.output.width / self.source.width

    @property
    def reduces(self) -> bool:
        """Whether no side is enlarged: such grids are conventional reductions of the photo, not decoded."""
        return self.output.height <= self.source.height and self.output.width <= self.source.width

    @property
    def reach(self) -> int:
        """Source pixels that an output pixel covers beyond the four around its centre, where a side is reduced."""
        longest_step = max(1.0, 1 / self.scale_y, 1 / self.scale_x)
        return math.ceil((longest_step - 1) / 2)

    def footprint(self, rect: Rect, *, margin: int = 0) -> Rect:
        """The source pixels around the centres of the output pixels of `rect`, grown by `margin`, inside the photo.

        With `margin=0` these are the corners of every quad of four latents that a local ensemble blends.
        """
        source, output = self.source, self.output
        top = _source_before(rect.y, source.height, output.height)
        left = _source_before(rect.x, source.width, output.width)
        bottom = _source_before(rect.bottom - 1, source.height, output.height) + 2
        right = _source_before(rect.right - 1, source.width, output.width) + 2
        return Rect.spanning(top, left, bottom, right).grown(margin).intersected(self.source.rect)


def _source_before(index: int, source: int, output: int) -> int:
    """The last source pixel whose centre is not after that of an output pixel.

    In whole numbers: of a centre that lies on another one exactly, floats may say that it lies before.
    """
    return ((2 * index + 1) * source - output) // (2 * output)
