"""Writing a photo file: refused before any work where it cannot succeed, and never half done."""

from __future__ import annotations

import errno
import io
import logging
import os
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from liif_core.atomic import atomic_path
from liif_core.errors import ImageWriteError
from liif_core.geometry import Size
from liif_core.imaging.vips import load_pyvips, vips_reason

logger = logging.getLogger(__name__)

_JPEG_EXIF_BYTES = 65533 - 6  # one JPEG segment without its length and the "Exif" prefix
_CLASSIC_TIFF_BYTES = 4_000_000_000  # its offsets have 32 bits
_REASONS = {
    errno.ENOSPC: "the disk is full",
    errno.EDQUOT: "the disk quota is used up",
    errno.EFBIG: "the file would be larger than this disk allows",
    errno.EACCES: "permission is denied",
    errno.EPERM: "permission is denied",
    errno.EROFS: "the disk is read-only",
    errno.ENAMETOOLONG: "the name is too long for this system",
}


@dataclass(frozen=True)
class _Photo:
    """What a writer gets: pixels (h, w, 3) uint8 or uint16, and the blocks that go beside them."""

    pixels: NDArray[Any]
    icc_profile: bytes | None
    exif: bytes | None


@dataclass(frozen=True)
class _Format:
    """A file format: the depths and sizes that it takes, and the function that writes it."""

    name: str
    bits: tuple[int, ...]
    max_side: int
    save: Callable[[Path, _Photo], None]


def quantise(rgb: NDArray[np.floating[Any]], bits: int) -> NDArray[Any]:
    """Floats to the nearest integers of a file, halves up.

    Args:
        rgb: Any shape, nominally in [0, 1]; clipped, NaN becomes 0.
        bits: 8 or 16.

    Returns:
        The same shape, uint8 in [0, 255] or uint16 in [0, 65535].

    Raises:
        ValueError: `bits` is neither 8 nor 16.
    """
    if bits not in (8, 16):
        raise ValueError(f"a file has 8 or 16 bits per sample, not {bits}")
    # fmax and fmin drop NaN, where clip would hand it on to a cast with undefined results.
    levels: NDArray[Any] = np.fmin(np.fmax(rgb, 0), 1)
    levels *= 2**bits - 1
    levels += 0.5
    return levels.astype(np.uint8 if bits == 8 else np.uint16)


def check_target(path: str | os.PathLike[str], size: Size, bits: int) -> None:
    """Refuse a target that cannot be written, before any pixel is computed.

    Args:
        path: The file to write; its extension chooses the format.
        size: Height and width of the photo.
        bits: Bits per sample, 8 or 16.

    Raises:
        ImageWriteError: The extension is unknown, the format takes no such depth or size, the folder does not exist or
            must not be written, or `path` is a folder or write-protected.
    """
    target = Path(path)
    form = _format_of(target)
    if bits not in form.bits:
        takes = " or ".join(str(depth) for depth in form.bits)
        raise ImageWriteError(f"{target} cannot hold {bits} bits per sample: {form.name} takes {takes}")
    if max(size.height, size.width) > form.max_side:
        raise ImageWriteError(
            f"{target} cannot hold {size.width} x {size.height} pixels: "
            f"{form.name} takes at most {form.max_side} on a side"
        )
    try:
        _check_place(target)
    except (OSError, ValueError) as exc:
        raise ImageWriteError(f"{target} cannot be written: {_reason(exc)}") from exc


def _format_of(target: Path) -> _Format:
    form = _FORMATS.get(target.suffix.lower())
    if form is None:
        found = f"the unknown extension '{target.suffix}'" if target.suffix else "no extension"
        raise ImageWriteError(f"{target} has {found}; expected one of {', '.join(WRITABLE_EXTENSIONS)}")
    return form


def _check_place(target: Path) -> None:
    if target.is_dir():
        raise ImageWriteError(f"{target} is a folder; a file name is expected")
    # Where a link leads to, which is where the file is replaced.
    folder = Path(os.path.realpath(target)).parent
    if not folder.is_dir():
        raise ImageWriteError(f"{target} cannot be written: the folder {folder} does not exist")
    if not os.access(folder, os.W_OK):
        raise ImageWriteError(f"{target} cannot be written: permission to write in the folder {folder} is denied")
    # Replacing needs no permission on the old file itself, but its owner protected it for a reason.
    if target.exists() and not os.access(target, os.W_OK):
        raise ImageWriteError(f"{target} is write-protected; a new name or permission to write is needed")


def write_image(
    path: str | os.PathLike[str],
    pixels: NDArray[Any],
    *,
    icc_profile: bytes | None = None,
    exif: bytes | None = None,
) -> None:
    """Write a photo; a failure leaves the old file, or none.

    The extension chooses the format: PNG and TIFF with 8 or 16 bits, JPEG (quality 95, 4:4:4) and WebP (quality 95)
    with 8. All carry the profile; all but TIFF carry the EXIF block.

    Args:
        path: The file to make or replace.
        pixels: (height, width, 3), uint8 in [0, 255] or uint16 in [0, 65535].
        icc_profile: The profile of the values, or None for sRGB.
        exif: An EXIF block with orientation 1, as in `Image.exif`; its `Exif` prefix may be there or not.

    Raises:
        ImageWriteError: The photo cannot be written; the message says why.
    """
    target = Path(path)
    if pixels.dtype not in (np.uint8, np.uint16) or pixels.ndim != 3 or pixels.shape[2] != 3 or pixels.size == 0:
        raise ImageWriteError(
            f"{target} cannot be written: pixels of shape {pixels.shape} as {pixels.dtype} were given, "
            "(height, width, 3) as uint8 or uint16 are expected"
        )
    check_target(target, Size(pixels.shape[0], pixels.shape[1]), pixels.dtype.itemsize * 8)
    photo = _Photo(np.ascontiguousarray(pixels), icc_profile, exif.removeprefix(b"Exif\0\0") if exif else None)
    try:
        with atomic_path(target) as temporary:
            _format_of(target).save(temporary, photo)
    except MemoryError as exc:
        raise ImageWriteError(f"{target} cannot be written: there is not enough free memory to encode it") from exc
    except (OSError, ValueError) as exc:
        raise ImageWriteError(f"{target} cannot be written: {_reason(exc)}") from exc


def _reason(exc: Exception) -> str:
    number = exc.errno if isinstance(exc, OSError) else None
    if number in _REASONS:
        return _REASONS[number]
    return (exc.strerror if isinstance(exc, OSError) else None) or str(exc) or type(exc).__name__


def _save_png(path: Path, photo: _Photo) -> None:
    # libpng's choice of filter per row makes photos about a third smaller than none.
    _save_with_vips("pngsave", path, photo, compression=6, filter="all")


def _save_tiff(path: Path, photo: _Photo) -> None:
    large = photo.pixels.nbytes > _CLASSIC_TIFF_BYTES
    _save_with_vips("tiffsave", path, photo, compression="deflate", predictor="horizontal", bigtiff=large)


def _save_with_vips(saver: str, path: Path, photo: _Photo, **options: Any) -> None:
    pyvips = load_pyvips()
    deep = photo.pixels.dtype == np.uint16
    image = pyvips.Image.new_from_array(photo.pixels, interpretation="rgb16" if deep else "srgb").copy()
    for name, block in (
        ("icc-profile-data", photo.icc_profile),
        ("exif-data", photo.exif and b"Exif\0\0" + photo.exif),
    ):
        if block:
            image.set_type(pyvips.GValue.blob_type, name, block)
    try:
        getattr(image, saver)(os.fsencode(path), keep="exif|icc", **options)
    except pyvips.Error as exc:
        # libvips tells the system's reason only in words.
        number = next((known for known in _REASONS if os.strerror(known) in str(exc)), errno.EIO)
        raise OSError(number, vips_reason(exc)) from exc


def _save_jpeg(path: Path, photo: _Photo) -> None:
    exif = photo.exif
    if exif and len(exif) > _JPEG_EXIF_BYTES:
        logger.warning("%s: left out its EXIF block: %d bytes are more than JPEG takes", path.name, len(exif))
        exif = None
    _save_with_pillow("JPEG", path, photo, exif, quality=95, subsampling="4:4:4", optimize=True)


def _save_webp(path: Path, photo: _Photo) -> None:
    _save_with_pillow("WEBP", path, photo, photo.exif, quality=95)


def _save_with_pillow(kind: str, path: Path, photo: _Photo, exif: bytes | None, **options: Any) -> None:
    """Through Pillow, which writes the EXIF block byte for byte where libvips would rebuild it."""
    from PIL import Image as PillowImage

    # Encoded in memory first: Pillow's writing to a file reports a full disk without its reason.
    encoded = io.BytesIO()
    picture = PillowImage.fromarray(photo.pixels)
    blocks = {"icc_profile": photo.icc_profile} if photo.icc_profile else {}
    if exif:
        blocks["exif"] = b"Exif\0\0" + exif
    picture.save(encoded, kind, **blocks, **options)
    path.write_bytes(encoded.getbuffer())


_JPEG = _Format("JPEG", (8,), 65500, _save_jpeg)  # the field has 16 bits, but libjpeg stops at 65500
_PNG = _Format("PNG", (8, 16), 2**31 - 1, _save_png)
_TIFF = _Format("TIFF", (8, 16), 2**31 - 1, _save_tiff)
_WEBP = _Format("WebP", (8,), 16383, _save_webp)
_FORMATS = {".png": _PNG, ".jpg": _JPEG, ".jpeg": _JPEG, ".tif": _TIFF, ".tiff": _TIFF, ".webp": _WEBP}
WRITABLE_EXTENSIONS = tuple(_FORMATS)
"""Extensions that `write_image` takes, lower case with their dot."""
