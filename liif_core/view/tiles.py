"""Tiles: the pieces of an `OutputGrid` that are computed, stored and painted one by one.

A cell is a pair (row, column) of a grid cut into squares from its first pixel on; the last ones may be smaller.
"""

from __future__ import annotations

import enum
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from liif_core.geometry import OutputGrid, Rect

TILE_SIZE = 256
"""Side of a tile in grid pixels: decoded in a few milliseconds, so that newer plans are heard of soon."""


class Layer(enum.IntEnum):
    """The two ways to make a tile, worse first."""

    BASE = 0
    """Conventional: bicubic when enlarging, area average when reducing."""

    NEURAL = 1
    """The decoder; only for grids that enlarge."""


@dataclass(frozen=True, slots=True)
class TileKey:
    """Which pixels a tile holds; made by `tile_key`.

    Attributes:
        photo_id: Names the pixels of one photo; never used again for others, not even after reloading a changed file.
        model_id: The model of a NEURAL tile, "" for BASE.
        layer: How the tile is made.
        grid: The whole photo at the tile's zoom.
        row: Row of tiles, from 0.
        column: Column of tiles, from 0.
    """

    photo_id: int
    model_id: str
    layer: Layer
    grid: OutputGrid
    row: int
    column: int

    @property
    def rect(self) -> Rect:
        """The tile's pixels in its grid."""
        square = Rect(self.row * TILE_SIZE, self.column * TILE_SIZE, TILE_SIZE, TILE_SIZE)
        return square.intersected(self.grid.output.rect)


def tile_key(photo_id: int, *, model_id: str, layer: Layer, grid: OutputGrid, row: int, column: int) -> TileKey:
    """The key of a tile; drops the model from BASE tiles, which are the same under every model."""
    return TileKey(photo_id, "" if layer is Layer.BASE else model_id, layer, grid, row, column)


def tiles_covering(grid: OutputGrid, rect: Rect) -> list[tuple[int, int]]:
    """The cells that hold at least one pixel of `rect` (grid pixels), by row and column."""
    inside = rect.intersected(grid.output.rect)
    if inside.is_empty:
        return []
    rows = range(inside.y // TILE_SIZE, (inside.bottom - 1) // TILE_SIZE + 1)
    columns = range(inside.x // TILE_SIZE, (inside.right - 1) // TILE_SIZE + 1)
    return [(row, column) for row in rows for column in columns]


def ordered_outwards(cells: Iterable[tuple[int, int]], focus: tuple[float, float]) -> list[tuple[int, int]]:
    """The cells by the distance of their centre from `focus` (y, x in grid pixels), then by row and column.

    The centre is that of the whole square also where the grid's border cuts it off: then the cell under the focus is
    always the first.
    """
    focus_row, focus_column = focus[0] / TILE_SIZE - 0.5, focus[1] / TILE_SIZE - 0.5

    def nearness(cell: tuple[int, int]) -> tuple[float, tuple[int, int]]:
        return (cell[0] - focus_row) ** 2 + (cell[1] - focus_column) ** 2, cell

    return sorted(cells, key=nearness)


def extent_of(keys: Sequence[TileKey]) -> Rect:
    """The smallest rectangle of the grid that holds all of these tiles, of which there is at least one."""
    rects = [key.rect for key in keys]
    return Rect.spanning(
        min(rect.y for rect in rects),
        min(rect.x for rect in rects),
        max(rect.bottom for rect in rects),
        max(rect.right for rect in rects),
    )


def ordered_in_bands(keys: Sequence[TileKey]) -> list[TileKey]:
    """The keys band by band: from the first key's band to one end, then from there to the other.

    Bands are rows or columns of tiles, whichever are shorter. What neighbouring tiles have in common is then needed
    again soon after it was used, or not at all, as far as a cache that holds little more than a band can help.
    """
    if not keys:
        return []
    rows, columns = {key.row for key in keys}, {key.column for key in keys}
    by_row = len(columns) <= len(rows)

    def place(key: TileKey) -> tuple[int, int]:
        return (key.row, key.column) if by_row else (key.column, key.row)

    start = place(keys[0])[0]
    onward = sorted((key for key in keys if place(key)[0] >= start), key=place)
    back = sorted((key for key in keys if place(key)[0] < start), key=lambda key: (-place(key)[0], place(key)[1]))
    return onward + back


def zoom_of(grid: OutputGrid) -> float:
    """Grid pixels per image pixel along the longer side, where rounding to whole pixels matters least."""
    return grid.scale_y if grid.source.height >= grid.source.width else grid.scale_x
