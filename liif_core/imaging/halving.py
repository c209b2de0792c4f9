"""One level of a pyramid from the one below, for any rectangle of it."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from liif_core.geometry import Rect, Size
from liif_core.imaging.image import to_unit_range
from liif_core.imaging.taps import halving_taps, resampled

# Of temporary sums. Small enough for a processor's last cache, and few enough that the steps between two chunks, which
# need the interpreter, are not what it takes when other threads use that, too (while torch is imported, say).
_CHUNK_BYTES = 4_000_000


def level_size(source: Size, level: int) -> Size:
    """The size of a level of a photo of `source`; the last row and column may cover less than the others."""
    return Size(-(-source.height >> level), -(-source.width >> level))


def level_dtype(dtype: np.dtype[Any]) -> np.dtype[Any]:
    """The samples of the levels of a photo of `dtype`: float32 stays, integers become uint16."""
    return np.dtype(np.float32 if dtype == np.float32 else np.uint16)


def beneath(rect: Rect, source: Size, level: int) -> Rect:
    """The pixels of `level` that make `rect` of `level + 1`."""
    below = level_size(source, level).rect
    return Rect(2 * rect.y, 2 * rect.x, 2 * rect.height, 2 * rect.width).intersected(below)


def halved(below: NDArray[Any], source: Size, level: int, rect: Rect) -> NDArray[Any]:
    """Make a rectangle of level `level + 1`.

    Args:
        below: The pixels of `level` in `beneath(rect, source, level)`: (h, w, channels) uint8 (level 0 only), uint16 or
            float32, floats in any range.
        source: Size of the photo.
        level: Of `below`.
        rect: What to make; not empty. Separate rectangles give bit for bit the pixels of the whole.

    Returns:
        (rect.height, rect.width, channels) uint16 in [0, 65535], or float32 in [0, 1].
    """
    out = np.empty((rect.height, rect.width, below.shape[2]), level_dtype(below.dtype))
    _mean_of_fours(below, out)
    # The last row and column may cover less than the others, or less than two: weighted by what they cover.
    size = level_size(source, level + 1)
    origin = beneath(rect, source, level)
    for edge in (Rect(size.height - 1, 0, 1, size.width), Rect(0, size.width - 1, size.height, 1)):
        part = edge.intersected(rect)
        if part.is_empty:
            continue
        rows = halving_taps(source.height, level, part.y, part.bottom)
        columns = halving_taps(source.width, level, part.x, part.right)
        mean = resampled(
            lambda inner: to_unit_range(below[inner.shifted(-origin.y, -origin.x).slices]),
            rows,
            columns,
            rows_first=True,
        )
        target = part.shifted(-rect.y, -rect.x).slices
        out[target] = mean if out.dtype == np.float32 else np.floor(mean * 65535 + 0.5)
    return out


def _mean_of_fours(pixels: NDArray[Any], out: NDArray[Any]) -> None:
    """Fill `out` with the means of all complete 2 x 2 blocks of `pixels`, in chunks that stay in the cache."""
    height, width = pixels.shape[0] // 2, pixels.shape[1] // 2
    # The sum of two samples of 8 bits fits into 16, which halves what the caches have to hold.
    pair_dtype = {"uint8": np.uint16, "uint16": np.uint32}.get(pixels.dtype.name, np.float32)
    channels = pixels.shape[2]
    chunk_rows = max(1, _CHUNK_BYTES // (2 * max(1, width) * channels * np.dtype(pair_dtype).itemsize))
    for start in range(0, height, chunk_rows):
        stop = min(start + chunk_rows, height)
        upper, lower = pixels[2 * start : 2 * stop : 2], pixels[2 * start + 1 : 2 * stop : 2]
        if pixels.dtype == np.float32:
            pairs: NDArray[Any] = np.clip(upper, 0, 1) + np.clip(lower, 0, 1)
        else:
            pairs = np.add(upper, lower, dtype=pair_dtype)
        # Channel by channel: long steps run quicker than loops over three channels.
        for channel in range(channels):
            sums = pairs[:, 0 : 2 * width : 2, channel] + pairs[:, 1 : 2 * width : 2, channel]
            out[start:stop, :width, channel] = _quarter(sums, pixels.dtype)


def _quarter(sums: NDArray[Any], dtype: np.dtype[Any]) -> NDArray[Any]:
    """Sums of four samples of `dtype` to means in the range of a level."""
    if dtype == np.float32:
        return sums * np.float32(0.25)
    # 255 * 257 = 65535 takes 8-bit samples to the 16-bit range exactly.
    factor = np.uint32(257 if dtype == np.uint8 else 1)
    means: NDArray[Any] = (np.multiply(sums, factor, dtype=np.uint32) + np.uint32(2)) >> np.uint32(2)
    return means
