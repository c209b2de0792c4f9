"""What a photo's file says beside its pixels, for writing it into another file.

Read only when a photo is exported: a viewer needs none of it before its first paint.
"""

from __future__ import annotations

import contextlib
import logging
import os
import re
from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Any

from liif_core.errors import ImageReadError
from liif_core.geometry import Size
from liif_core.imaging.decode import DecodeError
from liif_core.imaging.exif import adapted, without_location
from liif_core.imaging.heic import read_heic_xmp
from liif_core.imaging.location import iptc_without_location, xmp_without_location
from liif_core.imaging.read import checked_kind, opened_page
from liif_core.imaging.tiff_exif import read_tiff_exif, read_tiff_iptc
from liif_core.imaging.xmp_of_file import without_its_file

logger = logging.getLogger(__name__)

_PHOTOSHOP = b"Photoshop 3.0\0"
_IPTC_RESOURCE = 0x0404
_DIMENSIONS = {
    "ImageWidth": "width",
    "ImageLength": "height",
    "PixelXDimension": "width",
    "PixelYDimension": "height",
}
_INCH = "2"


@dataclass(frozen=True, slots=True)
class Metadata:
    """Blocks as they are in files, without what a format puts around them.

    Attributes:
        exif: From its byte-order mark on, orientation 1.
        xmp: The packet, UTF-8.
        iptc: Records of IPTC's IIM.
    """

    exif: bytes | None = None
    xmp: bytes | None = None
    iptc: bytes | None = None

    def for_size(self, size: Size, *, dpi: float | None = None) -> Metadata:
        """The same about a picture of another size, upright; what is only of the old one's file is left out.

        Args:
            size: Of the new picture.
            dpi: Its pixels per inch on paper; None leaves what is told of the old one.
        """
        exif = None if self.exif is None else _tried(lambda block: adapted(block, size, dpi=dpi), self.exif)
        xmp = None if self.xmp is None else _xmp_of_size(without_its_file(self.xmp), size, dpi)
        return replace(self, exif=exif, xmp=xmp)

    def without_location(self) -> Metadata:
        """The same without where the photo was taken: coordinates and names of places."""
        exif = None if self.exif is None else _tried(without_location, self.exif)
        xmp = None if self.xmp is None else xmp_without_location(self.xmp)
        return Metadata(exif, xmp, None if self.iptc is None else iptc_without_location(self.iptc))


def read_metadata(path: str | os.PathLike[str], *, exif: bytes | None = None, page: int = 0) -> Metadata:
    """The metadata of a photo's file.

    Args:
        path: The file. If it cannot be read any more, its metadata are lost and the log tells.
        exif: What `read_image` found, so that a photo is upright and a damaged block stays away.
        page: As for `read_image`.
    """
    name = os.fspath(path)
    try:
        kind = checked_kind(name)
        if kind == "HEIC":
            return Metadata(exif, read_heic_xmp(path))
        loaded = opened_page(path, kind, page).load() if kind in ("JPEG", "PNG", "TIFF", "WebP", "AVIF") else None
    except (ImageReadError, DecodeError, OSError) as exc:
        logger.warning("%s: its metadata cannot be read: %s", name, exc)
        return Metadata(exif)
    if loaded is None:
        return Metadata(exif)
    iptc = _block(loaded, "iptc-data")
    if kind == "TIFF" and page == 0:
        # Its pixels were brought upright by a tag of its own, which is not taken over.
        exif, iptc = exif or _of_tiff(read_tiff_exif, path), _of_tiff(read_tiff_iptc, path)
    return Metadata(exif, _block(loaded, "xmp-data"), None if iptc is None else iptc_records(iptc))


def _of_tiff(read: Callable[[str | os.PathLike[str]], bytes | None], path: str | os.PathLike[str]) -> bytes | None:
    """What a TIFF's own directory tells; nothing where it is damaged, which is no reason to fail at work."""
    try:
        return read(path)
    except (ValueError, OSError, MemoryError) as exc:
        logger.warning("%s: left out metadata, which are damaged: %s", os.fspath(path), exc)
        return None


def _block(image: Any, name: str) -> bytes | None:
    if not image.get_typeof(name):
        return None
    block = image.get(name)
    return bytes(block) if isinstance(block, bytes | bytearray | memoryview) and len(block) else None


def iptc_records(block: bytes) -> bytes | None:
    """IIM records out of what a JPEG's or a TIFF's IPTC block may be; None where there are none."""
    if not block.startswith(_PHOTOSHOP) and not block.startswith(b"8BIM"):
        # Records begin with the mark 0x1c; TIFF files hold them as they are.
        return block if block[:1] == b"\x1c" else None
    at = len(_PHOTOSHOP) if block.startswith(_PHOTOSHOP) else 0
    while block[at : at + 4] == b"8BIM" and at + 12 <= len(block):
        kind = int.from_bytes(block[at + 4 : at + 6], "big")
        # A name with its length before it and a size behind it, each filled up to an even length.
        at += 6 + ((block[at + 6] + 2) & ~1)
        length = int.from_bytes(block[at : at + 4], "big")
        if kind == _IPTC_RESOURCE:
            return block[at + 4 : at + 4 + length] or None
        at += 4 + length + (length & 1)
    return None


def photoshop_block(records: bytes) -> bytes:
    """IIM records as a JPEG's segment APP13 holds them."""
    padding = b"\0" * (len(records) & 1)
    head = b"8BIM" + _IPTC_RESOURCE.to_bytes(2, "big") + b"\0\0" + len(records).to_bytes(4, "big")
    return _PHOTOSHOP + head + records + padding


def _tried(change: Any, block: bytes) -> bytes | None:
    """A changed block; one that is damaged is dropped rather than written wrong."""
    with contextlib.suppress(ValueError, LookupError):
        changed: bytes = change(block)
        return changed
    logger.warning("dropped an EXIF block, which is damaged")
    return None


def _xmp_of_size(packet: bytes, size: Size, dpi: float | None) -> bytes:
    """Width, height, orientation and resolution where the packet tells them, as attribute or as element."""
    sides = {"width": str(size.width), "height": str(size.height)}
    told = {name: sides[side] for name, side in _DIMENSIONS.items()} | {"Orientation": "1"}
    if dpi is not None:
        told |= dict.fromkeys(("XResolution", "YResolution"), f"{round(dpi * 1000)}/1000") | {"ResolutionUnit": _INCH}
    for name, value in told.items():
        prefix = rb"(?:exif|tiff):" + name.encode()
        packet = re.sub(rb"(\b" + prefix + rb"\s*=\s*[\"'])[^\"']*", rb"\g<1>" + value.encode(), packet)
        packet = re.sub(rb"(<" + prefix + rb"\s*>)[^<]*", rb"\g<1>" + value.encode(), packet)
    return packet
