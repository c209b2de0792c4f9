"""Sizes with a name: those everybody asks for, and a person's own."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from liif_core.errors import RequestError
from liif_core.export.crops import Aspect
from liif_core.export.sizes import LongSide, Scale, Wish, Within, wish_from_dict, wish_to_dict
from liif_core.geometry import MM_PER_INCH, Size, round_half_up


@dataclass(frozen=True, slots=True)
class SizePreset:
    """A wish with a name.

    Attributes:
        name: What people choose it by; not empty.
        wish: The size.
        aspect: Of the crop to begin with; None leaves the crop as it is.
    """

    name: str
    wish: Wish
    aspect: Aspect | None = None

    def to_dict(self) -> dict[str, Any]:
        """As plain values for JSON or TOML."""
        told: dict[str, Any] = {"name": self.name, "size": wish_to_dict(self.wish)}
        if self.aspect is not None:
            told["aspect"] = self.aspect.text
        return told

    @staticmethod
    def from_dict(told: Mapping[str, Any]) -> SizePreset:
        """The reverse of `to_dict`.

        Raises:
            RequestError: That is no preset.
        """
        name, size, aspect = told.get("name"), told.get("size"), told.get("aspect")
        if not isinstance(name, str) or not name.strip():
            raise RequestError("a size preset needs a name")
        if not isinstance(size, Mapping):
            raise RequestError(f"the size preset '{name}' has no size")
        return SizePreset(name.strip(), wish_from_dict(size), None if aspect is None else Aspect.parse(str(aspect)))


def paper(name: str, width_mm: float, height_mm: float, dpi: int) -> SizePreset:
    """A sheet of paper to be filled as far as the photo's shape allows."""
    sides = [round_half_up(mm * dpi / MM_PER_INCH) for mm in (height_mm, width_mm)]
    return SizePreset(name, Within(Size(*sides), float(dpi)))


BUILT_IN = (
    SizePreset("Full HD", Within(Size(1080, 1920))),
    SizePreset("4K", Within(Size(2160, 3840))),
    SizePreset("5K", Within(Size(2880, 5120))),
    SizePreset("8K", Within(Size(4320, 7680))),
    paper("A4, 300 dpi", 297, 210, 300),
    paper("A3, 300 dpi", 420, 297, 300),
    paper("A2, 300 dpi", 594, 420, 300),
    paper("10 x 15 cm, 300 dpi", 150, 100, 300),
    SizePreset("2048 px", LongSide(2048)),
    SizePreset("16,000 px", LongSide(16_000)),
    SizePreset("200 %", Scale(2.0)),
    SizePreset("400 %", Scale(4.0)),
)
"""Presets that are always there."""
