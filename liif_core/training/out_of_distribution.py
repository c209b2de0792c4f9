"""What a model makes of pages that are no photos: line drawings, dither, noise. Training alone does not show it.

Their contrast is beyond that of any photo. Layers that add to each other may make it grow until the picture is noise,
and no PSNR on photos tells. See `TrainConfig.high_contrast` for what helps.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from liif_core.evaluation.enlarge import enlarge_bicubic, enlarge_by
from liif_core.geometry import OutputGrid
from liif_core.imaging.image import Image
from liif_core.models.implicit import ImplicitModel

SCALE = 4
# Sound weights had 0.04 to 0.14, those that make noise 0.37 to 0.40.
SOUND_BELOW = 0.25

# Grey pages, uint8 (48, 96).
Page = NDArray[np.uint8]


def line_drawing() -> Page:
    """Black lines of one pixel on white, with steps, as drawing programs of old made them."""
    page = np.full((48, 96), 255, np.uint8)
    across = np.arange(2, 94)
    page[44 - across // 8, across] = 0
    page[4:24, [60, 88]] = page[[4, 23], 60:89] = 0
    page[4:24:4, 4:50] = page[4:24, 4:50:9] = 0
    return page


def dithered_ramp() -> Page:
    """From black to white in dots (Bayer's matrix of four)."""
    matrix = np.array([[0, 8, 2, 10], [12, 4, 14, 6], [3, 11, 1, 9], [15, 7, 13, 5]]) * 16 + 8
    return np.where(np.linspace(0, 255, 96) > np.tile(matrix, (12, 24)), 255, 0).astype(np.uint8)


def black_and_white_noise() -> Page:
    """Each pixel black or white."""
    return np.random.default_rng(5).choice(np.array([0, 255], np.uint8), (48, 96))


def difference_from_bicubic(model: ImplicitModel, page: Page) -> float:
    """Mean absolute difference of a page enlarged four times from bicubic enlargement; 1 is white against black."""
    image = Image(np.repeat(page[..., None], 3, axis=2))
    grid = OutputGrid(image.size, image.size.scaled(SCALE))
    ours, theirs = (enlarge(image, grid).clip(0, 1) for enlarge in (enlarge_by(model), enlarge_bicubic))
    return float(np.abs(ours - theirs).mean())


def noise_on_pages(model: ImplicitModel) -> float:
    """The mean difference on all pages; a model is sound below `SOUND_BELOW`."""
    pages = line_drawing(), dithered_ramp(), black_and_white_noise()
    return float(np.mean([difference_from_bicubic(model, page) for page in pages]))
