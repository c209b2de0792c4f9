"""The feature map of a photo, encoded where it is looked at and kept while there is room."""

from __future__ import annotations

from collections.abc import Hashable, Sequence

import torch
from torch import Tensor

from liif_core.cancel import CancelToken
from liif_core.geometry import Rect
from liif_core.imaging.image import Regions
from liif_core.models.decoders.window import FeatureWindow
from liif_core.models.implicit import ImplicitModel
from liif_core.render.cells import CELL, MAX_CELLS, Cell, cell_rect, cells_under, rectangles
from liif_core.render.encode import encode_rect
from liif_core.render.feature_cache import FeatureCache

# Source pixels a side of what is encoded together at most, halo included: more would take long before the first tile is
# there, and more memory for the encoder's values.
ENCODED_SIDE = 416


class FeatureMap:
    """The features of one photo by one model, in cells that `window` puts together.

    Args:
        image: The photo.
        model: On the device where features are to live.
        cache: Where cells wait; may be shared between feature maps of different `key`.
        key: Of this photo and model in the cache.
        bf16: Whether convolutions run in bfloat16, and features are kept in it.
    """

    def __init__(self, image: Regions, model: ImplicitModel, cache: FeatureCache, *, key: Hashable, bf16: bool) -> None:
        self._image = image
        self._model = model
        self._cache = cache
        self._key = key
        self._bf16 = bf16

    def window(self, rect: Rect, *, cancel: CancelToken, around: Rect | None = None) -> FeatureWindow:
        """The features of a rectangle of the photo, encoding what is missing.

        Args:
            rect: Inside the photo.
            cancel: Asked before each rectangle that is encoded, and between the encoder's layers.
            around: What else is looked at soon: cells of it are encoded together with their missing neighbours in
                `rect`, which saves most of the halo. `rect` by default.

        Raises:
            Cancelled: `cancel` was set; what was finished so far is kept.
        """
        photo = self._image.size
        if self._model.halo is None:
            # Cells would each cost as much as the whole.
            return FeatureWindow(self._whole(cancel)[(..., *rect.slices)], rect, photo)
        pieces = self._cells(cells_under(rect), around or rect, cancel)
        if len(pieces) == 1:
            ((cell, feat),) = pieces.items()
            place = cell_rect(cell, photo.rect)
            return FeatureWindow(feat[(..., *rect.shifted(-place.y, -place.x).slices)], rect, photo)
        first = next(iter(pieces.values()))
        whole = first.new_empty((1, rect.height, rect.width, first.shape[1])).permute(0, 3, 1, 2)  # channels last
        for cell, feat in pieces.items():
            place = cell_rect(cell, photo.rect)
            shared = place.intersected(rect)
            target = shared.shifted(-rect.y, -rect.x).slices
            whole[(..., *target)] = feat[(..., *shared.shifted(-place.y, -place.x).slices)]
        return FeatureWindow(whole, rect, photo)

    def fits(self, rect: Rect) -> bool:
        """Whether the features of a rectangle find room in the cache together."""
        if self._model.halo is None:
            # Then the whole photo is kept in any case.
            return True
        own: int = self._model.encoder.out_dim  # type: ignore[assignment]  # every encoder states it
        channels = own + (3 if self._model.needs_image else 0)
        values = len(cells_under(rect)) * CELL**2 * channels
        return values * (2 if self._bf16 else 4) <= self._cache.budget_bytes

    def keep_only(self, rects: Sequence[Rect]) -> None:
        """Give up the cells that hold no pixel of any of these rectangles of the photo."""
        if self._model.halo is None:
            return
        wanted = {cell for rect in rects for cell in cells_under(rect.intersected(self._image.size.rect))}
        for key in self._cache.held():
            if isinstance(key, tuple) and key[0] == self._key and key[1] not in wanted:
                self._cache.forget(key)

    def _whole(self, cancel: CancelToken) -> Tensor:
        feat = self._cache.get((self._key, None))
        if feat is None:
            cancel.check()
            feat = encode_rect(self._model, self._image, self._image.size.rect, bf16=self._bf16, cancel=cancel)
            self._cache.put((self._key, None), feat)
        return feat

    def _cells(self, cells: list[Cell], around: Rect, cancel: CancelToken) -> dict[Cell, Tensor]:
        """Cells from the cache or the encoder; held here, since encoding some may drop others from the cache."""
        found = {cell: self._cache.get((self._key, cell)) for cell in cells}
        present = {cell: feat for cell, feat in found.items() if feat is not None}
        if len(present) == len(cells):
            return present
        wanted = set(cells_under(around.intersected(self._image.size.rect)))
        side = self._block_side()
        blocks = dict.fromkeys((row // side, column // side) for row, column in cells if (row, column) not in present)
        for top, left in blocks:
            inside = {(top * side + row, left * side + column) for row in range(side) for column in range(side)}
            absent = {cell for cell in inside & (wanted | found.keys()) if cell not in present}
            for together in rectangles(cell for cell in absent if (self._key, cell) not in self._cache):
                for cell, feat in self._encoded(together, cancel).items():
                    self._cache.put((self._key, cell), feat)
                    if cell in found:
                        present[cell] = feat
        return {cell: present[cell] for cell in cells}

    def _block_side(self) -> int:
        """Cells a side of what is encoded together; fewer where the halo is large."""
        halo = self._model.halo or 0
        return min(MAX_CELLS, max(1, (ENCODED_SIDE - 2 * halo) // CELL))

    def _encoded(self, cells: list[Cell], cancel: CancelToken) -> dict[Cell, Tensor]:
        """The cells of a rectangle, each with memory of its own."""
        cancel.check()
        photo = self._image.size.rect
        first, last = cell_rect(cells[0], photo), cell_rect(cells[-1], photo)
        rect = Rect.spanning(first.y, first.x, last.bottom, last.right)
        feat = encode_rect(self._model, self._image, rect, bf16=self._bf16, cancel=cancel)
        if len(cells) == 1:
            return {cells[0]: feat}
        parts = {cell: feat[(..., *cell_rect(cell, photo).shifted(-rect.y, -rect.x).slices)] for cell in cells}
        return {cell: part.clone(memory_format=torch.channels_last) for cell, part in parts.items()}
