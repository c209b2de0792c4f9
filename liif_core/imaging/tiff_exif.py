"""EXIF in TIFF files, whose own directories hold it: libvips neither reads nor writes it there; and IPTC.

Exif 2.3, section 4.6.3.
"""

from __future__ import annotations

import io
import os
import struct
from collections.abc import Collection, Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO

from liif_core.imaging.exif_directories import EXIF_DIRECTORY, GPS_DIRECTORY, INTEROPERABILITY
from liif_core.imaging.tiff_directories import Layout, directory, number_bytes, opened, unpacked, value_of

_ABOUT_THE_PHOTO = (0x010E, 0x010F, 0x0110, 0x0131, 0x0132, 0x013B, 0x8298)
"""Description, maker, model, software, date, artist and copyright; all others describe the pixels of a file."""

_IPTC = 0x83BB
_DIRECTORIES = (EXIF_DIRECTORY, GPS_DIRECTORY, INTEROPERABILITY)
_LONG, _UNDEFINED, _LONG8 = 4, 7, 16


@dataclass(frozen=True, slots=True)
class _Entry:
    """A tag with its value: bytes in the order of its file, or the entries of another directory."""

    tag: int
    kind: int
    count: int
    value: bytes
    inner: tuple[_Entry, ...] | None = None


def read_tiff_exif(path: str | os.PathLike[str]) -> bytes | None:
    """What a TIFF file's first directory tells about the photo, as an EXIF block; None where it tells nothing.

    Raises:
        OSError: The file cannot be read.
        ValueError: It is damaged.
    """
    with Path(path).open("rb") as file:
        layout, at = opened(file)
        known, _ = _directory(file, layout, at, wanted=(*_ABOUT_THE_PHOTO, EXIF_DIRECTORY, GPS_DIRECTORY))
        kept = [_followed(file, layout, entry) for entry in known]
    if not kept:
        return None
    target = Layout("<", big=False)
    written = _Appended(8, target)
    content = written.directory([_swapped(entry, layout, target) for entry in kept], next_at=0)
    return struct.pack("<2sHI", b"II", 42, written.last) + content


def read_tiff_iptc(path: str | os.PathLike[str]) -> bytes | None:
    """The IPTC records in a TIFF file's first directory; libvips writes and reads a fourth of them.

    Raises:
        OSError: The file cannot be read.
        ValueError: It is damaged.
    """
    with Path(path).open("rb") as file:
        entries, _ = _directory(file, *opened(file), wanted=(_IPTC,))
    return next((entry.value.rstrip(b"\0") for entry in entries), None)


def append_metadata(path: Path, *, exif: bytes | None, iptc: bytes | None) -> None:
    """Put an EXIF block and IPTC records into the first directory of a TIFF file; what it says of itself stays.

    Args:
        path: The file. Its new directory and all values are appended, so nothing in it moves.
        exif: The block, from its byte-order mark on.
        iptc: The records.

    Raises:
        OSError: The file cannot be written.
        ValueError: The EXIF block is damaged; the file is as it was.
    """
    wanted = [] if iptc is None else [_Entry(_IPTC, _UNDEFINED, len(iptc), iptc)]
    about: list[tuple[_Entry, Layout]] = []
    if exif is not None:
        source = io.BytesIO(exif)
        exif_layout, at = opened(source)
        known, _ = _directory(source, exif_layout, at, wanted=(*_ABOUT_THE_PHOTO, EXIF_DIRECTORY, GPS_DIRECTORY))
        about = [(_followed(source, exif_layout, entry), exif_layout) for entry in known]
    with path.open("r+b") as file:
        layout, first = opened(file)
        own, next_at = _directory(file, layout, first)
        present = {entry.tag for entry in own}
        wanted += [_swapped(entry, order, layout) for entry, order in about]
        end = file.seek(0, os.SEEK_END)
        written = _Appended(end + (end & 1), layout)
        content = written.directory([*own, *(entry for entry in wanted if entry.tag not in present)], next_at=next_at)
        file.write(b"\0" * (end & 1) + content)
        file.seek(8 if layout.big else 4)
        file.write(struct.pack(layout.offset, written.last))


class _Appended:
    """Directories and their values, laid out from an offset on."""

    def __init__(self, start: int, layout: Layout) -> None:
        self._start = start
        self._layout = layout
        self._content = b""
        self.last = 0

    def directory(self, entries: Iterable[_Entry], *, next_at: int) -> bytes:
        """Everything so far and this directory, whose place is then `last`."""
        self.last = self._add(sorted(entries, key=lambda entry: entry.tag), next_at)
        return self._content

    def _add(self, entries: list[_Entry], next_at: int) -> int:
        layout = self._layout
        packed = []
        for entry in entries:
            kind, value = entry.kind, entry.value
            if entry.inner is not None:
                kind = _LONG8 if layout.big else _LONG
                value = struct.pack(layout.offset, self._add(list(entry.inner), 0))
            if len(value) > layout.room:
                value = struct.pack(layout.offset, self._put(value))
            packed.append(struct.pack(layout.head, entry.tag, kind, entry.count) + value.ljust(layout.room, b"\0"))
        head, tail = struct.pack(layout.number, len(packed)), struct.pack(layout.offset, next_at)
        return self._put(head + b"".join(packed) + tail)

    def _put(self, content: bytes) -> int:
        at = self._start + len(self._content)
        self._content += content + b"\0" * (len(content) & 1)
        return at


def _directory(
    file: BinaryIO, layout: Layout, at: int, *, wanted: Collection[int] | None = None
) -> tuple[list[_Entry], int]:
    """The entries of a directory with their values, and where the next one is.

    Args:
        file: The file.
        layout: How it counts.
        at: Where the directory is.
        wanted: The tags that are looked at; None for all. Values of others may be of any size, or damaged.
    """
    entries, next_at = directory(file, layout, at)
    kept = (entry for entry in entries if wanted is None or entry.tag in wanted)
    return [_Entry(entry.tag, entry.kind, entry.count, value_of(file, layout, entry)) for entry in kept], next_at


def _followed(file: BinaryIO, layout: Layout, entry: _Entry, *, depth: int = 0) -> _Entry:
    """An entry that points to a directory, with that directory's entries."""
    if entry.tag not in _DIRECTORIES or depth > 2:
        return entry
    form = {4: "I", 2: "H", 8: "Q"}.get(len(entry.value))
    if form is None:
        raise ValueError(f"the place of a directory is told in {len(entry.value)} bytes")
    at = unpacked(layout.order + form, entry.value)[0]
    inner, _ = _directory(file, layout, at)
    followed = tuple(_followed(file, layout, each, depth=depth + 1) for each in inner)
    return _Entry(entry.tag, entry.kind, 1, b"", followed)


def _swapped(entry: _Entry, source: Layout, target: Layout) -> _Entry:
    """An entry whose value has the byte order of another file."""
    if entry.inner is not None:
        inner = tuple(_swapped(each, source, target) for each in entry.inner)
        return _Entry(entry.tag, entry.kind, entry.count, b"", inner)
    width = number_bytes(entry.kind)
    if source.order == target.order or width == 1:
        return entry
    parts = (entry.value[at : at + width][::-1] for at in range(0, len(entry.value), width))
    return _Entry(entry.tag, entry.kind, entry.count, b"".join(parts))
