"""Conventional resampling of any rectangle of an output grid, without seams between rectangles.

Values are averaged as they are stored, that is gamma-coded, as Pillow and nearly all viewers do.
"""

from __future__ import annotations

import math
import threading
from typing import Any

import numpy as np
from numpy.typing import NDArray

from liif_core.errors import RequestError
from liif_core.geometry import OutputGrid, Rect, Size
from liif_core.imaging.image import Image, to_unit_range
from liif_core.imaging.taps import area_taps, cubic_taps, halving_taps, resampled

_CHUNK_ROWS = 128
# How many levels finer than half an output pixel averages are taken from.
OVERSAMPLING_LEVELS = 2


def bicubic(image: Image, grid: OutputGrid, rect: Rect) -> NDArray[np.float32]:
    """Bicubic resampling as Pillow's BICUBIC (a = -0.5): pixel centres aligned, antialiased where it reduces.

    Unlike Pillow with 8-bit photos, nothing is rounded or clipped between the horizontal and the vertical sums.

    Args:
        image: The photo.
        grid: Its grid of output pixels, larger or smaller.
        rect: The output pixels asked for. Those of separate rectangles are bit for bit those of the whole.

    Returns:
        (rect.height, rect.width, 3) float32, clipped to [0, 1].

    Raises:
        RequestError: `grid` is not one of this photo, or `rect` reaches outside it.
    """
    if not _has_pixels(image.size, grid, rect):
        return _no_pixels(rect)
    rows = cubic_taps(grid.source.height, grid.output.height, rect.y, rect.bottom)
    columns = cubic_taps(grid.source.width, grid.output.width, rect.x, rect.right)
    out = resampled(image.region, rows, columns, rows_first=_rows_first(grid))
    return np.clip(out, 0, 1, out=out)


def area(image: Image, grid: OutputGrid, rect: Rect) -> NDArray[np.float32]:
    """Exact area average: each output pixel is the mean of the photo over its footprint, borders weighted by coverage.

    For large reductions `Pyramid.area` is many times quicker.

    Args:
        image: The photo.
        grid: Its grid of output pixels. Meant to reduce; at scale 1 the photo itself is returned, enlarging gives
            squares.
        rect: The output pixels asked for. Those of separate rectangles are bit for bit those of the whole.

    Returns:
        (rect.height, rect.width, 3) float32 in [0, 1].

    Raises:
        RequestError: `grid` is not one of this photo, or `rect` reaches outside it.
    """
    return Pyramid(image).area(grid, rect, level=0)


class Pyramid:
    """A photo and its lazily made halvings, for quick area averages. Safe to use from several threads.

    Level 0 is the photo. A pixel of level L is the mean of 2**L x 2**L source pixels; in the last row and column of
    what is left there, so positions stay exact for odd sizes: pixel j of level L begins at source position j * 2**L.

    Levels of integer photos are uint16 with 65535 for white, also those of 8-bit photos: rounding to 8 bits in every
    level adds up to more than one step of 255 and brightens the photo, to 16 bits it cannot be seen. All levels
    together take two thirds of the bytes of an 8-bit photo, a third for other depths.
    """

    def __init__(self, image: Image) -> None:
        self.image = image
        self._levels: list[NDArray[Any]] = []
        self._lock = threading.Lock()

    @property
    def top(self) -> int:
        """The level with a single pixel."""
        return (max(self.image.size.height, self.image.size.width) - 1).bit_length()

    def level_for(self, scale: float) -> int:
        """The smallest level that averages well.

        Args:
            scale: Output pixels per source pixel, positive.

        Returns:
            The largest level L with 2**-L >= 4 scale, so that a fourth to an eighth remains: level pixels that straddle
            the border of a footprint count to both sides, and the fewer of a footprint's pixels do, the closer it comes
            to its exact average. 0 for scales above 1/8.
        """
        fraction, exponent = math.frexp(scale)
        # scale = fraction * 2**exponent with 0.5 <= fraction < 1; logarithms would round at powers of two.
        level = (1 - exponent if fraction == 0.5 else -exponent) - OVERSAMPLING_LEVELS
        return min(max(level, 0), self.top)

    def level(self, index: int) -> NDArray[Any]:
        """A level, made at its first use with those below it.

        Args:
            index: 0 to `top`.

        Returns:
            (ceil(height / 2**index), ceil(width / 2**index), 3): the photo's pixels for 0, otherwise uint16 in
            [0, 65535], or float32 in [0, 1] for float photos. Not to be written to.
        """
        if index == 0:
            return self.image.pixels
        with self._lock:
            while len(self._levels) < index:
                below = self._levels[-1] if self._levels else self.image.pixels
                self._levels.append(_halved(below, self.image.size, len(self._levels)))
            return self._levels[index - 1]

    def area(self, grid: OutputGrid, rect: Rect, *, level: int | None = None) -> NDArray[np.float32]:
        """Area average from the level that fits; the same as `area` where footprints end on that level's pixels.

        Args:
            grid: The photo's grid of output pixels.
            rect: The output pixels asked for. Those of separate rectangles are bit for bit those of the whole.
            level: The level to average, instead of the one that `level_for` gives for the less reduced side.

        Returns:
            (rect.height, rect.width, 3) float32 in [0, 1].

        Raises:
            RequestError: `grid` is not one of this photo, or `rect` reaches outside it.
        """
        if not _has_pixels(self.image.size, grid, rect):
            return _no_pixels(rect)
        if grid.output == grid.source:
            return self.image.region(rect)
        if level is None:
            level = self.level_for(max(grid.scale_y, grid.scale_x))
        pixels = self.level(level)
        rows = area_taps(grid.source.height, grid.output.height, rect.y, rect.bottom, level=level)
        columns = area_taps(grid.source.width, grid.output.width, rect.x, rect.right, level=level)
        out = resampled(lambda part: to_unit_range(pixels[part.slices]), rows, columns, rows_first=_rows_first(grid))
        # Rounded weights can sum to a little more than 1.
        return np.minimum(out, 1, out=out)


def _has_pixels(size: Size, grid: OutputGrid, rect: Rect) -> bool:
    """Whether a valid request asks for anything."""
    if grid.source != size:
        raise RequestError(f"a grid of a photo of {grid.source} does not fit a photo of {size}")
    if not grid.output.rect.contains(rect):
        raise RequestError(f"{rect} reaches outside a grid of {grid.output}")
    return not rect.is_empty


def _no_pixels(rect: Rect) -> NDArray[np.float32]:
    return np.empty((max(rect.height, 0), max(rect.width, 0), 3), np.float32)


def _rows_first(grid: OutputGrid) -> bool:
    return grid.output.height < grid.source.height


def _halved(pixels: NDArray[Any], source: Size, level: int) -> NDArray[Any]:
    """Make level `level + 1` from the pixels of `level`: integers to uint16, floats clipped to [0, 1] as float32."""
    height, width = (pixels.shape[0] + 1) // 2, (pixels.shape[1] + 1) // 2
    out = np.empty((height, width, 3), np.float32 if pixels.dtype == np.float32 else np.uint16)
    _mean_of_fours(pixels, out)
    # The last row and column may cover less than the others, or less than two: weighted by what they cover.
    edges = (Rect(height - 1, 0, 1, width), Rect(0, width - 1, height, 1))
    for edge in edges:
        rows = halving_taps(source.height, level, edge.y, edge.bottom)
        columns = halving_taps(source.width, level, edge.x, edge.right)
        mean = resampled(lambda part: to_unit_range(pixels[part.slices]), rows, columns, rows_first=True)
        out[edge.slices] = mean if out.dtype == np.float32 else np.floor(mean * 65535 + 0.5)
    return out


def _mean_of_fours(pixels: NDArray[Any], out: NDArray[Any]) -> None:
    """Fill `out` with the means of all complete 2 x 2 blocks of `pixels`, in chunks that stay in the cache."""
    height, width = pixels.shape[0] // 2, pixels.shape[1] // 2
    for start in range(0, height, _CHUNK_ROWS):
        stop = min(start + _CHUNK_ROWS, height)
        upper, lower = pixels[2 * start : 2 * stop : 2], pixels[2 * start + 1 : 2 * stop : 2]
        if pixels.dtype == np.float32:
            pairs: NDArray[Any] = np.clip(upper, 0, 1) + np.clip(lower, 0, 1)
        else:
            pairs = np.add(upper, lower, dtype=np.uint32)
        # Channel by channel: steps of six samples run quicker than loops over three channels.
        for channel in range(3):
            sums = pairs[:, 0 : 2 * width : 2, channel] + pairs[:, 1 : 2 * width : 2, channel]
            out[start:stop, :width, channel] = _quarter(sums, pixels.dtype)


def _quarter(sums: NDArray[Any], dtype: np.dtype[Any]) -> NDArray[Any]:
    """Sums of four samples of `dtype` to means in the range of a level."""
    if dtype == np.float32:
        return sums * np.float32(0.25)
    # 255 * 257 = 65535 takes 8-bit samples to the 16-bit range exactly.
    return (sums * np.uint32(257 if dtype == np.uint8 else 1) + np.uint32(2)) >> np.uint32(2)
