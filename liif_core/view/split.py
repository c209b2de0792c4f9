"""A viewport cut in two by a line that can be dragged."""

from __future__ import annotations

import math
from dataclasses import dataclass, replace

from liif_core.errors import RequestError
from liif_core.geometry import Rect, Size, round_half_up


@dataclass(frozen=True, slots=True)
class Split:
    """Where the line is.

    Attributes:
        position: Share of the viewport before the line (at the left, or above it), 0 to 1; what is beyond is clamped.
        vertical: Whether the line goes up and down, and cuts the viewport into left and right.

    Raises:
        RequestError: The position is not a number.
    """

    position: float = 0.5
    vertical: bool = True

    def __post_init__(self) -> None:
        if math.isnan(self.position):
            raise RequestError("a viewport cannot be split at a position that is not a number")
        object.__setattr__(self, "position", min(max(self.position, 0.0), 1.0))

    def line_device(self, viewport: Size) -> int:
        """The device pixel (column of a vertical line, else row) with which the second part begins."""
        return round_half_up(self.position * self._side(viewport))

    def regions(self, viewport: Size) -> tuple[Rect, Rect]:
        """Both parts of a viewport in whole device pixels: left and right, or top and bottom; one may be empty."""
        line = self.line_device(viewport)
        if self.vertical:
            return Rect(0, 0, viewport.height, line), Rect(0, line, viewport.height, viewport.width - line)
        return Rect(0, 0, line, viewport.width), Rect(line, 0, viewport.height - line, viewport.width)

    def hit(self, pos_device: tuple[float, float], viewport: Size, *, slack_device: float) -> bool:
        """Whether a device position (y, x) is no farther from the line than `slack_device` pixels."""
        return abs(self._along(pos_device) - self.line_device(viewport)) <= slack_device

    def dragged(self, pos_device: tuple[float, float], viewport: Size) -> Split:
        """The line brought to a device position (y, x), or to the border beyond which that is."""
        return replace(self, position=self._along(pos_device) / self._side(viewport))

    def _side(self, viewport: Size) -> int:
        return viewport.width if self.vertical else viewport.height

    def _along(self, pos_device: tuple[float, float]) -> float:
        """The coordinate that decides on which side of the line a position is."""
        return pos_device[1] if self.vertical else pos_device[0]
