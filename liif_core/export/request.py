"""What a person asks for: which pixels, in which file, encoded how."""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path

from liif_core.export.sizes import Wish
from liif_core.geometry import OutputGrid, Rect
from liif_core.imaging.encoding import EncodingOptions
from liif_core.orientation import UPRIGHT, Orientation
from liif_core.view.camera import Camera


@dataclass(frozen=True, slots=True)
class Sized:
    """The photo, or a part of it, at some size.

    Attributes:
        wish: The size.
        crop: The part in pixels of the upright photo; None for all of it.
    """

    wish: Wish
    crop: Rect | None = None


@dataclass(frozen=True, slots=True)
class View:
    """What a viewer shows: the very pixels of the screen, before any conversion for the display.

    Attributes:
        grid: The whole photo at the view's zoom.
        rect: The visible part of the grid.
    """

    grid: OutputGrid
    rect: Rect

    @staticmethod
    def of(camera: Camera) -> View:
        """What a camera shows."""
        return View(camera.grid, camera.visible)


@dataclass(frozen=True, slots=True)
class ExportRequest:
    """What to export and where to.

    Attributes:
        target: File to write; its extension is the format.
        what: Which pixels.
        options: How to encode.
        orientation: How the photo is turned and mirrored; sizes are those of the turned picture, crops and views those
            of the upright photo.
    """

    target: Path
    what: Sized | View
    options: EncodingOptions = field(default_factory=EncodingOptions)
    orientation: Orientation = UPRIGHT
