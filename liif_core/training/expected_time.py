"""How long a run will take, from a few of its steps."""

from __future__ import annotations

import math
import time
from collections.abc import Callable, Sequence

from liif_core.cancel import CancelToken
from liif_core.errors import Cancelled
from liif_core.training.distributed import Team
from liif_core.training.photo_cache import Pixels
from liif_core.training.steps import Steps
from liif_core.training.trainer import Trainer
from liif_core.training.validation import MAX_PHOTOS, validate

# The first steps choose algorithms and fill caches.
WARM_UP_STEPS = 3
# Steps cost as much as their scales, which are drawn: the more the better.
LEAST_STEPS = 5
MEASURED_S = 10.0


def expected_time_s(
    trainer: Trainer,
    steps: Steps,
    validation: Sequence[Pixels],
    *,
    minutes: float | None,
    cancel: CancelToken,
    team: Team,
    now: Callable[[], float] = time.monotonic,
) -> float:
    """Seconds of a run with its validations, but without reading photos.

    Args:
        trainer: Is trained a little.
        steps: Its own, which are divided where memory runs out, as a run does it.
        validation: What the run validates on; only the first photo is.
        minutes: Length of the run, if it does not depend on its steps.
        cancel: Asked before each step, and while a photo is measured.
        team: The processes that train together.
        now: Seconds from any moment on.

    Raises:
        Cancelled: `cancel` was set.
        TrainingError: The device's memory is too small for the smallest part of a step.
    """
    if minutes is not None:
        return 60 * minutes
    config = trainer.config
    step_s = _step_time_s(steps, cancel, team, now)
    if trainer.device.type != "cpu":
        # The first one loads kernels, which would be counted for every photo of every validation.
        validate(trainer.ema, validation[:1], cancel=cancel)
    started = now()
    validate(trainer.ema, validation[:1], cancel=cancel)
    validation_s = (now() - started) * min(len(validation), MAX_PHOTOS)
    # One of them comes after the last step, whatever its number.
    return config.iterations * step_s + math.ceil(config.iterations / config.validate_every) * validation_s


def _step_time_s(steps: Steps, cancel: CancelToken, team: Team, now: Callable[[], float]) -> float:
    """Mean time of a step; all processes measure as many, as the first one's clock says."""
    done, started = -WARM_UP_STEPS, now()
    while True:
        stop, elapsed_s = team.agreed(stop=cancel.cancelled, elapsed_s=now() - started)
        if stop:
            raise Cancelled
        if done >= LEAST_STEPS and elapsed_s > MEASURED_S:
            return elapsed_s / done
        steps.take(0.0)
        done += 1
        if done == 0:
            started = now()
