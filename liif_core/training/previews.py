"""Pictures of a run's progress: the same few crops of held-out photos, enlarged by the model of now."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import numpy as np

from liif_core.evaluation.enlarge import enlarge_by
from liif_core.imaging.resample import bicubic
from liif_core.imaging.write import quantise, write_image
from liif_core.models.implicit import ImplicitModel
from liif_core.training.photo_cache import Pixels
from liif_core.training.validation import central_square, reduced

SCALE = 4
CROP = 192
MAX_PHOTOS = 4


def preview(model: ImplicitModel, photos: Sequence[Pixels]) -> Pixels:
    """A row for each photo: its input enlarged by bicubic, by the model, and the truth.

    Args:
        model: In evaluation mode.
        photos: At least one; each uint8 (h, w, 3).

    Returns:
        uint8 (rows * side, 3 * side, 3), where side is that of the largest crop, at most 192; smaller ones are centred
        on black.
    """
    enlarge = enlarge_by(model)
    truths = [central_square(photo, CROP, multiple_of=SCALE) for photo in photos[:MAX_PHOTOS]]
    side = max(len(truth) for truth in truths)
    sheet = np.zeros((len(truths), side, 3, side, 3), np.uint8)
    for row, truth in zip(sheet, truths, strict=True):
        lr, grid = reduced(truth, SCALE)
        margin = (side - len(truth)) // 2
        inner = slice(margin, margin + len(truth))
        row[inner, 0, inner] = quantise(bicubic(lr, grid, grid.output.rect), 8)
        row[inner, 1, inner] = quantise(enlarge(lr, grid), 8)
        row[inner, 2, inner] = truth
    return sheet.reshape(len(truths) * side, 3 * side, 3)


def save_preview(path: Path, model: ImplicitModel, photos: Sequence[Pixels]) -> None:
    """Write `preview` as a PNG, in a folder that is made if missing.

    Raises:
        OSError: The folder cannot be made.
        ImageWriteError: The picture cannot be written.
    """
    path.parent.mkdir(exist_ok=True)
    write_image(path, preview(model, photos))
