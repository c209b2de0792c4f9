"""The directories of TIFF files: chains of entries, each a tag with a value (TIFF 6.0, section 2).

BigTIFF differs in the width of its counts and offsets. An EXIF block is such a file as well; `exif_directories` knows
it in memory, for changes in place.
"""

from __future__ import annotations

import os
import struct
from collections.abc import Iterator
from dataclasses import dataclass
from typing import BinaryIO

from liif_core.imaging.exif_directories import VALUE_BYTES

# Beyond these a file is no photo, but damaged.
_MAX_DIRECTORIES, _MAX_TAGS = 65536, 4096

# LONG8, SLONG8 and IFD8 are BigTIFF's.
_VALUE_BYTES = VALUE_BYTES | dict.fromkeys((16, 17, 18), 8)
_RATIONALS = (5, 10)
_NUMBERS = {1: "B", 3: "H", 4: "I", 5: "II", 13: "I", 16: "Q", 18: "Q"}


@dataclass(frozen=True, slots=True)
class Layout:
    """How a file counts.

    Attributes:
        order: Of its bytes, "<" or ">".
        big: Whether it is a BigTIFF.
    """

    order: str
    big: bool

    @property
    def room(self) -> int:
        """Bytes of a value that is held in its entry."""
        return 8 if self.big else 4

    @property
    def offset(self) -> str:
        """Format of an offset."""
        return self.order + ("Q" if self.big else "I")

    @property
    def number(self) -> str:
        """Format of a count of entries."""
        return self.order + ("Q" if self.big else "H")

    @property
    def head(self) -> str:
        """Format of an entry without its value."""
        return self.order + ("HHQ" if self.big else "HHI")


@dataclass(frozen=True, slots=True)
class Entry:
    """One of a directory, as it lies in the file.

    Attributes:
        tag: What is told.
        kind: Of its values.
        count: How many there are.
        held: The value where it has room here, otherwise where it lies.
        at: Where in the file this is held.
    """

    tag: int
    kind: int
    count: int
    held: bytes
    at: int

    @property
    def length(self) -> int:
        """Bytes of the value; those of kinds that are not known count as one each."""
        return _VALUE_BYTES.get(self.kind, 1) * self.count


def number_bytes(kind: int) -> int:
    """Bytes of a number that has a byte order; a fraction is two of them."""
    return 4 if kind in _RATIONALS else _VALUE_BYTES.get(kind, 1)


def opened(file: BinaryIO) -> tuple[Layout, int]:
    """How a file counts, and where its first directory is.

    Raises:
        OSError: It cannot be read.
        ValueError: It is no TIFF.
    """
    file.seek(0)
    head = file.read(16)
    order = {b"II": "<", b"MM": ">"}.get(head[:2])
    if order is None:
        raise ValueError("there is no byte-order mark")
    (version,) = unpacked(order + "H", head[2:4])
    if version not in (42, 43):
        raise ValueError(f"the version is {version}")
    layout = Layout(order, big=version == 43)
    start = 8 if layout.big else 4
    return layout, unpacked(layout.offset, head[start : start + layout.room])[0]


def directory(file: BinaryIO, layout: Layout, at: int) -> tuple[list[Entry], int]:
    """The entries of a directory, and where the next one is, or 0.

    Args:
        file: The file.
        layout: How it counts.
        at: Where the directory is.

    Raises:
        OSError: It cannot be read.
        ValueError: It is damaged.
    """
    first = at + struct.calcsize(layout.number)
    (count,) = unpacked(layout.number, _read(file, at, first - at))
    if count > _MAX_TAGS:
        raise ValueError(f"a directory has {count} entries")
    head = struct.calcsize(layout.head)
    width = head + layout.room
    content = _read(file, first, width * count + layout.room)
    entries = []
    for start in range(0, width * count, width):
        tag, kind, values = unpacked(layout.head, content[start : start + head])
        held = content[start + head : start + width]
        entries.append(Entry(tag, kind, values, held, first + start + head))
    return entries, unpacked(layout.offset, content[width * count :])[0]


def directories(file: BinaryIO) -> Iterator[tuple[Layout, list[Entry]]]:
    """The chain of a file, each directory once.

    Raises:
        OSError: It cannot be read.
        ValueError: It is damaged, perhaps behind some that were given.
    """
    layout, at = opened(file)
    seen = {0}
    while at not in seen and len(seen) <= _MAX_DIRECTORIES:
        seen.add(at)
        entries, at = directory(file, layout, at)
        yield layout, entries


def value_of(file: BinaryIO, layout: Layout, entry: Entry) -> bytes:
    """An entry's value.

    Raises:
        OSError: It cannot be read.
        ValueError: It reaches outside of the file.
    """
    if entry.length <= layout.room:
        return entry.held[: entry.length]
    return _read(file, unpacked(layout.offset, entry.held)[0], entry.length)


def numbers_of(file: BinaryIO, layout: Layout, entry: Entry) -> tuple[int, ...]:
    """An entry's numbers, two for each fraction; none where it holds others than whole ones without a sign.

    Raises:
        OSError: They cannot be read.
        ValueError: They reach outside of the file.
    """
    form = _NUMBERS.get(entry.kind, "")
    if not form:
        return ()
    # Damaged counts go up to 2 ** 64: the value tells first whether the file has so many.
    value = value_of(file, layout, entry)
    return unpacked(f"{layout.order}{len(form) * entry.count}{form[0]}", value)


def unpacked(form: str, content: bytes) -> tuple[int, ...]:
    """Numbers.

    Raises:
        ValueError: There are too few bytes.
    """
    try:
        return struct.unpack(form, content)
    except struct.error as exc:
        raise ValueError("a directory reaches outside of the file") from exc


def _read(file: BinaryIO, at: int, length: int) -> bytes:
    """A part of a file; asked first whether there is so much of it, since memory is taken before anything is read."""
    if at + length > file.seek(0, os.SEEK_END):
        raise ValueError(f"a value or directory of {length} bytes reaches outside of the file")
    file.seek(at)
    return file.read(length)
