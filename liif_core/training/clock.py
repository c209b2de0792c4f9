"""How far a run is and how long it still takes, by its steps or by the clock."""

from __future__ import annotations

import time
from collections.abc import Callable


class RunClock:
    """Seconds of training over all sittings, without what comes before the first step of each.

    Args:
        iterations: Steps of the schedule.
        minutes: Length of the run in minutes of training, which then counts instead of the steps; None for steps.
        now: Seconds from any moment on.
    """

    def __init__(self, iterations: int, *, minutes: float | None, now: Callable[[], float] = time.monotonic) -> None:
        self._iterations = iterations
        self._seconds = None if minutes is None else 60 * minutes
        self._now = now
        self._elapsed_before = 0.0
        self._steps_before = 0
        self._started: float | None = None
        self._paused_at: float | None = None

    def resume(self, elapsed_s: float) -> None:
        """Add the time of earlier sittings."""
        self._elapsed_before = elapsed_s

    def start(self, step: int) -> None:
        """Begin to count, at a step."""
        self._steps_before = step
        self._started = self._now()

    def pause(self) -> None:
        """Do not count until `go_on`."""
        self._paused_at = self._now()

    def go_on(self) -> None:
        """Count again after a pause."""
        if self._paused_at is not None and self._started is not None:
            self._started += self._now() - self._paused_at
        self._paused_at = None

    def elapsed_s(self) -> float:
        """Seconds of all sittings, without pauses."""
        if self._started is None:
            return self._elapsed_before
        return self._elapsed_before + (self._now() if self._paused_at is None else self._paused_at) - self._started

    def progress(self, step: int, elapsed_s: float) -> float:
        """Share of the run that is done after so many steps and seconds; above 1 where it is longer than it should."""
        return step / self._iterations if self._seconds is None else elapsed_s / self._seconds

    def eta_s(self, step: int, elapsed_s: float) -> float:
        """Seconds left, from the pace of this sitting only."""
        if self._seconds is not None:
            return max(0.0, self._seconds - elapsed_s)
        pace = (elapsed_s - self._elapsed_before) / max(1, step - self._steps_before)
        return pace * max(0, self._iterations - step)
