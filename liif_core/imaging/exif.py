"""The EXIF tags that say what the pixels mean (orientation, size, colour space), and those of the place.

Values are changed in place. Rewriting the block through a library would move maker notes, whose inner offsets then
point nowhere; and Pillow's reader reports damage through `warnings`, which are global to the process.
"""

from __future__ import annotations

import struct
from collections.abc import Iterable
from typing import Any

from numpy.typing import NDArray

from liif_core.geometry import Size
from liif_core.imaging.exif_directories import (
    EXIF_DIRECTORY,
    GPS_DIRECTORY,
    INTEROPERABILITY,
    LONG,
    RATIONAL,
    SHORT,
    byte_order,
    entries_of,
    first_directory,
    pointer,
    span_elsewhere,
    spans_of,
    unpacked,
)
from liif_core.imaging.exif_preview import wipe_previews

_PREFIX = b"Exif\0\0"
_ORIENTATION = 0x0112
_ORIENTATION_FORMS = {SHORT: "H", LONG: "I"}  # the standard has only SHORT
_COLOUR_SPACE, _INDEX = 0xA001, 0x0001
_UNCALIBRATED = 0xFFFF
_RESOLUTIONS, _RESOLUTION_UNIT, _INCH = (0x011A, 0x011B), 0x0128, 2
_WIDTHS, _HEIGHTS = (0x0100, 0xA002), (0x0101, 0xA003)
_OTHER_METADATA = (0x02BC, 0x83BB, 0x8649)
"""XMP, IPTC and Photoshop's resources as TIFF files hold them, which some programs move into EXIF with all else."""


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
    order = byte_order(exif)
    (directory,) = unpacked(exif, order + "I", 4)
    entries = entries_of(exif, order, directory)
    for tag, kind, at in entries:
        if tag == _ORIENTATION and kind in _ORIENTATION_FORMS:
            (orientation,) = unpacked(exif, order + _ORIENTATION_FORMS[kind], at)
            block = bytearray(exif)
            _reset(block, order, at)
            return bytes(block), orientation if 1 <= orientation <= 8 else 1
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
        order = byte_order(exif)
        (first,) = unpacked(exif, order + "I", 4)
        inner = pointer(exif, order, first, EXIF_DIRECTORY)
        places = [at for tag, _, at in entries_of(exif, order, inner) if tag == _COLOUR_SPACE]
        if [unpacked(exif, order + "H", at) for at in places] != [(_UNCALIBRATED,)]:
            return False
        further = pointer(exif, order, inner, INTEROPERABILITY)
        return any(tag == _INDEX and exif[at : at + 3] == b"R03" for tag, _, at in entries_of(exif, order, further))
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
    block, order = bytearray(exif), byte_order(exif)
    first = first_directory(exif, order)
    directories = [first]
    try:
        directories.append(pointer(exif, order, first, EXIF_DIRECTORY))
    except LookupError:
        directories = [first]  # all others are optional
    for directory in directories:
        for tag, kind, at in entries_of(exif, order, directory):
            side = size.width if tag in _WIDTHS else size.height if tag in _HEIGHTS else None
            if side is not None and kind in (SHORT, LONG):
                # A value has four bytes of room whatever its type, which precedes it with its count.
                struct.pack_into(order + "HII", block, at - 6, LONG, 1, side)
            elif tag == _ORIENTATION and kind in _ORIENTATION_FORMS:
                _reset(block, order, at)
            elif dpi is not None and tag in _RESOLUTIONS and kind == RATIONAL:
                (place,) = unpacked(exif, order + "I", at)
                unpacked(exif, order + "II", place)
                struct.pack_into(order + "II", block, place, round(dpi * 1000), 1000)
            elif dpi is not None and tag == _RESOLUTION_UNIT and kind == SHORT:
                struct.pack_into(order + "HH", block, at, _INCH, 0)
    wipe_previews(block, order)
    return bytes(block)


def without_location(exif: bytes) -> bytes:
    """The block without its GPS directory and without copies of other metadata; their bytes are overwritten.

    These may tell the place once more, and a file has better places for them.

    Args:
        exif: The block, from its byte-order mark on.

    Raises:
        ValueError: The block is damaged.
    """
    order = byte_order(exif)
    first = first_directory(exif, order)
    entries = entries_of(exif, order, first)
    places = [at for tag, _, at in entries if tag == GPS_DIRECTORY or tag in _OTHER_METADATA]
    if not places:
        return exif
    block = bytearray(exif)
    for start, stop in _spans_of_places(exif, order, entries):
        if stop > len(exif):
            raise ValueError("a value that may tell a place lies outside")
        block[start:stop] = bytes(stop - start)
    # The entries behind these and the pointer to the next directory move up.
    (count,) = unpacked(exif, order + "H", first)
    end = first + 2 + 12 * count + 4
    kept = [index for index in range(count) if first + 2 + 12 * index + 8 not in places]
    moved = b"".join(exif[first + 2 + 12 * index : first + 14 + 12 * index] for index in kept) + exif[end - 4 : end]
    block[first : first + 2] = struct.pack(order + "H", len(kept))
    block[first + 2 : end] = moved.ljust(end - first - 2, b"\0")
    return bytes(block)


def _spans_of_places(exif: bytes, order: str, entries: Iterable[tuple[int, int, int]]) -> list[tuple[int, int]]:
    """Bytes of the GPS directory and of copies of other metadata, as (start, stop)."""
    spans = []
    for tag, kind, at in entries:
        if tag == GPS_DIRECTORY:
            spans += spans_of(exif, order, int(unpacked(exif, order + "I", at)[0]))
        elif tag in _OTHER_METADATA:
            spans += span_elsewhere(exif, order, kind, at)
    return spans


def _reset(block: bytearray, order: str, at: int) -> None:
    """Make the entry whose value lies at `at` orientation 1, as a SHORT, which all readers know."""
    struct.pack_into(order + "HIHH", block, at - 6, SHORT, 1, 1, 0)


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
