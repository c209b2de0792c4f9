"""The open photo, as every thread sees it."""

from __future__ import annotations

import itertools
from dataclasses import dataclass
from pathlib import Path

from PySide6.QtGui import QColorSpace, QImage

from app.qimage import color_space_of, to_qimage
from liif_core.geometry import OutputGrid, Size
from liif_core.imaging.image import Image
from liif_core.imaging.read import read_image
from liif_core.imaging.resample import Pyramid

# Longer side of the whole-photo picture that lies beneath all tiles, so that there is never a hole.
OVERVIEW_SIDE = 1600

_ids = itertools.count(1)


@dataclass(frozen=True, eq=False)
class Document:
    """An open photo. Frozen and shared by the threads; its pyramid locks itself.

    Attributes:
        photo_id: Never used for other pixels again.
        path: Its file.
        image: Its pixels at source depth.
        pyramid: Its halvings.
        overview: The whole photo, reduced, in the display's colours.
        color_space: For converting tiles for the display; None for sRGB.
    """

    photo_id: int
    path: Path
    image: Image
    pyramid: Pyramid
    overview: QImage
    color_space: QColorSpace | None


def open_document(path: Path) -> Document:
    """Read a photo and prepare its first picture; runs on a worker thread.

    Raises:
        ImageReadError: It cannot be opened.
    """
    image = read_image(path)
    pyramid = Pyramid(image)
    color_space = color_space_of(image.icc_profile)
    size = image.size
    grid = OutputGrid(size, _overview_size(size))
    overview = to_qimage(pyramid.area(grid, grid.output.rect), color_space)
    return Document(next(_ids), path, image, pyramid, overview, color_space)


def _overview_size(size: Size) -> Size:
    return size.scaled(min(1.0, OVERVIEW_SIDE / max(size.height, size.width)))
