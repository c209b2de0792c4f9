"""Which directories of a TIFF are pages, and which are reduced copies of the page before them.

libvips counts directories only. The tag NewSubfileType tells a reduced copy or a mask from a page (TIFF 6.0, page 36).
"""

from __future__ import annotations

import contextlib
import math
import os
from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from pathlib import Path

from liif_core.geometry import Size
from liif_core.imaging.opened import OpenedPhoto
from liif_core.imaging.tiff_directories import directories, numbers_of

_NEW_SUBFILE_TYPE, _OLD_SUBFILE_TYPE = 254, 255
_REDUCED, _MASK = 1, 4  # bits of the new tag
_OLD_REDUCED = 2  # value of the old one
_MAX_COPIES = 32


def tiff_pages(path: str | os.PathLike[str]) -> tuple[int, ...]:
    """The numbers of the directories that are pages, at least the first one.

    Raises:
        OSError: The file cannot be read.
    """
    pages = [index for index, is_page in enumerate(_kinds(path)) if is_page or index == 0]
    return tuple(pages) or (0,)


def tiff_reduced_copy(
    photo: OpenedPhoto,
    open_at: Callable[..., OpenedPhoto],
    path: str | os.PathLike[str],
    side: int,
    page: int,
) -> OpenedPhoto | None:
    """The smallest reduced copy of a page that has `side` pixels.

    Copies are further directories behind that of the page, or (libvips can open those of the first page) beneath it.

    Args:
        photo: The page.
        open_at: Opens a directory, given as `page`, or one beneath the first, given as `subifd`.
        path: The file.
        side: The longer side in pixels that is wanted at least.
        page: Number of the page.

    Returns:
        The copy, with the profile and the orientation of the page; None where there is none that is large enough.

    Raises:
        DecodeError: A directory is damaged.
        OSError: The file cannot be read.
    """
    image, best = photo.load(), None
    if page == 0 and image.get_typeof("n-subifds"):
        places = [{"subifd": index} for index in range(image.get("n-subifds"))]
    else:
        pages = tiff_pages(path)
        after = pages[page + 1] if page + 1 < len(pages) else image.get("n-pages")
        places = [{"page": index} for index in range(pages[page] + 1, after)]
    for place in places[:_MAX_COPIES]:
        copy = open_at(**place)
        if not _is_reduced(copy.size, photo.size):
            # A mask, or what else a TIFF may hold.
            break
        if max(copy.size.height, copy.size.width) >= side:
            best = copy
    # The page has the tags.
    return best and replace(best, icc_profile=photo.icc_profile, orientation=photo.orientation)


def _is_reduced(copy: Size, whole: Size) -> bool:
    """Whether one size is another one halved some times, to within rounding."""
    factor = 2 ** round(math.log2(max(whole.height, whole.width) / max(copy.height, copy.width)))
    return factor > 1 and all(
        abs(side * factor - whole_side) < 2 * factor
        for side, whole_side in ((copy.height, whole.height), (copy.width, whole.width))
    )


def _kinds(path: str | os.PathLike[str]) -> Iterator[bool]:
    """For each directory of the chain, whether it is a page; ends early where the file is damaged."""
    with Path(path).open("rb") as file, contextlib.suppress(ValueError):
        for layout, entries in directories(file):
            told = (
                entry for entry in entries if entry.tag in (_NEW_SUBFILE_TYPE, _OLD_SUBFILE_TYPE) and entry.count == 1
            )
            yield not any(_is_no_page(entry.tag, numbers_of(file, layout, entry)) for entry in told)


def _is_no_page(tag: int, numbers: Sequence[int]) -> bool:
    first = numbers[0] if numbers else 0
    return first & (_REDUCED | _MASK) != 0 if tag == _NEW_SUBFILE_TYPE else first == _OLD_REDUCED
