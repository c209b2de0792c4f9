"""The ways to say how large: each is some of the core's wishes, and one can be put in terms of another."""

from __future__ import annotations

import enum

from liif_core.export.sizes import (
    Exact,
    Height,
    LongSide,
    Megapixels,
    Print,
    Scale,
    Width,
    Wish,
    Within,
    dpi_of,
)
from liif_core.geometry import MM_PER_INCH, Size

DEFAULT_DPI = 300.0


class SizeMode(enum.Enum):
    """What a person gives numbers for."""

    SCREEN = "screen"
    """Nothing: a view as it is on screen."""
    PERCENT = "percent"
    PIXELS = "pixels"
    """The width, the height, or both."""
    LONG_SIDE = "long side"
    MEGAPIXELS = "megapixels"
    WITHIN = "within"
    """A frame that the picture fits into."""
    PRINT = "print"
    """A size on paper."""


_MODES: dict[type[Wish], SizeMode] = {
    Scale: SizeMode.PERCENT,
    Width: SizeMode.PIXELS,
    Height: SizeMode.PIXELS,
    Exact: SizeMode.PIXELS,
    LongSide: SizeMode.LONG_SIDE,
    Megapixels: SizeMode.MEGAPIXELS,
    Within: SizeMode.WITHIN,
    Print: SizeMode.PRINT,
}


def mode_of(wish: Wish | None) -> SizeMode:
    """The way in which a wish is said; None is the size on screen."""
    return SizeMode.SCREEN if wish is None else _MODES[type(wish)]


def is_linked(wish: Wish | None) -> bool:
    """Whether one side follows from the other."""
    if isinstance(wish, Print):
        return wish.width_mm is None or wish.height_mm is None
    return not isinstance(wish, Exact)


def in_mode(mode: SizeMode, size: Size, part: Size, *, dpi: float = DEFAULT_DPI) -> Wish | None:
    """A size said in another way, as nearly as that way can.

    Args:
        mode: The way.
        size: Of the output.
        part: Of what is exported, as it lies on screen.
        dpi: Pixels per inch of a print.
    """
    if mode is SizeMode.SCREEN:
        return None
    if mode is SizeMode.PERCENT:
        # By the longer side, whose rounding says the least.
        longer = max(part.height, part.width)
        return Scale((size.height if longer == part.height else size.width) / longer)
    if mode is SizeMode.PIXELS:
        return Width(size.width)
    if mode is SizeMode.LONG_SIDE:
        return LongSide(max(size.height, size.width))
    if mode is SizeMode.MEGAPIXELS:
        return Megapixels(size.area / 1e6)
    if mode is SizeMode.WITHIN:
        return Within(size)
    return Print(size.width * MM_PER_INCH / dpi, None, dpi)


def with_link(wish: Wish, size: Size, *, linked: bool) -> Wish:
    """A wish of two sides whose shape is kept or free from now on; others stay as they are."""
    if isinstance(wish, Width | Height | Exact):
        return Width(size.width) if linked else Exact(size)
    if isinstance(wish, Print):
        width_mm, height_mm = print_sides_mm(wish, size)
        return Print(width_mm, None if linked else height_mm, wish.dpi)
    return wish


def print_sides_mm(wish: Wish, size: Size) -> tuple[float, float]:
    """Width and height on paper: as given, or those of the pixels."""
    dpi = dpi_of(wish) or DEFAULT_DPI
    given = (wish.width_mm, wish.height_mm) if isinstance(wish, Print) else (None, None)
    width = size.width * MM_PER_INCH / dpi if given[0] is None else given[0]
    height = size.height * MM_PER_INCH / dpi if given[1] is None else given[1]
    return width, height
