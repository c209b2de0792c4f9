"""Running a decoder: strip by strip, turned upright, into memory or into a file.

The strips are fetched on the calling thread. libvips' own ways to a whole picture either hold it twice while it is
turned, or call back into Python from their threads, which then wait for whoever runs Python code at that moment.
"""

from __future__ import annotations

import logging
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from liif_core.cancel import CancelToken
from liif_core.errors import ImageReadError
from liif_core.geometry import Size
from liif_core.imaging.adobe_rgb import adobe_rgb_profile
from liif_core.imaging.alpha import is_opaque, premultiplied, premultiplied_dtype
from liif_core.imaging.exif import inverse_orientation, is_adobe_rgb, oriented, turned, upright
from liif_core.imaging.icc import to_rgb
from liif_core.imaging.image import Image
from liif_core.imaging.opened import DecodeError, OpenedPhoto
from liif_core.imaging.scratch import drop_pages, stored
from liif_core.imaging.vips import load_pyvips, vips_reason

logger = logging.getLogger(__name__)

_DTYPES = {"uchar": np.uint8, "ushort": np.uint16, "float": np.float32}
# JPEG and tiled files come in rows of 8, 16 or more; strips of about this size stay in the processor's cache.
_STRIP_GRAIN = 16
_STRIP_BYTES = 300_000


def decoded(
    photo: OpenedPhoto,
    name: str,
    token: CancelToken,
    *,
    keep_alpha: bool = False,
    max_memory_bytes: int | None = None,
) -> Image:
    """Decode the pixels and bring them to the form of `Image`.

    Args:
        photo: The opened file.
        name: The file's name for the log and for refusals.
        token: Asked between strips.
        keep_alpha: Keep transparency, where there is any, instead of flattening over white.
        max_memory_bytes: Pixels that take more are put into a file; None: never.

    Raises:
        DecodeError: The decoder refused the file.
        ImageReadError: Its samples are of an unknown kind, or the file for its pixels cannot be made.
        Cancelled: `token` was set.
    """
    exif, orientation = _usable_exif(photo, name)
    profile = photo.icc_profile
    if profile is None and exif is not None and is_adobe_rgb(exif):
        profile = adobe_rgb_profile()
    # Every step up to the strips only describes work (formats without libvips aside); the decoder runs there.
    image, profile = to_rgb(_supported_samples(photo.load(), name), profile, name, keep_alpha=keep_alpha)
    held = _Holder(Size(image.height, image.width), image.bands, orientation, max_memory_bytes)
    pixels = held.upright(_strips(image, token, bits=photo.bits), np.dtype(_DTYPES[image.format]))
    alpha, bits = None, 8 * pixels.dtype.itemsize
    if image.bands == 4:
        if not all(is_opaque(rows[..., 3]) for rows in held.rows_of(pixels, token)):
            strips = (premultiplied(rows) for rows in held.rows_of(pixels, token))
            pixels = held.upright(strips, premultiplied_dtype(pixels.dtype))
            alpha = pixels[..., 3]
        pixels = pixels[..., :3]
    token.check()
    return Image(pixels, icc_profile=profile, exif=exif, source_bits=bits, alpha=alpha)


@dataclass(frozen=True)
class _Holder:
    """Where the samples of a photo go: into memory, or into a file.

    Attributes:
        size: As stored in the photo's file.
        bands: Samples of a pixel.
        orientation: What brings the photo upright, 1 to 8.
        max_memory_bytes: Larger ones go into a file; None: none does.
    """

    size: Size
    bands: int
    orientation: int
    max_memory_bytes: int | None

    def upright(self, strips: Iterable[NDArray[Any]], dtype: np.dtype[Any]) -> NDArray[Any]:
        """All strips as one array (height, width, bands), upright."""
        if self.max_memory_bytes is not None and self.size.area * self.bands * dtype.itemsize > self.max_memory_bytes:
            # Turned by its strides: writing so large a file crosswise would cost more than reading it so.
            return oriented(stored(strips, (self.size.height, self.size.width, self.bands), dtype), self.orientation)
        upright_size = turned(self.size, self.orientation)
        pixels = np.empty((upright_size.height, upright_size.width, self.bands), dtype)
        _fill(self._as_stored(pixels), strips)
        return pixels

    def rows_of(self, pixels: NDArray[Any], token: CancelToken) -> Iterator[NDArray[Any]]:
        """The strips that made an upright array once more."""
        rows = self._as_stored(pixels)
        step = _strip_rows(self.size.width * self.bands * pixels.itemsize)
        for top in range(0, len(rows), step):
            token.check()
            yield rows[top : top + step]
            # What was read in passing is not this program's memory for longer than that.
            drop_pages(pixels)

    def _as_stored(self, pixels: NDArray[Any]) -> NDArray[Any]:
        return oriented(pixels, inverse_orientation(self.orientation))


def _strip_rows(row_bytes: int) -> int:
    return _STRIP_GRAIN * max(1, _STRIP_BYTES // (_STRIP_GRAIN * row_bytes))


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
    if image.format in _DTYPES or image.interpretation == "labs":
        return image
    if image.format == "uint":
        return (image / float(2**32 - 1)).cast("float")
    if image.format == "double":
        return image.cast("float")
    raise ImageReadError(
        f"{name} has samples of type '{image.format}'; 8 or 16 bits without sign, or floating point, are expected"
    )


def _strips(image: Any, token: CancelToken, *, bits: int | None) -> Iterator[NDArray[Any]]:
    """Run the decoder: (rows, width, bands) uint8, uint16 or float32 from top to bottom, as stored."""
    pyvips = load_pyvips()
    dtype, width = np.dtype(_DTYPES[image.format]), image.width
    step = _strip_rows(width * image.bands * dtype.itemsize)
    region = pyvips.Region.new(image)
    for top in range(0, image.height, step):
        token.check()
        rows = min(step, image.height - top)
        try:
            samples = region.fetch(0, top, width, rows)
        except pyvips.Error as exc:
            raise DecodeError(vips_reason(exc)) from exc
        yield _repaired(np.frombuffer(samples, dtype).reshape(rows, width, image.bands), bits)


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
