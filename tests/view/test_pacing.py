"""What the decoder's measured speed means for a moving view."""

from __future__ import annotations

import itertools

from liif_core.view.frame import MAX_STRETCH
from liif_core.view.pacing import COARSENESS, Pace, Pacer

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


def test_a_decoder_that_is_slow_for_good_is_tried_once_at_the_beginning_of_each_movement() -> None:
    pacer = Pacer(budget_ms=50)
    tries = []
    for _ in range(4):
        pacer.try_again()
        tries.append(0)
        for _ in range(30):
            if pacer.next_view(FULL_HD) is not Pace.STRETCH:
                tries[-1] += 1
                pacer.finished(FULL_HD, 500.0)
    assert tries[0] > 1
    assert tries[-1] == 1


def test_a_decoder_too_slow_for_whole_frames_makes_coarse_ones_where_these_will_do() -> None:
    pacer = Pacer(budget_ms=50)
    pacer.finished(FULL_HD, 100.0)
    assert pacer.next_view(FULL_HD, may_be_coarse=True) is Pace.COARSE
    assert pacer.next_view(FULL_HD) is Pace.STRETCH
    pacer.finished(FULL_HD, 9999.0)
    assert pacer.next_view(FULL_HD, may_be_coarse=True) is Pace.STRETCH


def test_whole_and_coarse_frames_do_not_take_turns() -> None:
    pacer = Pacer(budget_ms=50)
    pacer.finished(FULL_HD, 60.0)
    paces = []
    for _ in range(20):
        paces.append(pacer.next_view(FULL_HD, may_be_coarse=True))
        # Whole frames are just too slow, coarse ones a little quicker for each pixel.
        pacer.finished(*((FULL_HD, 60.0) if paces[-1] is Pace.LIVE else (FULL_HD / COARSENESS**2, 18.0)))
    assert set(paces) == {Pace.COARSE}
    pacer.finished(FULL_HD / COARSENESS**2, 2.0)
    pacer.finished(FULL_HD / COARSENESS**2, 2.0)
    assert pacer.next_view(FULL_HD, may_be_coarse=True) is Pace.LIVE


def test_after_stretching_a_coarse_frame_is_tried_where_it_will_do() -> None:
    pacer = Pacer(budget_ms=50)
    pacer.finished(FULL_HD, 9999.0)
    paces = [pacer.next_view(FULL_HD, may_be_coarse=True) for _ in range(8)]
    assert paces == [Pace.STRETCH] * 7 + [Pace.COARSE]
    # Until it is there: whole ones, and the conventional tiles that go with them, would make it late as well.
    assert pacer.next_view(FULL_HD, may_be_coarse=True) is Pace.COARSE
    assert pacer.next_view(FULL_HD) is Pace.LIVE


def test_what_was_late_is_tried_again_without_rivals_and_something_new_with_them() -> None:
    pacer = Pacer(budget_ms=50)
    pacer.try_again()
    assert pacer.pace(FULL_HD) is Pace.UNKNOWN, "nothing was late yet"
    pacer.finished(FULL_HD, 9999.0)
    pacer.try_again()
    assert [pacer.next_view(FULL_HD, may_be_coarse=coarse) for coarse in (True, False)] == [Pace.LIVE] * 2
    pacer.finished(FULL_HD, 9999.0)
    assert pacer.pace(FULL_HD) is Pace.STRETCH
    pacer.forget()
    assert pacer.pace(FULL_HD) is Pace.UNKNOWN


def test_a_coarse_frame_still_serves_a_view_that_is_zoomed_in_a_little_more() -> None:
    assert COARSENESS * 1.2 < MAX_STRETCH


def test_asking_what_is_known_is_no_try() -> None:
    pacer = Pacer(budget_ms=50)
    pacer.finished(FULL_HD, 5000.0)
    assert all(pacer.pace(FULL_HD) is Pace.STRETCH for _ in range(100))
