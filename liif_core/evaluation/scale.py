"""A scale of enlargement: whole or fractional, and possibly another one in each direction."""

from __future__ import annotations

import math
from dataclasses import dataclass

from liif_core.errors import RequestError


@dataclass(frozen=True, slots=True)
class Scale:
    """Output pixels per input pixel, rows before columns as everywhere; at least 1 each, and not both 1.

    Written as texts, unequal scales are WIDTHxHEIGHT, like sizes: "2x3" is 2 across and 3 down.

    Attributes:
        y: Vertically.
        x: Horizontally.
    """

    y: float
    x: float

    def __post_init__(self) -> None:
        both = (self.y, self.x)
        if not all(1 <= side < math.inf for side in both) or max(both) == 1:
            raise RequestError(f"'{self}' is no scale of enlargement: expected more than 1, like 2, 2.5 or 2x3")

    @staticmethod
    def of(value: Scale | float) -> Scale:
        """A scale as it is, or a number for both directions.

        Raises:
            RequestError: The number is not above 1.
        """
        return value if isinstance(value, Scale) else Scale(value, value)

    @staticmethod
    def parse(text: str) -> Scale:
        """A scale from "2", "2.5" or "2x3".

        Raises:
            RequestError: The text is no scale.
        """
        try:
            numbers = [float(part) for part in text.lower().split("x")]
        except ValueError:
            numbers = []
        if len(numbers) not in (1, 2):
            raise RequestError(f"'{text}' is no scale: expected a number above 1 or WIDTHxHEIGHT, like 2, 2.5 or 2x3")
        return Scale(numbers[-1], numbers[0])

    @property
    def is_whole(self) -> bool:
        """Whether it is one whole number for both directions."""
        return self.y == self.x and float(self.y).is_integer()

    @property
    def value(self) -> int | float | str:
        """As in JSON: an integer where whole, a number where equal, otherwise the text WIDTHxHEIGHT."""
        if self.y != self.x:
            return str(self)
        return int(self.y) if self.is_whole else float(self.y)

    def __str__(self) -> str:
        """As in tables: "x2", "x2.5", "2x3"."""
        if self.y != self.x:
            return f"{_number(self.x)}x{_number(self.y)}"
        return f"x{_number(self.y)}"

    @property
    def border(self) -> tuple[int, int]:
        """The scale rounded up, vertically and horizontally: how many output pixels one input pixel reaches."""
        return math.ceil(self.y), math.ceil(self.x)


def _number(side: float) -> str:
    return str(float(side)).removesuffix(".0")
