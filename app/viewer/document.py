"""The open photo, as every thread sees it."""

from __future__ import annotations

import itertools
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path

from PySide6.QtGui import QColorSpace, QImage

from app.qimage import color_space_of, to_qimage
from liif_core.cancel import CancelToken
from liif_core.geometry import OutputGrid, Size
from liif_core.imaging.image import Image
from liif_core.imaging.preview import read_preview
from liif_core.imaging.read import read_image
from liif_core.imaging.resample import Pyramid
from liif_core.imaging.scratch import remove_leftovers
from liif_core.memory import budgets, release_free_memory

# Longer side of the whole-photo picture that lies beneath all tiles, so that there is never a hole.
OVERVIEW_SIDE = 1600
# Of a preview at least: sharp in a window of the usual size, and a reduction by 4 of 24 megapixels still has it.
PREVIEW_SIDE = 1200

_ids = itertools.count(1)


@dataclass(frozen=True, eq=False)
class Preview:
    """A photo that can be painted, zoomed and panned, while its pixels are still being decoded.

    Attributes:
        photo_id: Never used for other pixels again; the document that follows has the same.
        path: Its file.
        size: Of the photo, upright.
        overview: The whole photo, reduced, in the display's colours.
    """

    photo_id: int
    path: Path
    size: Size
    overview: QImage


@dataclass(frozen=True, eq=False)
class Document(Preview):
    """An open photo. Frozen and shared by the threads; its pyramid locks itself.

    Attributes:
        image: Its pixels at source depth.
        pyramid: Its halvings.
        color_space: For converting tiles for the display; None for sRGB.
    """

    image: Image
    pyramid: Pyramid
    color_space: QColorSpace | None


def open_document(
    path: Path, *, cancel: CancelToken | None = None, on_preview: Callable[[Preview], object] | None = None
) -> Document:
    """Read a photo and prepare its first picture; runs on a worker thread.

    A preview is read at the same time on another thread: one after the other, the pixels would come half as late again.

    Args:
        path: The file.
        cancel: Asked while decoding.
        on_preview: Called on some thread as soon as a preview can be painted, if at all, and before this returns.

    Raises:
        ImageReadError: It cannot be opened; a preview may have been handed over before.
        Cancelled: `cancel` was set.
    """
    photo_id = next(_ids)
    stop_preview = CancelToken()
    with ThreadPoolExecutor(1, thread_name_prefix=f"preview of {path.name}") as pool:
        early = pool.submit(_open_preview, path, photo_id, stop_preview, on_preview)
        try:
            image = read_image(path, cancel=cancel, max_memory_bytes=budgets().photo_bytes)
        except BaseException:
            stop_preview.cancel()
            raise
        preview = early.result()
    pyramid = Pyramid(image)
    color_space = color_space_of(image.icc_profile)
    overview = preview.overview if preview is not None else _overview(pyramid, color_space)
    remove_leftovers()
    release_free_memory()
    return Document(photo_id, path, image.size, overview, image, pyramid, color_space)


def _open_preview(
    path: Path, photo_id: int, cancel: CancelToken, on_preview: Callable[[Preview], object] | None
) -> Preview | None:
    reduced = read_preview(path, side=PREVIEW_SIDE, cancel=cancel) if on_preview is not None else None
    if reduced is None or on_preview is None:
        return None
    overview = _overview(Pyramid(reduced.image), color_space_of(reduced.image.icc_profile))
    preview = Preview(photo_id, path, reduced.size, overview)
    cancel.check()
    on_preview(preview)
    return preview


def _overview(pyramid: Pyramid, color_space: QColorSpace | None) -> QImage:
    size = pyramid.image.size
    grid = OutputGrid(size, size.scaled(min(1.0, OVERVIEW_SIDE / max(size.height, size.width))))
    return to_qimage(pyramid.area(grid, grid.output.rect), color_space)
