"""The learning rate over a run."""

from __future__ import annotations

import math

from liif_core.training.config import TrainConfig

# Share of a run by the trapezoid in which the rate falls.
COOLDOWN = 0.5

# So that a step that ends a period by the count of steps does so by the share of the run as well.
_ROUNDING = 1e-9


def learning_rate(config: TrainConfig, *, step: int, progress: float) -> float:
    """The rate of a step: a linear rise over `warmup` steps, and meanwhile the fall of the run's `schedule`.

    Args:
        config: Of the run.
        step: Steps before this one.
        progress: Share of the run that is over, by steps or by the clock; beyond 1 it counts as 1.
    """
    warm = min(1.0, (step + 1) / config.warmup) if config.warmup else 1.0
    return config.learning_rate * warm * _fallen(config, min(1.0, progress))


def _fallen(config: TrainConfig, progress: float) -> float:
    """What is left of the peak rate.

    The trapezoid is that of Hägele et al., "Scaling laws and compute-optimal training beyond fixed training durations",
    NeurIPS 2024, section 3: constant, and then a cooldown.
    """
    if config.schedule == "cosine":
        return 0.5 * (1 + math.cos(math.pi * progress))
    if config.schedule == "trapezoid":
        return min(1.0, (1 - progress) / COOLDOWN)
    halvings = math.floor(progress * config.iterations / config.halve_every + _ROUNDING)
    return 0.5**halvings
