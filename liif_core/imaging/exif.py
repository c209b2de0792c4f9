"""The one EXIF tag that changes pixels, read and reset in place.

Only the orientation is touched. Rewriting the block through a library would move maker notes, whose inner offsets then
point nowhere; and Pillow's reader reports damage through `warnings`, which are global to the process.
"""

from __future__ import annotations

import struct
from typing import Any

from numpy.typing import NDArray

from liif_core.geometry import Size

_PREFIX = b"Exif\0\0"
_ORIENTATION = 0x0112
_SHORT = 3


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
    order = {b"II*\0": "<", b"MM\0*": ">"}.get(exif[:4])
    if order is None:
        raise ValueError(f"begins with {exif[:4]!r} instead of a byte-order mark")
    try:
        (directory,) = struct.unpack_from(order + "I", exif, 4)
        (count,) = struct.unpack_from(order + "H", exif, directory)
        entries = [struct.unpack_from(order + "HHI", exif, directory + 2 + 12 * index) for index in range(count)]
    except struct.error as exc:
        raise ValueError(f"its first directory reaches outside its {len(exif)} bytes") from exc
    for index, (tag, kind, _) in enumerate(entries):
        if tag == _ORIENTATION and kind == _SHORT:
            return _reset(exif, order, directory + 2 + 12 * index + 8)
    return exif, 1


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
