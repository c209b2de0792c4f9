"""Pixels in a file instead of in memory, for photos that are larger than their share of it.

The file is in the user's cache folder and has no name: where the system can, it is made without one (Linux's
O_TMPFILE), elsewhere its name is taken away at once (other POSIX systems), or the system deletes it when its last
handle is closed, however the program ends (Windows). So nothing has to be removed later: when the last array over its
mapping goes, the file's space is free, after a crash, too. Only a power cut in the wrong moment can leave one behind;
`remove_leftovers` takes those.

One mapped array serves all formats and everything that takes arrays. Reading regions of the original through libvips
would spare the copy, but for tiled TIFF files only; every pan and every pass over the whole would decode its tiles
again, and orientation, colours and odd samples would have to be dealt with for each region.

It is written through a file handle and then mapped for reading only. Were it written through the mapping, a full disk
would end the program by a signal instead of raising an error.
"""

from __future__ import annotations

import contextlib
import errno
import math
import mmap
import shutil
import tempfile
import time
from collections.abc import Iterable
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from liif_core.errors import ImageReadError
from liif_core.paths import cache_folder

_PREFIX = "pixels-"
# Until a file without a name has lost it, or while another program of ours has a named one open.
_LEFTOVER_AGE_S = 24 * 3600
_MEGA = 1_000_000


class ScratchError(ImageReadError):
    """The file cannot be made; the message tells where, how much and why."""


def stored(strips: Iterable[NDArray[Any]], shape: tuple[int, ...], dtype: np.dtype[Any]) -> NDArray[Any]:
    """Write an array strip by strip into a new file, and map it.

    Args:
        strips: Its rows in order, any number at a time; as `dtype`.
        shape: Of the whole; not empty.
        dtype: Of the whole.

    Returns:
        The array, read-only. Its pages are read when they are looked at, and the system drops them when memory is
        short. The file goes with the last view of it.

    Raises:
        ScratchError: The disk is full, or the folder cannot be written.
    """
    nbytes = int(np.prod(shape, dtype=np.int64)) * dtype.itemsize
    folder = cache_folder()
    # Only writing raises what is ours to explain: strips come out of a decoder, whose errors pass unchanged.
    with contextlib.ExitStack() as stack:
        with _explained(nbytes, folder):
            folder.mkdir(parents=True, exist_ok=True)
            # Told now, and not after some seconds of decoding.
            if shutil.disk_usage(folder).free < nbytes:
                raise OSError(errno.ENOSPC, "No space left on device")
            file = stack.enter_context(tempfile.TemporaryFile(dir=folder, prefix=_PREFIX, buffering=0))
        for strip in strips:
            with _explained(nbytes, folder):
                _write_all(file, np.ascontiguousarray(strip, dtype))
        with _explained(nbytes, folder):
            mapping = mmap.mmap(file.fileno(), nbytes, access=mmap.ACCESS_READ)
    return np.frombuffer(mapping, dtype).reshape(shape)


def _write_all(file: Any, strip: NDArray[Any]) -> None:
    """Without a buffer of Python's own, a write may take a part only."""
    rest = strip.data.cast("B")
    while rest:
        rest = rest[file.write(rest) :]


@contextlib.contextmanager
def _explained(nbytes: int, folder: Path) -> Any:
    try:
        yield
    except (OSError, ValueError) as exc:
        number = exc.errno if isinstance(exc, OSError) else None
        full = number in (errno.ENOSPC, errno.EDQUOT, errno.EFBIG)
        reason = "there is not enough room" if full else getattr(exc, "strerror", None) or str(exc)
        raise ScratchError(
            f"{math.ceil(nbytes / _MEGA)} MB are needed in {folder} for its pixels, but {reason}"
        ) from exc


def is_mapped(array: NDArray[Any]) -> bool:
    """Whether an array's pixels are in a file of `stored`."""
    return _mapping_of(array) is not None


def drop_pages(array: NDArray[Any]) -> None:
    """Let go of the pages of a mapped array that have been read; they stay in the system's cache while there is room.

    For after a pass over the whole of it, which would otherwise count as this program's memory.
    """
    mapping = _mapping_of(array)
    if mapping is not None and hasattr(mmap, "MADV_DONTNEED"):
        mapping.madvise(mmap.MADV_DONTNEED)


def _mapping_of(array: NDArray[Any]) -> mmap.mmap | None:
    base: Any = array
    while isinstance(base, np.ndarray | memoryview):
        base = base.base if isinstance(base, np.ndarray) else base.obj
    return base if isinstance(base, mmap.mmap) else None


def remove_leftovers() -> None:
    """Remove files that a power cut has left; those in use are spared by their age, or by the system."""
    oldest = time.time() - _LEFTOVER_AGE_S
    for path in cache_folder().glob(f"{_PREFIX}*"):
        with contextlib.suppress(OSError):
            if path.stat().st_mtime < oldest:
                path.unlink()
