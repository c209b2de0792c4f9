"""Asks a model for rectangles of output grids of one photo."""

from __future__ import annotations

import logging
from collections import OrderedDict
from collections.abc import Callable, Hashable, Iterator, Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from liif_core.cancel import CancelToken
from liif_core.device import chunk_factor, is_out_of_memory
from liif_core.errors import OutOfMemory, RequestError
from liif_core.geometry import OutputGrid, Rect, Size
from liif_core.imaging.image import Regions
from liif_core.models.decoders.grid_decoder import GridDecoder
from liif_core.models.decoders.pixel_form import PixelForm, display_bytes, rgb_values
from liif_core.models.implicit import ImplicitModel
from liif_core.render.feature_cache import FeatureCache
from liif_core.render.feature_map import FeatureMap

logger = logging.getLogger(__name__)

# Wider chunks would hold the latents of long, thin strips.
CHUNK_COLUMNS, NARROW_COLUMNS, CHUNK_ROWS = 2048, 512, 128
# Near 100 % there are nearly as many latents as pixels, and each takes some 200 bytes.
CHUNK_LATENTS = 1 << 16
# A chunk this small that does not fit says that the device is full, not that the chunk is large.
SMALLEST_CHUNK = 64 * 64
# Decoders of the last grids: those of a view, of its draft, and of an export beside it.
KEPT_DECODERS = 4


class Renderer:
    """A photo seen through a model; belongs to one thread.

    When the device runs out of memory, features in the cache are given up and chunks halved; when that does not help
    and the device is not the CPU, the work goes on there with a copy of the model.

    Args:
        image: The photo.
        model: In evaluation mode, on the device to compute on.
        cache: Where features wait between two calls.
        key: Of this photo and model in the cache.
        bf16: Whether convolutions run in bfloat16.
        on_fallback: Told that the device was given up, with the reason; the CPU takes over.
    """

    def __init__(
        self,
        image: Regions,
        model: ImplicitModel,
        cache: FeatureCache,
        *,
        key: Hashable = 0,
        bf16: bool = False,
        on_fallback: Callable[[OutOfMemory], None] = lambda reason: logger.warning("%s", reason),
    ) -> None:
        self._image = image
        self._model = model
        self._cache = cache
        self._key = key
        self._on_fallback = on_fallback
        self._dtype = torch.bfloat16 if bf16 else torch.float32
        self._chunk_factor = chunk_factor(next(model.parameters()).device)
        self._features = FeatureMap(image, model, cache, key=key, bf16=bf16)
        self._decoders: OrderedDict[tuple[OutputGrid, PixelForm], GridDecoder] = OrderedDict()

    @property
    def members(self) -> int:
        """How many renderers take turns here; see `SelfEnsembleRenderer`."""
        return 1

    @torch.inference_mode()
    def render(
        self, grid: OutputGrid, rect: Rect, *, cancel: CancelToken | None = None, around: Rect | None = None
    ) -> NDArray[np.float32]:
        """Decode a rectangle of an output grid, encoding only what it needs of the photo.

        Args:
            grid: A grid of this photo.
            rect: Which of its pixels.
            cancel: Asked between tiles of the photo and between chunks of the output.
            around: See `render_display`.

        Returns:
            RGB (rect.height, rect.width, 3) in [0, 1].

        Raises:
            RequestError: The grid is of another photo, or the rectangle reaches outside of it.
            Cancelled: `cancel` was set.
            OutOfMemory: There is too little memory for one small chunk.
        """
        rgb = self._rendered(grid, rect, rgb_values(self._model.spec.norm), cancel, around)
        return np.clip(rgb, 0, 1, out=rgb)

    @torch.inference_mode()
    def render_display(
        self, grid: OutputGrid, rect: Rect, *, cancel: CancelToken | None = None, around: Rect | None = None
    ) -> NDArray[np.uint8]:
        """The same as bytes for a display: (rect.height, rect.width, 4), blue, green, red, 255, rounded to nearest.

        Quicker than `render`, since decoders that can write bytes at once. The grid may also be one that a model's
        `draft_grid` gave. What is missing of the photo is encoded together with its neighbours in `around`, a
        rectangle of the grid that is asked for soon.
        """
        return self._rendered(grid, rect, display_bytes(self._model.spec.norm), cancel, around)

    def keeps(self, grid: OutputGrid, rect: Rect) -> bool:
        """Whether all that a rectangle of a grid needs of the photo finds room in the cache, so is encoded once."""
        return self._features.fits(self.footprint(grid, rect))

    def footprint(self, grid: OutputGrid, rect: Rect) -> Rect:
        """The part of the photo whose features a rectangle of a grid needs."""
        return _inside(self._image.size, grid.footprint(rect, margin=self._model.margin + grid.reach))

    def keep_only(self, grid: OutputGrid, rects: Sequence[Rect]) -> None:
        """Give up the features that none of these rectangles of a grid needs, to make room for those of what follows.

        For whoever goes through a grid in order; what is looked at out of order is better left to the cache.
        """
        self._features.keep_only([self.footprint(grid, rect) for rect in rects if not rect.is_empty])

    def draft_grid(self, zoom: float) -> OutputGrid:
        """The grid for a moving view; see `ImplicitModel.draft_grid`."""
        return self._model.draft_grid(self._image.size, zoom)

    def _rendered(
        self, grid: OutputGrid, rect: Rect, form: PixelForm, cancel: CancelToken | None, around: Rect | None = None
    ) -> NDArray[Any]:
        if not self._accepts(grid) or not grid.output.rect.contains(rect):
            raise RequestError(f"{rect} of {grid} is no rectangle of a grid of this photo of {self._image.size}")
        token = cancel or CancelToken()
        try:
            out = np.empty((rect.height, rect.width, form.channels), np.uint8 if form.as_bytes else np.float32)
        except MemoryError as exc:
            raise OutOfMemory(f"not enough memory for {rect.width} x {rect.height} pixels") from exc
        soon = self.footprint(grid, around or rect)
        for chunk in self._chunks(grid, rect):
            self._fill(out[chunk.shifted(-rect.y, -rect.x).slices], _Chunk(grid, chunk, form, soon), token)
        return out

    def _accepts(self, grid: OutputGrid) -> bool:
        """Whether a grid is of this photo, or of a draft of it, whose size is rounded up."""
        photo, source = self._image.size, grid.source
        return source == photo or grid == self._model.draft_grid(photo, grid.scale_y)

    def _fill(self, out: NDArray[Any], chunk: _Chunk, token: CancelToken) -> None:
        """One chunk, in halves if it is too large for the memory, on the CPU if even small ones are."""
        token.check()
        try:
            out[:] = self._decoded(chunk, token).cpu().numpy()
            return
        except (RuntimeError, MemoryError) as exc:
            if not is_out_of_memory(exc):
                raise
            # Its frames hold the window and all that was made of it; the halves need that memory.
            failure = exc.with_traceback(None)
        self._cache.clear()
        rect = chunk.rect
        halves = rect.halves if rect.area > SMALLEST_CHUNK else ()
        if not halves:
            self._leave_device(failure, rect)
        for part in halves or (rect,):
            self._fill(out[part.shifted(-rect.y, -rect.x).slices], self._part(chunk, part), token)

    def _part(self, chunk: _Chunk, rect: Rect) -> _Chunk:
        """A part of a chunk, for which no more is encoded together than it needs itself."""
        return replace(chunk, rect=rect, soon=self.footprint(chunk.grid, rect))

    def _decoded(self, chunk: _Chunk, token: CancelToken) -> Tensor:
        footprint = self.footprint(chunk.grid, chunk.rect)
        window = self._features.window(footprint, cancel=token, around=chunk.soon)
        return self._decoder(chunk.grid, chunk.form)(window, chunk.rect)

    def _decoder(self, grid: OutputGrid, form: PixelForm) -> GridDecoder:
        decoder = self._decoders.pop((grid, form), None) or self._model.at(grid, form, dtype=self._dtype)
        self._decoders[grid, form] = decoder
        if len(self._decoders) > KEPT_DECODERS:
            self._decoders.popitem(last=False)
        return decoder

    def _leave_device(self, error: BaseException, chunk: Rect) -> None:
        """Go on with the CPU.

        Raises:
            OutOfMemory: This is the CPU.
        """
        device = next(self._model.parameters()).device
        reason = OutOfMemory(f"not enough memory on {device.type} to render {chunk.width} x {chunk.height} pixels")
        if device.type == "cpu":
            raise reason from error
        self._model = self._model.copy_to(torch.device("cpu"))
        self._dtype = torch.float32
        self._chunk_factor = 1
        self._decoders.clear()
        self._cache = FeatureCache(self._cache.budget_bytes)
        self._features = FeatureMap(self._image, self._model, self._cache, key=self._key, bf16=False)
        self._on_fallback(reason)

    def _chunks(self, grid: OutputGrid, rect: Rect) -> Iterator[Rect]:
        """Blocks of at most the model's `chunk_pixels`, and of not many more latents than `CHUNK_LATENTS`.

        On a GPU several times that.
        """
        latents = max(1, int(CHUNK_LATENTS * grid.scale_y * grid.scale_x))
        most = min(self._model.chunk_pixels, latents) * self._chunk_factor
        # Wide for few calls, but of small chunks not so wide that most latents are read for one row only.
        columns = max(1, min(rect.width, CHUNK_COLUMNS, most, max(NARROW_COLUMNS, most // CHUNK_ROWS)))
        rows = max(1, most // columns)
        for top in range(rect.y, rect.bottom, rows):
            for left in range(rect.x, rect.right, columns):
                yield Rect(top, left, min(rows, rect.bottom - top), min(columns, rect.right - left))


@dataclass(frozen=True, slots=True)
class _Chunk:
    """What is decoded in one go.

    Attributes:
        grid: The output grid.
        rect: Which of its pixels.
        form: How they are written.
        soon: The part of the photo that this and the next chunks need.
    """

    grid: OutputGrid
    rect: Rect
    form: PixelForm
    soon: Rect


def _inside(photo: Size, rect: Rect) -> Rect:
    """The part of a rectangle inside the photo; the row or column nearest to it where a draft's lies beyond."""
    top, left = min(rect.y, photo.height - 1), min(rect.x, photo.width - 1)
    return Rect.spanning(top, left, min(rect.bottom, photo.height), min(rect.right, photo.width))
