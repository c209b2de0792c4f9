"""Geometric self-ensemble: a photo is enlarged as it lies in all eight orientations, and the results are averaged.

What a model makes of a photo differs a little when it is turned or mirrored; the average of all eight is nearer to the
truth than each of them, at eight times the cost (Lim et al., "Enhanced deep residual networks for single image
super-resolution", CVPRW 2017, section 4.3, after Timofte, Rothe and Van Gool, "Seven ways to improve example-based
single image super resolution", CVPR 2016).
"""

from __future__ import annotations

import logging
from collections.abc import Callable, Sequence

import numpy as np
from numpy.typing import NDArray

from liif_core.cancel import CancelToken
from liif_core.errors import OutOfMemory
from liif_core.geometry import OutputGrid, Rect, Size
from liif_core.imaging.image import Regions
from liif_core.imaging.turning import turned_pixels, upright_pixels
from liif_core.imaging.write import quantise
from liif_core.models.implicit import ImplicitModel
from liif_core.orientation import ORIENTATIONS, Orientation
from liif_core.render.feature_cache import FeatureCache
from liif_core.render.renderer import Renderer

logger = logging.getLogger(__name__)

# Output pixels that are averaged at a time: 12 bytes each, twice.
_BAND_PIXELS = 1 << 20


class _TurnedRegions:
    """A photo in one of the eight orientations; `Regions`."""

    def __init__(self, photo: Regions, orientation: Orientation) -> None:
        self._photo = photo
        self._orientation = orientation

    @property
    def size(self) -> Size:
        """Height and width in pixels."""
        return self._orientation.size_on_screen(self._photo.size)

    def region(self, rect: Rect) -> NDArray[np.float32]:
        """See `Image.region`."""
        upright = self._photo.region(self._orientation.rect_of_photo(rect, self._photo.size))
        # A copy in any case: numpy calls a single row contiguous whichever way it is counted, and torch does not.
        return turned_pixels(upright, self._orientation).copy()


class SelfEnsembleRenderer:
    """What `Renderer` is, for the average of all eight orientations. Belongs to one thread.

    Args:
        image: The photo.
        model: In evaluation mode, on the device to compute on.
        feature_bytes: What the features of all orientations may take together.
        bf16: Whether convolutions run in bfloat16.
        on_fallback: Told once that the device was given up for the CPU.
    """

    def __init__(
        self,
        image: Regions,
        model: ImplicitModel,
        feature_bytes: int,
        *,
        bf16: bool = False,
        on_fallback: Callable[[OutOfMemory], None] = lambda reason: logger.warning("%s", reason),
    ) -> None:
        self._on_fallback = on_fallback
        self._fell_back = False
        # A cache for each, so that each knows what it can keep.
        share = max(1, feature_bytes // len(ORIENTATIONS))

        def member(orientation: Orientation) -> Renderer:
            turned = _TurnedRegions(image, orientation)
            return Renderer(turned, model, FeatureCache(share), bf16=bf16, on_fallback=self._fall_back)

        self._members = [(orientation, member(orientation)) for orientation in ORIENTATIONS]

    @property
    def members(self) -> int:
        """How many renderers take turns."""
        return len(self._members)

    def render(
        self, grid: OutputGrid, rect: Rect, *, cancel: CancelToken | None = None, around: Rect | None = None
    ) -> NDArray[np.float32]:
        """See `Renderer.render`; averaged in [0, 1]."""
        out = np.empty((rect.height, rect.width, 3), np.float32)
        for band in _bands(rect):
            out[band.shifted(-rect.y, -rect.x).slices] = self._average(grid, band, around or rect, cancel)
        return out

    def render_display(
        self, grid: OutputGrid, rect: Rect, *, cancel: CancelToken | None = None, around: Rect | None = None
    ) -> NDArray[np.uint8]:
        """See `Renderer.render_display`; rounded after the average."""
        out = np.full((rect.height, rect.width, 4), 255, np.uint8)
        for band in _bands(rect):
            rgb = self._average(grid, band, around or rect, cancel)
            out[band.shifted(-rect.y, -rect.x).slices][..., 2::-1] = quantise(rgb, 8)
        return out

    def footprint(self, grid: OutputGrid, rect: Rect) -> Rect:
        """See `Renderer.footprint`; that of the upright photo, from which others differ by a pixel at most."""
        _, upright = self._members[0]
        return upright.footprint(grid, rect)

    def keeps(self, grid: OutputGrid, rect: Rect) -> bool:
        """See `Renderer.keeps`."""
        return all(
            member.keeps(_turned_grid(grid, orientation), orientation.rect_on_screen(rect, grid.output))
            for orientation, member in self._members
        )

    def keep_only(self, grid: OutputGrid, rects: Sequence[Rect]) -> None:
        """See `Renderer.keep_only`."""
        for orientation, member in self._members:
            turned = [orientation.rect_on_screen(rect, grid.output) for rect in rects]
            member.keep_only(_turned_grid(grid, orientation), turned)

    def _average(self, grid: OutputGrid, rect: Rect, around: Rect, cancel: CancelToken | None) -> NDArray[np.float32]:
        total = np.zeros((rect.height, rect.width, 3), np.float32)
        for orientation, member in self._members:
            turned, soon = (orientation.rect_on_screen(each, grid.output) for each in (rect, around))
            pixels = member.render(_turned_grid(grid, orientation), turned, cancel=cancel, around=soon)
            total += upright_pixels(pixels, orientation)
        total /= len(self._members)
        return total

    def _fall_back(self, reason: OutOfMemory) -> None:
        if not self._fell_back:
            self._fell_back = True
            self._on_fallback(reason)


def _turned_grid(grid: OutputGrid, orientation: Orientation) -> OutputGrid:
    """The grid of the turned photo with the same pixels."""
    return OutputGrid(orientation.size_on_screen(grid.source), orientation.size_on_screen(grid.output))


def _bands(rect: Rect) -> list[Rect]:
    """Neighbouring rows, few enough to be averaged at a time."""
    rows = max(1, _BAND_PIXELS // max(1, rect.width))
    return [Rect(top, rect.x, min(rows, rect.bottom - top), rect.width) for top in range(rect.y, rect.bottom, rows)]
