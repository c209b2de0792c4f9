"""A linear layer on unfolded features, computed once per latent instead of once per query.

A linear map of a latent's 3x3 neighbourhood is a 3x3 convolution of the feature map: no unfolding in memory, and at a
zoom of s only 1 / s^2 of the products. Features beyond the border of the photo are zero; beyond the border of a window
inside the photo they are not, and the window holds them.
"""

from __future__ import annotations

import torch
import torch.nn.functional as F
from torch import Tensor

from liif_core.errors import RequestError
from liif_core.geometry import Rect
from liif_core.models.decoders.window import FeatureWindow


def latent_map(window: FeatureWindow, weight: Tensor, rows: Tensor, columns: Tensor) -> Tensor:
    """A convolution of the features, at some latents only.

    Args:
        window: Of one photo (B = 1); holds the neighbourhoods of the latents as far as the photo reaches.
        weight: (D, C, k, k), k odd, in the dtype of the features, best channels last.
        rows: int64 (m,), rows of the whole photo, ascending, each once; on the CPU.
        columns: int64 (n,), columns likewise.

    Returns:
        (m, n, D).

    Raises:
        RequestError: The window does not hold all that is asked.
    """
    radius = weight.shape[-1] // 2
    feat = _padded(window, rows, columns, radius)
    strides = []
    for axis, asked in ((-2, rows), (-1, columns)):
        first, last = int(asked[0]), int(asked[-1])
        sparse = last - first + 1 > len(asked)
        if sparse:
            # A reduction skips latents: lay the neighbourhoods of the others side by side.
            taps = asked[:, None] - first + torch.arange(2 * radius + 1)
            feat = feat.index_select(axis, taps.flatten().to(feat.device))
        strides.append(2 * radius + 1 if sparse else 1)
    feat = feat.contiguous(memory_format=torch.channels_last)
    return F.conv2d(feat, weight, stride=strides)[0].permute(1, 2, 0)


def _padded(window: FeatureWindow, rows: Tensor, columns: Tensor, radius: int) -> Tensor:
    """The features from the first to the last row and column, and `radius` around them, zero beyond the photo."""
    span = Rect.spanning(int(rows[0]), int(columns[0]), int(rows[-1]) + 1, int(columns[-1]) + 1).grown(radius)
    inside = span.intersected(window.source.rect)
    if not window.rect.contains(inside):
        raise RequestError(f"the features of {window.rect} do not hold those of {inside}, which are asked")
    feat = window.feat[(..., *inside.shifted(-window.rect.y, -window.rect.x).slices)]
    if inside == span:
        return feat
    beyond = (inside.x - span.x, span.right - inside.right, inside.y - span.y, span.bottom - inside.bottom)
    return F.pad(feat, beyond)
