"""From a plan and a photo to the rows of a file, one strip after the other."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from typing import Any, Protocol, runtime_checkable

import numpy as np
from numpy.typing import NDArray

from liif_core.cancel import CancelToken
from liif_core.export.plan import ExportPlan
from liif_core.export.strips import Order, Strip, feature_strips, plain_strips, tile_around, tile_strips
from liif_core.geometry import OutputGrid, Rect
from liif_core.imaging.alpha import straight
from liif_core.imaging.image import Image
from liif_core.imaging.resample import Pyramid, bicubic
from liif_core.imaging.scratch import drop_pages
from liif_core.imaging.turning import turned_pixels
from liif_core.imaging.write import quantise

_REDUCED_ROWS = 256


class RectRenderer(Protocol):
    """What enlarges: `render.Renderer`, or anything that gives the same for any rectangle."""

    def render(self, grid: OutputGrid, rect: Rect, *, cancel: CancelToken | None = None) -> NDArray[np.float32]:
        """RGB (rect.height, rect.width, 3) in [0, 1]; of a photo with alpha, not multiplied by it."""
        ...


@runtime_checkable
class FeatureRenderer(Protocol):
    """What else `render.Renderer` offers: the bytes that the viewer shows, and a say in what its cache keeps."""

    @property
    def members(self) -> int:
        """How many renderers take turns: one, or the eight of a self-ensemble."""
        ...

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


class BlockMaker:
    """Makes rectangles of the output as they will be in the file; belongs to one thread.

    Args:
        plan: Which pixels.
        image: The photo; what is transparent is flattened over white unless `keep_alpha`.
        renderer_of: Makes the renderer.
        keep_alpha: Whether pixels have a fourth channel; only where the photo has alpha.
        cancel: Asked between chunks of the work, of which a part may be done here already.

    Raises:
        Cancelled: `cancel` was set.
    """

    def __init__(
        self, plan: ExportPlan, image: Image, renderer_of: RendererOf, *, keep_alpha: bool, cancel: CancelToken
    ) -> None:
        self.plan = plan
        self.source = source_of(plan, image, cancel)
        self.channels = 4 if keep_alpha else 3
        self.dtype = np.dtype(np.uint8 if plan.options.bits == 8 else np.uint16)
        self._cancel = cancel
        self._pyramid = Pyramid(self.source)
        coverage = self.source.coverage
        self._coverage = None if coverage is None else Pyramid(coverage)
        self._renderer = renderer_of(self.source) if plan.is_decoded else None

    @property
    def features(self) -> FeatureRenderer | None:
        """The renderer, where it makes features of the photo."""
        return self._renderer if isinstance(self._renderer, FeatureRenderer) else None

    def block(self, block: Rect, around: Rect) -> NDArray[Any]:
        """A rectangle of the plan's grid.

        Args:
            block: The rectangle.
            around: What is asked for soon; features of it are made together.

        Returns:
            (block.height, block.width, channels) uint8 or uint16.

        Raises:
            Cancelled: `cancel` was set.
            OutOfMemory: There is too little memory for the smallest piece of the work.
        """
        self._cancel.check()
        if not self.plan.in_tiles:
            return self._made(block, around)
        tile = tile_around(block, self.plan.grid.output.rect)
        whole = self._made(tile, tile_around(self.plan.rect, self.plan.grid.output.rect))
        return whole[block.shifted(-tile.y, -tile.x).slices]

    def _made(self, block: Rect, around: Rect) -> NDArray[Any]:
        """The pixels of a block, computed in one go."""
        features, grid = self.features, self.plan.grid
        if features is not None and self._coverage is None and self.plan.options.bits == 8:
            # The viewer's own bytes: blue, green, red.
            return features.render_display(grid, block, cancel=self._cancel, around=around)[..., 2::-1]
        if features is not None:
            rgb = features.render(grid, block, cancel=self._cancel, around=around)
        elif self._renderer is not None:
            rgb = self._renderer.render(grid, block, cancel=self._cancel)
        else:
            rgb = self._pyramid.reduced(grid, block)
        if self._coverage is not None:
            rgb = self._with_alpha(rgb, block, self._coverage)
        return quantise(rgb, self.plan.options.bits)

    def _with_alpha(self, rgb: NDArray[np.float32], block: Rect, coverage: Pyramid) -> NDArray[np.float32]:
        """Colours as they are in a file: over white, or followed by their alpha, and not multiplied by it."""
        grid = self.plan.grid
        if self._renderer is None:
            alpha = coverage.reduced(grid, block)
            rgb = straight(rgb, alpha)
        else:
            alpha = bicubic(coverage.image, grid, block)
            rgb = np.where(alpha > 0, rgb, np.float32(0))
        if self.channels == 3:
            return rgb * alpha + (1 - alpha)
        return np.concatenate([rgb, alpha], axis=2)


def strips(maker: BlockMaker, on_block: Callable[[int], None] = lambda pixels: None) -> Iterator[NDArray[Any]]:
    """All rows of a file from top to bottom: (any number, width, channels), uint8 or uint16, each array its own.

    Args:
        maker: Makes their blocks.
        on_block: Called with the number of pixels of each block that is done.

    Raises:
        Cancelled: The maker's token was set.
        OutOfMemory: There is too little memory for the smallest piece of the work.
    """
    plan, features = maker.plan, maker.features
    for strip in _order(maker):
        pixels = np.empty((strip.rect.height, strip.rect.width, maker.channels), maker.dtype)
        for number, block in enumerate(strip.blocks, 1):
            pixels[block.shifted(-strip.rect.y, -strip.rect.x).slices] = maker.block(block, strip.rect)
            if features is not None:
                features.keep_only(plan.grid, strip.needed_after(number))
            on_block(block.area)
        # What was read in passing is not this program's memory for longer than that.
        drop_pages(maker.source.pixels)
        yield np.ascontiguousarray(turned_pixels(pixels, plan.orientation))


def _order(maker: BlockMaker) -> Iterator[Strip]:
    plan, features, grid = maker.plan, maker.features, maker.plan.grid
    # Rows of what is seen are rows or columns of the photo, counted forwards or backwards.
    _, row_of_x, _, row_of_y, _, _ = plan.orientation.matrix(plan.size)
    order = Order(
        columns=plan.orientation.swaps_sides,
        backwards=row_of_x + row_of_y < 0,
        pixel_bytes=maker.channels * maker.dtype.itemsize,
    )
    if plan.in_tiles:
        return tile_strips(plan.rect, order)
    if features is None:
        return plain_strips(plan.rect, order)
    return feature_strips(
        plan.rect, order, lambda rect: features.footprint(grid, rect), lambda rect: features.keeps(grid, rect)
    )


def source_of(plan: ExportPlan, image: Image, cancel: CancelToken) -> Image:
    """The part of the photo that the plan's grid is of, reduced where the plan says so.

    Raises:
        Cancelled: `cancel` was set.
    """
    part = image
    if plan.part != image.size.rect:
        alpha = None if image.alpha is None else image.alpha[plan.part.slices]
        part = Image(image.pixels[plan.part.slices], image.icc_profile, alpha=alpha, source_bits=image.source_bits)
    if plan.reduced is None:
        return part
    grid = OutputGrid(part.size, plan.reduced)
    coverage = part.coverage
    averages = _averages(Pyramid(part), grid, cancel)
    if coverage is None:
        return Image(averages, image.icc_profile)
    alpha = _averages(Pyramid(coverage), grid, cancel)[..., 0]
    return Image(averages, image.icc_profile, alpha=alpha)


def _averages(pyramid: Pyramid, grid: OutputGrid, cancel: CancelToken) -> NDArray[np.uint16]:
    """A whole reduction at 16 bits, in strips: floats would take twice the memory, and large photos take seconds."""
    size = grid.output
    out = np.empty((size.height, size.width, pyramid.image.pixels.shape[2]), np.uint16)
    for top in range(0, size.height, _REDUCED_ROWS):
        cancel.check()
        rect = Rect(top, 0, min(_REDUCED_ROWS, size.height - top), size.width)
        out[rect.slices] = quantise(pyramid.area(grid, rect), 16)
    return out
