"""The loss of JPEG in batch on any device: what an encoder and a decoder leave of pixels, without writing a file.

ITU-T T.81 with the tables of its annex K, scaled by the quality as libjpeg does (`jpeg_quality_scaling`), and the
colour transform of JFIF. Colours at half the size are box averages, enlarged again by libjpeg's "fancy upsampling",
which is bilinear. What libjpeg computes in fixed point is float32 here: single pixels differ by a few steps.
"""

from __future__ import annotations

import math

import torch
import torch.nn.functional as F
from torch import Tensor

from liif_core.device import moved

BLOCK = 8

# Annex K, tables K.1 and K.2, row by row.
_LUMA = (
    *(16, 11, 10, 16, 24, 40, 51, 61),
    *(12, 12, 14, 19, 26, 58, 60, 55),
    *(14, 13, 16, 24, 40, 57, 69, 56),
    *(14, 17, 22, 29, 51, 87, 80, 62),
    *(18, 22, 37, 56, 68, 109, 103, 77),
    *(24, 35, 55, 64, 81, 104, 113, 92),
    *(49, 64, 78, 87, 103, 121, 120, 101),
    *(72, 92, 95, 98, 112, 100, 103, 99),
)
_CHROMA = (
    *(17, 18, 24, 47, 99, 99, 99, 99),
    *(18, 21, 26, 66, 99, 99, 99, 99),
    *(24, 26, 56, 99, 99, 99, 99, 99),
    *(47, 66, 99, 99, 99, 99, 99, 99),
    *(99,) * 32,
)
# Of red, green and blue: luma, and the two colour differences, which are around 128.
_TO_YCC = ((0.299, 0.587, 0.114), (-0.168735892, -0.331264108, 0.5), (0.5, -0.418687589, -0.081312411))
_TO_RGB = ((1.0, 0.0, 1.402), (1.0, -0.344136286, -0.714136286), (1.0, 1.772, 0.0))


def jpeg(rgb: Tensor, quality: Tensor, chroma_subsampling: Tensor) -> Tensor:
    """Pictures as they are after being saved and read again.

    Args:
        rgb: float32 (n, 3, h, w), whole numbers in [0, 255]; h and w divisible by 16.
        quality: (n,), 1 to 100.
        chroma_subsampling: bool (n,), whether colours are kept at half the size along both axes (4:2:0).

    Returns:
        Of the same form.
    """
    ycc = _mixed(rgb, _TO_YCC).round()
    luma, chroma = ycc[:, :1], ycc[:, 1:]
    table_y, table_c = (_table(base, quality) for base in (_LUMA, _CHROMA))
    luma = _coded(luma, table_y)
    # The values of colour differences are around 0 here, those of luma around 128.
    full = _coded(chroma + 128, table_c) - 128
    half = _coded(F.avg_pool2d(chroma, 2).round() + 128, table_c) - 128
    half = F.interpolate(half, scale_factor=2.0, mode="bilinear", align_corners=False).round()
    chroma = torch.where(chroma_subsampling[:, None, None, None], half, full)
    return _mixed(torch.cat([luma, chroma], dim=1), _TO_RGB).round().clamp(0, 255)


def _coded(plane: Tensor, table: Tensor) -> Tensor:
    """Planes (n, c, h, w) in [0, 255] after transform, quantisation by tables (n, 8, 8), and the way back."""
    n, c, height, width = plane.shape
    blocks = (plane - 128).view(n, c, height // BLOCK, BLOCK, width // BLOCK, BLOCK).transpose(3, 4)
    basis = _cosines(plane)
    steps = table[:, None, None, None]
    spectrum = ((basis @ blocks @ basis.T) / steps).round() * steps
    pixels = (basis.T @ spectrum @ basis + 128).round().clamp(0, 255)
    return pixels.transpose(3, 4).reshape(n, c, height, width)


def _cosines(like: Tensor) -> Tensor:
    """The orthonormal cosine transform: (8, 8), frequencies down."""
    place = torch.arange(BLOCK, dtype=torch.float64)
    basis = torch.cos(math.pi / BLOCK * (place + 0.5) * place[:, None]) * math.sqrt(2 / BLOCK)
    basis[0] /= math.sqrt(2)
    return moved(basis.to(like.dtype), like.device)


def _table(base: tuple[int, ...], quality: Tensor) -> Tensor:
    """Annex K's table at qualities (n,): (n, 8, 8), whole numbers of 1 to 255."""
    quality = quality.float()
    percent = torch.where(quality < 50, torch.floor(5000 / quality), 200 - 2 * quality)
    table = moved(torch.tensor(base, dtype=torch.float32), quality.device).view(1, BLOCK, BLOCK)
    return torch.floor((table * percent[:, None, None] + 50) / 100).clamp(1, 255)


def _mixed(planes: Tensor, matrix: tuple[tuple[float, ...], ...]) -> Tensor:
    """Planes (n, 3, h, w) times a matrix of colours."""
    return torch.einsum("oc,nchw->nohw", moved(torch.tensor(matrix), planes.device), planes)
