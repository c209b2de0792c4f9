"""The options of `stepless export`, and what they ask for."""

from __future__ import annotations

import argparse
from typing import TYPE_CHECKING

from liif_core.cli import values
from liif_core.errors import RequestError

if TYPE_CHECKING:
    from liif_core.export.crops import Aspect
    from liif_core.export.request import Sized
    from liif_core.export.sizes import Wish
    from liif_core.geometry import Rect, Size
    from liif_core.imaging.encoding import EncodingOptions

_CHROMAS = ("4:4:4", "4:2:0")
_QUALITY = "1 to 100, of JPEG, WebP and AVIF (default: 95, of AVIF 85)"
_SUBSAMPLING = "colours of JPEG and AVIF, whole or at half the size (default: 4:4:4, whole)"
_PRINT_DPI = 300.0
_TIFF_COMPRESSIONS = ("deflate", "lzw", "none")


def add_size_options(parser: argparse.ArgumentParser) -> None:
    """How large, and which part."""
    group = parser.add_argument_group("size, exactly one")
    wish = group.add_mutually_exclusive_group(required=True)
    wish.add_argument("--scale", type=values.positive, metavar="S", help="output pixels per photo pixel, any number")
    wish.add_argument("--percent", type=values.positive, metavar="P", help="the scale in per cent: 250 is --scale 2.5")
    wish.add_argument("--size", type=values.size, metavar="WxH", help="output size in pixels; the shape may change")
    wish.add_argument("--width", type=int, metavar="N", help="output width in pixels")
    wish.add_argument("--height", type=int, metavar="N", help="output height in pixels")
    wish.add_argument("--long-side", type=int, metavar="N", help="longer side of the output in pixels")
    wish.add_argument("--within", type=values.size, metavar="WxH", help="the largest that fits into a frame of pixels")
    wish.add_argument("--megapixels", type=values.positive, metavar="M", help="millions of output pixels")
    wish.add_argument("--print", type=values.print_size, metavar="WxH", help="on paper in mm, like 297x210 or 300x")
    wish.add_argument("--preset", metavar="NAME", help='a size by name, like "8K" or "A4, 300 dpi"')
    part = parser.add_argument_group("part of the photo")
    crop = part.add_mutually_exclusive_group()
    crop.add_argument("--crop", type=values.crop, metavar="X,Y,W,H", help="in pixels of the photo")
    crop.add_argument("--aspect", type=values.aspect, metavar="W:H", help="the largest middle part of this shape")


def add_encoding_options(parser: argparse.ArgumentParser) -> None:
    """How to encode."""
    group = parser.add_argument_group("encoding")
    group.add_argument("--bits", type=int, choices=(8, 16), default=8, help="bits a channel (default: 8)")
    group.add_argument("--quality", type=int, metavar="N", help=_QUALITY)
    group.add_argument("--subsampling", choices=_CHROMAS, default="4:4:4", help=_SUBSAMPLING)
    group.add_argument("--lossless", action="store_true", help="of WebP: every pixel exact")
    group.add_argument("--compression", type=int, default=1, metavar="N", help="of PNG, 0 to 9 (default: 1, quick)")
    group.add_argument(
        "--tiff-compression", choices=_TIFF_COMPRESSIONS, default="deflate", help="of TIFF (default: deflate)"
    )
    group.add_argument("--tiled", action="store_true", help="TIFF in squares")
    group.add_argument("--pyramid", action="store_true", help="TIFF with smaller copies, for viewers of huge pictures")
    group.add_argument(
        "--dpi", type=values.positive, metavar="N", help="pixels per inch on paper (of --print by default 300)"
    )
    group.add_argument("--no-alpha", action="store_true", help="flatten transparency over white")
    group.add_argument("--no-metadata", action="store_true", help="leave out EXIF, XMP and IPTC")
    group.add_argument("--no-location", action="store_true", help="leave out where the photo was taken")


def wish_of(arguments: argparse.Namespace) -> Wish:
    """The size asked for.

    Raises:
        RequestError: There is no preset of that name.
    """
    from liif_core.export import sizes

    given = arguments
    if given.preset is not None:
        return _preset(given.preset)
    if given.print is not None:
        width_mm, height_mm = given.print
        return sizes.Print(width_mm, height_mm, given.dpi or _PRINT_DPI)
    simple = {
        "scale": sizes.Scale,
        "percent": sizes.percent,
        "size": sizes.Exact,
        "width": sizes.Width,
        "height": sizes.Height,
        "long_side": sizes.LongSide,
        "within": sizes.Within,
        "megapixels": sizes.Megapixels,
    }
    name = next(name for name in simple if getattr(given, name) is not None)
    wish: Wish = simple[name](getattr(given, name))  # type: ignore[operator]
    return wish


def what_of(wish: Wish, crop: Rect | None, aspect: Aspect | None, photo: Size) -> Sized:
    """What is to be exported of a photo of that size."""
    from liif_core.export.crops import largest_crop
    from liif_core.export.request import Sized

    return Sized(wish, crop if aspect is None else largest_crop(photo, aspect.along(photo)))


def encoding_of(arguments: argparse.Namespace) -> EncodingOptions:
    """How to encode."""
    from liif_core.imaging.encoding import Chroma, EncodingOptions, TiffCompression

    return EncodingOptions(
        bits=arguments.bits,
        quality=arguments.quality,
        chroma=Chroma(arguments.subsampling),
        is_lossless=arguments.lossless,
        compression=arguments.compression,
        tiff_compression=TiffCompression(arguments.tiff_compression),
        is_tiled=arguments.tiled,
        has_pyramid=arguments.pyramid,
        keep_alpha=not arguments.no_alpha,
        keep_metadata=not arguments.no_metadata,
        keep_location=not arguments.no_location,
        dpi=arguments.dpi,
    )


def _preset(name: str) -> Wish:
    from liif_core.export.presets import BUILT_IN

    for preset in BUILT_IN:
        if preset.name.lower() == name.strip().lower():
            return preset.wish
    known = "; ".join(preset.name for preset in BUILT_IN)
    raise RequestError(f"'{name}' is no size preset: expected one of {known}")
