"""Picture quality in decibels, by the protocols of the LIIF paper's code."""

from __future__ import annotations

import math

import torch
from torch import Tensor

# ITU-R BT.601 weights of luma, for the benchmark protocol.
LUMA = (65.738 / 256, 129.057 / 256, 25.064 / 256)


def psnr(pred: Tensor, gt: Tensor, *, luma: bool = False, shave: int = 0) -> float:
    """Peak signal-to-noise ratio of pictures in [0, 1].

    Args:
        pred: (3, h, w).
        gt: (3, h, w).
        luma: Compare the weighted sum of the channels' differences (protocol `benchmark`) instead of all channels.
        shave: Pixels left out at each border.

    Returns:
        Decibels; infinity for equal pictures.
    """
    difference = pred.double() - gt.double()
    if luma:
        difference = (difference * torch.tensor(LUMA, dtype=torch.float64)[:, None, None]).sum(0, keepdim=True)
    if shave:
        difference = difference[..., shave:-shave, shave:-shave]
    mse = difference.pow(2).mean().item()
    return -10 * math.log10(mse) if mse > 0 else math.inf
