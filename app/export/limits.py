"""How large an export may be: what the format holds, and what anybody waits for."""

from __future__ import annotations

import math
from dataclasses import dataclass

from app.export.size_modes import SizeMode
from liif_core.export.plan import MAX_OUTPUT_PIXELS
from liif_core.geometry import MM_PER_INCH, Size
from liif_core.imaging.encoding import WriteFormat


@dataclass(frozen=True, slots=True)
class Limits:
    """Of one export.

    Attributes:
        part: Size of what is exported, as it lies on screen.
        max_side: Pixels on a side at most.
        max_pixels: Pixels at most.
    """

    part: Size
    max_side: int
    max_pixels: int

    @staticmethod
    def of(part: Size, form: WriteFormat) -> Limits:
        """Those of a format."""
        most = MAX_OUTPUT_PIXELS if form.max_pixels is None else min(form.max_pixels, MAX_OUTPUT_PIXELS)
        return Limits(part, min(form.max_side, MAX_OUTPUT_PIXELS), most)

    def allows(self, size: Size) -> bool:
        """Whether a picture of this size is possible."""
        return max(size.height, size.width) <= self.max_side and size.area <= self.max_pixels

    @property
    def max_factor(self) -> float:
        """The largest scale that keeps the shape; below it, both sides may be rounded up and still be allowed."""
        longer = max(self.part.height, self.part.width)
        by_side = (self.max_side + 0.499) / longer
        # (k h + 1/2)(k w + 1/2) <= most, for k: half a pixel each is what rounding may add.
        half_round = (self.part.height + self.part.width) / 2
        by_area = (math.sqrt(half_round**2 + 4 * self.part.area * (self.max_pixels - 0.25)) - half_round) / (
            2 * self.part.area
        )
        return min(by_side, by_area)

    @property
    def max_width(self) -> int:
        """The largest width while the height follows."""
        return max(1, math.floor(self.part.width * self.max_factor))

    @property
    def max_height(self) -> int:
        """The largest height while the width follows."""
        return max(1, math.floor(self.part.height * self.max_factor))

    @property
    def max_long_side(self) -> int:
        """The largest longer side."""
        return max(self.max_width, self.max_height)

    @property
    def max_megapixels(self) -> float:
        """The largest number of pixels in millions, two digits behind the point."""
        return max(0.01, math.floor(self.part.area * self.max_factor**2 / 1e4) / 100)

    def max_beside(self, other_side: int) -> int:
        """The largest side beside another one that is given."""
        return max(1, min(self.max_side, self.max_pixels // max(1, other_side)))

    def largest(self, mode: SizeMode) -> float:
        """The largest number that may be given in a way to say a size: percent, pixels or megapixels.

        Of ways with two numbers, the larger one while the shape is kept.
        """
        if mode is SizeMode.PERCENT:
            return math.floor(self.max_factor * 1e5) / 1e3
        if mode is SizeMode.MEGAPIXELS:
            return self.max_megapixels
        return self.max_long_side


def in_mm(pixels: int, dpi: float) -> float:
    """A length on paper."""
    return pixels * MM_PER_INCH / dpi
