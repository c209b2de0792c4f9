"""Whether the decoder keeps up with a moving view.

Where it fills the viewport within a frame's budget it is asked again for every view (a *live frame*); where it is not
quick enough for that, for fewer pixels, which are stretched (a *coarse* one); elsewhere what is stored is stretched
while the view moves. What is decided here is measured, not assumed: the cost of a frame depends on
the machine, the model, the zoom, and on whether the features are encoded already.

Owned by the GUI thread; no locks, no clock of its own.
"""

from __future__ import annotations

import enum

FRAME_BUDGET_MS = 100.0
"""Ten frames a second, with the last one stretched to the view in between: slower than that, the conventional tiles
that follow at once feel better."""

COARSENESS = 1.6
"""How much smaller than the view a coarse frame is, along each axis. Less than the most that a frame may be stretched
by (`frame.MAX_STRETCH`), or it would be of no use a moment later while a hand zooms in."""
COARSE_FROM_ZOOM = 3.2
"""Coarse frames are decoded at 2x and more: below, where a bicubic picture of all pixels is about as good, there are
none."""

PATIENCE_MS = 2 * FRAME_BUDGET_MS
"""After this time a frame is given up for newer work. One that is a little late is still nearer to what the hand wants
to see than what was there before."""

_WEIGHT_OF_NEWEST = 0.5
_QUICK_AGAIN = 0.6
"""Part of the budget within which whole frames must be before they follow coarse ones, lest the two take turns."""
_FIRST_RETRY = 8


class Pace(enum.Enum):
    """What is known of the decoder's speed here."""

    UNKNOWN = enum.auto()
    """Ask for a live frame, and see; conventional tiles are made meanwhile, since the frame may take seconds."""

    LIVE = enum.auto()
    """Ask for live frames only. Whatever else is computed beside them makes them late."""

    COARSE = enum.auto()
    """Ask for coarse live frames only, in the same way."""

    STRETCH = enum.auto()
    """Stretch what there is, and wait until the view settles."""


class Pacer:
    """Remembers how long the last live frames took.

    A view that is too slow may become quick while it moves, when its features are encoded. So after some views without
    a live frame one is tried again, and if that was too soon, after twice as many. A frame in time ends that: what made
    the last ones late (other work on the machine, features that were missing) is over. While one is tried, nothing else
    is asked for, lest it be late because of the try's own rivals.

    Args:
        budget_ms: Longest time of a frame that still feels like following.
    """

    def __init__(self, budget_ms: float = FRAME_BUDGET_MS) -> None:
        self.budget_ms = budget_ms
        self._ms_per_megapixel: float | None = None
        self._retry_after = _FIRST_RETRY
        self._stretched = 0
        self._is_coarse = False
        self._is_trying = False

    def pace(self, pixels: int, *, may_be_coarse: bool = False) -> Pace:
        """What is known for a view of so many device pixels.

        Args:
            pixels: Of the view.
            may_be_coarse: Whether a coarse frame of it is better than none.
        """
        if self._is_trying:
            return Pace.COARSE if may_be_coarse and self._is_coarse else Pace.LIVE
        if self._ms_per_megapixel is None:
            return Pace.UNKNOWN
        whole_ms = self._ms_per_megapixel * pixels / 1e6
        if whole_ms <= self.budget_ms * (_QUICK_AGAIN if may_be_coarse and self._is_coarse else 1):
            return Pace.LIVE
        return Pace.COARSE if may_be_coarse and whole_ms <= self.budget_ms * COARSENESS**2 else Pace.STRETCH

    def next_view(self, pixels: int, *, may_be_coarse: bool = False) -> Pace:
        """What to do for the next view of a movement; see `pace`."""
        pace = self.pace(pixels, may_be_coarse=may_be_coarse)
        self._is_coarse = pace is Pace.COARSE
        if pace is not Pace.STRETCH:
            return pace
        self._stretched += 1
        if self._stretched < self._retry_after:
            return pace
        self._retry_after *= 2
        self.try_again()
        self._is_coarse = may_be_coarse
        return self.pace(pixels, may_be_coarse=may_be_coarse)

    def finished(self, pixels: float, elapsed_ms: float) -> None:
        """A live frame of so many pixels was made, or given up after this time, which then counts as if it was made."""
        newest = elapsed_ms / (max(pixels, 1) / 1e6)
        # What was measured before a try is over.
        known = None if self._is_trying else self._ms_per_megapixel
        self._is_trying = False
        if elapsed_ms <= self.budget_ms:
            self._retry_after = _FIRST_RETRY
        self._ms_per_megapixel = newest if known is None else known + _WEIGHT_OF_NEWEST * (newest - known)

    def forget(self) -> None:
        """What was measured no longer holds: there is another photo, or another model."""
        self._ms_per_megapixel = None
        self._retry_after = _FIRST_RETRY
        self._stretched = 0
        self._is_coarse = self._is_trying = False

    def try_again(self) -> None:
        """What made the last frames late may be over: the features are encoded, or the machine does nothing else.

        If it is not, further tries are as rare as before: a decoder that is slow for good costs a movement only its
        first moment.
        """
        self._stretched = 0
        self._is_coarse = False
        self._is_trying = self._ms_per_megapixel is not None
