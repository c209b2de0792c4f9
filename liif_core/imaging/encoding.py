"""The formats that photos are written in: what each can hold, and how it may be asked to encode.

Which formats there are depends on how Pillow and libvips were built, so this is asked at run time and once.
"""

from __future__ import annotations

import enum
import functools
import os
from dataclasses import dataclass, field
from pathlib import Path

from liif_core.errors import ImageWriteError
from liif_core.geometry import Size
from liif_core.imaging.vips import load_pyvips


class Chroma(enum.Enum):
    """How finely JPEG and AVIF keep colours beside brightness."""

    FULL = "4:4:4"
    HALF = "4:2:0"


class TiffCompression(enum.Enum):
    """Lossless ways to make a TIFF file smaller."""

    DEFLATE = "deflate"
    LZW = "lzw"
    NONE = "none"


@dataclass(frozen=True, slots=True)
class WriteFormat:
    """A format that can be written here.

    Attributes:
        name: As people call it.
        extensions: Lower case with their dot, the usual one first.
        bits: Bits per sample that it takes.
        max_side: Pixels on a side at most.
        max_pixels: Pixels at most; None for as many as the sides allow.
        has_alpha: Whether it holds transparency.
        is_streamed: Whether its encoder needs a few rows at a time and not the whole picture.
        options: Names of the attributes of `EncodingOptions` that it heeds.
    """

    name: str
    extensions: tuple[str, ...]
    bits: tuple[int, ...]
    max_side: int
    max_pixels: int | None = None
    has_alpha: bool = True
    is_streamed: bool = True
    options: frozenset[str] = frozenset()

    @property
    def bits_text(self) -> str:
        """The depths in words."""
        return " or ".join(str(depth) for depth in self.bits)


# Of PNG and TIFF: libpng, and with it most readers, refuses to open anything wider.
_WIDEST = 1_000_000
_PNG = WriteFormat("PNG", (".png",), (8, 16), _WIDEST, options=frozenset({"compression"}))
_JPEG = WriteFormat(
    "JPEG",
    (".jpg", ".jpeg"),
    (8,),
    65500,  # the field has 16 bits, but libjpeg stops at 65500
    has_alpha=False,
    options=frozenset({"quality", "chroma"}),
)
_TIFF = WriteFormat(
    "TIFF",
    (".tif", ".tiff"),
    (8, 16),
    _WIDEST,
    options=frozenset({"tiff_compression", "is_tiled", "has_pyramid"}),
)
_WEBP = WriteFormat("WebP", (".webp",), (8,), 16383, is_streamed=False, options=frozenset({"quality", "is_lossless"}))
# Beyond this an AV1 encoder takes more memory (62 bytes a pixel) and minutes than anybody has.
_AVIF = WriteFormat(
    "AVIF",
    (".avif",),
    (8,),
    16384,
    max_pixels=64_000_000,
    is_streamed=False,
    options=frozenset({"quality", "chroma"}),
)
_JPEG_XL = WriteFormat(
    "JPEG XL", (".jxl",), (8, 16), 2**30 - 1, is_streamed=False, options=frozenset({"quality", "is_lossless"})
)
_SAVERS = {_WEBP.name: "webpsave_buffer", _AVIF.name: "heifsave_buffer", _JPEG_XL.name: "jxlsave_buffer"}
# These need nothing but what every libvips has. JPEG XL is only in some.
_ALWAYS = (_PNG, _JPEG, _TIFF, _WEBP)
WRITABLE_EXTENSIONS = tuple(extension for form in _ALWAYS for extension in form.extensions)
"""Extensions of the formats that are always there, lower case with their dot."""

MAX_DPI = 65535
"""Pixels per inch that every format can tell: JPEG's field has 16 bits."""

DEFAULT_QUALITY = {"JPEG": 95, "WebP": 95, "AVIF": 85, "JPEG XL": 95}


@dataclass(frozen=True, slots=True)
class EncodingOptions:
    """How to encode; each format heeds those of its `WriteFormat.options`, and all formats those of metadata.

    Attributes:
        bits: Bits per sample, 8 or 16.
        quality: 1 to 100 for what loses something; None is the format's default (`DEFAULT_QUALITY`).
        chroma: Of JPEG and AVIF.
        is_lossless: Of WebP and JPEG XL: nothing is lost, and `quality` is not heeded.
        compression: Of PNG: 0 (none) to 9 (smallest and slowest).
        tiff_compression: Of TIFF.
        is_tiled: TIFF in squares instead of strips, so that viewers can read parts.
        has_pyramid: TIFF with smaller copies behind the picture, for viewers of huge pictures; tiled in any case.
        keep_alpha: Keep transparency where the format can; otherwise it is flattened over white.
        keep_metadata: Keep EXIF, XMP and IPTC.
        keep_location: Keep where the photo was taken; otherwise it is taken out of EXIF, XMP and IPTC.
        dpi: Pixels per inch that the file tells to printers; None for none.
    """

    bits: int = 8
    quality: int | None = None
    chroma: Chroma = Chroma.FULL
    is_lossless: bool = False
    compression: int = 1
    tiff_compression: TiffCompression = TiffCompression.DEFLATE
    is_tiled: bool = False
    has_pyramid: bool = False
    keep_alpha: bool = True
    keep_metadata: bool = True
    keep_location: bool = True
    dpi: float | None = field(default=None)


@functools.cache
def writable_formats() -> tuple[WriteFormat, ...]:
    """The formats that can be written with the libraries of this machine; the first call takes about 50 ms."""
    return (*_ALWAYS, *(form for form in (_AVIF, _JPEG_XL) if _has_saver(form)))


def writable_extensions() -> tuple[str, ...]:
    """The extensions of `writable_formats`, lower case with their dot."""
    return tuple(extension for form in writable_formats() for extension in form.extensions)


def format_of(path: str | os.PathLike[str]) -> WriteFormat:
    """The format that an extension stands for.

    Raises:
        ImageWriteError: It is unknown or there is none; the message lists those allowed.
    """
    target = Path(path)
    extension = target.suffix.lower()
    for form in _ALWAYS:
        # Without a look at libvips, which takes time to load.
        if extension in form.extensions:
            return form
    for form in writable_formats():
        if extension in form.extensions:
            return form
    found = f"the unknown extension '{target.suffix}'" if target.suffix else "no extension"
    raise ImageWriteError(f"{target} has {found}; expected one of {', '.join(writable_extensions())}")


def check_encoding(path: str | os.PathLike[str], size: Size, options: EncodingOptions) -> WriteFormat:
    """Refuse what a format cannot hold, before any pixel is computed.

    Args:
        path: The file to write; its extension chooses the format.
        size: Of the picture.
        options: How to encode.

    Returns:
        The format.

    Raises:
        ImageWriteError: The extension is unknown, the format takes no such depth or size, or an option is out of range.
    """
    target, form = Path(path), format_of(path)
    if options.bits not in form.bits:
        raise ImageWriteError(
            f"{target} cannot hold {options.bits} bits per sample: {form.name} takes {form.bits_text}"
        )
    if max(size.height, size.width) > form.max_side:
        raise ImageWriteError(
            f"{target} cannot hold {size.width} x {size.height} pixels: "
            f"{form.name} takes at most {form.max_side} on a side"
        )
    if form.max_pixels is not None and size.area > form.max_pixels:
        raise ImageWriteError(
            f"{target} cannot hold {size.width} x {size.height} pixels: "
            f"{form.name} takes at most {form.max_pixels // 1_000_000} megapixels here"
        )
    if options.quality is not None and not 1 <= options.quality <= 100:
        raise ImageWriteError(f"{target}: a quality is from 1 to 100, not {options.quality}")
    if not 0 <= options.compression <= 9:
        raise ImageWriteError(f"{target}: a compression is from 0 to 9, not {options.compression}")
    if options.dpi is not None and not 1 <= options.dpi <= MAX_DPI:
        raise ImageWriteError(f"{target}: a resolution is from 1 to {MAX_DPI} dpi, not {options.dpi:.10g}")
    return form


def quality_of(name: str, options: EncodingOptions) -> int:
    """The quality asked for, or the default of the format of that name."""
    return DEFAULT_QUALITY[name] if options.quality is None else options.quality


def _has_saver(form: WriteFormat) -> bool:
    """Whether libvips not only knows the operation, but has an encoder behind it."""
    pyvips = load_pyvips()
    if not pyvips.type_find("VipsOperation", _SAVERS[form.name]):
        return False
    dot = pyvips.Image.black(16, 16, bands=3).copy(interpretation="srgb")
    how = {"compression": "av1"} if form is _AVIF else {}
    try:
        getattr(dot, _SAVERS[form.name])(**how)
    except pyvips.Error:
        return False
    return True
