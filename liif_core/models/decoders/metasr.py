"""Meta-SR as a decoder, in the version that the LIIF paper compares with.

Hu et al., "Meta-SR: A Magnification-Arbitrary Network for Super-Resolution", CVPR 2019, section 3.2; Chen, Liu and
Wang, CVPR 2021, section 4.1. An MLP maps the place of a query in its source pixel, and the pixel's size, to the weights
of a linear map from the 3x3 neighbourhood of the nearest latent to RGB.

The convention is that of the published LIIF code: places are those of upper left corners of pixels, shifted by 1e-6
before rounding, in source pixels; of the size only the height is used. Module names are those of its checkpoints.
"""

from __future__ import annotations

import torch
from torch import Tensor

from liif_core.models.decoders.mlp import Mlp
from liif_core.models.decoders.nearest import gathered, nearest_latent, unfolded
from liif_core.models.decoders.query import QueryDecoder
from liif_core.models.decoders.window import FeatureWindow

HIDDEN = 256


class MetaSr(QueryDecoder):
    """The decoder of Meta-SR.

    Args:
        in_dim: Channels of the feature map.
    """

    needs_image = False
    # The neighbourhood of the nearest latent, which may be one beyond those around the query's centre.
    margin = 2
    support = 3

    def __init__(self, in_dim: int) -> None:
        super().__init__()
        self.in_dim = in_dim
        # The weights of a query's linear map take 7 kB for 64 channels.
        self.chunk_pixels = max(1024, 16384 * 64 // in_dim)
        self.imnet = Mlp(3, in_dim * 9 * 3, [HIDDEN])

    @property
    def multiply_adds(self) -> int:
        """Of one output pixel."""
        return self.imnet.multiply_adds + self.in_dim * 9 * 3

    def unfolded(self, feat: Tensor) -> Tensor:
        """What `query` takes of a feature map (B, C, h, w): (B, 9 C, h, w)."""
        return unfolded(feat)

    def query(self, feat: Tensor, coord: Tensor, cell: Tensor, *, window: FeatureWindow | None = None) -> Tensor:
        """See `QueryDecoder`."""
        place = window if window is not None else FeatureWindow.whole(feat)
        height, width = place.source.height, place.source.width
        corner = coord - cell / 2
        index_y, centre_y = nearest_latent(corner[..., 0] + 1e-6, height)
        index_x, centre_x = nearest_latent(corner[..., 1] + 1e-6, width)
        rel_y = (corner[..., 0] - (centre_y - (2 / height) / 2)) * (height / 2)
        rel_x = (corner[..., 1] - (centre_x - (2 / width) / 2)) * (width / 2)
        size = cell[..., 0] * (height / 2)
        q_feat = gathered(feat, index_y, index_x, place)
        weights = self.imnet(torch.stack([rel_y, rel_x, size], dim=-1).to(feat.dtype))
        return torch.einsum("bqd,bqdc->bqc", q_feat, weights.unflatten(-1, (feat.shape[1], 3)))
