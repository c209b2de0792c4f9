"""Asks a model for rectangles of output grids of one photo."""

from __future__ import annotations

import math
from collections.abc import Hashable, Iterator

import numpy as np
import torch
from numpy.typing import NDArray

from liif_core.cancel import CancelToken
from liif_core.device import is_out_of_memory
from liif_core.errors import OutOfMemory, RequestError
from liif_core.geometry import OutputGrid, Rect
from liif_core.imaging.image import Image
from liif_core.models.implicit import ImplicitModel
from liif_core.render.feature_map import FeatureCache, FeatureMap

# Wider chunks would hold the latents of long, thin strips.
CHUNK_COLUMNS = 512


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
        self._source = image.size
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
            RequestError: The grid is of another photo, or the rectangle reaches outside of it.
            Cancelled: `cancel` was set.
            OutOfMemory: The device has too little memory for one chunk.
        """
        if grid.source != self._source or not grid.output.rect.contains(rect):
            raise RequestError(f"{rect} of {grid} is no rectangle of a grid of this photo of {self._source}")
        token = cancel or CancelToken()
        # Where a side is reduced, an output pixel reaches over several photo pixels; decoders may start at its edge.
        longest_step = max(1.0, 1 / grid.scale_y, 1 / grid.scale_x)
        margin = self._model.margin + math.ceil((longest_step - 1) / 2)
        out = np.empty((rect.height, rect.width, 3), np.float32)
        try:
            for chunk in self._chunks(rect):
                token.check()
                window = self._features.window(grid.footprint(chunk, margin=margin), cancel=token)
                rgb = self._model.decode(window, grid, chunk).clamp_(0, 1).permute(1, 2, 0)
                out[chunk.shifted(-rect.y, -rect.x).slices] = rgb.cpu().numpy()
        except (RuntimeError, MemoryError) as exc:
            if is_out_of_memory(exc):
                raise OutOfMemory(f"not enough memory to render {rect.width} x {rect.height} pixels") from exc
            raise
        return out

    def _chunks(self, rect: Rect) -> Iterator[Rect]:
        """Blocks of at most the model's `chunk_pixels`."""
        columns = max(1, min(rect.width, CHUNK_COLUMNS, self._model.chunk_pixels))
        rows = max(1, self._model.chunk_pixels // columns)
        for top in range(rect.y, rect.bottom, rows):
            for left in range(rect.x, rect.right, columns):
                yield Rect(top, left, min(rows, rect.bottom - top), min(columns, rect.right - left))
