"""Picture quality: PSNR by the protocols of the LIIF paper's code, and SSIM.

SSIM is that of Wang, Bovik, Sheikh and Simoncelli, "Image Quality Assessment: From Error Visibility to Structural
Similarity", IEEE Transactions on Image Processing 13 (4), 2004: a Gaussian window of 11 x 11 pixels with sigma 1.5,
K1 = 0.01, K2 = 0.03, and only positions at which the whole window is inside. As in the tables of super-resolution
papers it compares luma in [16, 235] with L = 255, Y = 16 + 65.481 R + 128.553 G + 24.966 B for RGB in [0, 1]. Those
tables round Y to whole numbers; here nothing is rounded, as for PSNR.

Both go through the picture in strips of rows, in float64, so that no intermediate is as large as the picture. They
compute with numpy: over such small arrays torch's threads cost more than they bring.
"""

from __future__ import annotations

import math
from collections.abc import Iterator
from typing import Any

import numpy as np
from numpy.typing import NDArray
from torch import Tensor

# ITU-R BT.601 weights of luma, for PSNR by the benchmark protocol, as its code has them.
LUMA = (65.738 / 256, 129.057 / 256, 25.064 / 256)
# The same in the range of 8-bit video, for SSIM.
VIDEO_LUMA = (65.481, 128.553, 24.966)
VIDEO_BLACK = 16.0

SSIM_WINDOW = 11
SSIM_SIGMA = 1.5
SSIM_C1 = (0.01 * 255) ** 2
SSIM_C2 = (0.03 * 255) ** 2

# Of a picture 2048 wide, a strip of SSIM's five maps takes 6 MB.
STRIP_ROWS = 64

# Height and width last, float64.
Plane = NDArray[np.float64]

# Pixels left out at each border: the same number everywhere, or (above and below, left and right).
Shave = int | tuple[int, int]


def psnr(pred: Tensor, gt: Tensor, *, luma: bool = False, shave: Shave = 0) -> float:
    """Peak signal-to-noise ratio of pictures in [0, 1].

    Args:
        pred: (3, h, w).
        gt: (3, h, w).
        luma: Compare the weighted sum of the channels' differences (protocol `benchmark`) instead of all channels.
        shave: Pixels left out at each border.

    Returns:
        Decibels; infinity for equal pictures.
    """
    found, wanted = _shaved(pred, shave), _shaved(gt, shave)
    squares, count = 0.0, 0
    for rows in _strips(found.shape[1]):
        difference = found[:, rows].astype(np.float64) - wanted[:, rows]
        if luma:
            difference = np.einsum("chw,c->hw", difference, LUMA)
        squares += float(np.square(difference).sum())
        count += difference.size
    return -10 * math.log10(squares / count) if squares > 0 else math.inf


def ssim(pred: Tensor, gt: Tensor, *, shave: Shave = 0) -> float | None:
    """Mean structural similarity of the luma of pictures.

    Args:
        pred: (3, h, w) in [0, 1].
        gt: (3, h, w) in [0, 1].
        shave: Pixels left out at each border.

    Returns:
        At most 1, which only equal luma has; None where the picture is smaller than the window.
    """
    found, wanted = _shaved(pred, shave), _shaved(gt, shave)
    height, width = (int(side) - SSIM_WINDOW + 1 for side in found.shape[1:])
    if height < 1 or width < 1:
        return None
    total = 0.0
    for rows in _strips(height):
        # The window of the strip's last row reaches this far down.
        under = slice(rows.start, rows.stop + SSIM_WINDOW - 1)
        total += float(_similarity(_video_luma(found[:, under]), _video_luma(wanted[:, under])).sum())
    return total / (height * width)


def _similarity(x: Plane, y: Plane) -> Plane:
    """SSIM at every whole position of the window: (h, w) to (h - 10, w - 10)."""
    mean_x, mean_y, square_x, square_y, product = _windowed(np.stack([x, y, x * x, y * y, x * y]))
    variances = square_x - mean_x**2 + square_y - mean_y**2
    covariance = product - mean_x * mean_y
    alike = (2 * mean_x * mean_y + SSIM_C1) * (2 * covariance + SSIM_C2)
    similarity: Plane = alike / ((mean_x**2 + mean_y**2 + SSIM_C1) * (variances + SSIM_C2))
    return similarity


def _windowed(maps: Plane) -> Plane:
    """Means of maps (n, h, w) under the Gaussian window: (n, h - 10, w - 10)."""
    weights = np.exp(-(((np.arange(SSIM_WINDOW) - SSIM_WINDOW // 2) / SSIM_SIGMA) ** 2) / 2)
    weights /= weights.sum()
    height, width = maps.shape[1] - SSIM_WINDOW + 1, maps.shape[2] - SSIM_WINDOW + 1
    down = np.zeros((len(maps), height, maps.shape[2]))
    for k, weight in enumerate(weights):
        down += weight * maps[:, k : k + height]
    across = np.zeros((len(maps), height, width))
    for k, weight in enumerate(weights):
        across += weight * down[:, :, k : k + width]
    return across


def _video_luma(rgb: NDArray[np.floating[Any]]) -> Plane:
    """RGB (3, h, w) in [0, 1] to Y (h, w) in [16, 235]."""
    luma: Plane = np.einsum("chw,c->hw", rgb.astype(np.float64), VIDEO_LUMA)
    return luma + VIDEO_BLACK


def _shaved(picture: Tensor, shave: Shave) -> NDArray[np.floating[Any]]:
    """A view (3, h, w) without its borders."""
    above, left = (shave, shave) if isinstance(shave, int) else shave
    inside = picture[:, above : picture.shape[1] - above, left : picture.shape[2] - left]
    pixels: NDArray[np.floating[Any]] = inside.detach().cpu().numpy()
    return pixels


def _strips(height: int) -> Iterator[slice]:
    for top in range(0, height, STRIP_ROWS):
        yield slice(top, min(top + STRIP_ROWS, height))
