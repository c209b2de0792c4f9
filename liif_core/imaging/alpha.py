"""Premultiplied colours, in which what is hidden by full transparency does not exist.

Porter and Duff, "Compositing digital images", 1984; Blinn, "Compositing, part 1: theory", 1994. Resampling, encoding
and decoding are sums, and sums of premultiplied colours weigh each colour by how much of it is seen.
"""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray


def premultiplied_dtype(dtype: np.dtype[Any]) -> np.dtype[Any]:
    """The samples of a photo of `dtype` with alpha: at least 16 bits, in which 8-bit colours survive any alpha."""
    return np.dtype(np.float32 if dtype == np.float32 else np.uint16)


def is_opaque(alpha: NDArray[Any]) -> bool:
    """Whether nothing shines through: integers at their maximum, floats at 1 or above."""
    full = 1 if alpha.dtype == np.float32 else np.iinfo(alpha.dtype).max
    return bool(alpha.size == 0 or alpha.min() >= full)


def premultiplied(samples: NDArray[Any]) -> NDArray[Any]:
    """Colours as stored in files, multiplied by their alpha.

    Args:
        samples: RGB and alpha (h, w, 4) uint8, uint16 or float32.

    Returns:
        (h, w, 4), uint16 in [0, 65535], or float32 with its alpha clipped to [0, 1].
    """
    colours, alpha = samples[..., :3], samples[..., 3:]
    out = np.empty(samples.shape, premultiplied_dtype(samples.dtype))
    if samples.dtype == np.float32:
        np.clip(alpha, 0, 1, out=out[..., 3:])
        np.multiply(colours, out[..., 3:], out=out[..., :3])
        return out
    full = np.iinfo(samples.dtype).max
    # The largest number is 65535 * 65535 + 32767, which 32 bits hold. Halves go up.
    products = colours.astype(np.uint32) * alpha
    if full == 255:
        products *= np.uint32(65535)
        products += np.uint32(full * full // 2)
        products //= np.uint32(full * full)
    else:
        products += np.uint32(full // 2)
        products //= np.uint32(full)
    out[..., :3] = products
    out[..., 3:] = alpha if full == 65535 else alpha.astype(np.uint16) * np.uint16(257)
    return out


def straight(colours: NDArray[np.float32], alpha: NDArray[np.float32]) -> NDArray[np.float32]:
    """Premultiplied colours (h, w, 3) divided by their alpha (h, w, 1), all in [0, 1]; black where nothing is seen."""
    divided: NDArray[np.float32] = np.divide(colours, alpha, out=np.zeros_like(colours), where=alpha > 0)
    # What is above its alpha, by rounding, would be brighter than white.
    return np.minimum(divided, 1, out=divided)


def source_value(pixel: NDArray[Any], alpha: Any, bits: int) -> tuple[int, ...] | tuple[float, ...]:
    """What a file holds for a pixel: the inverse of `premultiplied`.

    Args:
        pixel: Premultiplied RGB (3,), uint16 or float32.
        alpha: In the same range.
        bits: Of the file: 8, 16 or 32.

    Returns:
        Red, green, blue, alpha in the file's range: whole numbers up to 255 or 65535, or floats. All 0 where alpha is.
        8-bit colours are exact; 16-bit colours are off by up to half of a step divided by alpha.
    """
    if bits == 32:
        share = float(alpha)
        colours = [float(value) / share if share else 0.0 for value in pixel]
        return (*colours, share)
    full = 2**bits - 1
    cover = int(alpha)
    # In whole numbers, halves up.
    levels = [(2 * int(value) * full + cover) // (2 * cover) if cover else 0 for value in pixel]
    return (*(min(level, full) for level in levels), (2 * cover * full + 65535) // (2 * 65535))
