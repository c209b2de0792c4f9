"""The EXIF tags that say what the pixels mean (orientation, size, colour space), and those of the place.

Values are changed in place. Rewriting the block through a library would move maker notes, whose inner offsets then
point nowhere; and Pillow's reader reports damage through `warnings`, which are global to the process.
"""

from __future__ import annotations

import struct
from typing import Any

from numpy.typing import NDArray

from liif_core.geometry import Size

_PREFIX = b"Exif\0\0"
_ORIENTATION = 0x0112
_EXIF_DIRECTORY, _INTEROPERABILITY, _COLOUR_SPACE, _INDEX = 0x8769, 0xA005, 0xA001, 0x0001
_UNCALIBRATED = 0xFFFF
_SHORT, _LONG, _RATIONAL = 3, 4, 5
_RESOLUTIONS, _RESOLUTION_UNIT, _INCH = (0x011A, 0x011B), 0x0128, 2
_GPS_DIRECTORY = 0x8825
_WIDTHS, _HEIGHTS = (0x0100, 0xA002), (0x0101, 0xA003)
_VALUE_BYTES = {1: 1, 2: 1, 3: 2, 4: 4, 5: 8, 6: 1, 7: 1, 8: 2, 9: 4, 10: 8, 11: 4, 12: 8, 13: 4}


def upright(exif: bytes) -> tuple[bytes, int]:
    """Take the orientation out of an EXIF block.

    Args:
        exif: The block, with or without the `Exif` prefix that JPEG puts before it.

    Returns:
        The block from its byte-order mark on with orientation 1, and the orientation it had, 1 to 8 (1 where the tag is
        absent or has no valid value).

    Raises:
        ValueError: The block is damaged.
    """
    while exif.startswith(_PREFIX):
        exif = exif[len(_PREFIX) :]
    order = _byte_order(exif)
    (directory,) = _unpacked(exif, order + "I", 4)
    entries = _entries(exif, order, directory)
    for tag, kind, at in entries:
        if tag == _ORIENTATION and kind == _SHORT:
            return _reset(exif, order, at)
    return exif, 1


def is_adobe_rgb(exif: bytes) -> bool:
    """Whether an EXIF block says that the photo is in Adobe RGB, as cameras do that write no profile.

    The colour space is "uncalibrated", and the interoperability index "R03" (Exif 2.3, section 4.6.5; DCF 2.0).

    Args:
        exif: The block, from its byte-order mark on.

    Returns:
        False also where the block is damaged.
    """
    try:
        order = _byte_order(exif)
        (first,) = _unpacked(exif, order + "I", 4)
        inner = _pointer(exif, order, first, _EXIF_DIRECTORY)
        places = [at for tag, _, at in _entries(exif, order, inner) if tag == _COLOUR_SPACE]
        if [_unpacked(exif, order + "H", at) for at in places] != [(_UNCALIBRATED,)]:
            return False
        further = _pointer(exif, order, inner, _INTEROPERABILITY)
        return any(tag == _INDEX and exif[at : at + 3] == b"R03" for tag, _, at in _entries(exif, order, further))
    except (ValueError, LookupError):
        return False


def adapted(exif: bytes, size: Size, *, dpi: float | None = None) -> bytes:
    """The block for a picture of another size: upright, its sides as far as it tells them, and without a preview.

    Args:
        exif: The block, from its byte-order mark on.
        size: Of the new picture.
        dpi: Its pixels per inch on paper; None leaves what the block tells.

    Raises:
        ValueError: The block is damaged.
    """
    block, order = bytearray(exif), _byte_order(exif)
    first = _first_directory(exif, order)
    directories = [first]
    try:
        directories.append(_pointer(exif, order, first, _EXIF_DIRECTORY))
    except LookupError:
        directories = [first]  # all others are optional
    for directory in directories:
        for tag, kind, at in _entries(exif, order, directory):
            side = size.width if tag in _WIDTHS else size.height if tag in _HEIGHTS else None
            if side is not None and kind in (_SHORT, _LONG):
                # A value has four bytes of room whatever its type, which precedes it with its count.
                struct.pack_into(order + "HII", block, at - 6, _LONG, 1, side)
            elif tag == _ORIENTATION and kind == _SHORT:
                struct.pack_into(order + "HH", block, at, 1, 0)
            elif dpi is not None and tag in _RESOLUTIONS and kind == _RATIONAL:
                (place,) = _unpacked(exif, order + "I", at)
                _unpacked(exif, order + "II", place)
                struct.pack_into(order + "II", block, place, round(dpi * 1000), 1000)
            elif dpi is not None and tag == _RESOLUTION_UNIT and kind == _SHORT:
                struct.pack_into(order + "HH", block, at, _INCH, 0)
    (count,) = _unpacked(exif, order + "H", first)
    _unpacked(exif, order + "I", first + 2 + 12 * count)
    # The second directory is that of the preview, which shows the old picture.
    struct.pack_into(order + "I", block, first + 2 + 12 * count, 0)
    return bytes(block)


def without_location(exif: bytes) -> bytes:
    """The block without its GPS directory, whose bytes are overwritten.

    Args:
        exif: The block, from its byte-order mark on.

    Raises:
        ValueError: The block is damaged.
    """
    order = _byte_order(exif)
    first = _first_directory(exif, order)
    places = [at for tag, _, at in _entries(exif, order, first) if tag == _GPS_DIRECTORY]
    if not places:
        return exif
    block = bytearray(exif)
    for at in places:
        _wipe_directory(block, order, int(_unpacked(exif, order + "I", at)[0]))
    # The entries behind that of the directory and the pointer to the next directory move up by one place.
    (count,) = _unpacked(exif, order + "H", first)
    end = first + 2 + 12 * count + 4
    kept = [index for index in range(count) if first + 2 + 12 * index + 8 not in places]
    moved = b"".join(exif[first + 2 + 12 * index : first + 14 + 12 * index] for index in kept) + exif[end - 4 : end]
    block[first : first + 2] = struct.pack(order + "H", len(kept))
    block[first + 2 : end] = moved.ljust(end - first - 2, b"\0")
    return bytes(block)


def _wipe_directory(block: bytearray, order: str, directory: int) -> None:
    exif = bytes(block)
    entries = _entries(exif, order, directory)
    for _, kind, at in entries:
        (count,) = _unpacked(exif, order + "I", at - 4)
        length = count * _VALUE_BYTES.get(kind, 1)
        if length > 4:
            (start,) = _unpacked(exif, order + "I", at)
            if start + length > len(block):
                raise ValueError("a value of its GPS directory lies outside")
            block[start : start + length] = bytes(length)
    end = directory + 2 + 12 * len(entries)
    block[directory:end] = bytes(end - directory)


def _first_directory(exif: bytes, order: str) -> int:
    return _unpacked(exif, order + "I", 4)[0]


def _byte_order(exif: bytes) -> str:
    order = {b"II*\0": "<", b"MM\0*": ">"}.get(exif[:4])
    if order is None:
        raise ValueError(f"begins with {exif[:4]!r} instead of a byte-order mark")
    return order


def _entries(exif: bytes, order: str, directory: int) -> list[tuple[int, int, int]]:
    """Tag, type and place of the value of each entry of a directory."""
    (count,) = _unpacked(exif, order + "H", directory)
    starts = [directory + 2 + 12 * index for index in range(count)]
    heads = [_unpacked(exif, order + "HHI4x", start) for start in starts]
    return [(tag, kind, start + 8) for (tag, kind, _), start in zip(heads, starts, strict=True)]


def _pointer(exif: bytes, order: str, directory: int, wanted: int) -> int:
    """Where the directory lies that an entry points to."""
    places = {tag: at for tag, _, at in _entries(exif, order, directory)}
    return int(_unpacked(exif, order + "I", places[wanted])[0])


def _unpacked(exif: bytes, form: str, at: int) -> tuple[int, ...]:
    try:
        return struct.unpack_from(form, exif, at)
    except struct.error as exc:
        raise ValueError(f"a directory reaches outside its {len(exif)} bytes") from exc


def _reset(exif: bytes, order: str, offset: int) -> tuple[bytes, int]:
    """Write orientation 1 at `offset`; the new block and what was there."""
    if offset + 2 > len(exif):
        raise ValueError("its orientation lies outside")
    (orientation,) = struct.unpack_from(order + "H", exif, offset)
    block = exif[:offset] + struct.pack(order + "H", 1) + exif[offset + 2 :]
    return block, orientation if 1 <= orientation <= 8 else 1


def oriented(pixels: NDArray[Any], orientation: int) -> NDArray[Any]:
    """Turn and mirror stored pixels as an EXIF orientation asks.

    Args:
        pixels: (height, width, 3), as stored.
        orientation: 1 to 8.

    Returns:
        A view of shape (height, width, 3), or (width, height, 3) for orientations 5 to 8.
    """
    if orientation >= 5:
        pixels = pixels.transpose(1, 0, 2)
    # What remains after the transposition: mirrored left to right, and upside down.
    if orientation in (2, 3, 6, 7):
        pixels = pixels[:, ::-1]
    if orientation in (3, 4, 7, 8):
        pixels = pixels[::-1]
    return pixels


def inverse_orientation(orientation: int) -> int:
    """The orientation that undoes one of 1 to 8: quarter turns undo each other, all others themselves."""
    return {6: 8, 8: 6}.get(orientation, orientation)


def turned(size: Size, orientation: int) -> Size:
    """The size of stored pixels of `size` once `oriented`."""
    return size if orientation < 5 else Size(size.width, size.height)
