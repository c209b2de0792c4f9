"""Taking the resolution on paper out of new files, since libvips puts one into every PNG and TIFF.

What stays is what our JPEG files say of such a picture as well: its pixels are square.
"""

from __future__ import annotations

import struct
import zlib
from pathlib import Path
from typing import BinaryIO

from liif_core.imaging.tiff_directories import directories

_PNG_SIGNATURE_BYTES = 8
_RESOLUTION_UNIT, _NO_UNIT = 296, 1


def forget_resolution(path: Path, kind: str) -> None:
    """Let a file that libvips has just written tell the shape of its pixels only.

    Args:
        path: The file.
        kind: Its format; others than PNG and TIFF are left alone.

    Raises:
        OSError: The file cannot be changed.
    """
    forget = {"PNG": _forget_in_png, "TIFF": _forget_in_tiff}.get(kind)
    if forget is not None:
        with path.open("r+b") as file:
            forget(file)


def _forget_in_png(file: BinaryIO) -> None:
    at, kind = _PNG_SIGNATURE_BYTES, b""
    while kind not in (b"pHYs", b"IDAT"):
        file.seek(at)
        length, kind = struct.unpack(">I4s", file.read(8))
        at += 12 + length
    if kind == b"pHYs":
        content = kind + struct.pack(">2IB", 1, 1, 0)
        file.seek(-len(kind), 1)
        file.write(content + struct.pack(">I", zlib.crc32(content)))


def _forget_in_tiff(file: BinaryIO) -> None:
    for layout, entries in directories(file):
        for entry in entries:
            if entry.tag == _RESOLUTION_UNIT:
                file.seek(entry.at)
                file.write(struct.pack(layout.order + "H", _NO_UNIT))
