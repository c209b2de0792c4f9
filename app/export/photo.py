"""The photo that an export dialog is about, as it was when the dialog was opened."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from liif_core.export.request import View
from liif_core.geometry import Rect, Size
from liif_core.imaging.image import Image
from liif_core.orientation import UPRIGHT, Orientation


@dataclass(frozen=True, eq=False, slots=True)
class ExportPhoto:
    """A photo and how it is looked at.

    Attributes:
        path: Its file.
        image: Its pixels.
        view: What is seen of it.
        folder: Where files are proposed.
        page: Which page of the file it is.
        orientation: How it is turned and mirrored on screen.
        all_photos: The photos that it is one of, in their order; itself among them.
    """

    path: Path
    image: Image
    view: View
    folder: Path
    page: int = 0
    orientation: Orientation = UPRIGHT
    all_photos: tuple[Path, ...] = ()

    @property
    def size(self) -> Size:
        """Of the upright photo."""
        return self.image.size

    @property
    def seen_part(self) -> Rect:
        """The photo's own pixels that are in view, those at the borders whole."""
        photo, output, rect = self.size, self.view.grid.output, self.view.rect
        # In whole numbers: floats may put a border of a pixel just before or behind it, and a row more into view.
        return Rect.spanning(
            rect.y * photo.height // output.height,
            rect.x * photo.width // output.width,
            -(-rect.bottom * photo.height // output.height),
            -(-rect.right * photo.width // output.width),
        )
