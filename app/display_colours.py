"""The colours of the display, and the way there from those of a photo."""

from __future__ import annotations

import logging
import os
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from PySide6.QtGui import QColorSpace, QScreen

from app.display_profile import MAX_PROFILE_BYTES, ScreenPlace, profile_of
from app.settings_values import AUTOMATIC_COLORS
from liif_core.errors import RequestError

logger = logging.getLogger(__name__)

Display = str | os.PathLike[str] | ScreenPlace
"""Whose colours are shown: one of `DISPLAY_SPACES`, the path of an ICC profile, or a screen whose system is asked."""

_NAMED = {
    "srgb": QColorSpace.NamedColorSpace.SRgb,
    "display-p3": QColorSpace.NamedColorSpace.DisplayP3,
    "adobe-rgb": QColorSpace.NamedColorSpace.AdobeRgb,
}
DISPLAY_SPACES = tuple(_NAMED)
"""The names that `display_space` takes."""


@dataclass(frozen=True, eq=False)
class ColourConversion:
    """From a photo's colour space to the display's. Safe on any thread.

    Attributes:
        source: Of the photo's values.
        target: Of the display.
    """

    source: QColorSpace
    target: QColorSpace


def srgb_space() -> QColorSpace:
    """What most displays show, and what is meant where nothing else is said."""
    return QColorSpace(QColorSpace.NamedColorSpace.SRgb)


def chosen_display(name: str, screen: QScreen | None) -> Display:
    """The display that the settings mean by a name: that of a screen, unless another one was chosen."""
    return ScreenPlace.of(screen) if name == AUTOMATIC_COLORS else name


def display_space(name: Display) -> QColorSpace:
    """The colour space of a display. Reads a file, so not on the GUI thread, unless `name` is one of `DISPLAY_SPACES`.

    A screen whose system has no profile for it, or one that pictures cannot be converted to, counts as sRGB.

    Args:
        name: One of `DISPLAY_SPACES`, the path of an ICC profile, or a screen.

    Raises:
        RequestError: The file cannot be read, or is no profile that pictures can be converted to.
    """
    if isinstance(name, ScreenPlace):
        return _space_of_screen(name)
    known = _NAMED.get(os.fspath(name))
    if known is not None:
        return QColorSpace(known)
    path = Path(name)
    try:
        with path.open("rb") as file:
            profile = file.read(MAX_PROFILE_BYTES)
    except (OSError, ValueError) as exc:
        reason = (exc.strerror if isinstance(exc, OSError) else None) or str(exc)
        raise RequestError(f"the display profile {path} cannot be read: {reason}") from exc
    space = QColorSpace.fromIccProfile(profile)
    if not space.isValid():
        raise RequestError(f"{path} is no usable ICC profile; the profile of a display (.icc or .icm) is expected")
    if not _is_of_display(space):
        raise RequestError(f"the ICC profile {path} is not of an RGB display; colours cannot be converted to it")
    return space


def usable_space(name: Display, on_problem: Callable[[RequestError], object] = lambda error: None) -> QColorSpace:
    """As `display_space`, but a file that is gone or no usable profile counts as sRGB: photos are shown all the same.

    Args:
        name: One of `DISPLAY_SPACES`, the path of an ICC profile, or a screen.
        on_problem: Called with what is wrong with the file, on the caller's thread.
    """
    try:
        return display_space(name)
    except RequestError as exc:
        logger.warning("%s: sRGB is shown", exc)
        on_problem(exc)
        return srgb_space()


def _space_of_screen(place: ScreenPlace) -> QColorSpace:
    profile = profile_of(place)
    if profile is None:
        return srgb_space()
    space = QColorSpace.fromIccProfile(profile)
    if not space.isValid() or not _is_of_display(space):
        logger.warning("the profile of screen %d (%d bytes) is not usable: sRGB is shown", place.index, len(profile))
        return srgb_space()
    logger.info("screen %d has the profile '%s'", place.index, space.description())
    return space


def _is_of_display(space: QColorSpace) -> bool:
    return space.colorModel() is QColorSpace.ColorModel.Rgb and space.isValidTarget()


def conversion_for(icc_profile: bytes | None, display: QColorSpace | None) -> ColourConversion | None:
    """What turns a photo's values into those of the display; None where they are the same already.

    Args:
        icc_profile: Of the photo; None for sRGB. One that Qt cannot use is treated as sRGB.
        display: Its space; None for sRGB.
    """
    target = display if display is not None else srgb_space()
    source = photo_space(icc_profile)
    return ColourConversion(source, target) if source != target else None


def photo_space(icc_profile: bytes | None) -> QColorSpace:
    """The colour space of a photo's values; see `conversion_for`."""
    space = QColorSpace.fromIccProfile(icc_profile) if icc_profile is not None else srgb_space()
    return space if space.isValid() and space.colorModel() is QColorSpace.ColorModel.Rgb else srgb_space()
