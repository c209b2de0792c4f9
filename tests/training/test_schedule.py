"""The learning rate over a run."""

from __future__ import annotations

import math

import pytest

from liif_core.training.schedule import learning_rate
from tests.training.configs import MakeConfig


def test_rate_warms_up_and_falls_by_a_cosine_to_zero(heat_config: MakeConfig) -> None:
    config = heat_config(learning_rate=0.01, warmup=4)
    warming = [learning_rate(config, step=step, progress=0.0) for step in range(6)]
    assert warming == pytest.approx([0.0025, 0.005, 0.0075, 0.01, 0.01, 0.01])
    falling = [learning_rate(config, step=100, progress=progress) for progress in (0.25, 0.5, 1.0, 1.7)]
    quarter = 0.01 * 0.5 * (1 + math.cos(math.pi / 4))
    assert falling == pytest.approx([quarter, 0.005, 0.0, 0.0], abs=1e-12)


def test_rate_stays_and_then_falls_in_a_straight_line(heat_config: MakeConfig) -> None:
    config = heat_config(learning_rate=0.01, warmup=4, schedule="trapezoid")
    assert learning_rate(config, step=1, progress=0.0) == pytest.approx(0.005)
    rates = [learning_rate(config, step=100, progress=progress) for progress in (0.1, 0.5, 0.6, 0.75, 1.0, 1.7)]
    assert rates == pytest.approx([0.01, 0.01, 0.008, 0.005, 0.0, 0.0], abs=1e-12)


def test_no_warm_up_starts_at_the_peak(heat_config: MakeConfig) -> None:
    config = heat_config(learning_rate=0.01, warmup=0)
    assert learning_rate(config, step=0, progress=0.0) == pytest.approx(0.01)


# The share of 29 steps in 100, times 100, is a little less than 29 in floats.
@pytest.mark.parametrize(("period", "periods"), [(1, 5), (7, 5), (200, 5), (1, 100)])
def test_rate_halves_after_each_period_of_steps(period: int, periods: int, heat_config: MakeConfig) -> None:
    steps = periods * period
    config = heat_config(learning_rate=0.01, warmup=0, schedule="halving", halve_every=period, iterations=steps)
    rates = [learning_rate(config, step=step, progress=step / steps) for step in range(steps)]
    assert rates == [0.01 * 0.5 ** (step // period) for step in range(steps)]


def test_halving_warms_up_as_well(heat_config: MakeConfig) -> None:
    config = heat_config(learning_rate=0.01, warmup=4, schedule="halving", halve_every=2, iterations=8)
    assert learning_rate(config, step=2, progress=2 / 8) == pytest.approx(0.01 * 0.75 * 0.5)
