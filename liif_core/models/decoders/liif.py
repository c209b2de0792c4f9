"""LIIF, the Local Implicit Image Function (Chen, Liu and Wang, CVPR 2021, section 3; figures 2 and 3).

`s = f(z*, x_q - v*, cell)`: an MLP gives RGB from the nearest latent, the query's offset from it and the size of the
queried pixel. With `feat_unfold` a latent is its 3x3 neighbourhood (equation 3, zero padded), with `local_ensemble` the
four nearest latents each predict and are blended by the area of the diagonally opposite rectangle (equation 4), with
`cell_decode` the pixel's size is an input (equation 5).

The convention is that of the published code to the last constant: queries shifted by one half cell +- 1e-6, clamped to
+-(1 - 1e-6), areas + 1e-9; offsets and cells in latent units; input order features (channel-major), offset (y, x), cell
(h, w). By that clamping the outermost latents answer twice at the photo's border, where the text of the paper has the
feature map mirrored for the ensemble. Module names are those of its checkpoints (`imnet.layers.i`). Latents are
gathered by index, not by `grid_sample`, with the same rounding, so that a window of the feature map is enough.

`query` is the paper's form; `sampled` and `at` compute the same with less work (`sampled_liif`, `hoisted_liif`).
"""

from __future__ import annotations

from collections.abc import Sequence

import torch
from torch import Tensor

from liif_core.geometry import OutputGrid
from liif_core.models.decoders.grid_decoder import Arithmetic
from liif_core.models.decoders.hoisted_liif import HoistedLiif
from liif_core.models.decoders.mlp import Mlp
from liif_core.models.decoders.nearest import gathered, nearest_latent, unfolded
from liif_core.models.decoders.pixel_form import PixelForm
from liif_core.models.decoders.query import QueryDecoder, chunk_pixels_of
from liif_core.models.decoders.sampled_liif import sampled_liif
from liif_core.models.decoders.window import FeatureWindow


class Liif(QueryDecoder):
    """The decoder of the LIIF paper, all flags.

    Args:
        in_dim: Channels of the feature map.
        hidden_list: Widths of the MLP's hidden layers.
        local_ensemble: Blend the predictions of four latents.
        feat_unfold: Enrich each latent with its eight neighbours.
        cell_decode: Give the MLP the size of the queried pixel.
    """

    needs_image = False

    def __init__(
        self,
        in_dim: int,
        *,
        hidden_list: Sequence[int] = (256, 256, 256, 256),
        local_ensemble: bool = True,
        feat_unfold: bool = True,
        cell_decode: bool = True,
    ) -> None:
        super().__init__()
        self.local_ensemble = local_ensemble
        self.feat_unfold = feat_unfold
        self.cell_decode = cell_decode
        # One latent for the neighbour that the ensemble may choose, one for its unfolded neighbourhood.
        self.margin = int(local_ensemble) + int(feat_unfold)
        self.support = (2 if local_ensemble else 1) + (2 if feat_unfold else 0)
        in_features = in_dim * (9 if feat_unfold else 1) + 2 + (2 if cell_decode else 0)
        self.imnet = Mlp(in_features, 3, hidden_list)
        self.chunk_pixels = chunk_pixels_of(self.computed_multiply_adds(1.0))

    @property
    def multiply_adds(self) -> int:
        """Of one output pixel, as written in the paper."""
        return self.imnet.multiply_adds * (4 if self.local_ensemble else 1)

    def computed_multiply_adds(self, scale_area: float) -> float:
        """See `QueryDecoder`: hidden layers for every corner, blending, the last layer, the first one for latents."""
        first, *others = self.imnet.linears
        corners = 4 if self.local_ensemble else 1
        latent = first.out_features * (first.in_features - 2 - 2 * self.cell_decode)
        hidden = sum(layer.weight.numel() for layer in others[:-1])
        last = others[-1].weight.numel() if others else 0
        blended = (others[-1].in_features if others else first.out_features) * corners
        return corners * hidden + blended + last + latent / scale_area

    def unfolded(self, feat: Tensor) -> Tensor:
        """feat (B, C, h, w) with each latent replaced by its 3x3 neighbourhood (B, 9 C, h, w), if the flag says so."""
        return unfolded(feat) if self.feat_unfold else feat

    def query(self, feat: Tensor, coord: Tensor, cell: Tensor, *, window: FeatureWindow | None = None) -> Tensor:
        """See `QueryDecoder`."""
        place = window if window is not None else FeatureWindow.whole(feat)
        height, width = place.source.height, place.source.width
        extent = feat.new_tensor([height, width], dtype=torch.float32)
        shifts = [(-1, -1), (-1, 1), (1, -1), (1, 1)] if self.local_ensemble else [(0, 0)]
        eps_shift = 1e-6 if self.local_ensemble else 0.0
        preds: list[Tensor] = []
        areas: list[Tensor] = []
        for shift_y, shift_x in shifts:
            index_y, coord_y = nearest_latent(coord[..., 0] + (shift_y / height + eps_shift), height)
            index_x, coord_x = nearest_latent(coord[..., 1] + (shift_x / width + eps_shift), width)
            rel_coord = (coord - torch.stack([coord_y, coord_x], dim=-1)) * extent
            parts = [gathered(feat, index_y, index_x, place), rel_coord.to(feat.dtype)]
            if self.cell_decode:
                parts.append((cell * extent).to(feat.dtype))
            preds.append(self.imnet(torch.cat(parts, dim=-1)))
            areas.append((rel_coord[..., 0] * rel_coord[..., 1]).abs() + 1e-9)
        if not self.local_ensemble:
            return preds[0]
        total = torch.stack(areas).sum(0)
        # Each prediction is weighted by the area diagonally opposite to its latent: swap 0 with 3 and 1 with 2.
        weighted = [pred * (area / total)[..., None] for pred, area in zip(preds, reversed(areas), strict=True)]
        return weighted[0] + weighted[1] + weighted[2] + weighted[3]

    def sampled(self, feat: Tensor, coord: Tensor, cell: Tensor) -> Tensor:
        """See `QueryDecoder`: the first layer once per latent (`sampled_liif`)."""
        return sampled_liif(
            self.imnet,
            feat,
            coord,
            cell,
            local_ensemble=self.local_ensemble,
            feat_unfold=self.feat_unfold,
            cell_decode=self.cell_decode,
        )

    def at(self, grid: OutputGrid, form: PixelForm, arithmetic: Arithmetic) -> HoistedLiif:
        """See `QueryDecoder`."""
        return HoistedLiif(
            self.imnet,
            grid,
            form,
            arithmetic,
            local_ensemble=self.local_ensemble,
            feat_unfold=self.feat_unfold,
            cell_decode=self.cell_decode,
        )
