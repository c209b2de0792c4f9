"""From arrays to QImages that own their pixels, in the display's colours. Safe on any thread."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray
from PySide6.QtGui import QColorSpace, QImage

from app.display_colours import ColourConversion
from liif_core.imaging.write import quantise


def to_qimage(pixels: NDArray[Any], conversion: ColourConversion | None, *, quick: bool = False) -> QImage:
    """An image for painting.

    Args:
        pixels: RGB (h, w, 3) float32 in [0, 1]; the same and alpha (h, w, 4) float32, premultiplied; or, without a
            conversion only, blue, green, red, 255 (h, w, 4) uint8.
        conversion: To the display's colours; None where the values are in them already.
        quick: Convert with 16 bits instead of floats: many times quicker, and up to two steps of 255 less exact,
            which a picture that is replaced at once may be.

    Returns:
        Format RGB32, which the raster engine paints without conversion, or ARGB32_Premultiplied with alpha; its device
        pixel ratio is 1, and it has no colour space attached.
    """
    if pixels.dtype == np.uint8:
        return _owned(pixels, QImage.Format.Format_RGB32)
    rgb = pixels.astype(np.float32, copy=False)
    if rgb.shape[2] == 4:
        return _with_alpha(rgb, conversion)
    if conversion is None:
        return _owned(_bytes(rgb), QImage.Format.Format_RGB32)
    if quick:
        rgbx = np.full((*rgb.shape[:2], 4), 65535, np.uint16)
        rgbx[..., :3] = quantise(rgb, 16)
        return _converted(rgbx, QImage.Format.Format_RGBX64, conversion, QImage.Format.Format_RGB32)
    return _converted(_four(rgb), QImage.Format.Format_RGBX32FPx4, conversion, QImage.Format.Format_RGB32)


def _with_alpha(rgba: NDArray[np.float32], conversion: ColourConversion | None) -> QImage:
    colours, alpha = rgba[..., :3], np.clip(rgba[..., 3:], 0, 1)
    if conversion is not None:
        straight: NDArray[np.float32] = np.divide(colours, np.maximum(alpha, 1e-6), dtype=np.float32)
        colours = np.clip(_unclipped(straight, conversion), 0, 1) * alpha
    # Colours beyond their alpha would shine over what is beneath; rounded, they stay in the same order.
    bgra = _bytes(np.minimum(colours, alpha))
    bgra[..., 3] = quantise(alpha[..., 0], 8)
    return _owned(bgra, QImage.Format.Format_ARGB32_Premultiplied)


def _bytes(rgb: NDArray[np.float32]) -> NDArray[np.uint8]:
    """Blue, green, red, 255: the byte order of 0xffRRGGBB on little-endian machines, which all supported ones are."""
    bgrx = np.full((*rgb.shape[:2], 4), 255, np.uint8)
    bgrx[..., 2::-1] = quantise(rgb, 8)
    return bgrx


def _four(rgb: NDArray[np.float32]) -> NDArray[np.float32]:
    """With a fourth sample of 1, as Qt's float formats have it."""
    rgbx = np.ones((*rgb.shape[:2], 4), np.float32)
    rgbx[..., :3] = rgb
    return rgbx


def _unclipped(rgb: NDArray[np.float32], conversion: ColourConversion) -> NDArray[np.float32]:
    floats = QImage.Format.Format_RGBX32FPx4
    image = _converted(_four(rgb), floats, conversion, floats)
    rows = np.frombuffer(image.constBits(), np.float32).reshape(image.height(), image.bytesPerLine() // 4)
    return rows[:, : 4 * image.width()].reshape(image.height(), image.width(), 4)[..., :3].copy()


def _converted(
    pixels: NDArray[Any], form: QImage.Format, conversion: ColourConversion, wanted: QImage.Format
) -> QImage:
    image = _over(pixels, form)
    image.setColorSpace(conversion.source)
    converted = image.convertedToColorSpace(conversion.target, wanted)
    if converted.isNull():
        # Qt found no way there, although both spaces were good; the values as they are are nearer than nothing.
        converted = image.convertToFormat(wanted)
    # Of its own memory, even where Qt had nothing to do.
    owned = converted.copy()
    owned.setColorSpace(QColorSpace())
    return owned


def _owned(pixels: NDArray[np.uint8], form: QImage.Format) -> QImage:
    return _over(np.ascontiguousarray(pixels), form).copy()


def _over(pixels: NDArray[Any], form: QImage.Format) -> QImage:
    """A view of a contiguous array (h, w, 4), which must outlive it."""
    height, width = pixels.shape[:2]
    return QImage(pixels.data, width, height, pixels.strides[0], form)
