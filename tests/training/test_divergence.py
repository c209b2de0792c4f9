"""A loss that leaves its course is noticed, and one that only varies is not."""

from __future__ import annotations

import itertools

import numpy as np
import pytest

from liif_core.training.divergence import LIMIT_STEPS, RECENT, WINDOW, LossWatch


def watched(losses: list[float]) -> LossWatch:
    watch = LossWatch()
    for loss in losses:
        watch.see(loss)
    return watch


def mixed_scales(steps: int, level: float = 1.0, seed: int = 0) -> list[float]:
    """Losses as they are: those of small scales a tenth of those of large ones."""
    rng = np.random.default_rng(seed)
    return list(level * 10 ** rng.uniform(-2.5, -1.5, steps))


def test_losses_of_many_scales_are_no_divergence() -> None:
    watch = LossWatch()
    high = 0
    for loss in mixed_scales(20_000):
        watch.see(loss)
        assert not watch.is_off_course
        high += watch.is_high
    assert high < 100
    assert not watch.has_diverged


def test_falling_losses_are_no_divergence() -> None:
    falling = [loss / (1 + step / 50) for step, loss in enumerate(mixed_scales(5000))]
    assert not watched(falling).has_diverged


def test_single_outliers_are_no_divergence() -> None:
    losses = mixed_scales(2000)
    losses[::7] = [100.0] * len(losses[::7])
    watch = watched(losses)
    assert not watch.is_off_course and not watch.has_diverged


@pytest.mark.parametrize(("times", "high"), [(2.9, False), (3.1, True)])
def test_high_is_three_times_the_lowest_median(times: float, high: bool) -> None:
    watch = watched([1.0] * WINDOW + [times] * WINDOW)
    assert watch.is_high == watch.is_off_course == high


def test_losses_that_stay_high_are_noticed_in_time() -> None:
    watch = watched(mixed_scales(1000))
    steps = []
    for step, loss in enumerate(itertools.islice(itertools.cycle([0.9, 0.5, 0.7]), 1000), 1):
        watch.see(loss)
        steps += [step] if watch.is_high else []
        if watch.has_diverged:
            break
    assert steps[0] <= RECENT, "no state is saved soon after"
    assert steps == list(range(steps[0], step + 1))
    assert WINDOW // 2 + LIMIT_STEPS - 10 <= step <= WINDOW + LIMIT_STEPS
    assert "0.7000" in str(watch)


def test_losses_that_come_back_are_forgiven() -> None:
    watch = watched([*mixed_scales(500), *[0.9] * (LIMIT_STEPS // 2), *mixed_scales(500)])
    assert not watch.is_off_course and not watch.has_diverged


def test_first_losses_have_nothing_to_be_compared_with() -> None:
    watch = watched([float(number) for number in range(WINDOW - 1)])
    assert not (watch.is_high or watch.is_off_course or watch.has_diverged)
    assert str(LossWatch()) == "no losses"
