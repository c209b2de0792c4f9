"""The scales that a model has seen while it learned; beyond them it infers."""

from __future__ import annotations

from dataclasses import dataclass

# A hand cannot set the zoom more finely.
_SLACK = 1.01


@dataclass(frozen=True, slots=True)
class TrainedRange:
    """From the model's card.

    Attributes:
        low: Smallest scale.
        high: Largest scale.
    """

    low: float
    high: float

    def is_left_by(self, zoom: float) -> bool:
        """Whether a zoom enlarges more than the model has ever seen."""
        return zoom > self.high * _SLACK
