"""HEIC, by pi-heif: libvips' wheel has no HEVC.

pi-heif is pillow-heif without its encoder, which we do not need and which is under the GPL.
"""

from __future__ import annotations

import os
from pathlib import Path
from typing import Any

import numpy as np

from liif_core.geometry import Size
from liif_core.imaging.opened import DecodeError, OpenedPhoto, decoder_errors, vips_image


def open_heic(path: str | os.PathLike[str]) -> OpenedPhoto:
    """Read the header of the primary picture; the decoder turns it upright.

    Raises:
        DecodeError: The file is damaged.
        OSError: It cannot be read.
    """
    with decoder_errors():
        picture = _primary_picture(path)
        info: dict[str, Any] = picture.info
        if min(picture.size) < 1:
            raise DecodeError(f"a picture of {picture.size[0]} x {picture.size[1]} pixels")

    def load() -> Any:
        with decoder_errors():
            pixels = np.asarray(picture)
        # Rows may be padded.
        image = vips_image(pixels[: picture.size[1], : picture.size[0]])
        if picture.mode.startswith("RGBa"):
            straight = image.unpremultiply(max_alpha=65535 if image.format == "ushort" else 255)
            return straight.rint().cast(image.format).copy(interpretation=image.interpretation)
        return image

    return OpenedPhoto(
        size=Size(picture.size[1], picture.size[0]),
        load=load,
        icc_profile=info.get("icc_profile"),
        exif=info.get("exif"),
        orientation=1,
        bits=info["bit_depth"],
    )


def read_heic_xmp(path: str | os.PathLike[str]) -> bytes | None:
    """The XMP packet of the primary picture; None where there is none.

    Raises:
        DecodeError: The file is damaged.
        OSError: It cannot be read.
    """
    with decoder_errors():
        packet: bytes | None = _primary_picture(path).info.get("xmp")
    return packet or None


def _primary_picture(path: str | os.PathLike[str]) -> Any:
    import pi_heif

    # Read whole: the library keeps the bytes and decodes from them later.
    container = pi_heif.HeifFile(Path(path).read_bytes(), convert_hdr_to_8bit=False)
    return container[container.primary_index]
