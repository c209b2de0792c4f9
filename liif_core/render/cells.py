"""The squares that a feature map is kept in, and the rectangles of them that are encoded together.

A cell is a pair (row, column) of the photo cut into squares from its first pixel on. Small cells keep what is encoded
close to what is looked at; encoding them one by one would spend most of the work on the halo, so neighbours go
together.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from liif_core.geometry import Rect

# Source pixels a side.
CELL = 64
# Cells a side of what is encoded together at most, a block of them; exports are cut where blocks end.
MAX_CELLS = 4

Cell = tuple[int, int]


def cells_under(rect: Rect) -> list[Cell]:
    """The cells that hold at least one pixel of a rectangle, by row and column."""
    if rect.is_empty:
        return []
    rows = range(rect.y // CELL, (rect.bottom - 1) // CELL + 1)
    columns = range(rect.x // CELL, (rect.right - 1) // CELL + 1)
    return [(row, column) for row in rows for column in columns]


def cell_rect(cell: Cell, photo: Rect) -> Rect:
    """The pixels of a cell; fewer at the photo's lower and right borders."""
    return Rect(cell[0] * CELL, cell[1] * CELL, CELL, CELL).intersected(photo)


def rectangles(cells: Iterable[Cell]) -> Iterator[list[Cell]]:
    """Rectangles that hold every cell once and no others, as few as whole runs of rows give."""
    columns_of: dict[int, list[int]] = {}
    for row, column in sorted(cells):
        columns_of.setdefault(row, []).append(column)
    growing: dict[tuple[int, int], list[Cell]] = {}
    for row, columns in sorted(columns_of.items()):
        runs = dict.fromkeys(_runs(columns))
        for run in [run for run, held in growing.items() if run not in runs or held[-1][0] != row - 1]:
            yield growing.pop(run)
        for first, last in runs:
            growing.setdefault((first, last), []).extend((row, column) for column in range(first, last + 1))
    yield from growing.values()


def _runs(numbers: list[int]) -> Iterator[tuple[int, int]]:
    """First and last of each run of consecutive numbers; `numbers` are sorted."""
    first = previous = numbers[0]
    for number in numbers[1:]:
        if number != previous + 1:
            yield first, previous
            first = number
        previous = number
    yield first, previous
