"""How good a model is on photos it does not learn from, beside bicubic enlargement."""

from __future__ import annotations

import math
from collections.abc import Sequence

import numpy as np
import torch
from torch import Tensor

from liif_core.cancel import CancelToken
from liif_core.evaluation.enlarge import Enlarge, enlarge_by
from liif_core.evaluation.metrics import psnr
from liif_core.geometry import OutputGrid, Size
from liif_core.imaging.image import Image, to_unit_range
from liif_core.imaging.resample import bicubic
from liif_core.models.implicit import ImplicitModel
from liif_core.training.photo_cache import Pixels
from liif_core.training.resizing import resized

VALIDATION_SCALES = (2, 3, 4)
CROP = 384
MAX_PHOTOS = 8


def validate(model: ImplicitModel, photos: Sequence[Pixels], *, cancel: CancelToken | None = None) -> dict[str, float]:
    """Mean RGB PSNR in dB by "x2", "x3", "x4".

    Each photo's central square of up to 384 pixels is the truth, and its bicubic reduction the input. Squares of one
    colour, which every method gets right to its last digits, are left out. Of more than `MAX_PHOTOS` photos, so many
    are taken, from all over them.

    Raises:
        Cancelled: `cancel` was set.
    """
    return _mean_psnr(enlarge_by(model, cancel=cancel), photos)


def baseline(photos: Sequence[Pixels]) -> dict[str, float]:
    """The same of bicubic enlargement, by "bicubic x2", "bicubic x3", "bicubic x4"."""
    values = _mean_psnr(lambda image, grid: bicubic(image, grid, grid.output.rect), photos)
    return {f"bicubic {name}": value for name, value in values.items()}


def _mean_psnr(enlarge: Enlarge, photos: Sequence[Pixels]) -> dict[str, float]:
    sums: dict[str, list[float]] = {}
    for photo in _evenly(photos, MAX_PHOTOS):
        truth = central_square(photo, CROP, multiple_of=math.lcm(*VALIDATION_SCALES))
        if (truth == truth[0, 0]).all():
            continue
        gt = _to_tensor(truth)
        for scale in VALIDATION_SCALES:
            lr, grid = reduced(truth, scale)
            picture = torch.from_numpy(enlarge(lr, grid)).permute(2, 0, 1)
            sums.setdefault(f"x{scale}", []).append(psnr(picture, gt))
    finite = {name: [value for value in values if np.isfinite(value)] for name, values in sums.items()}
    return {name: float(np.mean(values)) for name, values in finite.items() if values}


def central_square(photo: Pixels, side: int, *, multiple_of: int) -> Pixels:
    """The middle of a photo: a square of at most `side` pixels, and of a multiple of whole ones.

    Args:
        photo: uint8 (h, w, 3), of at least `multiple_of` pixels a side.
        side: The most, in pixels.
        multiple_of: Such as the scales that it will be reduced by.
    """
    side = min(side, *photo.shape[:2]) // multiple_of * multiple_of
    top, left = (photo.shape[0] - side) // 2, (photo.shape[1] - side) // 2
    return photo[top : top + side, left : left + side]


def reduced(truth: Pixels, scale: int) -> tuple[Image, OutputGrid]:
    """The input of a square whose side is a multiple of `scale`, and the grid of the square's own pixels."""
    side = truth.shape[0]
    lr = Image(resized(truth, side // scale))
    return lr, OutputGrid(lr.size, Size(side, side))


def _evenly(photos: Sequence[Pixels], most: int) -> list[Pixels]:
    count = min(most, len(photos))
    return [photos[(2 * index + 1) * len(photos) // (2 * count)] for index in range(count)]


def _to_tensor(pixels: Pixels) -> Tensor:
    return torch.from_numpy(to_unit_range(pixels)).permute(2, 0, 1)
