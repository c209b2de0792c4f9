"""In which order the pixels of an export are made: strips across the picture, each in blocks.

The file wants rows from top to bottom, the model wants to encode each part of the photo once, and memory is short. So
strips end where the next row would need features of the next cells (`render.cells`), as many rows of cells at a time as
the feature cache and the memory for a strip allow, and blocks end in the same way. What neighbouring strips have in
common is then one row of cells, which stays in the cache while all others are given up.
"""

from __future__ import annotations

import itertools
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass

from liif_core.geometry import Rect
from liif_core.render.cells import CELL, MAX_CELLS
from liif_core.view.tiles import TILE_SIZE

STRIP_BYTES = 48_000_000
"""Of the rows of a strip; three of them are held: one being computed, one waiting, one being encoded."""
BLOCK_COLUMNS = 2048

Footprint = Callable[[Rect], Rect]
"""From a rectangle of the output grid to the part of the photo that it needs."""


@dataclass(frozen=True, slots=True)
class Strip:
    """Neighbouring rows of the output, or columns of its grid where the picture is turned by a quarter.

    Attributes:
        rect: Of the output grid.
        blocks: Its parts in the order of work.
        rest: What follows after it; may be empty.
    """

    rect: Rect
    blocks: tuple[Rect, ...]
    rest: Rect

    def needed_after(self, number: int) -> list[Rect]:
        """What is still to be made when so many blocks of it are done."""
        left = [_spanning(self.blocks[number:])] if number < len(self.blocks) else []
        return [rect for rect in (*left, self.rest) if not rect.is_empty]


@dataclass(frozen=True, slots=True)
class Order:
    """How the output is cut.

    Attributes:
        columns: Whether strips are columns of the grid.
        backwards: Whether the last strip of the grid is made first.
        pixel_bytes: Of a pixel in the file.
        strip_bytes: See `STRIP_BYTES`.
    """

    columns: bool = False
    backwards: bool = False
    pixel_bytes: int = 3
    strip_bytes: int = STRIP_BYTES


def plain_strips(rect: Rect, order: Order) -> Iterator[Strip]:
    """Strips of a picture that needs no features: of a reduction, say."""
    most = _most_lines(rect, order)
    cuts = _even_cuts(*_range(rect, columns=order.columns), min(most, 256))
    across = _even_cuts(*_range(rect, columns=not order.columns), BLOCK_COLUMNS)
    return _strips(rect, order, cuts, across)


def tile_strips(rect: Rect, order: Order) -> Iterator[Strip]:
    """Strips and blocks that end where the viewer's tiles do."""
    cuts = _tile_cuts(*_range(rect, columns=order.columns))
    return _strips(rect, order, cuts, _tile_cuts(*_range(rect, columns=not order.columns)))


def tile_around(rect: Rect, whole: Rect) -> Rect:
    """The tiles of a grid with the output `whole` that hold a pixel of a rectangle, as one."""
    top, left = rect.y // TILE_SIZE * TILE_SIZE, rect.x // TILE_SIZE * TILE_SIZE
    bottom, right = -(-rect.bottom // TILE_SIZE) * TILE_SIZE, -(-rect.right // TILE_SIZE) * TILE_SIZE
    return Rect.spanning(top, left, bottom, right).intersected(whole)


def feature_strips(rect: Rect, order: Order, footprint: Footprint, keeps: Callable[[Rect], bool]) -> Iterator[Strip]:
    """Strips of a picture that is decoded.

    Args:
        rect: Of the output grid.
        order: How it is cut.
        footprint: See `Footprint`.
        keeps: Whether all features that a rectangle of the grid needs find room in the cache.
    """
    along, across = order.columns, not order.columns
    most = _most_lines(rect, order)
    for cells in (MAX_CELLS, 2, 1):
        cuts = _cell_cuts(rect, footprint, columns=along, cells=cells)
        longest = max(stop - start for start, stop in itertools.pairwise(cuts))
        # Either no strip is cut further, so that each block is looked at once, or all of a strip stays in the cache.
        if longest <= most or keeps(_cut(rect, cuts[0], cuts[min(2, len(cuts) - 1)], columns=along)):
            break
    finer = [cuts[0]]
    for start, stop in itertools.pairwise(cuts):
        finer += _even_cuts(start, stop, most)[1:]
    return _strips(rect, order, finer, _cell_cuts(rect, footprint, columns=across, cells=MAX_CELLS))


def _strips(rect: Rect, order: Order, cuts: Sequence[int], across: Sequence[int]) -> Iterator[Strip]:
    pairs = list(itertools.pairwise(cuts))
    for start, stop in reversed(pairs) if order.backwards else pairs:
        strip = _cut(rect, start, stop, columns=order.columns)
        blocks = tuple(
            _cut(strip, first, last, columns=not order.columns) for first, last in itertools.pairwise(across)
        )
        rest = (cuts[0], start) if order.backwards else (stop, cuts[-1])
        yield Strip(strip, blocks, _cut(rect, *rest, columns=order.columns))


def _most_lines(rect: Rect, order: Order) -> int:
    """Rows of the output that a strip may have."""
    length = rect.height if order.columns else rect.width
    return max(1, order.strip_bytes // (length * order.pixel_bytes))


def _even_cuts(start: int, stop: int, most: int) -> list[int]:
    """Borders of pieces of at most that many lines, all of nearly the same length."""
    pieces = max(1, -(-(stop - start) // most))
    return [start + (stop - start) * number // pieces for number in range(pieces + 1)]


def _tile_cuts(start: int, stop: int) -> list[int]:
    return [start, *range(start // TILE_SIZE * TILE_SIZE + TILE_SIZE, stop, TILE_SIZE), stop]


def _cell_cuts(rect: Rect, footprint: Footprint, *, columns: bool, cells: int) -> list[int]:
    """Borders behind the last line that needs no further cells than the next multiple of `cells`."""
    start, stop = _range(rect, columns=columns)
    cuts = [start]
    while cuts[-1] < stop:
        first = cuts[-1]
        reach = _range(footprint(_cut(rect, first, first + 1, columns=columns)), columns=columns)[1]
        border = -(-reach // (cells * CELL)) * cells * CELL
        low, high = first + 1, stop  # the cut is in [low, high]
        while low < high:
            middle = (low + high + 1) // 2
            needs = _range(footprint(_cut(rect, middle - 1, middle, columns=columns)), columns=columns)[1]
            low, high = (middle, high) if needs <= border else (low, middle - 1)
        cuts.append(low)
    return cuts


def _range(rect: Rect, *, columns: bool) -> tuple[int, int]:
    return (rect.x, rect.right) if columns else (rect.y, rect.bottom)


def _cut(rect: Rect, start: int, stop: int, *, columns: bool) -> Rect:
    if columns:
        return Rect(rect.y, start, rect.height, stop - start)
    return Rect(start, rect.x, stop - start, rect.width)


def _spanning(rects: Sequence[Rect]) -> Rect:
    first, last = rects[0], rects[-1]
    return Rect.spanning(first.y, first.x, last.bottom, last.right)
