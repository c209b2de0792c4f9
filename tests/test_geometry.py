"""Sizes, rectangles and the grid between output and source pixels, against exact fractions."""

from __future__ import annotations

import math
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from liif_core.errors import RequestError
from liif_core.geometry import OutputGrid, Rect, Size, round_half_up

rects = st.builds(Rect, st.integers(-50, 50), st.integers(-50, 50), st.integers(0, 60), st.integers(0, 60))


def pixels(rect: Rect) -> set[tuple[int, int]]:
    return {(y, x) for y in range(rect.y, rect.bottom) for x in range(rect.x, rect.right)}


@pytest.mark.parametrize(
    ("value", "expected"), [(0.5, 1), (1.5, 2), (2.5, 3), (-0.5, 0), (-1.5, -1), (0.49, 0), (2.51, 3), (7.0, 7)]
)
def test_halves_round_up(value: float, expected: int) -> None:
    assert round_half_up(value) == expected


@pytest.mark.parametrize(("height", "width"), [(0, 1), (1, 0), (-3, 4)])
def test_sizes_without_pixels_are_refused(height: int, width: int) -> None:
    with pytest.raises(RequestError, match="at least 1 x 1"):
        Size(height, width)


def test_scaled_rounds_each_side_and_keeps_a_pixel() -> None:
    assert Size(3, 5).scaled(1.5) == Size(5, 8)
    assert Size(300, 4).scaled(0.01) == Size(3, 1)


@pytest.mark.parametrize("scale", [0.0, -1.0, math.nan, math.inf])
def test_scales_that_make_no_picture_are_refused(scale: float) -> None:
    with pytest.raises(RequestError, match="positive number"):
        Size(3, 5).scaled(scale)


@given(first=rects, second=rects)
def test_intersection_has_the_pixels_of_both(first: Rect, second: Rect) -> None:
    both = first.intersected(second)
    assert pixels(both) == pixels(first) & pixels(second)
    assert both.is_empty == (not pixels(both))
    assert first.contains(second) == (pixels(second) <= pixels(first))


@given(rect=rects, margin=st.integers(0, 9), dy=st.integers(-9, 9), dx=st.integers(-9, 9))
def test_growing_and_shifting_move_every_side(rect: Rect, margin: int, dy: int, dx: int) -> None:
    grown = rect.grown(margin)
    assert (grown.y, grown.x) == (rect.y - margin, rect.x - margin)
    assert (grown.bottom, grown.right) == (rect.bottom + margin, rect.right + margin)
    assert pixels(rect.shifted(dy, dx)) == {(y + dy, x + dx) for y, x in pixels(rect)}
    assert rect.area == len(pixels(rect))


def test_crossed_borders_span_nothing() -> None:
    assert Rect.spanning(5, 2, 3, 9) == Rect(5, 2, 0, 7)
    assert Rect.spanning(5, 2, 3, 9).is_empty


@given(rect=rects.filter(lambda rect: rect.area > 1))
def test_halves_are_the_rectangle_cut_across_its_longer_side(rect: Rect) -> None:
    first, second = rect.halves
    assert not first.is_empty
    assert not second.is_empty
    assert pixels(first) | pixels(second) == pixels(rect)
    assert not pixels(first) & pixels(second)
    assert abs(first.area - second.area) <= min(rect.height, rect.width)
    assert max(second.height, second.width) < max(rect.height, rect.width) or rect.height == rect.width


@given(side=st.integers(1, 3000), other=st.integers(1, 3000))
def test_halving_ends_at_single_pixels(side: int, other: int) -> None:
    rect, steps = Rect(0, 0, side, other), 0
    while rect.area > 1:
        rect, steps = max(rect.halves, key=lambda part: part.area), steps + 1
    assert steps <= math.ceil(math.log2(side)) + math.ceil(math.log2(other))


def test_slices_index_rows_then_columns() -> None:
    rows, columns = Rect(2, 5, 3, 4).slices
    assert (rows, columns) == (slice(2, 5), slice(5, 9))


@pytest.mark.parametrize(
    ("output", "reduces"), [(Size(10, 20), True), (Size(9, 3), True), (Size(11, 20), False), (Size(5, 21), False)]
)
def test_grid_reduces_where_no_side_is_enlarged(output: Size, reduces: bool) -> None:
    assert OutputGrid(Size(10, 20), output).reduces is reduces


@given(data=st.data())
def test_footprint_is_the_pixels_between_which_the_centres_lie(data: st.DataObject) -> None:
    sides = st.integers(1, 5000)
    source = Size(data.draw(sides), data.draw(sides))
    output = Size(data.draw(st.integers(1, 200_000)), data.draw(st.integers(1, 200_000)))
    top, left = data.draw(st.integers(0, output.height - 1)), data.draw(st.integers(0, output.width - 1))
    height = data.draw(st.integers(1, output.height - top))
    width = data.draw(st.integers(1, output.width - left))
    margin = data.draw(st.integers(0, 3))
    footprint = OutputGrid(source, output).footprint(Rect(top, left, height, width), margin=margin)
    for first, count, lower, upper, side, total in (
        (top, height, footprint.y, footprint.bottom, source.height, output.height),
        (left, width, footprint.x, footprint.right, source.width, output.width),
    ):
        step = Fraction(side, total)
        begin = (first + Fraction(1, 2)) * step - Fraction(1, 2)
        end = (first + count - Fraction(1, 2)) * step - Fraction(1, 2)
        # Exactly on a source pixel, rounding may choose the quad on either side: the other corner has no weight.
        tolerance = Fraction(1, 10**9)
        assert max(0, math.floor(begin - tolerance) - margin) <= lower <= max(0, math.floor(begin + tolerance) - margin)
        after_low, after_high = (math.floor(end + sign * tolerance) + 2 + margin for sign in (-1, 1))
        assert min(side, after_low) <= upper <= min(side, after_high)


def test_footprint_of_one_pixel_is_its_quad() -> None:
    grid = OutputGrid(Size(10, 10), Size(40, 40))
    assert grid.footprint(Rect(10, 20, 1, 1)) == Rect(2, 4, 2, 2)
    assert grid.footprint(Rect(0, 39, 1, 1)) == Rect(0, 9, 1, 1)
    assert grid.footprint(Rect(10, 20, 1, 1), margin=2) == Rect(0, 2, 6, 6)


@pytest.mark.parametrize(
    ("output", "reach"),
    [
        (Size(60, 60), 0),
        (Size(600, 61), 0),
        (Size(59, 60), 1),
        (Size(60, 30), 1),
        (Size(20, 90), 1),
        (Size(90, 19), 2),
        (Size(12, 60), 2),
        (Size(1, 60), 30),
    ],
)
def test_reach_is_what_a_reduced_pixel_covers_beyond_its_quad(output: Size, reach: int) -> None:
    assert OutputGrid(Size(60, 60), output).reach == reach


@given(data=st.data())
def test_source_pixels_that_an_output_pixel_covers_are_within_reach(data: st.DataObject) -> None:
    sides = st.integers(1, 300)
    grid = OutputGrid(Size(data.draw(sides), data.draw(sides)), Size(data.draw(sides), data.draw(sides)))
    y, x = data.draw(st.integers(0, grid.output.height - 1)), data.draw(st.integers(0, grid.output.width - 1))
    near = grid.footprint(Rect(y, x, 1, 1), margin=grid.reach)
    for place, lower, upper, side, total in (
        (y, near.y, near.bottom, grid.source.height, grid.output.height),
        (x, near.x, near.right, grid.source.width, grid.output.width),
    ):
        step = Fraction(side, total)
        # Rounding may take the quad on either side where a border falls on one.
        tolerance = Fraction(1, 10**9)
        assert lower <= place * step + tolerance
        assert (place + 1) * step - tolerance <= upper


def test_footprint_of_a_centre_on_a_centre_holds_the_quad_that_begins_there() -> None:
    """Column 12 of 50 lies exactly on source column 3 of 14, where floats would say just before it."""
    grid = OutputGrid(Size(11, 14), Size(11, 50))
    assert grid.footprint(Rect(0, 0, 1, 13)) == Rect(0, 0, 2, 5)
