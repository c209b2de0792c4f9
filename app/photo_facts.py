"""What is told of a photo beside its picture: its file, its colours, and how it was taken. Read on a worker thread."""

from __future__ import annotations

import datetime
import io
import logging
import math
import struct
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from app.histogram import Histogram, histogram_of
from app.viewer.document import Document
from liif_core.imaging.image import Image

logger = logging.getLogger(__name__)

_MOST_CHARACTERS = 200
_EXIF_DIRECTORY = 0x8769
_MAKE, _MODEL, _CHANGED = 0x010F, 0x0110, 0x0132
_EXPOSURE_S, _APERTURE, _ISO, _TAKEN = 0x829A, 0x829D, 0x8827, 0x9003
_BIAS_EV, _FOCAL_MM, _FOCAL_35_MM, _LENS = 0x9204, 0x920A, 0xA405, 0xA434
# What Pillow raises on damaged blocks. Its warnings are errors where Python was told so.
_EXIF_ERRORS = (SyntaxError, ValueError, TypeError, LookupError, ArithmeticError, struct.error, OSError, Warning)


@dataclass(frozen=True, slots=True)
class Shot:
    """How a photo was taken, as far as its EXIF block tells.

    Attributes:
        camera: Maker and model, "" if unknown.
        lens: Model, "" if unknown.
        exposure_s: Time in seconds.
        aperture: F-number.
        iso: Sensitivity.
        bias_ev: Exposure compensation in steps; None where there was none.
        focal_mm: Focal length.
        focal_35_mm: Focal length with the same angle on 35 mm film.
        taken: Local time at the camera.
    """

    camera: str = ""
    lens: str = ""
    exposure_s: float | None = None
    aperture: float | None = None
    iso: int | None = None
    bias_ev: float | None = None
    focal_mm: float | None = None
    focal_35_mm: float | None = None
    taken: datetime.datetime | None = None


@dataclass(frozen=True, slots=True)
class PhotoFacts:
    """What the drawer tells of a photo.

    Attributes:
        path: Its file.
        file_bytes: The file's size; None if it is gone.
        width: In pixels.
        height: In pixels.
        bits: Per channel, in the file.
        is_float: Whether the channels are floats.
        has_alpha: Whether it has transparent parts.
        profile: What the colour profile calls itself; "" where the file has none, which means sRGB.
        shot: How it was taken.
    """

    path: Path
    file_bytes: int | None
    width: int
    height: int
    bits: int
    is_float: bool
    has_alpha: bool
    profile: str
    shot: Shot


@dataclass(frozen=True, eq=False)
class PhotoReport:
    """All that the drawer needs of a photo, for the photo of this id."""

    photo_id: int
    facts: PhotoFacts
    histogram: Histogram


def report_on(document: Document) -> PhotoReport:
    """Look at an open photo: some 50 ms of a worker's time."""
    return PhotoReport(document.photo_id, facts_of(document.path, document.image), histogram_of(document.overview))


def facts_of(path: Path, image: Image) -> PhotoFacts:
    """Collect what the file and the photo's blocks tell; what cannot be read is left out."""
    try:
        file_bytes: int | None = path.stat().st_size
    except OSError:
        file_bytes = None
    return PhotoFacts(
        path=path,
        file_bytes=file_bytes,
        width=image.size.width,
        height=image.size.height,
        bits=image.source_bits,
        is_float=image.pixels.dtype.kind == "f",
        has_alpha=image.alpha is not None,
        profile=_profile_name(image.icc_profile),
        shot=shot_of(image.exif) if image.exif is not None else Shot(),
    )


def shot_of(exif: bytes) -> Shot:
    """What an EXIF block tells of how the photo was taken; nothing, if it is damaged.

    Args:
        exif: From its byte-order mark on, as in `Image.exif`.
    """
    from PIL.Image import Exif

    block = Exif()
    try:
        block.load(exif)
        first, more = dict(block), dict(block.get_ifd(_EXIF_DIRECTORY))
    except _EXIF_ERRORS as exc:
        logger.info("EXIF cannot be read: %s", exc)
        return Shot()
    return Shot(
        camera=_camera(_text(first.get(_MAKE)), _text(first.get(_MODEL))),
        lens=_text(more.get(_LENS)),
        exposure_s=_positive(more.get(_EXPOSURE_S)),
        aperture=_positive(more.get(_APERTURE)),
        iso=_whole(more.get(_ISO)),
        bias_ev=_number(more.get(_BIAS_EV)) or None,
        focal_mm=_positive(more.get(_FOCAL_MM)),
        focal_35_mm=_positive(more.get(_FOCAL_35_MM)),
        taken=_time(more.get(_TAKEN)) or _time(first.get(_CHANGED)),
    )


def _profile_name(profile: bytes | None) -> str:
    if profile is None:
        return ""
    from PIL import ImageCms

    try:
        return _text(ImageCms.getProfileDescription(ImageCms.ImageCmsProfile(io.BytesIO(profile)))) or "ICC"
    except (OSError, TypeError, ValueError, ImageCms.PyCMSError):
        return "ICC"


def _camera(make: str, model: str) -> str:
    """Many models begin with the maker's name already."""
    first_word = make.split(" ")[0].lower()
    return model if first_word and model.lower().startswith(first_word) else f"{make} {model}".strip()


def _text(value: Any) -> str:
    """One printable line of whatever a file holds."""
    if isinstance(value, bytes):
        value = value.decode("utf-8", errors="replace")
    if not isinstance(value, str):
        return ""
    line = "".join(character if character.isprintable() else " " for character in value.partition("\0")[0])
    return " ".join(line.split())[:_MOST_CHARACTERS]


def _number(value: Any) -> float | None:
    if isinstance(value, tuple):
        value = value[0] if value else None
    try:
        number = float(value)
    except (TypeError, ValueError, ArithmeticError):
        return None
    return number if math.isfinite(number) else None


def _positive(value: Any) -> float | None:
    number = _number(value)
    return number if number is not None and number > 0 else None


def _whole(value: Any) -> int | None:
    number = _positive(value)
    return round(number) if number is not None else None


def _time(value: Any) -> datetime.datetime | None:
    try:
        return datetime.datetime.strptime(_text(value), "%Y:%m:%d %H:%M:%S")
    except ValueError:
        return None
