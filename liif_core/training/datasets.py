"""Folders of photos for training: found, read once, kept as 8-bit pixels in memory."""

from __future__ import annotations

import logging
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from liif_core.cancel import CancelToken
from liif_core.errors import DatasetError, ImageReadError
from liif_core.imaging.image import Image
from liif_core.imaging.read import READABLE_EXTENSIONS, read_image
from liif_core.imaging.write import quantise

logger = logging.getLogger(__name__)

Pixels = NDArray[np.uint8]


@dataclass(frozen=True, slots=True)
class PhotoSet:
    """Photos in memory.

    Attributes:
        train: uint8 (h, w, 3) each, to learn from.
        validation: Held out, never learned from.
        skipped: One sentence for each file that could not be used.
    """

    train: Sequence[Pixels]
    validation: Sequence[Pixels]
    skipped: Sequence[str]


def photo_files(folder: Path) -> list[Path]:
    """The photos in a folder and below it, sorted by name.

    Raises:
        DatasetError: There is no such folder, or no photo in it.
    """
    if not folder.is_dir():
        raise DatasetError(f"{folder}: no such folder; expected a folder of photos")
    files = sorted(path for path in folder.rglob("*") if path.suffix.lower() in READABLE_EXTENSIONS and path.is_file())
    if not files:
        raise DatasetError(f"{folder}: no photo in this folder (looked for {', '.join(READABLE_EXTENSIONS)})")
    return files


def load_photos(
    folder: Path,
    *,
    min_side: int,
    cancel: CancelToken,
    held_out_share: float = 0.02,
    on_progress: Callable[[int, int], None] = lambda done, total: None,
) -> PhotoSet:
    """Read every photo of a folder.

    Args:
        folder: Where they are; sub-folders are included.
        min_side: Photos with a shorter side are skipped: no training patch fits in them.
        cancel: Checked before each file.
        held_out_share: Part of the photos kept for validation, spread evenly over the folder, at least one of two or
            more.
        on_progress: Called with the number of files read and of all.

    Raises:
        DatasetError: Nothing usable is left; the message says why.
        Cancelled: `cancel` was set.
    """
    files = photo_files(folder)
    photos, skipped = [], []
    for done, path in enumerate(files):
        cancel.check()
        on_progress(done, len(files))
        try:
            photo = read_image(path)
        except ImageReadError as exc:
            skipped.append(str(exc))
            continue
        if min(photo.size.height, photo.size.width) < min_side:
            skipped.append(
                f"{path}: {photo.size.width} x {photo.size.height} pixels, at least {min_side} a side needed"
            )
            continue
        photos.append(_eight_bit(photo))
    on_progress(len(files), len(files))
    if not photos:
        raise DatasetError(f"{folder}: none of {len(files)} photos can be used; the first: {skipped[0]}")
    stride = max(2, round(1 / held_out_share))
    held_out = range(stride // 2, len(photos), stride) if len(photos) > stride // 2 else range(1, len(photos), stride)
    return PhotoSet(
        [photo for index, photo in enumerate(photos) if index not in held_out],
        [photos[index] for index in held_out],
        skipped,
    )


def _eight_bit(photo: Image) -> Pixels:
    if photo.pixels.dtype == np.uint8:
        return photo.pixels
    pixels: Pixels = quantise(photo.region(photo.size.rect), 8)
    return pixels
