"""What libvips is asked for to encode a picture in each format."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

import numpy as np

from liif_core.geometry import Size
from liif_core.imaging.encoded_output import EncodedOutput
from liif_core.imaging.encoding import EncodingOptions, WriteFormat, quality_of
from liif_core.imaging.metadata import Metadata
from liif_core.imaging.splice import webp_with_exif

_CLASSIC_TIFF_BYTES = 4_000_000_000  # its offsets have 32 bits
_TIFF_TILE = 256
# Bytes in a file for each of the pixels, at most: LZW writes up to 12 bits for one of noise, 37 % more in all.
_MOST_OF_TIFF = {"none": 1.05, "deflate": 1.05, "lzw": 1.5}


@dataclass(frozen=True, slots=True)
class Picture:
    """What a file is to hold.

    Attributes:
        size: Of the picture.
        has_alpha: Whether rows have a fourth channel, alpha, with which colours are not multiplied.
        icc_profile: Of the colours; None for sRGB.
        metadata: Blocks beside the pixels; those that the format has no place for are left out.
        options: How to encode.
    """

    size: Size
    has_alpha: bool = False
    icc_profile: bytes | None = None
    metadata: Metadata = field(default_factory=Metadata)
    options: EncodingOptions = field(default_factory=EncodingOptions)

    @property
    def channels(self) -> int:
        """Of a pixel."""
        return 4 if self.has_alpha else 3

    @property
    def dtype(self) -> np.dtype[Any]:
        """Of a sample."""
        return np.dtype(np.uint8 if self.options.bits == 8 else np.uint16)


def encode(image: Any, form: WriteFormat, picture: Picture, output: EncodedOutput) -> None:
    """Encode a whole picture; returns when its last byte is written.

    Args:
        image: pyvips' image, with the blocks that belong into the file.
        form: Of the file.
        picture: How it is to be encoded.
        output: Takes the bytes.

    Raises:
        OSError: They cannot be written, in a format that is encoded as a whole first.
        pyvips.Error: The encoder refused the picture, or `output` did not take its bytes and holds the reason.
    """
    _ENCODERS[form.name](image, picture, output)


def _save_png(image: Any, picture: Picture, output: EncodedOutput) -> None:
    options = picture.options
    # Quick levels of deflate gain nothing from a choice of filter, which costs as much as they do.
    filters = "sub" if options.compression <= 2 else "all"
    image.pngsave_target(
        output.target(),
        compression=options.compression,
        filter=filters,
        bitdepth=options.bits,
        keep="icc|xmp",
    )


def _save_jpeg(image: Any, picture: Picture, output: EncodedOutput) -> None:
    # Optimised tables would need all coefficients in memory: six bytes a pixel.
    image.jpegsave_target(
        output.target(),
        Q=quality_of("JPEG", picture.options),
        subsample_mode="off" if picture.options.chroma.value == "4:4:4" else "on",
        optimize_coding=False,
        keep="icc|xmp|iptc",
    )


def _save_tiff(image: Any, picture: Picture, output: EncodedOutput) -> None:
    options = picture.options
    squares = options.is_tiled or options.has_pyramid
    compression = options.tiff_compression.value
    raw_bytes = _tiff_pixels(picture.size, options) * picture.channels * picture.dtype.itemsize
    largest = raw_bytes * _MOST_OF_TIFF[compression]
    shape = {"tile": True, "tile_width": _TIFF_TILE, "tile_height": _TIFF_TILE} if squares else {}
    image.tiffsave_target(
        output.target(),
        compression=compression,
        predictor="none" if compression == "none" else "horizontal",
        pyramid=options.has_pyramid,
        bigtiff=largest > _CLASSIC_TIFF_BYTES,
        resunit="inch",
        keep="icc|xmp",
        **shape,
    )


def _tiff_pixels(size: Size, options: EncodingOptions) -> int:
    """How many a file holds: tiles are whole at the borders, too, and a pyramid has smaller copies."""
    if not (options.is_tiled or options.has_pyramid):
        return size.area
    pixels, height, width = 0, size.height, size.width
    while True:
        pixels += -(-height // _TIFF_TILE) * -(-width // _TIFF_TILE) * _TIFF_TILE**2
        if not options.has_pyramid or max(height, width) <= _TIFF_TILE:
            return pixels
        height, width = max(1, height // 2), max(1, width // 2)


def _save_webp(image: Any, picture: Picture, output: EncodedOutput) -> None:
    options = picture.options
    content = image.webpsave_buffer(Q=quality_of("WebP", options), lossless=options.is_lossless, keep="icc|xmp")
    output.write_whole(webp_with_exif(content, picture.metadata.exif, picture.size))


def _save_avif(image: Any, picture: Picture, output: EncodedOutput) -> None:
    content = image.heifsave_buffer(
        Q=quality_of("AVIF", picture.options),
        compression="av1",
        bitdepth=8,
        subsample_mode="off" if picture.options.chroma.value == "4:4:4" else "on",
        keep="exif|icc|xmp",
    )
    output.write_whole(content)


def _save_jpeg_xl(image: Any, picture: Picture, output: EncodedOutput) -> None:
    options = picture.options
    how = {"lossless": True} if options.is_lossless else {"Q": quality_of("JPEG XL", options)}
    output.write_whole(image.jxlsave_buffer(keep="exif|icc|xmp", **how))


_ENCODERS: dict[str, Callable[[Any, Picture, EncodedOutput], None]] = {
    "PNG": _save_png,
    "JPEG": _save_jpeg,
    "TIFF": _save_tiff,
    "WebP": _save_webp,
    "AVIF": _save_avif,
    "JPEG XL": _save_jpeg_xl,
}
