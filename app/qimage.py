"""From arrays to QImages that own their pixels, in the display's colours. Safe on any thread."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray
from PySide6.QtGui import QColorSpace, QImage

from liif_core.imaging.write import quantise


def color_space_of(icc_profile: bytes | None) -> QColorSpace | None:
    """The colour space of a photo, if its values need converting for an sRGB display.

    A profile that Qt cannot use is treated as sRGB.
    """
    if icc_profile is None:
        return None
    space = QColorSpace.fromIccProfile(icc_profile)
    srgb = QColorSpace(QColorSpace.NamedColorSpace.SRgb)
    return space if space.isValid() and space != srgb else None


def to_qimage(pixels: NDArray[np.float32] | NDArray[np.uint8], color_space: QColorSpace | None) -> QImage:
    """An image for painting.

    Args:
        pixels: RGB (h, w, 3) float32 in [0, 1], or blue, green, red, 255 (h, w, 4) uint8.
        color_space: Of the values; None for sRGB.

    Returns:
        Format RGB32 in sRGB, which the raster engine paints without conversion; its device pixel ratio is 1.
    """
    height, width = pixels.shape[:2]
    # Blue, green, red, 255: the byte order of 0xffRRGGBB on little-endian machines, which all supported ones are.
    bgrx = np.ascontiguousarray(pixels) if pixels.shape[2] == 4 else np.full((height, width, 4), 255, np.uint8)
    if pixels.shape[2] == 3:
        bgrx[..., 2::-1] = quantise(pixels.astype(np.float32, copy=False), 8)
    view = QImage(bgrx.data, width, height, 4 * width, QImage.Format.Format_RGB32)
    owned = view.copy()
    if color_space is not None:
        owned.setColorSpace(color_space)
        owned.convertToColorSpace(QColorSpace(QColorSpace.NamedColorSpace.SRgb))
    return owned
