"""What the decoder's measured speed means for a moving view."""

from __future__ import annotations

import itertools

from liif_core.view.pacing import Pace, Pacer

FULL_HD = 1920 * 1080


def test_nothing_is_known_at_first() -> None:
    assert Pacer().pace(FULL_HD) is Pace.UNKNOWN


def test_a_quick_decoder_follows_and_a_slow_one_does_not() -> None:
    pacer = Pacer(budget_ms=50)
    pacer.finished(FULL_HD, 20.0)
    assert pacer.pace(FULL_HD) is Pace.LIVE
    assert pacer.pace(4 * FULL_HD) is Pace.STRETCH
    pacer.finished(FULL_HD, 500.0)
    assert pacer.pace(FULL_HD) is Pace.STRETCH


def test_one_late_frame_counts_half() -> None:
    pacer = Pacer(budget_ms=50)
    pacer.finished(FULL_HD, 10.0)
    pacer.finished(FULL_HD, 80.0)
    assert pacer.pace(FULL_HD) is Pace.LIVE
    pacer.finished(FULL_HD, 80.0)
    assert pacer.pace(FULL_HD) is Pace.STRETCH


def test_it_asks_again_after_forgetting() -> None:
    pacer = Pacer()
    pacer.finished(FULL_HD, 9999.0)
    pacer.forget()
    assert pacer.pace(FULL_HD) is Pace.UNKNOWN


def test_an_empty_view_costs_nothing_to_divide_by() -> None:
    pacer = Pacer()
    pacer.finished(0, 1.0)
    assert pacer.pace(FULL_HD) is Pace.STRETCH


def test_while_stretching_it_tries_again_ever_more_rarely() -> None:
    pacer = Pacer(budget_ms=50)
    tries = []
    for view in range(200):
        if pacer.pace(FULL_HD) is not Pace.STRETCH or pacer.next_view(FULL_HD) is not Pace.STRETCH:
            tries.append(view)
            pacer.finished(FULL_HD, 500.0)
    gaps = [later - earlier for earlier, later in itertools.pairwise(tries)]
    assert len(tries) > 3
    assert gaps == sorted(gaps)
    assert gaps[-1] >= 4 * gaps[0]


def test_a_try_that_succeeds_counts_alone() -> None:
    pacer = Pacer(budget_ms=50)
    pacer.finished(FULL_HD, 5000.0)
    while pacer.next_view(FULL_HD) is Pace.STRETCH:
        pass
    pacer.finished(FULL_HD, 20.0)
    assert pacer.next_view(FULL_HD) is Pace.LIVE


def views_until_a_try(pacer: Pacer) -> int:
    return next(view for view in itertools.count(1) if pacer.next_view(FULL_HD) is not Pace.STRETCH)


def test_after_frames_in_time_late_ones_are_tried_again_as_soon_as_the_first_time() -> None:
    pacer = Pacer(budget_ms=50)
    pacer.finished(FULL_HD, 500.0)
    first = views_until_a_try(pacer)
    pacer.finished(FULL_HD, 500.0)
    assert views_until_a_try(pacer) > first
    pacer.finished(FULL_HD, 20.0)
    pacer.finished(FULL_HD, 500.0)
    assert views_until_a_try(pacer) == first


def test_asking_what_is_known_is_no_try() -> None:
    pacer = Pacer(budget_ms=50)
    pacer.finished(FULL_HD, 5000.0)
    assert all(pacer.pace(FULL_HD) is Pace.STRETCH for _ in range(100))
