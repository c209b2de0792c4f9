"""Conventional resampling of any rectangle of an output grid, without seams between rectangles.

Photos may have any number of channels: three, or one where it is their alpha (`Image.coverage`).

Values are averaged as they are stored, that is gamma-coded, as Pillow and nearly all viewers do.
"""

from __future__ import annotations

import enum
import math
import threading
from collections.abc import Iterator
from typing import Any

import numpy as np
from numpy.typing import NDArray

from liif_core.errors import RequestError
from liif_core.geometry import OutputGrid, Rect, Size
from liif_core.imaging.halving import beneath, halved, level_dtype, level_size
from liif_core.imaging.image import Image, to_unit_range
from liif_core.imaging.scratch import drop_pages, is_mapped, stored
from liif_core.imaging.taps import CUBIC, LANCZOS, LINEAR, Curve, Taps, area_taps, curve_taps, nearest_taps, resampled

_FIRST_KEPT = 2
# Of a level while it is made; with the strips of the levels below it a few megabytes.
_STRIP_ROWS = 32
# Of a level that is not worth a file.
_SMALL_LEVEL_BYTES = 16_000_000
# How many levels finer than half an output pixel averages are taken from.
OVERSAMPLING_LEVELS = 2
# Reductions to more than this share of a side are bicubic.
SMALLEST_BICUBIC = 0.5


class Kernel(enum.Enum):
    """Conventional ways to make pixels between pixels, in the order of what they cost."""

    NEAREST = "nearest"
    """The source pixel in which an output pixel's centre lies; on the border of two, the lower or right one."""

    BILINEAR = "bilinear"
    """A straight line between neighbours, as Pillow's BILINEAR."""

    BICUBIC = "bicubic"
    """Keys' cubic through four neighbours (a = -0.5), as Pillow's BICUBIC."""

    LANCZOS = "lanczos"
    """A sinc windowed to six neighbours, as Pillow's LANCZOS."""


_CURVES = {Kernel.BILINEAR: LINEAR, Kernel.BICUBIC: CUBIC, Kernel.LANCZOS: LANCZOS}


def enlarge(image: Image, grid: OutputGrid, rect: Rect, kernel: Kernel) -> NDArray[np.float32]:
    """Resampling as Pillow does it: pixel centres aligned, at the borders only what is inside of the photo counts.

    Where it reduces, all but NEAREST are antialiased. Unlike Pillow with 8-bit photos, nothing is rounded or clipped
    between the horizontal and the vertical sums.

    Args:
        image: The photo.
        grid: Its grid of output pixels, larger or smaller.
        rect: The output pixels asked for. Those of separate rectangles are bit for bit those of the whole.
        kernel: The way to do it.

    Returns:
        (rect.height, rect.width, channels) float32, clipped to [0, 1].

    Raises:
        RequestError: `grid` is not one of this photo, or `rect` reaches outside it.
    """
    if not _has_pixels(image.size, grid, rect):
        return _no_pixels(image, rect)
    out = _enlarged(image, grid, rect, kernel)
    return np.clip(out, 0, 1, out=out)


def enlarge_with_alpha(
    image: Image, coverage: Image, grid: OutputGrid, rect: Rect, kernel: Kernel
) -> NDArray[np.float32]:
    """`enlarge` of premultiplied colours and their alpha together.

    Kernels with negative parts overshoot at edges. Where the alpha does, it is cut off at 1, and the colours are
    brought down with it: cut off by themselves they would leave a bright rim within the edges of what is opaque.

    Args:
        image: The photo, premultiplied.
        coverage: Its alpha.
        grid: As for `enlarge`.
        rect: As for `enlarge`.
        kernel: As for `enlarge`.

    Returns:
        (rect.height, rect.width, 4) float32 in [0, 1], no colour above its alpha.

    Raises:
        RequestError: `grid` is not one of this photo, or `rect` reaches outside it.
    """
    if not _has_pixels(image.size, grid, rect):
        return np.empty((max(rect.height, 0), max(rect.width, 0), 4), np.float32)
    out = np.concatenate([_enlarged(part, grid, rect, kernel) for part in (image, coverage)], axis=2)
    colours, alpha = out[..., :3], out[..., 3:]
    colours /= np.maximum(alpha, 1)
    np.clip(alpha, 0, 1, out=alpha)
    np.clip(colours, 0, alpha, out=colours)
    return out


def _enlarged(image: Image, grid: OutputGrid, rect: Rect, kernel: Kernel) -> NDArray[np.float32]:
    """Not clipped."""
    curve = _CURVES.get(kernel)
    rows = _taps(grid.source.height, grid.output.height, rect.y, rect.bottom, curve)
    columns = _taps(grid.source.width, grid.output.width, rect.x, rect.right, curve)
    return resampled(image.region, rows, columns, rows_first=_rows_first(grid))


def bicubic(image: Image, grid: OutputGrid, rect: Rect) -> NDArray[np.float32]:
    """What a conventional viewer would show: `enlarge` by `Kernel.BICUBIC`."""
    return enlarge(image, grid, rect, Kernel.BICUBIC)


def area(image: Image, grid: OutputGrid, rect: Rect) -> NDArray[np.float32]:
    """Exact area average: each output pixel is the mean of the photo over its footprint, borders weighted by coverage.

    For large reductions `Pyramid.area` is many times quicker.

    Args:
        image: The photo.
        grid: Its grid of output pixels. Meant to reduce; at scale 1 the photo itself is returned, enlarging gives
            squares.
        rect: The output pixels asked for. Those of separate rectangles are bit for bit those of the whole.

    Returns:
        (rect.height, rect.width, channels) float32 in [0, 1].

    Raises:
        RequestError: `grid` is not one of this photo, or `rect` reaches outside it.
    """
    return Pyramid(image).area(grid, rect, level=0)


class Pyramid:
    """A photo and its lazily made halvings, for quick area averages. Safe to use from several threads.

    Level 0 is the photo. A pixel of level L is the mean of 2**L x 2**L source pixels; in the last row and column of
    what is left there, so positions stay exact for odd sizes: pixel j of level L begins at source position j * 2**L.

    Levels of integer photos are uint16 with 65535 for white, also those of 8-bit photos: rounding to 8 bits in every
    level adds up to more than one step of 255 and brightens the photo, to 16 bits it cannot be seen.

    Level 1 would take half of the bytes of an 8-bit photo again, and is made from the photo in nearly no time; it is
    not kept. The others together take a sixth of the bytes of an 8-bit photo, a twelfth for other depths; where the
    photo is in a file, so are they.
    """

    def __init__(self, image: Image) -> None:
        self.image = image
        self._kept: list[NDArray[Any]] = []
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

    def region(self, level: int, rect: Rect) -> NDArray[Any]:
        """The pixels of a rectangle of a level, which is made at its first use with those below it.

        Args:
            level: 0 to `top`.
            rect: Inside `level_size(image.size, level)`; not empty.

        Returns:
            (rect.height, rect.width, channels): the photo's pixels for level 0, otherwise uint16 in [0, 65535], or
            float32 in [0, 1] for float photos. Not to be written to.

        Raises:
            ScratchError: The levels of a photo in a file found no room there.
        """
        if level == 0:
            return self.image.pixels[rect.slices]
        if level < _FIRST_KEPT:
            return self._made(level, rect)
        return self._level(level)[rect.slices]

    def reduced(self, grid: OutputGrid, rect: Rect) -> NDArray[np.float32]:
        """The picture for 100 % and below, on screen and in files.

        An antialiased bicubic reduction down to one half, the area average beyond: whichever comes closer to the scene
        at that size (measured in `resources/readme/experiments.md`, the heat field's own pre-filter included).

        Args and errors as in `area`.
        """
        least = min(grid.scale_y, grid.scale_x)
        if least <= SMALLEST_BICUBIC or grid.output == grid.source:
            return self.area(grid, rect)
        return bicubic(self.image, grid, rect)

    def area(self, grid: OutputGrid, rect: Rect, *, level: int | None = None) -> NDArray[np.float32]:
        """Area average from the level that fits; the same as `area` where footprints end on that level's pixels.

        Args:
            grid: The photo's grid of output pixels.
            rect: The output pixels asked for. Those of separate rectangles are bit for bit those of the whole.
            level: The level to average, instead of the one that `level_for` gives for the less reduced side.

        Returns:
            (rect.height, rect.width, channels) float32 in [0, 1].

        Raises:
            RequestError: `grid` is not one of this photo, or `rect` reaches outside it.
            ScratchError: See `region`.
        """
        if not _has_pixels(self.image.size, grid, rect):
            return _no_pixels(self.image, rect)
        if grid.output == grid.source:
            return self.image.region(rect)
        if level is None:
            level = self.level_for(max(grid.scale_y, grid.scale_x))
        rows = area_taps(grid.source.height, grid.output.height, rect.y, rect.bottom, level=level)
        columns = area_taps(grid.source.width, grid.output.width, rect.x, rect.right, level=level)
        out = resampled(
            lambda part: to_unit_range(self.region(level, part)), rows, columns, rows_first=_rows_first(grid)
        )
        # Rounded weights can sum to a little more than 1.
        return np.minimum(out, 1, out=out)

    def _level(self, level: int) -> NDArray[Any]:
        """A whole level that is kept."""
        with self._lock:
            while len(self._kept) <= level - _FIRST_KEPT:
                self._kept.append(self._whole(_FIRST_KEPT + len(self._kept)))
            return self._kept[level - _FIRST_KEPT]

    def _whole(self, level: int) -> NDArray[Any]:
        """All of a level from the one below."""
        size, dtype = level_size(self.image.size, level), level_dtype(self.image.pixels.dtype)
        shape = (size.height, size.width, self.image.pixels.shape[2])
        if is_mapped(self.image.pixels) and math.prod(shape) * dtype.itemsize > _SMALL_LEVEL_BYTES:
            return stored(self._strips(level, size), shape, dtype)
        whole = np.empty(shape, dtype)
        top = 0
        for strip in self._strips(level, size):
            whole[top : top + len(strip)] = strip
            top += len(strip)
        return whole

    def _strips(self, level: int, size: Size) -> Iterator[NDArray[Any]]:
        for top in range(0, size.height, _STRIP_ROWS):
            yield self._made(level, Rect(top, 0, min(_STRIP_ROWS, size.height - top), size.width))
            # What was read in passing is not this program's memory for longer than that.
            drop_pages(self.image.pixels)

    def _made(self, level: int, rect: Rect) -> NDArray[Any]:
        """A part of a level from the one below. Called with the lock held, which that one must then not ask for."""
        below = beneath(rect, self.image.size, level - 1)
        if level - 1 >= _FIRST_KEPT:
            return halved(self._kept[level - 1 - _FIRST_KEPT][below.slices], self.image.size, level - 1, rect)
        return halved(self.region(level - 1, below), self.image.size, level - 1, rect)


def _has_pixels(size: Size, grid: OutputGrid, rect: Rect) -> bool:
    """Whether a valid request asks for anything."""
    if grid.source != size:
        raise RequestError(f"a grid of a photo of {grid.source} does not fit a photo of {size}")
    if not grid.output.rect.contains(rect):
        raise RequestError(f"{rect} reaches outside a grid of {grid.output}")
    return not rect.is_empty


def _no_pixels(image: Image, rect: Rect) -> NDArray[np.float32]:
    return np.empty((max(rect.height, 0), max(rect.width, 0), image.pixels.shape[2]), np.float32)


def _taps(source: int, output: int, start: int, stop: int, curve: Curve | None) -> Taps:
    if curve is None:
        return nearest_taps(source, output, start, stop)
    return curve_taps(source, output, start, stop, curve)


def _rows_first(grid: OutputGrid) -> bool:
    return grid.output.height < grid.source.height
