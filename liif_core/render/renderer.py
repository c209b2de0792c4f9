"""Asks a model for rectangles of output grids of one photo."""

from __future__ import annotations

from collections.abc import Hashable, Iterator

import numpy as np
import torch
from numpy.typing import NDArray

from liif_core.cancel import CancelToken
from liif_core.errors import OutOfMemory
from liif_core.geometry import OutputGrid, Rect
from liif_core.imaging.image import Image
from liif_core.models.implicit import ImplicitModel
from liif_core.render.feature_map import FeatureCache, FeatureMap


class Renderer:
    """A photo seen through a model; belongs to one thread.

    Args:
        image: The photo.
        model: In evaluation mode, on the device to compute on.
        cache: Where features wait between two calls.
        key: Of this photo and model in the cache.
        bf16: Whether the encoder's convolutions run in bfloat16.
    """

    def __init__(
        self, image: Image, model: ImplicitModel, cache: FeatureCache, *, key: Hashable = 0, bf16: bool = False
    ) -> None:
        self._model = model
        self._features = FeatureMap(image, model, cache, key=key, bf16=bf16)

    @torch.inference_mode()
    def render(self, grid: OutputGrid, rect: Rect, *, cancel: CancelToken | None = None) -> NDArray[np.float32]:
        """Decode a rectangle of an output grid, encoding only what it needs of the photo.

        Args:
            grid: A grid of this photo.
            rect: Which of its pixels.
            cancel: Asked between tiles of the photo and between chunks of the output.

        Returns:
            RGB (rect.height, rect.width, 3) in [0, 1].

        Raises:
            Cancelled: `cancel` was set.
            OutOfMemory: The device has too little memory for one chunk.
        """
        token = cancel or CancelToken()
        out = np.empty((rect.height, rect.width, 3), np.float32)
        try:
            for chunk in self._chunks(rect):
                token.check()
                window = self._features.window(grid.footprint(chunk, margin=self._model.margin), cancel=token)
                rgb = self._model.decode(window, grid, chunk).clamp_(0, 1).permute(1, 2, 0)
                out[chunk.shifted(-rect.y, -rect.x).slices] = rgb.cpu().numpy()
        except (torch.OutOfMemoryError, MemoryError) as exc:
            raise OutOfMemory(f"not enough memory to render {rect.width} x {rect.height} pixels: {exc}") from exc
        return out

    def _chunks(self, rect: Rect) -> Iterator[Rect]:
        """Bands of whole rows, each of about the model's `chunk_pixels`."""
        rows = max(1, self._model.chunk_pixels // max(1, rect.width))
        for top in range(rect.y, rect.bottom, rows):
            yield Rect(top, rect.x, min(rows, rect.bottom - top), rect.width)
