"""Reading a photo file: every way it can go wrong ends in one sentence."""

from __future__ import annotations

import contextlib
import errno
import os
import re
import stat
from collections.abc import Callable, Iterator
from pathlib import Path

from liif_core.cancel import CancelToken
from liif_core.errors import ImageReadError
from liif_core.geometry import Size
from liif_core.imaging.decode import DecodeError, OpenedPhoto, count_pages, open_photo
from liif_core.imaging.formats import (
    FORMAT_NAMES,
    HEADER_BYTES,
    RAW_EXTENSIONS,
    READABLE_EXTENSIONS,
    sniff,
)
from liif_core.imaging.image import Image
from liif_core.imaging.pixels import decoded, upright_size
from liif_core.imaging.scratch import ScratchError

__all__ = [
    "MAX_PIXELS",
    "RAW_EXTENSIONS",
    "READABLE_EXTENSIONS",
    "checked_kind",
    "opened_page",
    "page_count",
    "read_image",
    "read_size",
]

MAX_PIXELS = 600_000_000
_MEGA = 1_000_000
# What decoders say of whole files that they have no way to read. A marker that JPEG does not know is damage, and LibRaw
# has one sentence for both.
_UNSUPPORTED = re.compile(
    r"not configured|not implemented|not supported|not a whole number of bytes|unsupported (?!marker|file format)",
    re.IGNORECASE,
)


def read_image(
    path: str | os.PathLike[str],
    *,
    page: int = 0,
    keep_alpha: bool = False,
    cancel: CancelToken | None = None,
    max_pixels: int = MAX_PIXELS,
    max_memory_bytes: int | None = None,
) -> Image:
    """Read a photo, upright and with three channels, at the depth of its file.

    The format is told by the content. Of animations the first picture is read. Damaged EXIF blocks and ICC profiles are
    dropped with a warning in the log; damaged pixels are refused. EXIF is kept for formats that hold it as a block (not
    for TIFF, whose tags describe the file itself).

    Args:
        path: The file.
        page: Which of the `page_count` pages of a TIFF.
        keep_alpha: Keep transparency in `Image.alpha`, where there is any, instead of flattening over white.
        cancel: Asked while decoding.
        max_pixels: Photos with more pixels are refused by their header, before memory is taken.
        max_memory_bytes: Photos whose pixels take more are held in a file that the system caches (see `scratch`); None
            holds all in memory.

    Returns:
        The photo.

    Raises:
        ImageReadError: The file cannot be read as a photo; the message says why.
        Cancelled: `cancel` was set.
    """
    token = cancel or CancelToken()
    token.check()
    name = os.fspath(path)
    kind = checked_kind(name)
    size: Size | None = None
    with _explained(name, kind, lambda: size, token):
        photo = opened_page(path, kind, page, cancel=token)
        size = photo.size
        _check_pixels(name, size, max_pixels)
        token.check()
        return decoded(photo, name, token, keep_alpha=keep_alpha, max_memory_bytes=max_memory_bytes)


def read_size(path: str | os.PathLike[str], *, page: int = 0, max_pixels: int = MAX_PIXELS) -> Size:
    """The size of a photo as it is seen, from its header alone.

    Args:
        path: The file.
        page: As for `read_image`.
        max_pixels: As for `read_image`.

    Returns:
        What `read_image` will give, if the pixels are whole.

    Raises:
        ImageReadError: The file cannot be read as a photo; the message says why.
    """
    name = os.fspath(path)
    kind = checked_kind(name)
    with _explained(name, kind, lambda: None, CancelToken()):
        photo = opened_page(path, kind, page)
        _check_pixels(name, photo.size, max_pixels)
        return upright_size(photo, name)


def page_count(path: str | os.PathLike[str]) -> int:
    """How many pages a file has, at least 1: the pictures of a TIFF, without reduced copies of them and masks.

    Animations count as one.

    Raises:
        ImageReadError: The file does not exist, or is no photo. Whether its pixels are whole is not looked at.
    """
    name = os.fspath(path)
    kind = checked_kind(name)
    with _explained(name, kind, lambda: None, CancelToken()):
        return count_pages(path, kind)


def opened_page(
    path: str | os.PathLike[str], kind: str, page: int, *, cancel: CancelToken | None = None
) -> OpenedPhoto:
    """Open one of the pages of a file; see `decode.open_photo`.

    Raises:
        ImageReadError: There is no such page, or the format takes a package that is not installed.
        DecodeError: The header is damaged.
        OSError: The file cannot be read.
        Cancelled: `cancel` was set.
    """
    if page != 0:
        count = count_pages(path, kind)
        if not 0 <= page < count:
            pages = "1 page" if count == 1 else f"{count} pages"
            raise ImageReadError(f"{os.fspath(path)} has {pages}; page {page + 1} does not exist")
    return open_photo(path, kind, page=page, cancel=cancel)


@contextlib.contextmanager
def _explained(name: str, kind: str, size: Callable[[], Size | None], token: CancelToken) -> Iterator[None]:
    """Turns what decoders and the system raise into one sentence; `size` is that of the header, once it is known."""
    try:
        yield
    except ScratchError as exc:
        raise ImageReadError(f"{name} cannot be read: {exc}") from exc
    except DecodeError as exc:
        token.check()
        raise _refusal(name, kind, size(), str(exc)) from exc
    except MemoryError as exc:
        known = size()
        what = f" for its {known.width} x {known.height} pixels" if known else ""
        raise ImageReadError(f"{name} cannot be read: there is not enough free memory{what}") from exc
    except OSError as exc:
        raise ImageReadError(f"{name} cannot be read: {_system_reason(exc)}") from exc


def checked_kind(name: str) -> str:
    """The format of a file that exists and can be read.

    Raises:
        ImageReadError: It does not exist, or is no photo.
    """
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
    kind = sniff(header, Path(name).suffix)
    if kind is None:
        raise ImageReadError(f"{name} is not a photo of a known format (it begins with {header[:8]!r}); {expected}")
    return kind


def _check_pixels(name: str, size: Size, max_pixels: int) -> None:
    if size.area > max_pixels:
        raise ImageReadError(
            f"{name} has {size.width} x {size.height} pixels ({size.area / _MEGA:.4g} megapixels); "
            f"at most {max_pixels / _MEGA:.4g} megapixels can be read"
        )


def _refusal(name: str, kind: str, size: Size | None, reason: str) -> ImageReadError:
    if "out of memory" in reason:
        return ImageReadError(f"{name} cannot be read: there is not enough free memory for its pixels")
    if _UNSUPPORTED.search(reason):
        return ImageReadError(f"{name} uses a kind of {kind} that cannot be read here ({reason})")
    expected = f"all of its {size.width} x {size.height} pixels are expected" if size else "a whole file is expected"
    return ImageReadError(f"{name} is cut off or damaged ({kind}: {reason}); {expected}")


def _system_reason(exc: Exception) -> str:
    if isinstance(exc, PermissionError):
        return "permission is denied; permission to read it is needed"
    if isinstance(exc, OSError) and exc.errno == errno.ENAMETOOLONG:
        return "the name is too long for this system"
    return (exc.strerror if isinstance(exc, OSError) else None) or str(exc) or type(exc).__name__
