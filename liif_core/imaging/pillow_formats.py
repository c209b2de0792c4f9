"""BMP and JPEG 2000, by Pillow's plugins, which libvips' wheel has no decoders for.

The plugins' classes and not `PIL.Image.open`: that one guards against huge photos by a limit that is global to the
process and answers with a warning. Ours is an argument of `read_image`.
"""

from __future__ import annotations

import logging
import os
import struct
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np

from liif_core.geometry import Size
from liif_core.imaging.opened import DecodeError, OpenedPhoto, decoder_errors, vips_image

logger = logging.getLogger(__name__)

_CODESTREAM = b"\xff\x4f\xff\x51"
_BITS_AT = 42  # in a codestream: the depth of its first component
_JP2_HEADER_BYTES = 4_000_000  # far more than boxes and a profile need


def open_bmp(path: str | os.PathLike[str]) -> OpenedPhoto:
    """Read the header of a bitmap.

    Raises:
        DecodeError: The file is damaged.
        OSError: It cannot be read.
    """
    from PIL import BmpImagePlugin

    def load() -> Any:
        with Path(path).open("rb") as file, decoder_errors():
            picture = BmpImagePlugin.BmpImageFile(file)
            pixels = np.asarray(picture.convert("RGBA" if picture.mode == "RGBA" else "RGB"))
            # Programs that have no alpha declare one all the same and leave it 0; nobody means a photo of nothing.
            return vips_image(pixels if pixels[..., 3:].any() else pixels[..., :3])

    with Path(path).open("rb") as file, decoder_errors():
        width, height = BmpImagePlugin.BmpImageFile(file).size
    return OpenedPhoto(size=Size(height, width), load=load)


def open_jpeg_2000(path: str | os.PathLike[str], *, halvings: int = 0) -> OpenedPhoto:
    """Read the header of a JPEG 2000 file or of a bare codestream.

    Grey photos keep up to 16 bits. Colours keep 8: Pillow, whose decoder this is, drops the lower ones, which the log
    tells. Orientation tags are not part of the format.

    Args:
        path: The file.
        halvings: How many times each side is to be halved, by leaving out the finest details.

    Raises:
        DecodeError: The file is damaged.
        OSError: It cannot be read.
    """
    from PIL import Jpeg2KImagePlugin

    with Path(path).open("rb") as file, decoder_errors():
        picture = Jpeg2KImagePlugin.Jpeg2KImageFile(file)
        (width, height), mode = picture.size, picture.mode
        file.seek(0)
        bits, profile = _jpeg_2000_facts(file.read(_JP2_HEADER_BYTES))
    if bits > 8 and mode != "I;16":
        logger.warning("%s: its colours are read with 8 of their %d bits", os.fspath(path), bits)
    size = Size(-(-height >> halvings), -(-width >> halvings))

    def load() -> Any:
        with Path(path).open("rb") as file, decoder_errors():
            picture = Jpeg2KImagePlugin.Jpeg2KImageFile(file)
            # The codec rounds halves up and Pillow to the nearest, so it is told a size that comes out right.
            picture._size = (size.width << halvings, size.height << halvings)
            picture.reduce = halvings
            picture.load()
            plain = picture.convert("RGBA") if picture.mode in ("P", "PA") else picture
            return vips_image(np.asarray(plain), "cmyk" if picture.mode == "CMYK" else None)

    return OpenedPhoto(size=size, load=load, icc_profile=profile, bits=bits if mode == "I;16" else None)


def _jpeg_2000_facts(content: bytes) -> tuple[int, bytes | None]:
    """Bits per sample and the ICC profile, from the beginning of a file."""
    profile, start = None, 0
    if not content.startswith(_CODESTREAM):
        start = content.find(b"jp2c" + _CODESTREAM) + 4
        header = next((body for kind, body in _boxes(content) if kind == b"jp2h"), b"")
        # Method 2 is an ICC profile, after two bytes that no reader needs.
        profile = next((body[3:] for kind, body in _boxes(header) if kind == b"colr" and body[:1] == b"\2"), None)
    if start == 3 or len(content) <= start + _BITS_AT:
        raise DecodeError("there is no codestream")
    return (content[start + _BITS_AT] & 0x7F) + 1, profile


def _boxes(content: bytes) -> Iterator[tuple[bytes, bytes]]:
    """The boxes of a JP2 file or superbox, as far as they are whole: kind and body."""
    at = 0
    while at + 8 <= len(content):
        length, kind = struct.unpack_from(">I4s", content, at)
        if not 8 <= length <= len(content) - at:
            return
        yield kind, content[at + 8 : at + length]
        at += length
