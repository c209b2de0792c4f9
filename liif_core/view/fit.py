"""The zooms at which a photo fits its viewport, one for each thing that "to fit" may mean."""

from __future__ import annotations

import enum
import math

from liif_core.geometry import Size

ZOOM_NOISE = 1e-9
"""Relative difference of two zooms that are meant to be the same: far more than hundreds of products lose."""


class FitMode(enum.Enum):
    """What fits what."""

    WINDOW = "window"
    """The whole photo is visible, as large as the viewport allows."""

    WIDTH = "width"
    """The photo is as wide as the viewport."""

    HEIGHT = "height"
    """The photo is as high as the viewport."""

    FILL = "fill"
    """No part of the viewport is empty, and as much of the photo is visible as that allows."""

    @property
    def turned(self) -> FitMode:
        """The mode that looks like this one where the picture lies on its side on screen."""
        return {FitMode.WIDTH: FitMode.HEIGHT, FitMode.HEIGHT: FitMode.WIDTH}.get(self, self)


def fit_zoom(photo: Size, viewport: Size, mode: FitMode) -> float:
    """The zoom at which a photo fits.

    Args:
        photo: Size in image pixels.
        viewport: Size in device pixels.
        mode: What to fit.

    Returns:
        Device pixels per image pixel.
    """
    by_height, by_width = viewport.height / photo.height, viewport.width / photo.width
    match mode:
        case FitMode.WINDOW:
            return min(by_height, by_width)
        case FitMode.WIDTH:
            return by_width
        case FitMode.HEIGHT:
            return by_height
        case FitMode.FILL:
            return max(by_height, by_width)


def mode_at(zoom: float, photo: Size, viewport: Size, wanted: FitMode | None) -> FitMode | None:
    """Which mode a zoom is the zoom of.

    Args:
        zoom: Device pixels per image pixel.
        photo: Size in image pixels.
        viewport: Size in device pixels.
        wanted: What was fitted: where two modes have one zoom they still differ when the window is resized.

    Returns:
        `wanted` if that is its zoom; `FitMode.WINDOW` if the photo fits the window, however it got there; else None.
    """
    for mode in (wanted, FitMode.WINDOW):
        if mode is not None and math.isclose(zoom, fit_zoom(photo, viewport, mode), rel_tol=ZOOM_NOISE):
            return mode
    return None
