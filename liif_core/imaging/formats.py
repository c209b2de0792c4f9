"""File formats: their names and extensions, and telling them apart by the first bytes."""

from __future__ import annotations

import struct

HEADER_BYTES = 256
FORMAT_NAMES = ("JPEG", "PNG", "TIFF", "WebP", "AVIF", "BMP", "GIF", "HEIC", "JPEG 2000")
"""The formats that are always there."""
RAW = "camera raw"
"""What `sniff` calls the formats of cameras, which take the optional package rawpy."""

READABLE_EXTENSIONS = (
    *(".jpg", ".jpeg", ".jpe", ".jfif", ".png", ".tif", ".tiff", ".webp"),
    *(".avif", ".bmp", ".dib", ".gif", ".heic", ".heif", ".hif"),
    *(".jp2", ".j2k", ".j2c", ".jpc", ".jpf", ".jpx"),
)
"""Extensions of the formats that `read_image` opens, lower case with their dot, for file dialogs and folder scans."""
RAW_EXTENSIONS = (
    *(".3fr", ".arw", ".cr2", ".cr3", ".crw", ".dcr", ".dng", ".erf", ".iiq", ".kdc", ".mef", ".mos", ".mrw"),
    *(".nef", ".nrw", ".orf", ".pef", ".raf", ".raw", ".rw2", ".rwl", ".sr2", ".srf", ".srw", ".x3f"),
)
"""Extensions of camera raw files, which `read_image` opens where rawpy is installed."""

_TIFF_MARKS = (b"II*\0", b"MM\0*", b"II+\0", b"MM\0+")
_BMP_HEADERS = (12, 40, 52, 56, 64, 108, 124)
_AVIF_BRANDS = {b"avif", b"avis"}
_HEIC_BRANDS = {b"heic", b"heix", b"heim", b"heis", b"hevc", b"hevx", b"hevm", b"hevs", b"mif1", b"msf1"}
_RAW_BRANDS = {b"crx "}
# Fujifilm, Olympus (three), Panasonic, Sigma, Minolta, and the older format of Canon.
_RAW_MARKS = (b"FUJIFILMCCD-RAW", b"IIRO", b"IIRS", b"MMOR", b"IIU\0", b"FOVb", b"\0MRM", b"II\x1a\0\0\0HEAPCCDR")
_JPEG_2000_MARKS = (b"\0\0\0\x0cjP  \r\n\x87\n", b"\xff\x4f\xff\x51")


def sniff(header: bytes, extension: str = "") -> str | None:
    """The format of a file by its first bytes; its extension is hardly asked, as it is often wrong.

    Args:
        header: The first `HEADER_BYTES` bytes, or fewer.
        extension: Of the file's name, in any case. It tells TIFF files from those of cameras that are TIFF inside: what
            comes first in those is a thumbnail.

    Returns:
        One of `FORMAT_NAMES`, `RAW`, or None.
    """
    if header.startswith(b"\xff\xd8\xff"):
        return "JPEG"
    if header.startswith(b"\x89PNG\r\n\x1a\n"):
        return "PNG"
    if header.startswith(_TIFF_MARKS):
        return RAW if extension.lower() in RAW_EXTENSIONS or header[8:10] == b"CR" else "TIFF"
    if header.startswith((b"GIF87a", b"GIF89a")):
        return "GIF"
    if header.startswith(b"RIFF") and header[8:12] == b"WEBP":
        return "WebP"
    if header.startswith(_JPEG_2000_MARKS):
        return "JPEG 2000"
    if header.startswith(_RAW_MARKS):
        return RAW
    if header[4:8] == b"ftyp":
        return _sniff_brands(header)
    # Two letters alone begin many texts; the length of the second header tells a bitmap.
    if header.startswith(b"BM") and len(header) >= 18 and struct.unpack_from("<I", header, 14)[0] in _BMP_HEADERS:
        return "BMP"
    return None


def _sniff_brands(header: bytes) -> str | None:
    """AVIF, HEIC and a raw format share a container; its list of brands tells which codec is inside."""
    (length,) = struct.unpack_from(">I", header, 0)
    box = header[8 : min(length, len(header))]
    brands = {box[at : at + 4] for at in range(0, len(box), 4) if at != 4}
    if brands & _AVIF_BRANDS:
        return "AVIF"
    if brands & _RAW_BRANDS:
        return RAW
    return "HEIC" if brands & _HEIC_BRANDS else None
