"""Rows that one thread computes, as an image that libvips reads on another.

libvips can be given pixels as they come only in a file format. An uncompressed BigTIFF is rows behind a short table, so
`RowFeed` pretends to be such a file: its beginning is made here, and what follows are the rows themselves, handed over
without a copy. libvips reads it from beginning to end, a few rows ahead of the encoder, and waits where there are none
yet. Nothing larger than the rows that are waiting is ever held.
"""

from __future__ import annotations

import struct
import threading
from typing import Any

import numpy as np
from numpy.typing import NDArray

from liif_core.geometry import Size
from liif_core.imaging.vips import load_pyvips

# What libtiff asks for at once. Few calls into Python, and not much memory for wide pictures.
_STRIP_BYTES = 1 << 20
_MAX_STRIP_ROWS = 64
# Handed over and not read yet: with the rows being computed and those being read, three portions are in memory.
_WAITING = 1


class FeedClosed(Exception):
    """Nobody reads any more: the encoder has failed or the work was given up."""


class RowFeed:
    """Rows on their way to an encoder. `put` and `close` are for one thread, `image` for another.

    Args:
        size: Of the whole picture.
        channels: 3, or 4 with alpha, which is not premultiplied.
        dtype: uint8 or uint16.
    """

    def __init__(self, size: Size, channels: int, dtype: np.dtype[Any]) -> None:
        self._row_bytes = size.width * channels * dtype.itemsize
        self._head = _tiff_head(size, channels, dtype, self._row_bytes)
        self._total = len(self._head) + size.height * self._row_bytes
        self._dtype = dtype.newbyteorder("<")
        self._position = 0
        self._read_until = len(self._head)
        self._current = memoryview(b"")
        self._waiting: list[memoryview] = []
        self._closed = False
        self._changed = threading.Condition()
        self._source: Any = None

    def image(self) -> Any:
        """The picture as a pyvips image, to be written once from top to bottom."""
        pyvips = load_pyvips()
        # Held here: pyvips forgets the handlers with the object, whoever in libvips still reads from it.
        self._source = pyvips.SourceCustom()
        self._source.on_read(self._read)
        self._source.on_seek(self._seek)
        return pyvips.Image.tiffload_source(self._source, access="sequential", fail_on="error")

    def put(self, rows: NDArray[Any], *, timeout_s: float) -> bool:
        """Hand over the next rows, which must not be written to any more.

        Args:
            rows: (any number, width, channels), contiguous.
            timeout_s: How long to wait for room.

        Returns:
            Whether there was room in time.

        Raises:
            FeedClosed: `close` was called.
        """
        with self._changed:
            self._changed.wait_for(lambda: self._closed or len(self._waiting) < _WAITING, timeout_s)
            if self._closed:
                raise FeedClosed
            if len(self._waiting) >= _WAITING:
                return False
            samples = np.ascontiguousarray(rows, self._dtype)
            self._waiting.append(samples.reshape(-1).view(np.uint8).data)
            self._changed.notify_all()
            return True

    def close(self) -> None:
        """End: whoever reads gets an error unless everything was read; safe from any thread."""
        with self._changed:
            self._closed = True
            self._waiting.clear()
            self._changed.notify_all()

    def _seek(self, offset: int, whence: int) -> int:
        self._position = {0: 0, 1: self._position, 2: self._total}[whence] + offset
        return self._position

    def _read(self, count: int) -> Any:
        """At most `count` bytes from the position on; None tells libvips that there are no more."""
        if self._position < len(self._head):
            part: Any = self._head[self._position : self._position + count]
        elif self._position == self._read_until:
            part = self._next_rows(count)
            self._read_until += len(part)
        else:
            part = b""  # past the end, or back, which a sequential reader does not
        self._position += len(part)
        return part or None

    def _next_rows(self, count: int) -> memoryview:
        if not self._current:
            with self._changed:
                self._changed.wait_for(lambda: self._closed or bool(self._waiting))
                if not self._waiting:
                    return memoryview(b"")
                self._current = self._waiting.pop(0)
                self._changed.notify_all()
        part, self._current = self._current[:count], self._current[count:]
        return part


def _tiff_head(size: Size, channels: int, dtype: np.dtype[Any], row_bytes: int) -> bytes:
    """A BigTIFF up to its first pixel: header, one directory, and the tables of strips."""
    rows = max(1, min(_MAX_STRIP_ROWS, _STRIP_BYTES // row_bytes))
    count = -(-size.height // rows)
    lengths = np.full(count, rows * row_bytes, "<u8")
    lengths[-1] = (size.height - rows * (count - 1)) * row_bytes
    short, long8 = 3, 16
    entries: list[tuple[int, int, list[int]]] = [
        (256, long8, [size.width]),
        (257, long8, [size.height]),
        (258, short, [8 * dtype.itemsize] * channels),
        (259, short, [1]),  # not compressed
        (262, short, [2]),  # RGB
        (277, short, [channels]),
        (278, long8, [rows]),
        (284, short, [1]),  # samples of a pixel side by side
    ]
    if channels == 4:
        entries.append((338, short, [2]))  # alpha, not premultiplied
    tables = 2 if count > 1 else 0
    first_table = 16 + 8 + 20 * (len(entries) + 2) + 8
    first_pixel = first_table + tables * 8 * count
    offsets = first_pixel + np.concatenate([np.zeros(1, "<u8"), np.cumsum(lengths[:-1], dtype="<u8")])
    packed = {tag: _entry(tag, kind, values) for tag, kind, values in entries}
    for number, (tag, values) in enumerate(((273, offsets), (279, lengths))):
        at = first_table + number * 8 * count
        packed[tag] = struct.pack("<HHQQ", tag, long8, count, at if tables else int(values[0]))
    directory = struct.pack("<Q", len(packed)) + b"".join(packed[tag] for tag in sorted(packed)) + struct.pack("<Q", 0)
    head = struct.pack("<2sHHHQ", b"II", 43, 8, 0, 16) + directory
    return head + (offsets.astype("<u8").tobytes() + lengths.tobytes() if tables else b"")


def _entry(tag: int, kind: int, values: list[int]) -> bytes:
    form = {3: "H", 16: "Q"}[kind]
    return struct.pack(f"<HHQ{len(values)}{form}", tag, kind, len(values), *values).ljust(20, b"\0")
