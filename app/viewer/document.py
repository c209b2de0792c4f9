"""The open photo, as every thread sees it."""

from __future__ import annotations

import functools
import itertools
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from PySide6.QtGui import QColorSpace, QImage

from app.display_colours import ColourConversion, conversion_for, photo_space
from app.file_state import FileState, state_of
from app.qimage import to_qimage
from liif_core.cancel import CancelToken
from liif_core.geometry import OutputGrid, Rect, Size
from liif_core.imaging.bled_colours import colours_of
from liif_core.imaging.image import Image, Regions
from liif_core.imaging.preview import read_preview
from liif_core.imaging.read import page_count, read_image
from liif_core.imaging.resample import Kernel, Pyramid, enlarge, enlarge_with_alpha
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
        page: Which of its file's pages it is.
        pages: How many there are.
    """

    photo_id: int
    path: Path
    size: Size
    overview: QImage
    page: int = field(default=0, kw_only=True)
    pages: int = field(default=1, kw_only=True)

    @property
    def has_alpha(self) -> bool:
        """Whether something may shine through; its tiles have an alpha channel then, too."""
        return self.overview.hasAlphaChannel()


@dataclass(frozen=True, eq=False)
class Document(Preview):
    """An open photo. Frozen and shared by the threads; its pyramid locks itself.

    Attributes:
        image: Its pixels at source depth.
        pyramid: Its halvings.
        coverage: Those of its alpha; None where all is opaque.
        conversion: Of tiles for the display; None where the photo is in its colours.
        file_state: Of its file before it was read; None if that could not be asked.
    """

    image: Image
    pyramid: Pyramid
    coverage: Pyramid | None
    conversion: ColourConversion | None
    file_state: FileState | None

    @functools.cached_property
    def colours(self) -> Regions:
        """What a model is shown; see `bled_colours.colours_of`."""
        return colours_of(self.image, self.pyramid, self.coverage)

    @property
    def shown_space(self) -> QColorSpace:
        """The colour space of what is painted: the display's."""
        return self.conversion.target if self.conversion is not None else photo_space(self.image.icc_profile)

    def value_at(self, y: int, x: int) -> tuple[int, ...] | tuple[float, ...]:
        """The pixel in row `y` and column `x` as in the file; see `Image.value_at`."""
        return self.image.value_at(y, x)

    def reduced(self, grid: OutputGrid, rect: Rect) -> NDArray[np.float32]:
        """The picture at 100 % and below; see `Pyramid.reduced`. Premultiplied, with its alpha, where there is one."""
        rgb = self.pyramid.reduced(grid, rect)
        return rgb if self.coverage is None else _joined(rgb, self.coverage.reduced(grid, rect))

    def enlarged(self, grid: OutputGrid, rect: Rect, kernel: Kernel) -> NDArray[np.float32]:
        """The picture enlarged by a kernel; see `resample.enlarge`. Premultiplied, with its alpha, if there is one."""
        if self.coverage is None:
            return enlarge(self.image, grid, rect, kernel)
        return enlarge_with_alpha(self.image, self.coverage.image, grid, rect, kernel)

    def covered(self, rgb: NDArray[np.float32], grid: OutputGrid, rect: Rect) -> NDArray[np.float32]:
        """Multiply what a model made of `colours` by the alpha, enlarged by bicubic interpolation, and add that.

        Args:
            rgb: (rect.height, rect.width, 3) in [0, 1].
            grid: Of the photo.
            rect: Which of its pixels.

        Returns:
            (rect.height, rect.width, 4), premultiplied; `rgb` itself where all is opaque.
        """
        if self.coverage is None:
            return rgb
        alpha = enlarge(self.coverage.image, grid, rect, Kernel.BICUBIC)
        return np.concatenate([np.clip(rgb, 0, 1) * alpha, alpha], axis=2)


def open_document(
    path: Path,
    *,
    page: int = 0,
    display: QColorSpace | None = None,
    photo_bytes: int | None = None,
    cancel: CancelToken | None = None,
    on_preview: Callable[[Preview], object] | None = None,
) -> Document:
    """Read a photo and prepare its first picture; runs on a worker thread.

    A preview is read at the same time on another thread: one after the other, the pixels would come half as late again.

    Args:
        path: The file.
        page: Which of its pages.
        display: The display's colour space; None for sRGB.
        photo_bytes: The largest photo whose pixels are held in memory; None for what suits the machine.
        cancel: Asked while decoding.
        on_preview: Called on some thread as soon as a preview can be painted, if at all, and before this returns.

    Raises:
        ImageReadError: It cannot be opened; a preview may have been handed over before.
        Cancelled: `cancel` was set.
    """
    photo_id = next(_ids)
    stop_preview = CancelToken()
    # Before all reading: whatever is written from now on may not be in it.
    file_state = state_of(path)
    about = _About(photo_id, path, page, page_count(path), display, file_state)
    with ThreadPoolExecutor(1, thread_name_prefix=f"preview of {path.name}") as pool:
        early = pool.submit(_open_preview, about, stop_preview, on_preview)
        try:
            image = read_image(
                path, page=page, keep_alpha=True, cancel=cancel, max_memory_bytes=photo_bytes or budgets().photo_bytes
            )
        except BaseException:
            stop_preview.cancel()
            raise
        preview = early.result()
    document = _document(about, image, preview)
    remove_leftovers()
    release_free_memory()
    return document


@dataclass(frozen=True)
class _About:
    """What the preview and the document of a photo have in common."""

    photo_id: int
    path: Path
    page: int
    pages: int
    display: QColorSpace | None
    file_state: FileState | None


def _document(about: _About, image: Image, preview: Preview | None) -> Document:
    pyramid, coverage = Pyramid(image), Pyramid(image.coverage) if image.coverage is not None else None
    conversion = conversion_for(image.icc_profile, about.display)
    # A reduced picture may have lost, or invented, the last trace of transparency.
    if preview is not None and preview.has_alpha == (coverage is not None):
        overview = preview.overview
    else:
        overview = _overview(pyramid, coverage, conversion)
    return Document(
        about.photo_id,
        about.path,
        image.size,
        overview,
        image,
        pyramid,
        coverage,
        conversion,
        about.file_state,
        page=about.page,
        pages=about.pages,
    )


def _open_preview(about: _About, cancel: CancelToken, on_preview: Callable[[Preview], object] | None) -> Preview | None:
    if on_preview is None:
        return None
    reduced = read_preview(about.path, side=PREVIEW_SIDE, page=about.page, keep_alpha=True, cancel=cancel)
    if reduced is None:
        return None
    document = _document(about, reduced.image, None)
    preview = Preview(about.photo_id, about.path, reduced.size, document.overview, page=about.page, pages=about.pages)
    cancel.check()
    on_preview(preview)
    return preview


def _overview(pyramid: Pyramid, coverage: Pyramid | None, conversion: ColourConversion | None) -> QImage:
    size = pyramid.image.size
    grid = OutputGrid(size, size.scaled(min(1.0, OVERVIEW_SIDE / max(size.height, size.width))))
    pixels = pyramid.area(grid, grid.output.rect)
    if coverage is not None:
        pixels = _joined(pixels, coverage.area(grid, grid.output.rect))
    return to_qimage(pixels, conversion)


def _joined(rgb: NDArray[np.float32], alpha: NDArray[np.float32]) -> NDArray[np.float32]:
    """Premultiplied colours, none above its alpha, and the alpha (h, w, 1)."""
    return np.concatenate([np.minimum(rgb, alpha), alpha], axis=2)
