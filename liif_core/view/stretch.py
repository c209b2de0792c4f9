"""Where the tiles of one grid lie when another grid is on screen, along one axis and in whole numbers.

Tiles are placed by their edges, not by their sizes: neighbours map their common edge to the same device pixel, so a
stretched picture has neither gaps nor overlaps.
"""

from __future__ import annotations

from dataclasses import dataclass

from liif_core.view.tiles import TILE_SIZE

MAX_STRETCHED_SIDE = 8192
"""Device pixels; longer targets are cut to what is visible, because painters lose precision at 16 bits (32767)."""


@dataclass(frozen=True, slots=True)
class Span:
    """Part of a tile along one axis, and where it is painted."""

    start_tile: int
    """First pixel, counted from the tile's own first one."""
    end_tile: int
    """Pixel after the last one."""
    start_device: int
    end_device: int
    is_whole: bool
    """Whether these are all pixels of the tile; if not, it was too long and has been cut."""


@dataclass(frozen=True, slots=True)
class StretchedAxis:
    """One axis of a stretched grid.

    Attributes:
        side_grid: Pixels of the stretched grid.
        side_shown: Pixels of the grid that is on screen; the same photo at another zoom.
        origin_device: Device pixel at which the picture begins; may be negative.
        side_viewport: Device pixels of the viewport.
    """

    side_grid: int
    side_shown: int
    origin_device: int
    side_viewport: int

    def edge_device(self, edge: int) -> int:
        """The device pixel nearest to the edge before grid pixel `edge`; halves go up."""
        return self.origin_device + (2 * edge * self.side_shown + self.side_grid) // (2 * self.side_grid)

    @property
    def seen(self) -> range:
        """The grid pixels that reach into the viewport, and one or two more at each end, for interpolation."""
        first = -self.origin_device * self.side_grid // self.side_shown - 1
        last = (self.side_viewport - self.origin_device) * self.side_grid // self.side_shown + 1
        return range(max(0, first), min(self.side_grid, last + 1))

    @property
    def indices(self) -> range:
        """The rows (or columns) of tiles to which the seen pixels belong; those at the ends may be just outside."""
        seen = self.seen
        return range(seen.start // TILE_SIZE, (seen.stop - 1) // TILE_SIZE + 1)

    def span(self, index: int) -> Span | None:
        """The place of one row (or column) of tiles; None if no device pixel of the viewport is its own."""
        first = index * TILE_SIZE
        start, end = first, min(first + TILE_SIZE, self.side_grid)
        is_whole = self.edge_device(end) - self.edge_device(start) <= MAX_STRETCHED_SIDE
        if not is_whole:
            seen = self.seen
            start, end = max(start, seen.start), min(end, seen.stop)
        start_device, end_device = self.edge_device(start), self.edge_device(end)
        if max(0, start_device) >= min(self.side_viewport, end_device):
            return None
        return Span(start - first, end - first, start_device, end_device, is_whole)
