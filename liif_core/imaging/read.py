"""Reading a photo file: every way it can go wrong ends in one sentence."""

from __future__ import annotations

import errno
import logging
import os
import stat
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from liif_core.cancel import CancelToken
from liif_core.errors import ImageReadError
from liif_core.geometry import Size
from liif_core.imaging.decode import (
    FORMAT_NAMES,
    HEADER_BYTES,
    READABLE_EXTENSIONS,
    DecodeError,
    OpenedPhoto,
    open_photo,
    sniff,
)
from liif_core.imaging.exif import oriented, upright
from liif_core.imaging.icc import to_rgb
from liif_core.imaging.image import Image
from liif_core.imaging.vips import load_pyvips, vips_reason

__all__ = ["READABLE_EXTENSIONS", "read_image"]

logger = logging.getLogger(__name__)

# Camera raw files are TIFF inside, and would open as the thumbnail that comes first in them.
_RAW_EXTENSIONS = (
    *(".3fr", ".arw", ".cr2", ".dcr", ".dng", ".erf", ".iiq", ".kdc", ".mef"),
    *(".nef", ".nrw", ".orf", ".pef", ".raw", ".rw2", ".sr2", ".srw"),
)
_MEGA = 1_000_000


def read_image(
    path: str | os.PathLike[str], *, cancel: CancelToken | None = None, max_pixels: int = 600_000_000
) -> Image:
    """Read a photo, upright and with three channels, at the depth of its file.

    The format is told by the content. Of animations and files with several pages the first picture is read. Damaged
    EXIF blocks and ICC profiles are dropped with a warning in the log; damaged pixels are refused. EXIF is kept for
    formats that hold it as a block (not for TIFF, whose tags describe the file itself).

    Args:
        path: The file.
        cancel: Asked while decoding.
        max_pixels: Photos with more pixels are refused by their header, before memory is taken.

    Returns:
        The photo.

    Raises:
        ImageReadError: The file cannot be read as a photo; the message says why.
        Cancelled: `cancel` was set.
    """
    token = cancel or CancelToken()
    token.check()
    name = os.fspath(path)
    kind = _checked_kind(name)
    size: Size | None = None
    try:
        photo = open_photo(path, kind)
        size = photo.size
        _check_pixels(name, size, max_pixels)
        token.check()
        return _decoded(photo, name, token)
    except DecodeError as exc:
        token.check()
        raise _damaged(name, kind, size, str(exc)) from exc
    except MemoryError as exc:
        what = f" for its {size.width} x {size.height} pixels" if size else ""
        raise ImageReadError(f"{name} cannot be read: there is not enough free memory{what}") from exc
    except OSError as exc:
        raise ImageReadError(f"{name} cannot be read: {_system_reason(exc)}") from exc


def _checked_kind(name: str) -> str:
    """The format of a file that exists and can be read."""
    try:
        # Asked before opening: opening a pipe would wait for a writer that never comes.
        mode = Path(name).stat().st_mode
        if stat.S_ISDIR(mode):
            raise ImageReadError(f"{name} is a folder; a photo file is expected")
        if not stat.S_ISREG(mode):
            raise ImageReadError(f"{name} is a device or a pipe; a photo file is expected")
        with Path(name).open("rb") as file:
            header = file.read(HEADER_BYTES)
    except FileNotFoundError as exc:
        raise ImageReadError(f"{name} does not exist; a photo file is expected there") from exc
    except (OSError, ValueError) as exc:
        raise ImageReadError(f"{name} cannot be read: {_system_reason(exc)}") from exc
    if not header:
        raise ImageReadError(f"{name} is empty (0 bytes); a photo file is expected")
    expected = f"{', '.join(FORMAT_NAMES[:-1])} or {FORMAT_NAMES[-1]} is expected"
    kind = sniff(header)
    if kind == "TIFF" and name.lower().endswith(_RAW_EXTENSIONS):
        raise ImageReadError(f"{name} is a camera raw file, which cannot be read; {expected}")
    if kind is None:
        raise ImageReadError(f"{name} is not a photo of a known format (it begins with {header[:8]!r}); {expected}")
    return kind


def _check_pixels(name: str, size: Size, max_pixels: int) -> None:
    if size.area > max_pixels:
        raise ImageReadError(
            f"{name} has {size.width} x {size.height} pixels ({size.area / _MEGA:.4g} megapixels); "
            f"at most {max_pixels / _MEGA:.4g} megapixels can be read"
        )


def _damaged(name: str, kind: str, size: Size | None, reason: str) -> ImageReadError:
    if "out of memory" in reason:
        return ImageReadError(f"{name} cannot be read: there is not enough free memory for its pixels")
    expected = f"all of its {size.width} x {size.height} pixels are expected" if size else "a whole file is expected"
    return ImageReadError(f"{name} is cut off or damaged ({kind}: {reason}); {expected}")


def _system_reason(exc: Exception) -> str:
    if isinstance(exc, PermissionError):
        return "permission is denied; permission to read it is needed"
    if isinstance(exc, OSError) and exc.errno == errno.ENAMETOOLONG:
        return "the name is too long for this system"
    return (exc.strerror if isinstance(exc, OSError) else None) or str(exc) or type(exc).__name__


def _decoded(photo: OpenedPhoto, name: str, token: CancelToken) -> Image:
    """Decode the pixels and bring them to the form of `Image`."""
    exif, orientation = _usable_exif(photo, name)
    # Every step up to `_pixels` only describes work (BMP and HEIC aside); the decoder runs there.
    image, profile = to_rgb(_supported_samples(photo.load(), name), photo.icc_profile, name)
    pixels = _pixels(image, token)
    if pixels.dtype == np.uint16 and photo.bits is not None and photo.bits < 16:
        # 10 and 12-bit decoders fill the upper bits only; repeating them below makes white exactly 65535.
        pixels = pixels | (pixels >> photo.bits)
    if pixels.dtype == np.float32:
        # Scientific files mark missing pixels by NaN, which would spread in every resampling.
        pixels = np.nan_to_num(pixels, nan=0.0, posinf=1.0, neginf=0.0)
    token.check()
    return Image(np.ascontiguousarray(oriented(pixels, orientation)), icc_profile=profile, exif=exif)


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
    if image.format in ("uchar", "ushort", "float"):
        return image
    if image.format == "uint":
        return (image / float(2**32 - 1)).cast("float")
    if image.format == "double":
        return image.cast("float")
    raise ImageReadError(
        f"{name} has samples of type '{image.format}'; 8 or 16 bits without sign, or floating point, are expected"
    )


def _pixels(image: Any, token: CancelToken) -> NDArray[Any]:
    """Run the decoder: (height, width, 3) uint8, uint16 or float32."""

    def stop_when_cancelled(running: Any, _progress: Any) -> None:
        if token.cancelled:
            running.set_kill(True)

    image = image.copy()
    image.set_progress(True)
    image.signal_connect("eval", stop_when_cancelled)
    pyvips = load_pyvips()
    try:
        pixels: NDArray[Any] = image.numpy()
    except pyvips.Error as exc:
        raise DecodeError(vips_reason(exc)) from exc
    return pixels
