"""ICC profiles: is this one usable, and which colours does it describe; photos to RGB by it."""

from __future__ import annotations

import io
import logging
from typing import Any

logger = logging.getLogger(__name__)

_HEADER_BYTES = 128
_MODE_OF_SPACE = {"RGB": "RGB", "GRAY": "L", "CMYK": "CMYK"}
_WHITE = {"uchar": 255.0, "ushort": 65535.0, "float": 1.0}


def profile_space(profile: bytes) -> str | None:
    """The colour space of a profile that works.

    Args:
        profile: Any bytes.

    Returns:
        "RGB", "GRAY" or "CMYK"; None where the profile is damaged, of another space, or gives no transform to sRGB.
    """
    from PIL import ImageCms

    if len(profile) < _HEADER_BYTES or profile[36:40] != b"acsp":
        return None
    space = profile[16:20].decode("latin-1").strip()
    mode = _MODE_OF_SPACE.get(space)
    if mode is None:
        return None
    try:
        # Headers lie; only a transform that can be built proves that the tables behind it are there.
        opened = ImageCms.ImageCmsProfile(io.BytesIO(profile))
        ImageCms.buildTransform(opened, ImageCms.createProfile("sRGB"), mode, "RGB")
    except (OSError, TypeError, ValueError, ImageCms.PyCMSError):
        return None
    return space


def to_rgb(image: Any, profile: bytes | None, name: str, *, keep_alpha: bool = False) -> tuple[Any, bytes | None]:
    """Bring a libvips image to three channels, adding lazy steps only.

    RGB keeps its values and its profile. Grey keeps its values in three channels, unless it has a grey profile: then it
    is converted to sRGB, since an RGB photo cannot carry that profile. CMYK is converted to sRGB, by its profile or by
    a common press profile. Profiles that do not work or do not fit are dropped with a warning in the log.

    Args:
        image: A pyvips image, samples as "uchar", "ushort" or "float".
        profile: The profile found in the file, or None.
        name: The file's name for the log.
        keep_alpha: Give alpha as a fourth band, where there is any, instead of flattening over white.

    Returns:
        A pyvips image with 3 bands (4 with alpha, not premultiplied) in the same format, and the profile of its values
        (None = sRGB).
    """
    kind = _colour_kind(image)
    space = profile_space(profile) if profile is not None else None
    fits = space == kind or (space == "RGB" and kind == "GRAY")
    if profile is not None and not (fits and kind != "OTHER"):
        logger.warning("%s: dropped its ICC profile, which is %s for a photo in %s", name, space or "unusable", kind)
        profile = None
    if kind in ("CMYK", "OTHER") or (space == "GRAY" and profile is not None and image.format != "float"):
        image, profile = _to_srgb(image, profile), None
    if kind == "GRAY" and space == "GRAY":
        profile = None
    colours, alpha = _parted(image)
    if alpha is None:
        return _three_bands(colours), profile
    joined = colours.bandjoin(alpha)
    return (_three_bands(colours).bandjoin(alpha) if keep_alpha else _three_bands(_flattened(joined))), profile


def _colour_kind(image: Any) -> str:
    """What the bands mean: "RGB", "GRAY", "CMYK" as in profiles, or "OTHER" for spaces that libvips converts itself."""
    if image.interpretation == "cmyk" and image.bands >= 4:
        return "CMYK"
    if image.interpretation in ("lab", "labs", "labq", "xyz", "lch", "yxy", "hsv"):
        return "OTHER"
    return "GRAY" if image.bands < 3 else "RGB"


def _to_srgb(image: Any, profile: bytes | None) -> Any:
    """Convert by `profile`, or by libvips' own idea of the space where there is none; alpha is carried along."""
    from liif_core.imaging.vips import load_pyvips

    if image.interpretation == "labs" and profile is None:
        # Of files, which is under D50; by itself libvips takes LAB to be under D65.
        return image.colourspace("lab").icc_export(output_profile="srgb", pcs="lab", intent="relative", depth=16)
    deep = image.format == "ushort"
    image = image.copy()
    if image.get_typeof("icc-profile-data"):
        image.remove("icc-profile-data")
    if profile is None:
        return image.colourspace("rgb16" if deep else "srgb")
    image.set_type(load_pyvips().GValue.blob_type, "icc-profile-data", profile)
    depth = 16 if deep else 8
    return image.icc_transform("srgb", embedded=True, intent="relative", black_point_compensation=True, depth=depth)


def _parted(image: Any) -> tuple[Any, Any]:
    """The bands of the colours, and the one behind them if it is alpha, else None; there may be more."""
    colours = 1 if image.bands < 3 else 3
    if not image.hasalpha():
        return image.extract_band(0, n=colours), None
    return image.extract_band(0, n=colours), image.extract_band(colours)


def _flattened(image: Any) -> Any:
    """Over white; alpha is the last band."""
    white = _WHITE[image.format]
    return image.flatten(background=[white] * (image.bands - 1), max_alpha=white)


def _three_bands(image: Any) -> Any:
    return image if image.bands == 3 else image.bandjoin([image, image])
