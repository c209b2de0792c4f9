"""Photos, drafts and strategies for the tests of exports."""

from __future__ import annotations

from pathlib import Path

import numpy as np
from hypothesis import strategies as st

from app.export.draft import Draft
from app.export.photo import ExportPhoto
from liif_core.export.request import View
from liif_core.geometry import Rect, Size
from liif_core.imaging.encoding import format_of
from liif_core.imaging.image import Image
from liif_core.orientation import UPRIGHT, Orientation
from liif_core.view.camera import Camera

FOLDER = Path("/photos")
FORMATS = tuple(format_of(f"a{extension}") for extension in (".jpg", ".png", ".tif", ".webp"))

sides = st.integers(1, 400)
sizes = st.builds(Size, sides, sides)
orientations = st.builds(Orientation, st.integers(0, 3), st.booleans())
formats = st.sampled_from(FORMATS)


@st.composite
def rects_in(draw: st.DrawFn, size: Size) -> Rect:
    top, left = draw(st.integers(0, size.height - 1)), draw(st.integers(0, size.width - 1))
    bottom, right = draw(st.integers(top + 1, size.height)), draw(st.integers(left + 1, size.width))
    return Rect.spanning(top, left, bottom, right)


def photo_of(
    size: Size,
    *,
    orientation: Orientation = UPRIGHT,
    camera: Camera | None = None,
    path: Path = FOLDER / "photo.png",
    image: Image | None = None,
) -> ExportPhoto:
    image = image or Image(np.zeros((size.height, size.width, 3), np.uint8))
    view = View.of(camera or Camera.fitting(size, Size(30, 40)))
    return ExportPhoto(path, image, view, path.parent, orientation=orientation, all_photos=(path,))


def draft_of(photo: ExportPhoto, **values: object) -> Draft:
    return Draft(**{"form": FORMATS[0], "folder": photo.folder, **values})  # type: ignore[arg-type]
