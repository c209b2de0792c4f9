"""The feature map of a photo, encoded where it is looked at and kept while there is room."""

from __future__ import annotations

import math
from collections import OrderedDict
from collections.abc import Hashable, Iterator

from torch import Tensor

from liif_core.cancel import CancelToken
from liif_core.geometry import Rect
from liif_core.imaging.image import Image
from liif_core.models.decoders.window import FeatureWindow
from liif_core.models.implicit import ImplicitModel
from liif_core.render.encode import encode_rect

# Source pixels a side. Larger tiles waste less on the halo, smaller ones less at the viewport's border.
FEATURE_TILE = 128


class FeatureCache:
    """Feature tiles of any photos and models, least recently used first out; owned by one thread.

    A tile larger than the whole budget is kept until the next one comes, so that rendering always goes on.
    """

    def __init__(self, budget_bytes: int) -> None:
        self.budget_bytes = budget_bytes
        self.used_bytes = 0
        self._tiles: OrderedDict[Hashable, Tensor] = OrderedDict()

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
        while self.used_bytes > self.budget_bytes and len(self._tiles) > 1:
            self.forget(next(iter(self._tiles)))

    def clear(self) -> None:
        """Drop all tiles."""
        self._tiles.clear()
        self.used_bytes = 0

    def forget(self, key: Hashable) -> None:
        """Drop a tile if it is there."""
        tile = self._tiles.pop(key, None)
        if tile is not None:
            self.used_bytes -= tile.nbytes


class FeatureMap:
    """The features of one photo by one model, in tiles that `window` puts together.

    Args:
        image: The photo.
        model: On the device where features are to live.
        cache: Where tiles wait; may be shared between feature maps of different `key`.
        key: Of this photo and model in the cache.
        bf16: Whether convolutions run in bfloat16, and features are kept in it.
    """

    def __init__(self, image: Image, model: ImplicitModel, cache: FeatureCache, *, key: Hashable, bf16: bool) -> None:
        self._image = image
        self._model = model
        self._cache = cache
        self._key = key
        self._bf16 = bf16

    def window(self, rect: Rect, *, cancel: CancelToken) -> FeatureWindow:
        """The features of a rectangle of the photo, encoding what is missing.

        Raises:
            Cancelled: `cancel` was set; tiles finished so far are kept.
        """
        pieces = [(tile, self._tile(row, column, tile, cancel)) for row, column, tile in self._tiles_of(rect)]
        if len(pieces) == 1:
            tile, feat = pieces[0]
            inside = rect.shifted(-tile.y, -tile.x)
            return FeatureWindow(feat[(..., *inside.slices)], rect, self._image.size)
        first = pieces[0][1]
        whole = first.new_empty((1, rect.height, rect.width, first.shape[1])).permute(0, 3, 1, 2)  # channels last
        for tile, feat in pieces:
            shared = tile.intersected(rect)
            target = shared.shifted(-rect.y, -rect.x).slices
            whole[(..., *target)] = feat[(..., *shared.shifted(-tile.y, -tile.x).slices)]
        return FeatureWindow(whole, rect, self._image.size)

    def _tiles_of(self, rect: Rect) -> Iterator[tuple[int, int, Rect]]:
        if self._model.halo is None:
            # Tiles would each cost as much as the whole.
            yield 0, 0, self._image.size.rect
            return
        for row in range(rect.y // FEATURE_TILE, math.ceil(rect.bottom / FEATURE_TILE)):
            for column in range(rect.x // FEATURE_TILE, math.ceil(rect.right / FEATURE_TILE)):
                tile = Rect(row * FEATURE_TILE, column * FEATURE_TILE, FEATURE_TILE, FEATURE_TILE)
                yield row, column, tile.intersected(self._image.size.rect)

    def _tile(self, row: int, column: int, rect: Rect, cancel: CancelToken) -> Tensor:
        key = (self._key, row, column)
        feat = self._cache.get(key)
        if feat is None:
            cancel.check()
            feat = encode_rect(self._model, self._image, rect, bf16=self._bf16, cancel=cancel)
            self._cache.put(key, feat)
        return feat
