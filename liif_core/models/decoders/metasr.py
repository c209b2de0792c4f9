"""Meta-SR as a decoder, in the version that the LIIF paper compares with.

Hu et al., "Meta-SR: A Magnification-Arbitrary Network for Super-Resolution", CVPR 2019, section 3.2; Chen, Liu and
Wang, CVPR 2021, section 5.1. An MLP maps the place of a query in its source pixel, and the pixel's size, to the weights
of a linear map from the 3x3 neighbourhood of the nearest latent to RGB.

The convention is that of the published LIIF code: places are those of upper left corners of pixels, shifted by 1e-6
before rounding, in source pixels; of the size only the height is used. Module names are those of its checkpoints.

`query` is the paper's form; `at` computes the same with less work (`hoisted_metasr`).
"""

from __future__ import annotations

import torch
from torch import Tensor

from liif_core.geometry import OutputGrid
from liif_core.models.decoders.grid_decoder import Arithmetic
from liif_core.models.decoders.hoisted_metasr import HoistedMetaSr
from liif_core.models.decoders.mlp import Mlp
from liif_core.models.decoders.nearest import gathered, nearest_latent, unfolded
from liif_core.models.decoders.pixel_form import PixelForm
from liif_core.models.decoders.query import QueryDecoder, chunk_pixels_of
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
        self.imnet = Mlp(3, in_dim * 9 * 3, [HIDDEN])
        self.chunk_pixels = chunk_pixels_of(self.computed_multiply_adds(1.0))

    @property
    def multiply_adds(self) -> int:
        """Of one output pixel, as written in the paper."""
        return self.imnet.multiply_adds + self.in_dim * 9 * 3

    def computed_multiply_adds(self, scale_area: float) -> float:
        """See `QueryDecoder`: three products with the hidden units, and a convolution to 3 x (256 + 1) channels."""
        return 3 * HIDDEN + self.in_dim * 9 * 3 * (HIDDEN + 1) / scale_area

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

    def at(self, grid: OutputGrid, form: PixelForm, arithmetic: Arithmetic) -> HoistedMetaSr:
        """See `QueryDecoder`."""
        return HoistedMetaSr(self.imnet, grid, form, arithmetic)
