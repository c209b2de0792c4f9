"""Whether a run's loss has left its course, as distinct from the ups and downs of single steps.

The losses of neighbouring steps differ many times over, because the scales differ that they were drawn for; their
running median hardly does.
"""

from __future__ import annotations

import math
import statistics
from collections import deque

# Steps of the running median, and of the one that tells sooner whether a state is worth saving.
WINDOW = 100
RECENT = 20
# Of the lowest running median so far: what is far above it, and for how many steps until it will not come back.
FACTOR = 3.0
LIMIT_STEPS = 200


class LossWatch:
    """Follows a run's losses. All numbers are of this sitting, so that a resumed run may learn from harder photos."""

    def __init__(self) -> None:
        self._losses: deque[float] = deque(maxlen=WINDOW)
        self._lowest = math.inf
        self._high_for = 0

    def see(self, loss: float) -> None:
        """Take the loss of the next step; a loss that is not finite is for the caller."""
        self._losses.append(loss)
        if len(self._losses) < WINDOW:
            return
        median = statistics.median(self._losses)
        self._lowest = min(self._lowest, median)
        self._high_for = self._high_for + 1 if median > FACTOR * self._lowest else 0

    @property
    def knows_course(self) -> bool:
        """Whether there were steps enough to tell how high a loss is."""
        return self._lowest < math.inf

    @property
    def is_high(self) -> bool:
        """Whether the last steps lie far above the course of the run; a state of now may be of no use."""
        recent = list(self._losses)[-RECENT:]
        return bool(recent) and statistics.median(recent) > FACTOR * self._lowest

    @property
    def is_off_course(self) -> bool:
        """Whether the running median is far above its lowest: the weights of now are of no use."""
        return self._high_for > 0

    @property
    def has_diverged(self) -> bool:
        """Whether the losses have been far above the course of the run for so long that they will not come back."""
        return self._high_for >= LIMIT_STEPS

    def __str__(self) -> str:
        """The two medians, for a message."""
        return f"{statistics.median(self._losses):.4f}, after {self._lowest:.4f}" if self._losses else "no losses"
