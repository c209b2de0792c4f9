"""From a plan and a photo to the rows of a file, one strip after the other."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from typing import Any, Protocol, runtime_checkable

import numpy as np
from numpy.typing import NDArray

from liif_core.cancel import CancelToken
from liif_core.export.plan import ExportPlan
from liif_core.export.strips import Order, Strip, feature_strips, plain_strips
from liif_core.geometry import OutputGrid, Rect
from liif_core.imaging.image import Image
from liif_core.imaging.resample import Pyramid, bicubic
from liif_core.imaging.scratch import drop_pages
from liif_core.imaging.write import quantise

_REDUCED_ROWS = 256


class RectRenderer(Protocol):
    """What enlarges: `render.Renderer`, or anything that gives the same for any rectangle."""

    def render(self, grid: OutputGrid, rect: Rect, *, cancel: CancelToken | None = None) -> NDArray[np.float32]:
        """RGB (rect.height, rect.width, 3) in [0, 1]."""
        ...


@runtime_checkable
class FeatureRenderer(Protocol):
    """What else `render.Renderer` offers: the bytes that the viewer shows, and a say in what its cache keeps."""

    def render(
        self, grid: OutputGrid, rect: Rect, *, cancel: CancelToken | None = None, around: Rect | None = None
    ) -> NDArray[np.float32]:
        """See `render.Renderer`."""
        ...

    def render_display(
        self, grid: OutputGrid, rect: Rect, *, cancel: CancelToken | None = None, around: Rect | None = None
    ) -> NDArray[np.uint8]:
        """See `render.Renderer`."""
        ...

    def footprint(self, grid: OutputGrid, rect: Rect) -> Rect:
        """See `render.Renderer`."""
        ...

    def keeps(self, grid: OutputGrid, rect: Rect) -> bool:
        """See `render.Renderer`."""
        ...

    def keep_only(self, grid: OutputGrid, rects: Sequence[Rect]) -> None:
        """See `render.Renderer`."""
        ...


RendererOf = Callable[[Image], RectRenderer]
"""Makes the renderer of a photo; not called for a plan that reduces."""


class StripMaker:
    """Makes the rows of a file; belongs to one thread.

    Args:
        plan: Which pixels.
        image: The photo; what is transparent is flattened over white unless `keep_alpha`.
        renderer_of: Makes the renderer.
        keep_alpha: Whether rows have a fourth channel; only where the photo has alpha.
        cancel: Asked between chunks of the work.
    """

    def __init__(
        self, plan: ExportPlan, image: Image, renderer_of: RendererOf, *, keep_alpha: bool, cancel: CancelToken
    ) -> None:
        self._plan = plan
        self._keep_alpha = keep_alpha
        self._cancel = cancel
        self._source = source_of(plan, image)
        self._pyramid = Pyramid(self._source)
        coverage = self._source.coverage
        self._coverage = None if coverage is None else Pyramid(coverage)
        self._renderer = renderer_of(self._source) if plan.is_decoded else None
        self._channels = 4 if keep_alpha else 3
        self._dtype = np.dtype(np.uint8 if plan.options.bits == 8 else np.uint16)

    def strips(self, on_block: Callable[[int], None]) -> Iterator[NDArray[Any]]:
        """The rows from top to bottom: (any number, width, channels), uint8 or uint16, each array its own.

        Args:
            on_block: Called with the pixels of each block that is done.

        Raises:
            Cancelled: `cancel` was set.
            OutOfMemory: There is too little memory for the smallest piece of the work.
        """
        for strip in self._order():
            pixels = np.empty((strip.rect.height, strip.rect.width, self._channels), self._dtype)
            for number, block in enumerate(strip.blocks, 1):
                self._cancel.check()
                place = block.shifted(-strip.rect.y, -strip.rect.x).slices
                self._fill(pixels[place], block, strip)
                if isinstance(self._renderer, FeatureRenderer):
                    self._renderer.keep_only(self._plan.grid, strip.needed_after(number))
                on_block(block.area)
            drop_pages(self._source.pixels)
            yield self._turned(pixels)

    def _order(self) -> Iterator[Strip]:
        plan, orientation = self._plan, self._plan.orientation
        # Rows of what is seen are rows or columns of the photo, counted forwards or backwards.
        _, row_of_x, _, row_of_y, _, _ = orientation.matrix(plan.size)
        order = Order(
            columns=orientation.swaps_sides,
            backwards=row_of_x + row_of_y < 0,
            pixel_bytes=self._channels * self._dtype.itemsize,
        )
        renderer, grid = self._renderer, plan.grid
        if isinstance(renderer, FeatureRenderer):
            return feature_strips(
                plan.rect, order, lambda rect: renderer.footprint(grid, rect), lambda rect: renderer.keeps(grid, rect)
            )
        return plain_strips(plan.rect, order)

    def _fill(self, out: NDArray[Any], block: Rect, strip: Strip) -> None:
        """One block, as it will be in the file."""
        renderer, grid = self._renderer, self._plan.grid
        if isinstance(renderer, FeatureRenderer) and self._coverage is None and self._plan.options.bits == 8:
            # The viewer's own bytes: blue, green, red.
            shown = renderer.render_display(grid, block, cancel=self._cancel, around=strip.rect)
            out[:] = shown[..., 2::-1]
            return
        if renderer is None:
            rgb = self._pyramid.reduced(grid, block)
        elif isinstance(renderer, FeatureRenderer):
            rgb = renderer.render(grid, block, cancel=self._cancel, around=strip.rect)
        else:
            rgb = renderer.render(grid, block, cancel=self._cancel)
        if self._coverage is not None:
            rgb = self._with_alpha(rgb, block)
        out[:] = quantise(rgb, self._plan.options.bits)

    def _with_alpha(self, rgb: NDArray[np.float32], block: Rect) -> NDArray[np.float32]:
        """Premultiplied colours as they are in a file: over white, or divided by the alpha that follows them."""
        assert self._coverage is not None
        grid = self._plan.grid
        alpha = self._coverage.reduced(grid, block) if grid.reduces else bicubic(self._coverage.image, grid, block)
        rgb = np.minimum(rgb, alpha)
        if not self._keep_alpha:
            return rgb + (1 - alpha)
        straight = np.divide(rgb, alpha, out=np.zeros_like(rgb), where=alpha > 0)
        return np.concatenate([straight, alpha], axis=2)

    def _turned(self, pixels: NDArray[Any]) -> NDArray[Any]:
        """A strip as it is seen, contiguous."""
        orientation = self._plan.orientation
        if orientation.mirrored:
            pixels = pixels[:, ::-1]
        return np.ascontiguousarray(np.rot90(pixels, -orientation.quarter_turns))


def source_of(plan: ExportPlan, image: Image) -> Image:
    """The part of the photo that the plan's grid is of, reduced where the plan says so."""
    part = image
    if plan.part != image.size.rect:
        alpha = None if image.alpha is None else image.alpha[plan.part.slices]
        part = Image(image.pixels[plan.part.slices], image.icc_profile, alpha=alpha, source_bits=image.source_bits)
    if plan.reduced is None:
        return part
    grid = OutputGrid(part.size, plan.reduced)
    coverage = part.coverage
    averages = [_averages(Pyramid(part), grid)]
    if coverage is None:
        return Image(averages[0], image.icc_profile)
    alpha = _averages(Pyramid(coverage), grid)[..., 0]
    return Image(averages[0], image.icc_profile, alpha=alpha)


def _averages(pyramid: Pyramid, grid: OutputGrid) -> NDArray[np.uint16]:
    """A whole reduction at 16 bits, in strips: floats would take twice the memory."""
    size = grid.output
    out = np.empty((size.height, size.width, pyramid.image.pixels.shape[2]), np.uint16)
    for top in range(0, size.height, _REDUCED_ROWS):
        rect = Rect(top, 0, min(_REDUCED_ROWS, size.height - top), size.width)
        out[rect.slices] = quantise(pyramid.area(grid, rect), 16)
    return out
