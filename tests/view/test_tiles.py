"""Tiles: every pixel once, the nearest first."""

from __future__ import annotations

from collections import Counter

import pytest
from hypothesis import given
from hypothesis import strategies as st

from liif_core.geometry import OutputGrid, Rect, Size
from liif_core.view.camera import Camera
from liif_core.view.tiles import (
    TILE_SIZE,
    Layer,
    TileKey,
    extent_of,
    ordered_in_bands,
    ordered_outwards,
    tile_key,
    tiles_covering,
    zoom_of,
)
from tests.view.strategies import cameras, sizes

GRID = OutputGrid(Size(500, 700), Size(1000, 1400))


def key_of(grid: OutputGrid, cell: tuple[int, int]) -> TileKey:
    return tile_key(1, model_id="m", layer=Layer.NEURAL, grid=grid, row=cell[0], column=cell[1])


@given(cameras())
def test_tiles_cover_the_visible_pixels_exactly_once(camera: Camera) -> None:
    visible = camera.visible
    parts = [key_of(camera.grid, cell).rect.intersected(visible) for cell in tiles_covering(camera.grid, visible)]
    assert not any(part.is_empty for part in parts)
    assert sum(part.area for part in parts) == visible.area
    assert all(a.intersected(b).is_empty for i, a in enumerate(parts) for b in parts[:i])


@given(sizes(1500))
def test_tiles_fill_the_grid_up_to_its_borders(output: Size) -> None:
    grid = OutputGrid(Size(100, 100), output)
    rects = [key_of(grid, cell).rect for cell in tiles_covering(grid, output.rect)]
    assert sum(rect.area for rect in rects) == output.area
    assert all(output.rect.contains(rect) for rect in rects)


@pytest.mark.parametrize("rect", [Rect(5, 5, 0, 10), Rect(-20, 0, 20, 10), Rect(1000, 0, 5, 5)])
def test_no_tile_covers_nothing(rect: Rect) -> None:
    assert tiles_covering(GRID, rect) == []


@given(st.tuples(st.floats(-2000, 3000), st.floats(-2000, 3000)))
def test_cells_come_nearest_first_whatever_their_order(focus: tuple[float, float]) -> None:
    cells = tiles_covering(GRID, GRID.output.rect)
    ordered = ordered_outwards(reversed(cells), focus)
    assert Counter(ordered) == Counter(cells)
    assert ordered == ordered_outwards(cells, focus)
    away = [
        ((row + 0.5) * TILE_SIZE - focus[0]) ** 2 + ((col + 0.5) * TILE_SIZE - focus[1]) ** 2 for row, col in ordered
    ]
    assert away == pytest.approx(sorted(away))


@given(st.tuples(st.floats(0, 999), st.floats(0, 1399)))
def test_the_cell_under_the_focus_is_the_first(focus: tuple[float, float]) -> None:
    row, column = ordered_outwards(tiles_covering(GRID, GRID.output.rect), focus)[0]
    assert row * TILE_SIZE <= focus[0] <= (row + 1) * TILE_SIZE
    assert column * TILE_SIZE <= focus[1] <= (column + 1) * TILE_SIZE


def test_equally_near_cells_come_by_row_and_column() -> None:
    cells = [(1, 1), (0, 1), (1, 0), (0, 0)]
    assert ordered_outwards(cells, (TILE_SIZE, TILE_SIZE)) == [(0, 0), (0, 1), (1, 0), (1, 1)]


def test_base_tiles_are_the_same_under_every_model() -> None:
    base = [tile_key(1, model_id=name, layer=Layer.BASE, grid=GRID, row=0, column=0) for name in ("a", "b", "")]
    assert len(set(base)) == 1
    assert base[0].model_id == ""


def test_neural_tiles_differ_by_model() -> None:
    one, other = (tile_key(1, model_id=name, layer=Layer.NEURAL, grid=GRID, row=0, column=0) for name in ("a", "b"))
    assert one != other


def test_zoom_is_read_from_the_longer_side() -> None:
    assert zoom_of(OutputGrid(Size(1, 20000), Size(1, 800))) == 0.04
    assert zoom_of(OutputGrid(Size(20000, 1), Size(800, 1))) == 0.04


def keys_of(cells: list[tuple[int, int]]) -> list[TileKey]:
    return [key_of(GRID, cell) for cell in cells]


def places_of(keys: list[TileKey]) -> list[tuple[int, int]]:
    return [(key.row, key.column) for key in keys]


def test_bands_lie_along_the_shorter_side_and_begin_at_the_first_key() -> None:
    wide = [(row, column) for row in range(2) for column in range(4)]
    first = wide.index((1, 2))
    ordered = places_of(ordered_in_bands(keys_of([wide[first], *wide[:first], *wide[first + 1 :]])))
    assert ordered == [(0, 2), (1, 2), (0, 3), (1, 3), (0, 1), (1, 1), (0, 0), (1, 0)]
    high = [(column, row) for row, column in wide]
    ordered = places_of(ordered_in_bands(keys_of([(2, 1), *(cell for cell in high if cell != (2, 1))])))
    assert ordered == [(2, 0), (2, 1), (3, 0), (3, 1), (1, 0), (1, 1), (0, 0), (0, 1)]
    assert ordered_in_bands([]) == []


def test_the_extent_of_tiles_reaches_from_the_first_to_the_last() -> None:
    keys = keys_of([(1, 2), (0, 1)])
    assert extent_of(keys) == Rect(0, TILE_SIZE, 2 * TILE_SIZE, 2 * TILE_SIZE)
    corner = extent_of(keys_of([tiles_covering(GRID, GRID.output.rect)[-1]]))
    assert (corner.bottom, corner.right) == (GRID.output.height, GRID.output.width)
