"""TIFFs whose samples libvips cannot read, or takes for something else: YCbCr without JPEG, 8-bit LAB, doubles.

libvips gives Y, Cb and Cr as if they were red, green and blue, knows LAB of 8 bits only as its own packed kind, has no
samples of 64 bits, and takes whatever follows the colours for alpha. So the tags are looked at first. YCbCr is
converted here (TIFF 6.0, section 21). LAB is given to libvips as RGB, by another word in one tag, for its bytes, and
these to LittleCMS. What is left is refused in one sentence. Pillow's own reader of TIFFs tells of damage by `warnings`,
which are global to the process.
"""

from __future__ import annotations

import itertools
import os
import struct
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, BinaryIO

import numpy as np

from liif_core.errors import ImageReadError
from liif_core.imaging.exif_directories import RATIONAL
from liif_core.imaging.opened import DecodeError, OpenedPhoto, vips_image
from liif_core.imaging.tiff_directories import directories, numbers_of
from liif_core.imaging.tiff_repairs import repaired, repairs_of
from liif_core.imaging.vips import load_pyvips, vips_reason

_BITS, _COMPRESSION, _PHOTOMETRIC, _SAMPLES, _EXTRA_SAMPLES, _SAMPLE_FORMAT = 258, 259, 262, 277, 338, 339
_YCBCR_WEIGHTS, _YCBCR_SUBSAMPLING, _REFERENCE = 529, 530, 532
_TAGS = (
    *(_BITS, _COMPRESSION, _PHOTOMETRIC, _SAMPLES, _EXTRA_SAMPLES, _SAMPLE_FORMAT),
    *(_YCBCR_WEIGHTS, _YCBCR_SUBSAMPLING, _REFERENCE),
)
_RGB, _YCBCR, _CIELAB = 2, 6, 8
_JPEG = (6, 7)
_FLOATS = 3
_UNSPECIFIED = 0
_CMYK = 5
_COLOUR_SAMPLES = {_RGB: 3, _CMYK: 4, _YCBCR: 3, _CIELAB: 3}
"""Of a pixel, by what the file says that they are; of all else one."""
_MAX_VALUES = 64


@dataclass(frozen=True, slots=True)
class TiffColours:
    """What the tags of one page say of its samples.

    Attributes:
        tags: Values by number, as far as they are numbers and the file is whole.
        order: Of its bytes, as `struct` has it.
        photometric_at: Where in the file it is said what the samples mean; 0 where nowhere.
    """

    tags: Mapping[int, tuple[float, ...]]
    order: str = "<"
    photometric_at: int = 0

    def first(self, tag: int, default: float) -> float:
        """The first value of a tag."""
        return self.tags.get(tag, (default,))[0]

    def all_of(self, tag: int, default: tuple[float, ...]) -> tuple[float, ...]:
        """The values of a tag.

        Raises:
            DecodeError: There are more or fewer than of the default.
        """
        values = self.tags.get(tag, default)
        if len(values) != len(default):
            raise DecodeError(f"tag {tag} has {len(values)} values instead of {len(default)}")
        return values

    @property
    def is_ycbcr(self) -> bool:
        """Whether its samples are Y, Cb and Cr for us to convert; decoders of JPEG do that by themselves."""
        return self.first(_PHOTOMETRIC, 0) == _YCBCR and self.first(_COMPRESSION, 1) not in _JPEG

    @property
    def is_lab_of_8_bits(self) -> bool:
        """Whether it is in CIELAB with one byte a sample."""
        return self.first(_PHOTOMETRIC, 0) == _CIELAB and self.first(_BITS, 1) == 8

    @property
    def is_double(self) -> bool:
        """Whether its samples are floating point numbers of 64 bits."""
        return self.first(_SAMPLE_FORMAT, 1) == _FLOATS and self.first(_BITS, 1) == 64

    @property
    def others(self) -> int:
        """How many samples of a pixel, by the file's own word, are neither colours nor alpha: masks, inks, infrared.

        Old files that do not say what a fourth sample is mean alpha. Some have a word for more than there are.
        """
        kinds = self.tags.get(_EXTRA_SAMPLES, ())
        if not kinds or kinds[0] != _UNSPECIFIED:
            return 0
        colours = _COLOUR_SAMPLES.get(int(self.first(_PHOTOMETRIC, 0)), 1)
        return max(0, min(len(kinds), int(self.first(_SAMPLES, 1)) - colours))

    @property
    def is_unusual(self) -> bool:
        """Whether libvips alone gives no or wrong colours."""
        return self.is_ycbcr or self.is_lab_of_8_bits or self.is_double


def tiff_colours(path: str | os.PathLike[str], directory: int) -> TiffColours:
    """Read the tags of a directory, from 0; none where it is damaged, which a decoder tells better.

    Raises:
        OSError: The file cannot be read.
    """
    with Path(path).open("rb") as file:
        try:
            return _tags_of(file, directory)
        except ValueError:
            return TiffColours({})


def _tags_of(file: BinaryIO, number: int) -> TiffColours:
    """Of a directory, from 0.

    Raises:
        ValueError: The file is damaged, or there is no such directory.
    """
    chain = list(itertools.islice(directories(file), number + 1))
    if len(chain) <= number:
        raise ValueError(f"there is no directory {number}")
    layout, entries = chain[-1]
    looked_at = [entry for entry in entries if entry.tag in _TAGS and entry.count <= _MAX_VALUES]
    tags = {}
    for entry in looked_at:
        values = numbers_of(file, layout, entry)
        if values:
            tags[entry.tag] = _quotients(values) if entry.kind == RATIONAL else tuple(map(float, values))
    photometric_at = next((entry.at for entry in looked_at if entry.tag == _PHOTOMETRIC), 0)
    return TiffColours(tags, layout.order, photometric_at)


def without_others(photo: OpenedPhoto, colours: TiffColours) -> OpenedPhoto:
    """A page, or a reduced copy of it, without samples that are neither colours nor alpha."""
    if not colours.others:
        return photo

    def load() -> Any:
        image = photo.load()
        return image.extract_band(0, n=image.bands - colours.others)

    return replace(photo, load=load)


def open_unusual(
    path: str | os.PathLike[str], colours: TiffColours, open_plain: Callable[[bytearray | None], OpenedPhoto]
) -> OpenedPhoto:
    """Open a page that `is_unusual`.

    Args:
        path: The file.
        colours: The page's tags.
        open_plain: Opens the page by libvips, from the file, or from a content that is given.

    Raises:
        ImageReadError: There is no way to its colours.
        DecodeError: It is damaged.
        OSError: It cannot be read.
    """
    name = os.fspath(path)
    if colours.is_ycbcr:
        across, down = colours.all_of(_YCBCR_SUBSAMPLING, (2.0, 2.0))
        bits = colours.first(_BITS, 1)
        if (across, down, bits) != (1, 1, 8):
            raise ImageReadError(
                f"{name} is a TIFF in YCbCr without JPEG, of {bits:g} bits a sample and with one sample of colour for "
                f"{across:g} x {down:g} pixels; 8 bits and one for each pixel are expected"
            )
        conversion = _conversion_of(colours)
        photo = open_plain(None)
        return replace(photo, load=lambda: conversion.to_rgb(photo.load()))
    samples = int(colours.first(_SAMPLES, 1))
    if colours.is_lab_of_8_bits and samples == 3:
        as_rgb = {colours.photometric_at: struct.pack(colours.order + "H", _RGB)}
        photo = open_plain(repaired(path, repairs_of(path) | as_rgb))
        # Its profile is one of LAB, and the outcome is in sRGB.
        return replace(photo, load=lambda: _lab_to_rgb(photo.load()), icc_profile=None)
    what = "64-bit floating point samples" if colours.is_double else f"{samples} samples a pixel in CIELAB"
    raise ImageReadError(f"{name} is a TIFF with {what}; up to 32 bits in grey, RGB, CMYK or CIELAB are expected")


@dataclass(frozen=True, slots=True)
class _Conversion:
    """From 8-bit Y, Cb, Cr to RGB.

    Attributes:
        gains: Of each, to the full range.
        offsets: Added after that.
        matrix: From those to RGB, row by row.
    """

    gains: list[float]
    offsets: list[float]
    matrix: list[list[float]]

    def to_rgb(self, image: Any) -> Any:
        """Of a picture, with what is behind the three."""
        matrix = load_pyvips().Image.new_from_array(self.matrix)
        rgb = image.extract_band(0, n=3).linear(self.gains, self.offsets).recomb(matrix).rint().cast("uchar")
        rgb = rgb.copy(interpretation="srgb")
        return rgb if image.bands == 3 else rgb.bandjoin(image.extract_band(3, n=image.bands - 3))


def _conversion_of(colours: TiffColours) -> _Conversion:
    """As the tags say.

    Raises:
        DecodeError: They are damaged.
    """
    red, green, blue = colours.all_of(_YCBCR_WEIGHTS, (0.299, 0.587, 0.114))
    if green == 0:
        raise DecodeError("green has no part in its brightness")
    reference = colours.all_of(_REFERENCE, (0.0, 255.0, 128.0, 255.0, 128.0, 255.0))
    blacks, whites, ranges = reference[0::2], reference[1::2], (255.0, 127.0, 127.0)
    gains = [span / ((white - black) or span) for span, black, white in zip(ranges, blacks, whites, strict=True)]
    offsets = [-black * gain for black, gain in zip(blacks, gains, strict=True)]
    from_cr, from_cb = 2 - 2 * red, 2 - 2 * blue
    matrix = [[1, 0, from_cr], [1, -blue * from_cb / green, -red * from_cr / green], [1, from_cb, 0]]
    return _Conversion(gains, offsets, matrix)


def _lab_to_rgb(image: Any) -> Any:
    """By LittleCMS, whose LAB is under D50 as that of files; a and b have a sign."""
    from PIL import Image, ImageCms

    try:
        samples = np.asarray(image.numpy())
    except load_pyvips().Error as exc:
        raise DecodeError(vips_reason(exc)) from exc
    picture = Image.frombytes("LAB", (image.width, image.height), samples.tobytes())
    lab, srgb = ImageCms.createProfile("LAB"), ImageCms.createProfile("sRGB")
    return vips_image(np.asarray(ImageCms.profileToProfile(picture, lab, srgb, outputMode="RGB")))


def _quotients(values: tuple[int, ...]) -> tuple[float, ...]:
    return tuple(top / (bottom or 1) for top, bottom in zip(values[0::2], values[1::2], strict=True))
