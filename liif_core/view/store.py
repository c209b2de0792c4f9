"""The finished tiles, and the best picture that can be painted from them.

Owned by the GUI thread; no locks. Payloads are whatever the caller paints (in the app a QImage) and hold exactly the
pixels of their key's `rect`.

Tiles that were needed longest ago are given up first when the budget is exceeded; those of the last cover, and those
that are known to be seen in the next one, only when nothing else is left, the blurriest of them first. The tile just
put always stays: one that is larger than the whole budget is kept alone, because refusing it would have the scheduler
ask for it again forever.
"""

from __future__ import annotations

import math
from collections import OrderedDict
from collections.abc import Collection, Iterable, Iterator
from dataclasses import dataclass, field
from typing import Generic, TypeVar

from liif_core.geometry import OutputGrid, Rect
from liif_core.view.camera import Camera
from liif_core.view.stretch import StretchedAxis
from liif_core.view.tiles import Layer, TileKey, tiles_covering, zoom_of

MAX_STRETCHED_GRIDS = 3
"""Grids per layer that are stretched in one cover: older zooms are nearly always hidden by the nearest ones."""

MAX_NEURAL_STRETCH = 2.02
"""A decoded tile enlarged more than twice is no better than the bicubic base; 1 % more allows for rounded grids."""

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Placed(Generic[T]):
    """One thing to paint.

    Attributes:
        payload: What was stored for `key`.
        source: The part of the payload to paint, in its own pixels; None for all of it.
        target: Where to, as (y, x, height, width) in device pixels; may reach beyond the viewport.
        exact: Whether the tile is of the camera's own grid, so that it is painted 1:1.
        key: The tile.
    """

    payload: T
    source: Rect | None
    target: tuple[int, int, int, int]
    exact: bool
    key: TileKey


@dataclass(eq=False, slots=True)
class _Entry(Generic[T]):
    """A stored tile; hashed by identity, which is much faster than by its key."""

    key: TileKey
    payload: T
    nbytes: int
    cover_number: int = 0


@dataclass(eq=False, slots=True)
class _Sheet(Generic[T]):
    """The stored tiles of one photo, layer, model and grid, by cell."""

    grid: OutputGrid
    log_zoom: float
    entries: dict[tuple[int, int], _Entry[T]] = field(default_factory=dict)


_Sheets = dict[OutputGrid, _Sheet[T]]


class TileStore(Generic[T]):
    """Tiles up to a number of bytes, found by key or by camera.

    Args:
        budget_bytes: What all payloads together may take; exceeded only by a single larger tile.
    """

    def __init__(self, budget_bytes: int) -> None:
        self.budget_bytes = budget_bytes
        self._used_bytes = 0
        self._groups: dict[tuple[int, Layer, str], _Sheets[T]] = {}
        self._by_last_use: OrderedDict[_Entry[T], None] = OrderedDict()
        # Tiles of number 0 were never seen.
        self._cover_number = 1

    @property
    def used_bytes(self) -> int:
        """Bytes of all stored payloads."""
        return self._used_bytes

    def __len__(self) -> int:
        return len(self._by_last_use)

    def __contains__(self, key: TileKey) -> bool:
        return self._find(key) is not None

    def cells(self, photo_id: int, *, model_id: str, layer: Layer, grid: OutputGrid) -> Collection[tuple[int, int]]:
        """The cells of a grid that are stored, to look many of them up before the store changes; see `TileKey`."""
        sheet = self._sheet(photo_id, layer, model_id, grid)
        return () if sheet is None else sheet.entries.keys()

    def get(self, key: TileKey) -> T | None:
        """The payload of a tile, which counts as a use; None if it is not stored."""
        entry = self._find(key)
        if entry is None:
            return None
        self._by_last_use.move_to_end(entry)
        return entry.payload

    def put(self, key: TileKey, payload: T, nbytes: int, *, is_seen: bool = False) -> None:
        """Store a tile in place of an older one with this key, then give up others over budget.

        Args:
            key: The tile.
            payload: Its pixels.
            nbytes: Bytes that the payload takes.
            is_seen: Whether it will be painted 1:1 in the next cover. Then it counts as one of the last: many tiles may
                come between two paintings, and nobody would ask again for those that gave way to one another.
        """
        old = self._find(key)
        if old is not None:
            self._remove(old)
        sheets = self._groups.setdefault((key.photo_id, key.layer, key.model_id), {})
        sheet = sheets.get(key.grid)
        if sheet is None:
            sheet = sheets[key.grid] = _Sheet(key.grid, math.log(zoom_of(key.grid)))
        entry = _Entry(key, payload, nbytes, self._cover_number if is_seen else 0)
        sheet.entries[key.row, key.column] = entry
        self._by_last_use[entry] = None
        self._used_bytes += nbytes
        self._give_up_over_budget(newest=entry)

    def expect(self, camera: Camera, *, photo_id: int, model_id: str) -> None:
        """Count the exact tiles of a view as ones of the last cover, before the first cover of that view.

        They are not asked for, since they are there, and must not give way to those that are.
        """
        cells = tiles_covering(camera.grid, camera.visible)
        neural, base = self._exact_entries(cells, camera.grid, photo_id, model_id)
        for entry in (*base.values(), *neural.values()):
            entry.cover_number = self._cover_number
            self._by_last_use.move_to_end(entry)

    def limit(self, budget_bytes: int) -> None:
        """Change what all payloads may take, and give up what is over that at once."""
        self.budget_bytes = budget_bytes
        self._give_up_over_budget()

    def forget_photo(self, photo_id: int) -> None:
        """Give up all tiles of a photo."""
        self._remove_all([entry for entry in self._by_last_use if entry.key.photo_id == photo_id])

    def clear(self) -> None:
        """Give up everything."""
        self._groups.clear()
        self._by_last_use.clear()
        self._used_bytes = 0

    def cover(self, camera: Camera, *, photo_id: int, model_id: str) -> list[Placed[T]]:
        """What to paint over the whole photo's own picture, in painting order: worst first, best last.

        BASE tiles of other grids, farthest zoom first; BASE of the camera's grid; NEURAL tiles of other grids; NEURAL
        of the camera's grid. What later ones hide completely is left out: a BASE tile under its exact NEURAL one,
        stretched BASE tiles where every cell has an exact tile, everything stretched where the final layer is complete.
        Where the grid reduces, BASE is final and no NEURAL tile is painted.

        Args:
            camera: The view.
            photo_id: Its photo.
            model_id: The model whose NEURAL tiles to use; "" for none.
        """
        grid = camera.grid
        cells = tiles_covering(grid, camera.visible)
        has_neural = _has_neural(grid, model_id)
        base_sheets, neural_sheets = self._sheets(grid, photo_id, model_id)
        neural, base = self._exact_entries(cells, grid, photo_id, model_id)
        is_final = len(neural if has_neural else base) == len(cells)

        self._cover_number += 1
        placed: list[Placed[T]] = []
        if len(neural) + len(base) < len(cells):
            placed += self._stretched(base_sheets.values(), camera)
        placed += self._exact(base.values(), camera)
        if not is_final:
            least = math.log(zoom_of(grid) / MAX_NEURAL_STRETCH)
            sharp = (sheet for sheet in neural_sheets.values() if sheet.log_zoom > least and not sheet.grid.reduces)
            placed += self._stretched(sharp, camera)
        placed += self._exact(neural.values(), camera)
        return placed

    def _sheets(self, grid: OutputGrid, photo_id: int, model_id: str) -> tuple[_Sheets[T], _Sheets[T]]:
        """What there is of both layers, BASE first, as far as it may be painted for a grid."""
        neural = self._groups.get((photo_id, Layer.NEURAL, model_id), {}) if _has_neural(grid, model_id) else {}
        return self._groups.get((photo_id, Layer.BASE, ""), {}), neural

    def _exact_entries(
        self, cells: list[tuple[int, int]], grid: OutputGrid, photo_id: int, model_id: str
    ) -> tuple[dict[tuple[int, int], _Entry[T]], dict[tuple[int, int], _Entry[T]]]:
        """The stored ones among the cells of a grid: the NEURAL ones, and the BASE ones that these do not hide."""
        base_sheets, neural_sheets = self._sheets(grid, photo_id, model_id)
        neural = _entries_at(cells, neural_sheets.get(grid))
        return neural, _entries_at([cell for cell in cells if cell not in neural], base_sheets.get(grid))

    def _exact(self, entries: Iterable[_Entry[T]], camera: Camera) -> Iterator[Placed[T]]:
        """Tiles of the camera's grid, pixel for pixel."""
        y, x = camera.origin_device
        for entry in entries:
            rect = entry.key.rect
            target = (y + rect.y, x + rect.x, rect.height, rect.width)
            yield self._placed(entry, None, target, exact=True)

    def _stretched(self, sheets: Iterable[_Sheet[T]], camera: Camera) -> Iterator[Placed[T]]:
        """The visible tiles of the other grids nearest in zoom, farthest first; of two as far, the sharper last."""
        shown, (y, x), viewport = camera.grid.output, camera.origin_device, camera.viewport
        log_zoom = math.log(zoom_of(camera.grid))
        others = (sheet for sheet in sheets if sheet.grid.output != shown)
        nearest: list[tuple[list[_Entry[T]], StretchedAxis, StretchedAxis]] = []
        for sheet in sorted(others, key=lambda sheet: (abs(sheet.log_zoom - log_zoom), -sheet.log_zoom)):
            rows = StretchedAxis(sheet.grid.output.height, shown.height, y, viewport.height)
            columns = StretchedAxis(sheet.grid.output.width, shown.width, x, viewport.width)
            entries = _entries_within(rows.indices, columns.indices, sheet)
            if entries:
                nearest.append((entries, rows, columns))
            if len(nearest) == MAX_STRETCHED_GRIDS:
                break
        for entries, rows, columns in reversed(nearest):
            yield from self._stretched_grid(entries, rows, columns)

    def _stretched_grid(
        self, entries: list[_Entry[T]], rows: StretchedAxis, columns: StretchedAxis
    ) -> Iterator[Placed[T]]:
        """Tiles of one other grid, as far as they are visible."""
        row_spans = {row: rows.span(row) for row in {entry.key.row for entry in entries}}
        column_spans = {column: columns.span(column) for column in {entry.key.column for entry in entries}}
        for entry in entries:
            row, column = row_spans[entry.key.row], column_spans[entry.key.column]
            if row is None or column is None:
                continue
            source = None
            if not (row.is_whole and column.is_whole):
                source = Rect.spanning(row.start_tile, column.start_tile, row.end_tile, column.end_tile)
            height, width = row.end_device - row.start_device, column.end_device - column.start_device
            yield self._placed(entry, source, (row.start_device, column.start_device, height, width), exact=False)

    def _placed(
        self, entry: _Entry[T], source: Rect | None, target: tuple[int, int, int, int], *, exact: bool
    ) -> Placed[T]:
        """A tile of the new cover. Marked in painting order, so that the blurriest is given up first."""
        entry.cover_number = self._cover_number
        self._by_last_use.move_to_end(entry)
        return Placed(entry.payload, source, target, exact, entry.key)

    def _find(self, key: TileKey) -> _Entry[T] | None:
        sheet = self._sheet(key.photo_id, key.layer, key.model_id, key.grid)
        return None if sheet is None else sheet.entries.get((key.row, key.column))

    def _sheet(self, photo_id: int, layer: Layer, model_id: str, grid: OutputGrid) -> _Sheet[T] | None:
        return self._groups.get((photo_id, layer, model_id), {}).get(grid)

    def _give_up_over_budget(self, newest: _Entry[T] | None = None) -> None:
        """Give up the least wanted tiles, but one."""
        while self._used_bytes > self.budget_bytes and len(self) > 1:
            self._remove(self._least_wanted(newest=newest))

    def _least_wanted(self, *, newest: _Entry[T] | None) -> _Entry[T]:
        """The tile used longest ago outside of the last cover, else within it; never the newest one."""
        others = (entry for entry in self._by_last_use if entry is not newest)
        first = next(others)
        if first.cover_number < self._cover_number:
            return first
        return next((entry for entry in others if entry.cover_number < self._cover_number), first)

    def _remove(self, entry: _Entry[T]) -> None:
        key = entry.key
        group = (key.photo_id, key.layer, key.model_id)
        sheets = self._groups[group]
        sheet = sheets[key.grid]
        del sheet.entries[key.row, key.column]
        if not sheet.entries:
            del sheets[key.grid]
        if not sheets:
            del self._groups[group]
        del self._by_last_use[entry]
        self._used_bytes -= entry.nbytes

    def _remove_all(self, entries: list[_Entry[T]]) -> None:
        for entry in entries:
            self._remove(entry)


def _has_neural(grid: OutputGrid, model_id: str) -> bool:
    return bool(model_id) and not grid.reduces


def _entries_at(cells: list[tuple[int, int]], sheet: _Sheet[T] | None) -> dict[tuple[int, int], _Entry[T]]:
    """The stored ones among the cells, in their order."""
    if sheet is None:
        return {}
    return {cell: sheet.entries[cell] for cell in cells if cell in sheet.entries}


def _entries_within(rows: range, columns: range, sheet: _Sheet[T]) -> list[_Entry[T]]:
    """The stored tiles of some rows and columns."""
    entries = sheet.entries
    # A far larger grid has millions of such cells, a well filled one many tiles elsewhere: go through the shorter list.
    if len(rows) * len(columns) < len(entries):
        cells = ((row, column) for row in rows for column in columns)
        return [entries[cell] for cell in cells if cell in entries]
    return [entry for (row, column), entry in entries.items() if row in rows and column in columns]
