"""Putting an EXIF block into an encoded file, byte for byte."""

from __future__ import annotations

import struct
import zlib
from typing import Literal

from liif_core.geometry import Size

_PNG_HEAD = 33  # the signature and the header's chunk
_JPEG_HEAD = 2
_WEBP_EXIF, _WEBP_ALPHA = 0x08, 0x10
_LOSSLESS_ALPHA = 0x10  # bit 28 behind the signature of a lossless picture


class HeadSplice:
    """Inserts a block behind the head of a stream of bytes.

    Args:
        block: What to insert.
        kind: Behind the mark that begins a JPEG, or behind the header of a PNG.
    """

    def __init__(self, block: bytes, *, kind: Literal["JPEG", "PNG"]) -> None:
        self._block = block
        self._kind = kind
        self._head = b""
        self._done = False

    def passed(self, part: bytes) -> tuple[bytes, ...]:
        """The next bytes of the stream with the block where it belongs; what is not certain yet is kept back."""
        if self._done:
            return (part,)
        self._head += part
        end = _PNG_HEAD if self._kind == "PNG" else _JPEG_HEAD
        if len(self._head) < end:
            return ()
        self._done = True
        whole, self._head = self._head, b""
        return whole[:end], self._block, whole[end:]


def jfif_segment(dpi: float | None) -> bytes:
    """The first segment of a JPEG, which tells its resolution on paper; None tells that pixels are square."""
    unit, density = (0, 1) if dpi is None else (1, min(max(1, round(dpi)), 65535))
    return b"\xff\xe0" + struct.pack(">H5s2BBHH2B", 16, b"JFIF\0", 1, 1, unit, density, density, 0, 0)


def exif_segment(exif: bytes) -> bytes:
    """An EXIF block as JPEG holds it; at most 65,527 bytes."""
    content = b"Exif\0\0" + exif
    return b"\xff\xe1" + struct.pack(">H", len(content) + 2) + content


def exif_chunk(exif: bytes) -> bytes:
    """An EXIF block as PNG holds it."""
    content = b"eXIf" + exif
    return struct.pack(">I", len(exif)) + content + struct.pack(">I", zlib.crc32(content))


def webp_with_exif(content: bytes, exif: bytes | None, size: Size) -> bytes:
    """A WebP file with an EXIF block.

    Args:
        content: The file as libvips encoded it.
        exif: The block; None leaves the file as it is.
        size: Of the picture.
    """
    if exif is None:
        return content
    body = content[12:]
    if body[:4] == b"VP8X":
        body = body[:8] + bytes([body[8] | _WEBP_EXIF]) + body[9:]
    else:
        flags = _WEBP_EXIF | (_WEBP_ALPHA if _has_alpha(body) else 0)
        sides = (size.width - 1).to_bytes(3, "little") + (size.height - 1).to_bytes(3, "little")
        body = b"VP8X" + struct.pack("<IB3x", 10, flags) + sides + body
    body += b"EXIF" + struct.pack("<I", len(exif)) + exif + b"\0" * (len(exif) & 1)
    return b"RIFF" + struct.pack("<I", len(body) + 4) + b"WEBP" + body


def _has_alpha(chunk: bytes) -> bool:
    """Whether the picture of a WebP file without an extended header is transparent: only a lossless one can be."""
    return chunk[:4] == b"VP8L" and bool(chunk[12] & _LOSSLESS_ALPHA)
