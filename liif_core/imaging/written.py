"""A last look at a new file before it takes the place of an old one."""

from __future__ import annotations

import os
from pathlib import Path

from liif_core.imaging.encoders import Picture
from liif_core.imaging.encoding import WriteFormat
from liif_core.imaging.streamed import EncoderError
from liif_core.imaging.vips import load_pyvips, vips_reason

CHEAP_PIXELS = 16_000_000
"""Pictures of up to so many pixels are decoded once; of larger ones the header and the end are looked at."""

_LOADERS = {
    "PNG": "pngload",
    "JPEG": "jpegload",
    "TIFF": "tiffload",
    "WebP": "webpload",
    "AVIF": "heifload",
    "JPEG XL": "jxlload",
}
_ENDS = {"PNG": b"IEND\xaeB`\x82", "JPEG": b"\xff\xd9"}
_SAMPLES = {8: "uchar", 16: "ushort"}


def check_written(path: Path, form: WriteFormat, picture: Picture) -> None:
    """Open a file and compare it with what it should be.

    Raises:
        EncoderError: It is not.
        OSError: It cannot be read any more.
    """
    pyvips = load_pyvips()
    end = _ENDS.get(form.name, b"")
    with path.open("rb") as file:
        file.seek(-len(end) or 0, os.SEEK_END)
        if file.read() != end:
            raise EncoderError("its end is missing when it is read again")
    try:
        # A TIFF can be read anywhere, so its last row is enough.
        access = "random" if form.name == "TIFF" and picture.size.area > CHEAP_PIXELS else "sequential"
        image = getattr(pyvips.Image, _LOADERS[form.name])(os.fsencode(path), access=access, fail_on="error")
        found = (image.width, image.height, image.bands, image.format)
        # The encoder of WebP drops an alpha that hides nothing.
        channels = 3 if form.name == "WebP" and image.bands == 3 else picture.channels
        wanted = (picture.size.width, picture.size.height, channels, _SAMPLES[picture.options.bits])
        if found != wanted:
            raise EncoderError(f"read again, it is {_told(found)} instead of {_told(wanted)}")
        if picture.size.area <= CHEAP_PIXELS:
            image.avg()
    except pyvips.Error as exc:
        raise EncoderError(f"it cannot be read again: {vips_reason(exc)}") from exc


def _told(facts: tuple[int, int, int, str]) -> str:
    return f"{facts[0]} x {facts[1]} pixels with {facts[2]} samples of type '{facts[3]}'"
