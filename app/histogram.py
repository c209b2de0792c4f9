"""How often each value occurs in a photo. Safe on any thread."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from PySide6.QtGui import QImage

BINS = 256
# Rec. ITU-R BT.709, of the coded values.
_LUMA = np.array([0.2126, 0.7152, 0.0722], np.float32)


@dataclass(frozen=True, eq=False)
class Histogram:
    """Counts of pixels by their 8-bit value.

    Attributes:
        channels: (3, 256) int64: red, green and blue.
        luminance: (256,) int64.
    """

    channels: NDArray[np.int64]
    luminance: NDArray[np.int64]


def histogram_of(image: QImage) -> Histogram:
    """Count the values of a picture, as displayed.

    Args:
        image: RGB32 or ARGB32_Premultiplied, as `qimage.to_qimage` makes them; fully transparent pixels do not count.
    """
    rows = np.frombuffer(image.constBits(), np.uint8).reshape(image.height(), image.bytesPerLine())
    bgra = rows[:, : 4 * image.width()].reshape(-1, 4)
    rgb = bgra[:, 2::-1]
    if image.hasAlphaChannel():
        alpha = bgra[:, 3].astype(np.uint16)
        seen = alpha > 0
        cover = alpha[seen, None]
        rgb = np.minimum((rgb[seen] * np.uint16(255) + cover // 2) // cover, 255)
    luma = np.floor(rgb.astype(np.float32) @ _LUMA + np.float32(0.5)).astype(np.uint8)
    return Histogram(np.stack([_counts(rgb[:, channel]) for channel in range(3)]), _counts(luma))


def _counts(values: NDArray[np.integer]) -> NDArray[np.int64]:
    return np.bincount(values, minlength=BINS).astype(np.int64)
