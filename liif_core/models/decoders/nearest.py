"""The latent nearest to a coordinate, with the rounding of the published LIIF code."""

from __future__ import annotations

from functools import lru_cache

import torch
import torch.nn.functional as F
from torch import Tensor

from liif_core.coords import axis_coord
from liif_core.models.decoders.window import FeatureWindow

# Both axes of a few photos, or of the patches of a training.
_CACHED_AXES = 16


def nearest_latent(coord: Tensor, count: int) -> tuple[Tensor, Tensor]:
    """Index of the latent nearest to each coordinate along one axis, and that latent's own coordinate.

    Rounds as `grid_sample(mode="nearest", align_corners=False)` does: unnormalise in float32, then half to even.

    Args:
        coord: float32, any shape, in [-1, 1] of the whole photo.
        count: Latents of the whole photo along this axis.

    Returns:
        int64 and float32 of the same shape.
    """
    clamped = coord.clamp(-1 + 1e-6, 1 - 1e-6)
    index = ((clamped + 1) * (count / 2) - 0.5).round().long().clamp(0, count - 1)
    return index, _centers(count, coord.device)[index]


def corner_latents(coord: Tensor, count: int, *, local_ensemble: bool) -> tuple[Tensor, Tensor]:
    """The latents before and after each query along one axis, or the nearest one; chosen as `Liif.query` does.

    Args:
        coord: float32 (...), in [-1, 1] of the whole photo.
        count: Latents of the whole photo along this axis.
        local_ensemble: As of `Liif`: k is 2 with it and 1 without.

    Returns:
        int64 (..., k), their indices; and float32 (..., k), LIIF's rel_coord: from each to the query, in latents.
    """
    shifts = [-1 / count + 1e-6, 1 / count + 1e-6] if local_ensemble else [0.0]
    index, centre = nearest_latent(torch.stack([coord + shift for shift in shifts], dim=-1), count)
    return index, (coord[..., None] - centre) * count


@lru_cache(maxsize=_CACHED_AXES)
def _centers(count: int, device: torch.device) -> Tensor:
    """`axis_coord` on a device, which is waited for whenever something is sent to it."""
    # Training may come after a picture, and cannot use what was made in its mode.
    with torch.inference_mode(mode=False):
        return axis_coord(count).to(device)


def unfolded(feat: Tensor) -> Tensor:
    """Each latent with its eight neighbours: (B, C, h, w) to (B, 9 C, h, w), channel-major, zeros beyond the border."""
    b, c, h, w = feat.shape
    return F.unfold(feat, 3, padding=1).view(b, c * 9, h, w)


def gathered(feat: Tensor, index_y: Tensor, index_x: Tensor, window: FeatureWindow) -> Tensor:
    """The latents at indices (B, Q) of the whole photo, from `feat` (B, D, h, w) of a window of it: (B, Q, D)."""
    batch = torch.arange(feat.shape[0], device=feat.device)[:, None]
    return feat.permute(0, 2, 3, 1)[batch, index_y - window.rect.y, index_x - window.rect.x]
