"""Running a decoder: strip by strip, turned upright, into memory or into a file.

The strips are fetched on the calling thread. libvips' own ways to a whole picture either hold it twice while it is
turned, or call back into Python from their threads, which then wait for whoever runs Python code at that moment.
"""

from __future__ import annotations

import logging
from collections.abc import Iterable, Iterator
from typing import Any

import numpy as np
from numpy.typing import NDArray

from liif_core.cancel import CancelToken
from liif_core.errors import ImageReadError
from liif_core.geometry import Size
from liif_core.imaging.decode import DecodeError, OpenedPhoto
from liif_core.imaging.exif import inverse_orientation, oriented, turned, upright
from liif_core.imaging.icc import to_rgb
from liif_core.imaging.image import Image
from liif_core.imaging.scratch import stored
from liif_core.imaging.vips import load_pyvips, vips_reason

logger = logging.getLogger(__name__)

_DTYPES = {"uchar": np.uint8, "ushort": np.uint16, "float": np.float32}
# JPEG and tiled files come in rows of 8, 16 or more; strips of about this size stay in the processor's cache.
_STRIP_GRAIN = 16
_STRIP_BYTES = 300_000


def decoded(photo: OpenedPhoto, name: str, token: CancelToken, *, max_memory_bytes: int | None = None) -> Image:
    """Decode the pixels and bring them to the form of `Image`.

    Args:
        photo: The opened file.
        name: The file's name for the log and for refusals.
        token: Asked between strips.
        max_memory_bytes: Pixels that take more are put into a file; None: never.

    Raises:
        DecodeError: The decoder refused the file.
        ImageReadError: Its samples are of an unknown kind, or the file for its pixels cannot be made.
        Cancelled: `token` was set.
    """
    exif, orientation = _usable_exif(photo, name)
    # Every step up to the strips only describes work (BMP and HEIC aside); the decoder runs there.
    image, profile = to_rgb(_supported_samples(photo.load(), name), photo.icc_profile, name)
    dtype, size = np.dtype(_DTYPES[image.format]), Size(image.height, image.width)
    strips = _strips(image, token, bits=photo.bits)
    if max_memory_bytes is not None and size.area * 3 * dtype.itemsize > max_memory_bytes:
        # Turned by its strides: writing so large a file crosswise would cost more than reading it so.
        pixels = oriented(stored(strips, (size.height, size.width, 3), dtype), orientation)
    else:
        upright_size = turned(size, orientation)
        pixels = np.empty((upright_size.height, upright_size.width, 3), dtype)
        _fill(oriented(pixels, inverse_orientation(orientation)), strips)
    token.check()
    return Image(pixels, icc_profile=profile, exif=exif)


def upright_size(photo: OpenedPhoto, name: str) -> Size:
    """The size of a photo as it is seen."""
    return turned(photo.size, _usable_exif(photo, name)[1])


def _usable_exif(photo: OpenedPhoto, name: str) -> tuple[bytes | None, int]:
    """The EXIF block with orientation 1, and the orientation to apply; the container's own word goes first."""
    exif, orientation = None, 1
    if photo.exif:
        try:
            exif, orientation = upright(photo.exif)
        except ValueError as exc:
            logger.warning("%s: dropped its EXIF block, which is damaged: %s", name, exc)
    return exif, orientation if photo.orientation is None else photo.orientation


def _supported_samples(image: Any, name: str) -> Any:
    """Samples as "uchar", "ushort" or "float"; 32-bit integers and doubles become float."""
    if image.format in _DTYPES:
        return image
    if image.format == "uint":
        return (image / float(2**32 - 1)).cast("float")
    if image.format == "double":
        return image.cast("float")
    raise ImageReadError(
        f"{name} has samples of type '{image.format}'; 8 or 16 bits without sign, or floating point, are expected"
    )


def _strips(image: Any, token: CancelToken, *, bits: int | None) -> Iterator[NDArray[Any]]:
    """Run the decoder: (rows, width, 3) uint8, uint16 or float32 from top to bottom, as stored."""
    pyvips = load_pyvips()
    dtype, width = np.dtype(_DTYPES[image.format]), image.width
    grains = max(1, _STRIP_BYTES // (_STRIP_GRAIN * width * 3 * dtype.itemsize))
    region = pyvips.Region.new(image)
    for top in range(0, image.height, grains * _STRIP_GRAIN):
        token.check()
        rows = min(grains * _STRIP_GRAIN, image.height - top)
        try:
            samples = region.fetch(0, top, width, rows)
        except pyvips.Error as exc:
            raise DecodeError(vips_reason(exc)) from exc
        yield _repaired(np.frombuffer(samples, dtype).reshape(rows, width, 3), bits)


def _repaired(strip: NDArray[Any], bits: int | None) -> NDArray[Any]:
    if strip.dtype == np.uint16 and bits is not None and bits < 16:
        # 10 and 12-bit decoders fill the upper bits only; repeating them below makes white exactly 65535.
        strip = strip | (strip >> bits)
    if strip.dtype == np.float32:
        # Scientific files mark missing pixels by NaN, which would spread in every resampling.
        strip = np.nan_to_num(strip, nan=0.0, posinf=1.0, neginf=0.0)
    return strip


def _fill(rows: NDArray[Any], strips: Iterable[NDArray[Any]]) -> None:
    top = 0
    for strip in strips:
        rows[top : top + len(strip)] = strip
        top += len(strip)
