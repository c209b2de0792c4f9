"""A reduced picture of a photo, long before all of its pixels are decoded."""

from __future__ import annotations

import logging
import os
from dataclasses import dataclass

from liif_core.cancel import CancelToken
from liif_core.errors import ImageReadError
from liif_core.geometry import Size
from liif_core.imaging.decode import DecodeError, open_reduced
from liif_core.imaging.image import Image
from liif_core.imaging.pixels import decoded, upright_size
from liif_core.imaging.read import MAX_PIXELS, checked_kind, opened_page

logger = logging.getLogger(__name__)


@dataclass(frozen=True, eq=False)
class ReducedPhoto:
    """A whole photo with fewer pixels than its file has.

    Attributes:
        image: Its picture, upright. The grid of its pixels covers the photo to within one of them.
        size: Height and width of the photo itself, upright.
    """

    image: Image
    size: Size


def read_preview(
    path: str | os.PathLike[str],
    *,
    side: int,
    page: int = 0,
    keep_alpha: bool = False,
    cancel: CancelToken | None = None,
    max_pixels: int = MAX_PIXELS,
) -> ReducedPhoto | None:
    """Read a photo reduced, where its format makes that quicker than reading all of it.

    JPEG, JPEG 2000 and WebP decoders leave out what a reduced picture does not show, a TIFF may hold reduced copies,
    and four pixels of a camera's sensor make one in all colours. Progressive JPEG files gain nothing and have no
    preview. Orientation and colours are as in `read.read_image`.

    A preview is a favour: whatever is wrong with the file, there is none, and `read_image` says why.

    Args:
        path: The file.
        side: The longer side in pixels that the picture should have at least. It has up to about twice that, and more
            where the format cannot reduce so far.
        page: As for `read_image`.
        keep_alpha: As for `read_image`.
        cancel: Asked while decoding.
        max_pixels: As for `read_image`; photos that it would refuse have no preview.

    Returns:
        The reduced photo; None where reading it would not be quicker.

    Raises:
        Cancelled: `cancel` was set.
    """
    token = cancel or CancelToken()
    token.check()
    name = os.fspath(path)
    try:
        kind = checked_kind(name)
        photo = opened_page(path, kind, page, cancel=token)
        if photo.size.area > max_pixels:
            return None
        reduced = open_reduced(path, kind, photo, side=side, page=page, cancel=token)
        if reduced is None:
            return None
        return ReducedPhoto(decoded(reduced, name, token, keep_alpha=keep_alpha), upright_size(photo, name))
    except (ImageReadError, DecodeError, MemoryError, OSError) as exc:
        token.check()
        logger.info("%s: no preview: %s", name, exc)
        return None
