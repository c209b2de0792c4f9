"""How large: the ways to say it, as values that can be kept in a settings file.

Every wish turns the size of what is exported, a photo or a crop of it, into the size of the file's picture. All but
`Exact` and a `Print` of two sides keep its shape to half a pixel.
"""

from __future__ import annotations

import dataclasses
import math
import sys
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from liif_core.errors import RequestError
from liif_core.geometry import MM_PER_INCH, Size


@dataclass(frozen=True, slots=True)
class Scale:
    """A factor: output pixels per photo pixel, any positive number; a percentage is a hundredth of it."""

    factor: float

    def size_of(self, source: Size) -> Size:
        """The output's size."""
        return source.scaled(_positive(self.factor, "a scale"))


@dataclass(frozen=True, slots=True)
class Width:
    """The output's width in pixels."""

    pixels: int

    def size_of(self, source: Size) -> Size:
        """The output's size; the height follows."""
        width = _whole(self.pixels, "a width")
        return Size(source.scaled(width / source.width).height, width)


@dataclass(frozen=True, slots=True)
class Height:
    """The output's height in pixels."""

    pixels: int

    def size_of(self, source: Size) -> Size:
        """The output's size; the width follows."""
        height = _whole(self.pixels, "a height")
        return Size(height, source.scaled(height / source.height).width)


@dataclass(frozen=True, slots=True)
class LongSide:
    """The output's longer side in pixels."""

    pixels: int

    def size_of(self, source: Size) -> Size:
        """The output's size."""
        return source.scaled(_whole(self.pixels, "a long side") / max(source.height, source.width))


@dataclass(frozen=True, slots=True)
class Megapixels:
    """The output's number of pixels in millions, as nearly as the shape allows."""

    millions: float

    def size_of(self, source: Size) -> Size:
        """The output's size."""
        return source.scaled(math.sqrt(_positive(self.millions, "a number of megapixels") * 1e6 / source.area))


@dataclass(frozen=True, slots=True)
class Exact:
    """Both sides in pixels; the shape may change."""

    size: Size

    def size_of(self, source: Size) -> Size:
        """The output's size."""
        return self.size


@dataclass(frozen=True, slots=True)
class Within:
    """As large as it fits into a frame.

    Attributes:
        frame: Of pixels; it is turned so that its longer side lies along the longer side of the photo.
        dpi: Pixels per inch that the file tells to printers; None for none.
    """

    frame: Size
    dpi: float | None = None

    def size_of(self, source: Size) -> Size:
        """The output's size: one side is that of the frame, the other at most."""
        longer, shorter = max(self.frame.height, self.frame.width), min(self.frame.height, self.frame.width)
        wide = source.width >= source.height
        height, width = (shorter, longer) if wide else (longer, shorter)
        scaled = source.scaled(min(height / source.height, width / source.width))
        return Size(min(scaled.height, height), min(scaled.width, width))


@dataclass(frozen=True, slots=True)
class Print:
    """A size on paper.

    Attributes:
        width_mm: In millimetres; None follows from the height.
        height_mm: In millimetres; None follows from the width. With both, the shape may change.
        dpi: Pixels per inch.
    """

    width_mm: float | None
    height_mm: float | None
    dpi: float

    def size_of(self, source: Size) -> Size:
        """The output's size."""
        dpi = _positive(self.dpi, "a resolution")
        if self.width_mm is None and self.height_mm is None:
            raise RequestError("a print needs a width or a height in millimetres")
        sides = [None if mm is None else _whole(_side_of(mm, dpi), "a print") for mm in (self.height_mm, self.width_mm)]
        height, width = sides
        if height is not None and width is not None:
            return Size(height, width)
        return Height(height).size_of(source) if height is not None else Width(width or 0).size_of(source)


Wish = Scale | Width | Height | LongSide | Megapixels | Exact | Within | Print

_KINDS: dict[str, type[Wish]] = {
    "scale": Scale,
    "width": Width,
    "height": Height,
    "long_side": LongSide,
    "megapixels": Megapixels,
    "exact": Exact,
    "within": Within,
    "print": Print,
}
_NAMES = {kind: name for name, kind in _KINDS.items()}
_SIZE_FIELDS = ("size", "frame")


def percent(value: float) -> Scale:
    """A scale in hundredths."""
    return Scale(value / 100)


def dpi_of(wish: Wish) -> float | None:
    """Pixels per inch that a wish asks the file to tell."""
    return wish.dpi if isinstance(wish, Print | Within) else None


def wish_to_dict(wish: Wish) -> dict[str, Any]:
    """A wish as plain values for JSON or TOML: its kind, and its fields without those that are None."""
    told: dict[str, Any] = {"kind": _NAMES[type(wish)]}
    for field in dataclasses.fields(wish):
        value = getattr(wish, field.name)
        if value is not None:
            told[field.name] = [value.width, value.height] if isinstance(value, Size) else value
    return told


def wish_from_dict(told: Mapping[str, Any]) -> Wish:
    """The reverse of `wish_to_dict`.

    Raises:
        RequestError: That is no wish.
    """
    kind = _KINDS.get(str(told.get("kind")))
    if kind is None:
        raise RequestError(f"'{told.get('kind')}' is no kind of size: expected {', '.join(_KINDS)}")
    wanted = {field.name: field.default is dataclasses.MISSING for field in dataclasses.fields(kind)}
    values: dict[str, Any] = {}
    for name, value in told.items():
        if name != "kind":
            if name not in wanted:
                raise RequestError(f"a size by '{told['kind']}' has no '{name}'")
            values[name] = _field_of(name, value)
    if kind is Print:
        values = {"width_mm": None, "height_mm": None, **values}
    missing = [name for name, needed in wanted.items() if needed and name not in values]
    if missing:
        raise RequestError(f"a size by '{told['kind']}' needs '{missing[0]}'")
    wish: Wish = kind(**values)
    # Nonsense is refused here, and not when the wish is used.
    try:
        wish.size_of(Size(1000, 1000))
    except OverflowError as exc:
        raise RequestError(f"a size by '{told['kind']}' with such numbers is larger than any picture") from exc
    return wish


def _field_of(name: str, value: Any) -> Any:
    if name in _SIZE_FIELDS:
        if not isinstance(value, list | tuple) or len(value) != 2 or not all(_is_number(side) for side in value):
            raise RequestError(f"'{name}' is [width, height] in pixels, not {value!r}")
        return Size(int(value[1]), int(value[0]))
    if not _is_number(value):
        raise RequestError(f"'{name}' is a number, not {value!r}")
    return int(value) if name == "pixels" else float(value)


def _is_number(value: Any) -> bool:
    if isinstance(value, bool) or not isinstance(value, int | float):
        return False
    # A whole number may have more digits than a float can be.
    return abs(value) <= sys.float_info.max


def _side_of(mm: float, dpi: float) -> float:
    return _positive(mm, "a print") * dpi / MM_PER_INCH


def _positive(value: float, what: str) -> float:
    if not (math.isfinite(value) and value > 0):
        raise RequestError(f"{what} must be a positive number, not {value:g}")
    return value


def _whole(value: float, what: str) -> int:
    """A side in pixels, halves up."""
    if not math.isfinite(value) or value < 0.5:
        raise RequestError(f"{what} must be at least 1 pixel, not {value:g}")
    return math.floor(value + 0.5)
