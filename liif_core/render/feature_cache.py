"""Features that wait for the next look at them, within a budget."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Hashable

from torch import Tensor


class FeatureCache:
    """Feature tiles of any photos and models, least recently used first out; owned by one thread.

    A tile larger than the whole budget is kept until the next one comes, so that rendering always goes on.
    """

    def __init__(self, budget_bytes: int) -> None:
        self.budget_bytes = budget_bytes
        self.used_bytes = 0
        self._tiles: OrderedDict[Hashable, Tensor] = OrderedDict()

    def __contains__(self, key: Hashable) -> bool:
        """Whether a tile is there; looking makes it no more recently used."""
        return key in self._tiles

    def get(self, key: Hashable) -> Tensor | None:
        """The tile, which becomes the most recently used one."""
        tile = self._tiles.get(key)
        if tile is not None:
            self._tiles.move_to_end(key)
        return tile

    def put(self, key: Hashable, tile: Tensor) -> None:
        """Keep a tile; older ones go until the budget holds."""
        self.forget(key)
        self._tiles[key] = tile
        self.used_bytes += tile.nbytes
        self.limit(self.budget_bytes)

    def limit(self, budget_bytes: int) -> None:
        """Change the budget; older tiles go until it holds."""
        self.budget_bytes = budget_bytes
        while self.used_bytes > self.budget_bytes and len(self._tiles) > 1:
            self.forget(next(iter(self._tiles)))

    def held(self) -> list[Hashable]:
        """The keys of all tiles, least recently used first."""
        return list(self._tiles)

    def clear(self) -> None:
        """Drop all tiles."""
        self._tiles.clear()
        self.used_bytes = 0

    def forget(self, key: Hashable) -> None:
        """Drop a tile if it is there."""
        tile = self._tiles.pop(key, None)
        if tile is not None:
            self.used_bytes -= tile.nbytes
