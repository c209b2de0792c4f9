"""How far a run is and how long it still takes, by its steps or by the clock."""

from __future__ import annotations

import time
from collections.abc import Callable

# Between two readings, which come with every step and validation. Longer is a process that was stopped (Ctrl+Z), or on
# Windows a machine that slept: were that training, a run by the clock would be over without the fall of its rate.
SUSPENDED_S = 600.0
# In case that somebody's steps or validations take so long: as many times the longest time so far.
SUSPENDED_TIMES = 20.0


class RunClock:
    """Seconds of training over all sittings, without what comes before the first step of each, and without pauses.

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
        # Of the last reading, and the longest time between two.
        self._read_at = self._longest = 0.0

    def resume(self, elapsed_s: float) -> None:
        """Add the time of earlier sittings."""
        self._elapsed_before = elapsed_s

    def start(self, step: int) -> None:
        """Begin to count, at a step."""
        self._steps_before = step
        self._started = self._read_at = self._now()

    def pause(self) -> None:
        """Do not count until `go_on`."""
        self._paused_at = self._now()

    def go_on(self) -> None:
        """Count again after a pause."""
        if self._paused_at is not None and self._started is not None:
            self._started += self._now() - self._paused_at
        self._paused_at = None
        self._read_at = self._now()

    def elapsed_s(self) -> float:
        """Seconds of all sittings, without pauses and without the time in which the process did not run."""
        if self._started is None:
            return self._elapsed_before
        now = self._now() if self._paused_at is None else self._paused_at
        since = now - self._read_at
        if since > max(SUSPENDED_S, SUSPENDED_TIMES * self._longest):
            self._started += since
        else:
            self._longest = max(self._longest, since)
        self._read_at = now
        return self._elapsed_before + now - self._started

    def progress(self, step: int, elapsed_s: float) -> float:
        """Share of the run that is done after so many steps and seconds; above 1 where it is longer than it should."""
        return step / self._iterations if self._seconds is None else elapsed_s / self._seconds

    def eta_s(self, step: int, elapsed_s: float) -> float:
        """Seconds left, from the pace of this sitting only."""
        if self._seconds is not None:
            return max(0.0, self._seconds - elapsed_s)
        pace = (elapsed_s - self._elapsed_before) / max(1, step - self._steps_before)
        return pace * max(0, self._iterations - step)
