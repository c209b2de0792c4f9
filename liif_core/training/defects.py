"""Inputs as photos really are: slightly blurred, noisy, and saved as JPEG. In batch, on the training device.

In the order of a camera: the lens, the sensor, the file. A patch begins anywhere in a block of JPEG, as the photo that
a user opens does not begin anew at every patch.
"""

from __future__ import annotations

import torch
from torch import Tensor

from liif_core.device import moved
from liif_core.training.draws import JPEG_PERIOD, DefectDraw
from liif_core.training.jpeg import jpeg

# Blurs narrower than this do nothing to 8-bit pixels.
_LEAST_SIGMA = 1e-2


def with_defects(inp: Tensor, draw: DefectDraw) -> Tensor:
    """Clean inputs with defects.

    Args:
        inp: uint8 (n, patch, patch, 3).
        draw: For n inputs.

    Returns:
        Of the same form.
    """
    device = inp.device
    pixels = blurred(inp.permute(0, 3, 1, 2).float(), moved(draw.blur_sigma, device))
    pixels = (pixels + moved(draw.noise, device).permute(0, 3, 1, 2)).round().clamp(0, 255)
    top, left = moved(draw.jpeg_top, device), moved(draw.jpeg_left, device)
    rows, columns = (_surrounded(start, inp.shape[1]) for start in (top, left))
    larger = _gathered(pixels, rows, columns)
    larger = jpeg(larger, moved(draw.jpeg_quality, device), moved(draw.chroma_subsampling, device))
    inside = torch.arange(inp.shape[1], device=device)
    pixels = _gathered(larger, top[:, None] + inside, left[:, None] + inside)
    return pixels.permute(0, 2, 3, 1).to(torch.uint8)


def blurred(pixels: Tensor, sigma: Tensor) -> Tensor:
    """A Gaussian blur of its own for each picture; at the border only pixels inside count.

    Args:
        pixels: float32 (n, c, side, side).
        sigma: float32 (n,), in pixels.
    """
    place = torch.arange(pixels.shape[-1], device=pixels.device, dtype=torch.float32)
    distance = (place[:, None] - place) / sigma.clamp(min=_LEAST_SIGMA)[:, None, None]
    weight = torch.exp(-0.5 * distance**2)
    weight = (weight / weight.sum(-1, keepdim=True))[:, None]
    return weight @ pixels @ weight.mT


def _surrounded(start: Tensor, side: int) -> Tensor:
    """Indices (n, m) of whole blocks around patches that begin at `start` in theirs; border pixels repeat."""
    blocks = -(-(side + JPEG_PERIOD - 1) // JPEG_PERIOD) * JPEG_PERIOD
    return (torch.arange(blocks, device=start.device) - start[:, None]).clamp(0, side - 1)


def _gathered(pixels: Tensor, rows: Tensor, columns: Tensor) -> Tensor:
    """Of each picture (n, c, h, w) its own rows (n, p) and columns (n, q): (n, c, p, q)."""
    index = torch.arange(len(pixels), device=pixels.device)[:, None, None]
    return pixels.permute(0, 2, 3, 1)[index, rows[:, :, None], columns[:, None, :]].permute(0, 3, 1, 2)
