"""Writing a photo file: refused before any work where it cannot succeed, and never half done."""

from __future__ import annotations

import contextlib
import errno
import os
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from liif_core.atomic import atomic_path
from liif_core.cancel import CancelToken
from liif_core.errors import ImageWriteError
from liif_core.geometry import Size
from liif_core.imaging.encoders import Picture
from liif_core.imaging.encoding import WRITABLE_EXTENSIONS, EncodingOptions, check_encoding, format_of
from liif_core.imaging.metadata import Metadata
from liif_core.imaging.streamed import EncoderError, StreamedPicture
from liif_core.imaging.written import check_written

__all__ = ["WRITABLE_EXTENSIONS", "check_target", "explained", "quantise", "write_image", "written_file"]

_REASONS = {
    errno.ENOSPC: "the disk is full",
    errno.EDQUOT: "the disk quota is used up",
    errno.EFBIG: "the file would be larger than this disk allows",
    errno.EACCES: "permission is denied",
    errno.EPERM: "permission is denied",
    errno.EROFS: "the disk is read-only",
    errno.ENAMETOOLONG: "the name is too long for this system",
}


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


def check_target(path: str | os.PathLike[str], size: Size, options: EncodingOptions) -> None:
    """Refuse a target that cannot be written, before any pixel is computed.

    Args:
        path: The file to write; its extension chooses the format.
        size: Height and width of the photo.
        options: How it will be encoded.

    Raises:
        ImageWriteError: The extension is unknown, the format takes no such depth or size, the folder does not exist or
            must not be written, or `path` is a folder or write-protected.
    """
    target = Path(path)
    check_encoding(target, size, options)
    try:
        _check_place(target)
    except (OSError, ValueError) as exc:
        raise ImageWriteError(f"{target} cannot be written: {_reason(exc)}") from exc


def _check_place(target: Path) -> None:
    with contextlib.suppress(FileNotFoundError, NotADirectoryError):
        # Refused where no file can have this name. From Python 3.14 on, the questions below say of it that none has.
        target.lstat()
    if target.is_dir():
        raise ImageWriteError(f"{target} is a folder; a file name is expected")
    if target.exists() and not target.is_file():
        # It would be replaced by a file, which is what nobody means who names one.
        raise ImageWriteError(f"{target} is a device or a pipe; a file name is expected")
    # Where a link leads to, which is where the file is replaced.
    folder = Path(os.path.realpath(target)).parent
    if not folder.is_dir():
        raise ImageWriteError(f"{target} cannot be written: the folder {folder} does not exist")
    if not os.access(folder, os.W_OK):
        raise ImageWriteError(f"{target} cannot be written: permission to write in the folder {folder} is denied")
    # Replacing needs no permission on the old file itself, but its owner protected it for a reason.
    if target.exists() and not os.access(target, os.W_OK):
        raise ImageWriteError(f"{target} is write-protected; a new name or permission to write is needed")


@contextlib.contextmanager
def written_file(
    path: str | os.PathLike[str],
    picture: Picture,
    *,
    cancel: CancelToken | None = None,
    on_finishing: Callable[[], None] = lambda: None,
    on_checking: Callable[[], None] = lambda: None,
) -> Iterator[StreamedPicture]:
    """A photo file that is written row by row; a failure leaves the old file, or none.

    The rows go into a file beside `path`, which is opened again when it is whole, and takes the place of the old one if
    it is what it should be.

    Args:
        path: The file to make or replace; its extension chooses the format.
        picture: What it is to hold.
        cancel: Asked while the encoder is waited for.
        on_finishing: Called when all rows are there.
        on_checking: Called before the file is opened again.

    Yields:
        What takes the rows.

    Raises:
        ImageWriteError: The photo cannot be written; the message says why.
        Cancelled: `cancel` was set.
    """
    target = Path(path)
    check_target(target, picture.size, picture.options)
    form, token = format_of(target), cancel or CancelToken()
    with explained(target), atomic_path(target) as temporary:
        with StreamedPicture(temporary, form, picture, cancel=token, on_finishing=on_finishing) as stream:
            yield stream
        on_checking()
        token.check()
        check_written(temporary, form, picture)
        token.check()


@contextlib.contextmanager
def explained(target: Path) -> Iterator[None]:
    """Turns what encoders and the system raise while a file is written into one sentence.

    Raises:
        ImageWriteError: Instead of theirs.
    """
    try:
        yield
    except MemoryError as exc:
        raise ImageWriteError(f"{target} cannot be written: there is not enough free memory to encode it") from exc
    except (OSError, ValueError, EncoderError) as exc:
        raise ImageWriteError(f"{target} cannot be written: {_reason(exc)}") from exc


def write_image(
    path: str | os.PathLike[str],
    pixels: NDArray[Any],
    *,
    icc_profile: bytes | None = None,
    exif: bytes | None = None,
    options: EncodingOptions | None = None,
) -> None:
    """Write a photo; a failure leaves the old file, or none.

    The extension chooses the format: PNG and TIFF with 8 or 16 bits, JPEG (quality 95, 4:4:4) and WebP (quality 95)
    with 8, and what else `encoding.writable_formats` has.

    Args:
        path: The file to make or replace.
        pixels: (height, width, 3), uint8 in [0, 255] or uint16 in [0, 65535].
        icc_profile: The profile of the values, or None for sRGB.
        exif: An EXIF block with orientation 1, as in `Image.exif`; its `Exif` prefix may be there or not.
        options: How to encode; the bits are those of `pixels`.

    Raises:
        ImageWriteError: The photo cannot be written; the message says why.
    """
    target = Path(path)
    if pixels.dtype not in (np.uint8, np.uint16) or pixels.ndim != 3 or pixels.shape[2] != 3 or pixels.size == 0:
        raise ImageWriteError(
            f"{target} cannot be written: pixels of shape {pixels.shape} as {pixels.dtype} were given, "
            "(height, width, 3) as uint8 or uint16 are expected"
        )
    block = exif.removeprefix(b"Exif\0\0") if exif else None
    picture = Picture(
        Size(pixels.shape[0], pixels.shape[1]),
        icc_profile=icc_profile,
        metadata=Metadata(exif=block or None),
        options=replace(options or EncodingOptions(), bits=8 * pixels.dtype.itemsize),
    )
    with written_file(target, picture) as stream:
        stream.write(pixels)


def _reason(exc: Exception) -> str:
    number = exc.errno if isinstance(exc, OSError) else None
    if number in _REASONS:
        return _REASONS[number]
    return (exc.strerror if isinstance(exc, OSError) else None) or str(exc) or type(exc).__name__
