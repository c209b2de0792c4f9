"""Patches with the contrast of line drawings, dither and text, which no folder of photos has. In batch, on its device.

A model that has only seen photos may take the steps of such pages for anything: layers that add to each other make them
grow until the picture is noise. Here some patches of photos get steps as large, with the shapes that photos have.
"""

from __future__ import annotations

import torch
from torch import Tensor

from liif_core.device import moved
from liif_core.training.draws import ContrastDraw

MID_GREY = 128


def with_contrast(crops: Tensor, draw: ContrastDraw) -> Tensor:
    """Squares of photos, some with raised contrast.

    The brightness of one of their pixels becomes mid-grey, all others go away from it; what leaves 8 bits is clipped.

    Args:
        crops: uint8 (n, S, S, 3).
        draw: For n squares.

    Returns:
        Of the same form; `crops` itself where no square is chosen.
    """
    if not len(draw.index):
        return crops

    device = crops.device
    index = moved(draw.index, device)
    pixels = crops[index].float()
    grey = pixels.mean(-1, keepdim=True)
    pixels = torch.where(moved(draw.grey, device)[:, None, None, None], grey, pixels)
    every = torch.arange(len(index), device=device)
    middle = grey[every, moved(draw.row, device), moved(draw.column, device)][:, None, None]
    pixels = (pixels - middle) * moved(draw.gain, device)[:, None, None, None] + MID_GREY
    return crops.index_copy(0, index, pixels.round().clamp(0, 255).to(torch.uint8))
