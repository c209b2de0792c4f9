"""How EXIF blocks are laid out: a byte-order mark, and directories of entries, as in TIFF 6.0, section 2."""

from __future__ import annotations

import struct

SHORT, LONG, RATIONAL = 3, 4, 5
EXIF_DIRECTORY, GPS_DIRECTORY, INTEROPERABILITY = 0x8769, 0x8825, 0xA005
VALUE_BYTES = {1: 1, 2: 1, 3: 2, 4: 4, 5: 8, 6: 1, 7: 1, 8: 2, 9: 4, 10: 8, 11: 4, 12: 8, 13: 4}


def byte_order(exif: bytes) -> str:
    """The order of a block's bytes, "<" or ">", by the mark that it begins with.

    Raises:
        ValueError: There is none.
    """
    order = {b"II*\0": "<", b"MM\0*": ">"}.get(exif[:4])
    if order is None:
        raise ValueError(f"begins with {exif[:4]!r} instead of a byte-order mark")
    return order


def first_directory(exif: bytes, order: str) -> int:
    """Where the first directory lies."""
    return unpacked(exif, order + "I", 4)[0]


def entries_of(exif: bytes, order: str, directory: int) -> list[tuple[int, int, int]]:
    """Tag, type and place of the value of each entry of a directory.

    Raises:
        ValueError: It reaches outside, as in all functions that follow.
    """
    (count,) = unpacked(exif, order + "H", directory)
    starts = [directory + 2 + 12 * index for index in range(count)]
    heads = [unpacked(exif, order + "HHI4x", start) for start in starts]
    return [(tag, kind, start + 8) for (tag, kind, _), start in zip(heads, starts, strict=True)]


def pointer(exif: bytes, order: str, directory: int, wanted: int) -> int:
    """Where the directory lies that an entry points to.

    Raises:
        LookupError: There is no such entry.
    """
    places = {tag: at for tag, _, at in entries_of(exif, order, directory)}
    return int(unpacked(exif, order + "I", places[wanted])[0])


def next_directory_at(exif: bytes, order: str, directory: int) -> int:
    """The place behind a directory's entries, which tells where the next directory lies."""
    (count,) = unpacked(exif, order + "H", directory)
    return directory + 2 + 12 * count


def spans_of(exif: bytes, order: str, directory: int) -> list[tuple[int, int]]:
    """Bytes that belong to a directory, as (start, stop): its entries, and those of their values that lie elsewhere."""
    spans = [(directory, next_directory_at(exif, order, directory))]
    for _, kind, at in entries_of(exif, order, directory):
        spans += span_elsewhere(exif, order, kind, at)
    return spans


def span_elsewhere(exif: bytes, order: str, kind: int, at: int) -> list[tuple[int, int]]:
    """Bytes of an entry's value, as (start, stop), if it has no room in the entry itself."""
    (count,) = unpacked(exif, order + "I", at - 4)
    length = count * VALUE_BYTES.get(kind, 1)
    if length <= 4:
        return []
    (start,) = unpacked(exif, order + "I", at)
    return [(start, start + length)]


def numbers_at(exif: bytes, order: str, kind: int, at: int) -> tuple[int, ...]:
    """The whole numbers of an entry's value; none where it holds something else."""
    form = {SHORT: "H", LONG: "I"}.get(kind)
    if form is None:
        return ()
    (count,) = unpacked(exif, order + "I", at - 4)
    if count * VALUE_BYTES[kind] > 4:
        (at,) = unpacked(exif, order + "I", at)
    return unpacked(exif, f"{order}{count}{form}", at)


def unpacked(exif: bytes, form: str, at: int) -> tuple[int, ...]:
    """Numbers of a block, by their format in `struct`."""
    try:
        return struct.unpack_from(form, exif, at)
    except struct.error as exc:
        raise ValueError(f"a directory reaches outside its {len(exif)} bytes") from exc
