"""File formats: telling them apart, opening a header, decoding the pixels.

libvips decodes most formats: it keeps 16 bits (Pillow reduces 16-bit RGB to 8 without a word), refuses truncated files,
and has no process-wide pixel limit to work around. It has no BMP, which Pillow decodes, and no HEVC for HEIC, which
pillow-heif brings.
"""

from __future__ import annotations

import contextlib
import math
import os
import struct
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from liif_core.geometry import Size
from liif_core.imaging.vips import load_pyvips, vips_reason

HEADER_BYTES = 256
FORMAT_NAMES = ("JPEG", "PNG", "TIFF", "WebP", "AVIF", "BMP", "GIF", "HEIC")
READABLE_EXTENSIONS = (
    *(".jpg", ".jpeg", ".jpe", ".jfif", ".png", ".tif", ".tiff", ".webp"),
    *(".avif", ".bmp", ".dib", ".gif", ".heic", ".heif", ".hif"),
)
"""Extensions of the formats that `read_image` opens, lower case with their dot, for file dialogs and folder scans."""

_VIPS_LOADERS = {
    "JPEG": "jpegload",
    "PNG": "pngload",
    "TIFF": "tiffload",
    "WebP": "webpload",
    "AVIF": "heifload",
    "GIF": "gifload",
}
_TIFF_MARKS = (b"II*\0", b"MM\0*", b"II+\0", b"MM\0+")
_MAX_TIFF_COPIES = 32
_BMP_HEADERS = (12, 40, 52, 56, 64, 108, 124)
_AVIF_BRANDS = {b"avif", b"avis"}
_HEIC_BRANDS = {b"heic", b"heix", b"heim", b"heis", b"hevc", b"hevx", b"hevm", b"hevs", b"mif1", b"msf1"}


_DECODER_ERRORS = (
    SyntaxError,
    ValueError,
    TypeError,
    LookupError,
    EOFError,
    ArithmeticError,
    RuntimeError,
    struct.error,
)


class DecodeError(Exception):
    """A decoder refused the file; the message is the decoder's reason in a few words."""


@dataclass(frozen=True)
class OpenedPhoto:
    """A photo whose header has been read and whose pixels have not.

    Attributes:
        size: Height and width as stored, before any orientation is applied.
        load: Gives the pyvips image ("uchar", "ushort", "float" or rarer samples) that decodes when it is written.
        icc_profile: As found in the file, unchecked.
        exif: As found in the file, unchecked.
        orientation: 1 to 8 where the container says it, None where the EXIF block decides.
        bits: Significant bits per sample; below 16 in 16-bit samples they are the upper ones.
    """

    size: Size
    load: Callable[[], Any]
    icc_profile: bytes | None = None
    exif: bytes | None = None
    orientation: int | None = None
    bits: int | None = None


def sniff(header: bytes) -> str | None:
    """The format of a file by its first bytes; its extension is not asked, as it is often wrong.

    Args:
        header: The first `HEADER_BYTES` bytes, or fewer.

    Returns:
        One of `FORMAT_NAMES`, or None.
    """
    if header.startswith(b"\xff\xd8\xff"):
        return "JPEG"
    if header.startswith(b"\x89PNG\r\n\x1a\n"):
        return "PNG"
    if header.startswith(_TIFF_MARKS):
        return "TIFF"
    if header.startswith((b"GIF87a", b"GIF89a")):
        return "GIF"
    if header.startswith(b"RIFF") and header[8:12] == b"WEBP":
        return "WebP"
    if header[4:8] == b"ftyp":
        return _sniff_brands(header)
    # Two letters alone begin many texts; the length of the second header tells a bitmap.
    if header.startswith(b"BM") and len(header) >= 18 and struct.unpack_from("<I", header, 14)[0] in _BMP_HEADERS:
        return "BMP"
    return None


def _sniff_brands(header: bytes) -> str | None:
    """AVIF and HEIC share a container; its list of brands tells which codec is inside."""
    (length,) = struct.unpack_from(">I", header, 0)
    box = header[8 : min(length, len(header))]
    brands = {box[at : at + 4] for at in range(0, len(box), 4) if at != 4}
    if brands & _AVIF_BRANDS:
        return "AVIF"
    return "HEIC" if brands & _HEIC_BRANDS else None


def open_photo(path: str | os.PathLike[str], kind: str) -> OpenedPhoto:
    """Read a photo's header.

    Args:
        path: The file.
        kind: What `sniff` said.

    Returns:
        The opened photo; its file may be read again when its pixels are decoded.

    Raises:
        DecodeError: The header is damaged, or of a kind that is unknown here.
        OSError: The file cannot be read.
    """
    if kind == "BMP":
        return _open_bmp(path)
    if kind == "HEIC":
        return _open_heic(path)
    return _open_with_vips(path, kind)


def open_reduced(path: str | os.PathLike[str], kind: str, photo: OpenedPhoto, *, side: int) -> OpenedPhoto | None:
    """Open a photo once more, so that fewer pixels are decoded in less time.

    Args:
        path: The file.
        kind: What `sniff` said.
        photo: What `open_photo` gave.
        side: The longer side in pixels that is wanted at least.

    Returns:
        The reduced photo; None where the format has no quicker way, or the photo is not large enough for it.

    Raises:
        DecodeError: The header is damaged.
        OSError: The file cannot be read.
    """
    longer = max(photo.size.height, photo.size.width)
    shrink = next((factor for factor in (8, 4, 2) if longer >= factor * side), None)
    if shrink is None:
        return None
    if kind == "JPEG" and not photo.load().get_typeof("interlaced"):
        return _open_with_vips(path, kind, shrink=shrink)
    if kind == "WebP":
        return _open_with_vips(path, kind, scale=1 / shrink)
    return _open_tiff_copy(path, photo, side) if kind == "TIFF" else None


def _open_tiff_copy(path: str | os.PathLike[str], photo: OpenedPhoto, side: int) -> OpenedPhoto | None:
    """The smallest reduced copy in a TIFF that has `side` pixels; they are further pages, or beneath the first one."""
    image, best = photo.load(), None
    place, count = (
        ("subifd", image.get("n-subifds")) if image.get_typeof("n-subifds") else ("page", image.get("n-pages"))
    )
    for index in range(0 if place == "subifd" else 1, min(count, _MAX_TIFF_COPIES)):
        copy = _open_with_vips(path, "TIFF", **{place: index})
        if not _is_reduced(copy.size, photo.size):
            # Pages of a document, or what else a TIFF may hold.
            break
        if max(copy.size.height, copy.size.width) >= side:
            best = copy
    # The first page has the tags.
    return best and replace(best, icc_profile=photo.icc_profile, orientation=photo.orientation)


def _is_reduced(copy: Size, whole: Size) -> bool:
    """Whether one size is another one halved some times, to within rounding."""
    factor = 2 ** round(math.log2(max(whole.height, whole.width) / max(copy.height, copy.width)))
    return factor > 1 and all(
        abs(side * factor - whole_side) < 2 * factor
        for side, whole_side in ((copy.height, whole.height), (copy.width, whole.width))
    )


def _open_with_vips(path: str | os.PathLike[str], kind: str, **options: Any) -> OpenedPhoto:
    pyvips = load_pyvips()
    # The loader by name: the general call would take brackets in a file name for options. Bytes, since names that are
    # not UTF-8 exist. "sequential" lets rows stream through without a second copy of the whole photo.
    loader = getattr(pyvips.Image, _VIPS_LOADERS[kind])
    try:
        image = loader(os.fsencode(path), access="sequential", fail_on="error", **options)
    except pyvips.Error as exc:
        raise DecodeError(vips_reason(exc)) from exc

    def field(name: str) -> Any:
        return image.get(name) if image.get_typeof(name) else None

    # HEIF containers are turned by the decoder, and their EXIF orientation is to be ignored by the standard.
    orientation = {"TIFF": field("orientation") or 1, "AVIF": 1}.get(kind)
    return OpenedPhoto(
        size=Size(image.height, image.width),
        load=lambda: image,
        icc_profile=field("icc-profile-data"),
        exif=field("exif-data"),
        orientation=orientation,
        bits=field("bits-per-sample") if kind == "AVIF" else None,
    )


def _open_bmp(path: str | os.PathLike[str]) -> OpenedPhoto:
    # The plugin's class and not `PIL.Image.open`: that one guards against huge photos by a limit that is global to the
    # process and answers with a warning. Ours is an argument of `read_image`.
    from PIL import BmpImagePlugin

    def load() -> Any:
        with Path(path).open("rb") as file, _decoder_errors():
            picture = BmpImagePlugin.BmpImageFile(file)
            return _vips_image(np.asarray(picture.convert("RGBA" if picture.mode == "RGBA" else "RGB")))

    with Path(path).open("rb") as file, _decoder_errors():
        width, height = BmpImagePlugin.BmpImageFile(file).size
    return OpenedPhoto(size=Size(height, width), load=load)


def _open_heic(path: str | os.PathLike[str]) -> OpenedPhoto:
    import pillow_heif

    with _decoder_errors():
        # Read whole: the library keeps the bytes and decodes from them later.
        container = pillow_heif.HeifFile(Path(path).read_bytes(), convert_hdr_to_8bit=False)  # type: ignore[no-untyped-call]
        picture = container[container.primary_index]
        info: dict[str, Any] = picture.info

    def load() -> Any:
        with _decoder_errors():
            pixels = np.asarray(picture)
        # Rows may be padded.
        return _vips_image(pixels[: picture.size[1], : picture.size[0]])

    return OpenedPhoto(
        size=Size(picture.size[1], picture.size[0]),
        load=load,
        icc_profile=info.get("icc_profile"),
        exif=info.get("exif"),
        orientation=1,
        bits=info["bit_depth"],
    )


@contextlib.contextmanager
def _decoder_errors() -> Iterator[None]:
    """Turns what Pillow and pillow-heif raise on damaged files into `DecodeError`; a missing file stays an OSError."""
    try:
        yield
    except _DECODER_ERRORS as exc:
        raise DecodeError(str(exc).strip() or type(exc).__name__) from exc
    except OSError as exc:
        # Pillow reports truncated data as an OSError without a number; the system's own errors have one.
        if exc.errno is not None:
            raise
        raise DecodeError(str(exc)) from exc


def _vips_image(pixels: NDArray[Any]) -> Any:
    """A pyvips image over an array of (height, width[, bands]) uint8 or uint16, with the usual meaning of its bands."""
    pixels = np.ascontiguousarray(pixels)
    grey = pixels.ndim == 2 or pixels.shape[2] < 3
    deep = pixels.dtype == np.uint16
    meaning = ("grey16" if deep else "b-w") if grey else ("rgb16" if deep else "srgb")
    return load_pyvips().Image.new_from_array(pixels, interpretation=meaning)
