"""Whether the decoder keeps up with a moving view.

Where it fills the viewport within a frame's budget it is asked again for every view (a *live frame*); elsewhere what is
stored is stretched while the view moves. What is decided here is measured, not assumed: the cost of a frame depends on
the machine, the model, the zoom, and on whether the features are encoded already.

Owned by the GUI thread; no locks, no clock of its own.
"""

from __future__ import annotations

import enum

FRAME_BUDGET_MS = 100.0
"""Ten frames a second, with the last one stretched to the view in between: slower than that, the conventional tiles
that follow at once feel better."""

_WEIGHT_OF_NEWEST = 0.5
_FIRST_RETRY = 8


class Pace(enum.Enum):
    """What is known of the decoder's speed here."""

    UNKNOWN = enum.auto()
    """Ask for a live frame, and see."""

    LIVE = enum.auto()
    """Ask for live frames only."""

    STRETCH = enum.auto()
    """Stretch what there is, and wait until the view settles."""


class Pacer:
    """Remembers how long the last live frames took.

    A view that is too slow may become quick while it moves, when its features are encoded. So after some views without
    a live frame one is tried again, and if that was too soon, after twice as many. A frame in time ends that: what made
    the last ones late (other work on the machine, features that were missing) is over.

    Args:
        budget_ms: Longest time of a frame that still feels like following.
    """

    def __init__(self, budget_ms: float = FRAME_BUDGET_MS) -> None:
        self.budget_ms = budget_ms
        self._ms_per_megapixel: float | None = None
        self._retry_after = _FIRST_RETRY
        self._stretched = 0

    def pace(self, pixels: int) -> Pace:
        """What is known for a view of so many device pixels."""
        if self._ms_per_megapixel is None:
            return Pace.UNKNOWN
        return Pace.LIVE if self._ms_per_megapixel * pixels / 1e6 <= self.budget_ms else Pace.STRETCH

    def next_view(self, pixels: int) -> Pace:
        """What to do for the next view of a movement; see `pace`."""
        pace = self.pace(pixels)
        if pace is not Pace.STRETCH:
            return pace
        self._stretched += 1
        if self._stretched < self._retry_after:
            return pace
        self._retry_after *= 2
        self._stretched = 0
        self._ms_per_megapixel = None
        return Pace.UNKNOWN

    def finished(self, pixels: int, elapsed_ms: float) -> None:
        """A live frame was made, or given up after this time, which then counts as if it had been made."""
        newest = elapsed_ms / (max(pixels, 1) / 1e6)
        known = self._ms_per_megapixel
        if elapsed_ms <= self.budget_ms:
            self._retry_after = _FIRST_RETRY
        self._ms_per_megapixel = newest if known is None else known + _WEIGHT_OF_NEWEST * (newest - known)

    def forget(self) -> None:
        """What was measured no longer holds: another photo or model, or features that are encoded by now."""
        self._ms_per_megapixel = None
        self._retry_after = _FIRST_RETRY
        self._stretched = 0
