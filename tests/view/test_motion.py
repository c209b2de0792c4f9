"""Pictures that go on when they are let go, and steps of the zoom as short movements."""

from __future__ import annotations

import itertools
import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from liif_core.errors import RequestError
from liif_core.view.motion import (
    DECAY_S,
    EASE_S,
    FASTEST,
    PAUSE_S,
    SLOWEST,
    SLOWEST_THROW,
    WINDOW_S,
    Flick,
    Inertia,
    ZoomEase,
)
from tests.view.strategies import log2_zooms

HELD = (0.0, 0.0)
speeds = st.floats(-1e5, 1e5)
inertias = st.builds(Inertia, st.tuples(speeds, speeds))


def dragged(speed: float, *, events: int = 12, step_s: float = 0.008, start_s: float = 5.0) -> tuple[Flick, float]:
    """A hand that moves evenly to the right and a little up, and the time of its last event."""
    trace, time_s = Flick().moved((0.0, 0.0), start_s), start_s
    for _ in range(events):
        time_s += step_s
        trace = trace.moved((-0.25 * speed * step_s, speed * step_s), time_s)
    return trace, time_s


@given(inertias, st.lists(st.floats(0, 0.2), max_size=60))
def test_the_way_does_not_depend_on_the_frames_that_are_painted(inertia: Inertia, steps: list[float]) -> None:
    times = [0.0, *itertools.accumulate(steps)]
    way = [0.0, 0.0]
    for before, after in itertools.pairwise(times):
        for axis in (0, 1):
            way[axis] += inertia.offset(after)[axis] - inertia.offset(before)[axis]
    assert tuple(way) == pytest.approx(inertia.offset(times[-1]), abs=1e-6)


@given(inertias, st.floats(0, 3), st.floats(0, 3))
def test_it_never_turns_back(inertia: Inertia, one: float, other: float) -> None:
    earlier, later = (math.hypot(*inertia.offset(time)) for time in sorted((one, other)))
    assert earlier <= later + 1e-9


@given(inertias)
def test_it_begins_with_its_speed_and_ends_when_that_is_small(inertia: Inertia) -> None:
    assert inertia.offset(0.0) == (0.0, 0.0)
    assert inertia.duration_s < 2.0
    speed = math.hypot(*inertia.velocity)
    assert speed <= FASTEST * (1 + 1e-9)
    if speed > 2 * SLOWEST:
        assert math.hypot(*inertia.offset(1e-5)) / 1e-5 == pytest.approx(speed, rel=1e-3)
        before, end = inertia.offset(inertia.duration_s - 1e-5), inertia.offset(inertia.duration_s)
        assert math.dist(before, end) / 1e-5 == pytest.approx(SLOWEST, rel=1e-2)
    assert inertia.offset(inertia.duration_s + 1) == inertia.offset(inertia.duration_s)


def test_a_slow_one_does_not_move_at_all() -> None:
    assert Inertia((SLOWEST / 2, 0.0)).offset(1.0) == (0.0, 0.0)


def test_a_fast_one_keeps_its_direction() -> None:
    down, right = Inertia((3e6, 4e6)).velocity
    assert (down, right) == pytest.approx((0.6 * FASTEST, 0.8 * FASTEST))


@pytest.mark.parametrize("speed", [300.0, -2500.0, 9000.0])
@pytest.mark.parametrize("step_s", [0.002, 0.008, 0.017])
def test_a_thrown_picture_goes_on_at_the_speed_of_the_hand(speed: float, step_s: float) -> None:
    trace, time_s = dragged(speed, step_s=step_s)
    assert trace.velocity(time_s + 0.004) == pytest.approx((-0.25 * speed, speed), rel=1e-6)


def test_only_the_end_of_a_gesture_throws() -> None:
    slow, time_s = dragged(200.0, events=40)
    trace = slow
    for _ in range(20):
        time_s += 0.008
        trace = trace.moved((16.0, 0.0), time_s)
    assert trace.velocity(time_s) == pytest.approx((2000.0, 0.0))


def test_a_pause_before_release_holds_the_picture() -> None:
    trace, time_s = dragged(5000.0)
    assert trace.velocity(time_s + PAUSE_S * 0.9) != HELD
    assert trace.velocity(time_s + PAUSE_S * 1.1) == HELD
    for step in range(1, 8):
        # A device that reports the resting hand, too.
        trace = trace.moved((0.0, 0.0), time_s + 0.01 * step)
    assert trace.velocity(time_s + 0.071) == HELD


def test_a_hand_almost_at_rest_does_not_throw() -> None:
    trace, time_s = dragged(SLOWEST_THROW / 2)
    assert trace.velocity(time_s) == HELD


@pytest.mark.parametrize("events", [0, 1])
def test_too_little_is_known_of_a_single_event(events: int) -> None:
    trace, time_s = dragged(5000.0, events=events, step_s=0.001)
    assert trace.velocity(time_s) == HELD
    assert Flick().velocity(1.0) == HELD


def test_events_of_one_moment_do_not_throw() -> None:
    trace = Flick()
    for _ in range(5):
        trace = trace.moved((50.0, 0.0), 3.0)
    assert trace.velocity(3.0) == HELD


def test_late_events_hardly_change_the_speed() -> None:
    trace, jitter = Flick().moved((0.0, 0.0), 0.0), [0.0, 0.003, -0.002, 0.002, -0.003, 0.0, 0.001, -0.001]
    for step in range(1, 11):
        trace = trace.moved((0.0, 8.0), 0.008 * step + jitter[step % 8])
    assert trace.velocity(0.082)[1] == pytest.approx(1000.0, rel=0.1)


def test_a_trace_does_not_grow_with_the_gesture() -> None:
    trace, _ = dragged(1000.0, events=1000)
    assert len(trace.samples) <= WINDOW_S / 0.008 + 3


def test_the_whole_way_is_that_of_the_decay() -> None:
    assert Inertia((0.0, 3000.0)).offset(10.0)[1] == pytest.approx((3000.0 - SLOWEST) * DECAY_S)


zooms = log2_zooms.map(lambda log2: 2.0**log2)
eases = st.builds(ZoomEase, zooms, zooms)
shares = st.floats(-0.5, 1.5)


@given(eases)
def test_an_ease_begins_at_its_start_and_ends_exactly_at_its_target(ease: ZoomEase) -> None:
    assert ease.zoom(0.0) == pytest.approx(ease.start, rel=1e-12)
    assert ease.zoom(EASE_S) == ease.zoom(1.0) == ease.target
    assert ease.duration_s == EASE_S <= 0.15


@given(eases, shares, shares)
def test_an_ease_only_moves_towards_its_target(ease: ZoomEase, one: float, other: float) -> None:
    earlier, later = (ease.zoom(share * EASE_S) for share in sorted((one, other)))
    distances = [abs(math.log(zoom / ease.target)) for zoom in (ease.start, earlier, later)]
    assert distances[0] + 1e-9 >= distances[1]
    assert distances[1] + 1e-9 >= distances[2]
    assert min(ease.start, ease.target) <= later <= max(ease.start, ease.target)


@given(eases, shares, zooms, st.floats(0, 1e-4))
def test_a_new_target_in_the_middle_makes_no_jump(ease: ZoomEase, share: float, target: float, late_s: float) -> None:
    now = ease.zoom(share * EASE_S)
    other = ease.retargeted(target, share * EASE_S)
    assert other.zoom(0.0) == pytest.approx(now, rel=1e-9)
    # No faster than three times the mean speed of its way.
    fastest = 3 * abs(math.log(target / now)) / EASE_S
    assert abs(math.log(other.zoom(late_s) / now)) <= fastest * late_s + 1e-9
    assert other.zoom(EASE_S) == target


@given(eases, st.lists(st.floats(0, 0.05), max_size=30))
def test_the_zoom_does_not_depend_on_the_frames_that_are_painted(ease: ZoomEase, steps: list[float]) -> None:
    times = [0.0, *itertools.accumulate(steps)]
    factors = [ease.zoom(after) / ease.zoom(before) for before, after in itertools.pairwise(times)]
    assert ease.zoom(0.0) * math.prod(factors) == pytest.approx(ease.zoom(times[-1]))


def test_an_ease_moves_in_log_space_and_slows_down() -> None:
    zooming_in, zooming_out = ZoomEase(1.0, 4.0), ZoomEase(4.0, 1.0)
    for time_s in (0.03, 0.07, 0.12):
        assert zooming_in.zoom(time_s) * zooming_out.zoom(time_s) == pytest.approx(4.0)
    assert zooming_in.zoom(EASE_S / 2) == pytest.approx(4.0**0.875)


def test_an_ease_without_a_duration_is_over_at_once() -> None:
    assert ZoomEase(1.0, 4.0, 0.0).zoom(0.0) == 4.0


@pytest.mark.parametrize("zoom", [0.0, -1.0, float("nan")])
def test_eases_of_zooms_that_are_none_are_refused(zoom: float) -> None:
    with pytest.raises(RequestError):
        ZoomEase(1.0, zoom)
    with pytest.raises(RequestError):
        ZoomEase(zoom, 1.0)
