"""An ICC profile of the Adobe RGB (1998) space, for photos that only name it."""

from __future__ import annotations

import functools
import struct

# Adobe RGB (1998) Color Image Encoding, section 4.3.5: its primaries and white, adapted to D50 for ICC version 2.
_COLUMNS = {
    b"rXYZ": (0.60974, 0.31111, 0.01947),
    b"gXYZ": (0.20528, 0.62567, 0.06087),
    b"bXYZ": (0.14919, 0.06322, 0.74457),
}
_WHITE = (0.9505, 1.0, 1.0891)
_D50 = (0.9642, 1.0, 0.8249)
_GAMMA = 563  # 2.19921875 = 563 / 256
_NAME = b"Adobe RGB (1998) compatible"


@functools.cache
def adobe_rgb_profile() -> bytes:
    """A whole ICC version 2 display profile: three primaries and a power curve."""
    description = struct.pack(">4s4xI", b"desc", len(_NAME) + 1) + _NAME + b"\0" + bytes(12 + 67)
    curve = struct.pack(">4s4xIH", b"curv", 1, _GAMMA)
    tags = {
        b"desc": description,
        b"cprt": b"text\0\0\0\0no rights reserved\0",
        b"wtpt": _xyz(_WHITE),
        **{name: _xyz(column) for name, column in _COLUMNS.items()},
        **dict.fromkeys((b"rTRC", b"gTRC", b"bTRC"), curve),
    }
    table, body, offset = struct.pack(">I", len(tags)), b"", 128 + 4 + 12 * len(tags)
    for name, data in tags.items():
        table += struct.pack(">4sII", name, offset + len(body), len(data))
        body += data + bytes(-len(data) % 4)
    return _header(offset + len(body)) + table + body


def _header(size: int) -> bytes:
    date = struct.pack(">6H", 1998, 5, 1, 0, 0, 0)
    kind = struct.pack(">4sI4s4s4s12s4s", b"none", 0x02100000, b"mntr", b"RGB ", b"XYZ ", date, b"acsp")
    # Platform, flags, maker, model and attributes say nothing; the intent is perceptual.
    return struct.pack(">I", size) + kind + bytes(4 * 6 + 4) + _numbers(_D50) + bytes(48)


def _xyz(values: tuple[float, float, float]) -> bytes:
    return b"XYZ \0\0\0\0" + _numbers(values)


def _numbers(values: tuple[float, float, float]) -> bytes:
    return struct.pack(">3i", *(round(value * 65536) for value in values))
