"""How far a run is, and how long it still takes."""

from __future__ import annotations

import pytest

from liif_core.training.clock import SUSPENDED_S, RunClock


class Hand:
    """A clock that is set."""

    now = 1000.0

    def __call__(self) -> float:
        return self.now


@pytest.fixture
def hand() -> Hand:
    return Hand()


def test_time_runs_from_the_first_step_on(hand: Hand) -> None:
    clock = RunClock(100, minutes=None, now=hand)
    hand.now += 50
    assert clock.elapsed_s() == 0
    clock.start(0)
    hand.now += 7
    assert clock.elapsed_s() == 7


def test_rest_is_reckoned_by_the_pace_of_this_sitting(hand: Hand) -> None:
    """The 20 steps before took 5000 seconds; these 10 took 2 each."""
    clock = RunClock(100, minutes=None, now=hand)
    clock.resume(5000)
    clock.start(20)
    hand.now += 20
    assert clock.elapsed_s() == 5020
    assert clock.progress(30, 5020) == 0.3
    assert clock.eta_s(30, 5020) == pytest.approx(140)
    assert clock.eta_s(100, 5020) == 0


def test_run_by_the_clock_counts_all_sittings(hand: Hand) -> None:
    clock = RunClock(100, minutes=2, now=hand)
    clock.resume(60)
    clock.start(3)
    hand.now += 30
    assert clock.progress(4, clock.elapsed_s()) == 0.75
    assert clock.eta_s(4, clock.elapsed_s()) == 30
    assert clock.eta_s(4, 500) == 0


def test_pauses_do_not_count(hand: Hand) -> None:
    clock = RunClock(100, minutes=1, now=hand)
    clock.resume(5)
    clock.start(0)
    hand.now += 10
    clock.pause()
    hand.now += 1000
    assert clock.elapsed_s() == 15
    clock.go_on()
    hand.now += 3
    assert clock.elapsed_s() == 18
    assert clock.eta_s(10, clock.elapsed_s()) == 42
    # Nothing to go on with, nothing to count.
    clock.go_on()
    assert clock.elapsed_s() == 18


def test_time_in_which_the_process_did_not_run_does_not_count(hand: Hand) -> None:
    clock = RunClock(100, minutes=100, now=hand)
    clock.start(0)
    for _ in range(5):
        hand.now += 40
        clock.elapsed_s()
    # Stopped over night, or asleep where the system's clock goes on.
    hand.now += 9 * 3600
    assert clock.elapsed_s() == 200
    hand.now += 40
    assert clock.elapsed_s() == 240
    # A long validation does.
    hand.now += SUSPENDED_S
    assert clock.elapsed_s() == 240 + SUSPENDED_S
    # Where steps take so long, so do longer ones.
    hand.now += 15 * SUSPENDED_S
    assert clock.elapsed_s() == 240 + 16 * SUSPENDED_S


def test_each_stop_of_the_process_is_noticed(hand: Hand) -> None:
    """The first one does not count among the longest steps, beside which the second one would look short."""
    clock = RunClock(100, minutes=100, now=hand)
    clock.start(0)
    for hours in (9, 10):
        hand.now += 40
        clock.elapsed_s()
        hand.now += hours * 3600
        clock.elapsed_s()
    assert clock.elapsed_s() == 80


def test_time_of_earlier_sittings_is_known_before_the_first_step(hand: Hand) -> None:
    clock = RunClock(100, minutes=2, now=hand)
    clock.resume(60)
    hand.now += 50
    assert clock.elapsed_s() == 60
    assert clock.progress(3, clock.elapsed_s()) == 0.5


def test_a_pause_is_no_stop_of_the_process(hand: Hand) -> None:
    clock = RunClock(100, minutes=100, now=hand)
    clock.start(0)
    hand.now += 10
    clock.pause()
    hand.now += 9 * 3600
    clock.go_on()
    hand.now += 300
    assert clock.elapsed_s() == 310
