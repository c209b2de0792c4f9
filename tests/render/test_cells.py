"""Cells, and how they are grouped."""

from __future__ import annotations

from collections import Counter

from hypothesis import given
from hypothesis import strategies as st

from liif_core.geometry import Rect
from liif_core.render.cells import CELL, cell_rect, cells_under, rectangles

PHOTO = Rect(0, 0, 5 * CELL + 3, 4 * CELL)


@given(st.integers(0, 5 * CELL), st.integers(0, 4 * CELL - 1), st.integers(1, 3 * CELL), st.integers(1, 3 * CELL))
def test_the_cells_under_a_rectangle_are_those_that_share_a_pixel(y: int, x: int, height: int, width: int) -> None:
    rect = Rect(y, x, height, width).intersected(PHOTO)
    every = [(row, column) for row in range(6) for column in range(4)]
    assert cells_under(rect) == [cell for cell in every if not cell_rect(cell, PHOTO).intersected(rect).is_empty]


def test_nothing_lies_under_an_empty_rectangle() -> None:
    assert cells_under(Rect(10, 10, 0, 5)) == []


@given(st.sets(st.tuples(st.integers(0, 4), st.integers(0, 4))))
def test_rectangles_hold_every_cell_once_and_no_others(cells: set[tuple[int, int]]) -> None:
    found = list(rectangles(cells))
    assert Counter(cell for rectangle in found for cell in rectangle) == Counter(cells)
    for rectangle in found:
        (top, left), (bottom, right) = min(rectangle), max(rectangle)
        assert rectangle == [(row, column) for row in range(top, bottom + 1) for column in range(left, right + 1)]


def test_what_a_diagonal_step_brings_in_takes_two_rectangles() -> None:
    row = [(0, column) for column in range(4)]
    column = [(row, 3) for row in range(1, 4)]
    assert sorted(rectangles(row + column)) == [row, column]


def test_a_whole_block_is_one_rectangle_and_a_gap_makes_two() -> None:
    block = [(row, column) for row in range(2, 5) for column in range(1, 4)]
    assert list(rectangles(block)) == [block]
    assert sorted(rectangles([(0, 0), (2, 0)])) == [[(0, 0)], [(2, 0)]]
