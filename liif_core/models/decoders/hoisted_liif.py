"""LIIF on an output grid, with everything done once that is the same for many queries. Exact.

The first linear layer W [z; rel_coord; rel_cell] + b, where most of LIIF's work is, falls apart into

- W_z z, which depends on the latent only: a 3x3 convolution of the feature map (`latent_map`), once per latent;
- W_y rel_y, which depends on the row of the query, and W_x rel_x, on its column: two small products;
- W_c rel_cell + b, which is the same for the whole grid and goes with the rows.

The last layer is linear and the weights of the ensemble add up to 1, so the activations of the four corners are blended
before it. The form of the pixels is linear too and becomes part of it. What remains are the hidden layers in between,
for every query and corner.

Products are computed in the dtype of the features; offsets, areas, weights and the last layer in float32.
"""

from __future__ import annotations

import torch
import torch.nn.functional as F
from torch import Tensor, nn

from liif_core.coords import cell_of
from liif_core.geometry import OutputGrid, Rect
from liif_core.models.decoders.axis_latents import AxisLatents, AxisPlaces
from liif_core.models.decoders.corner_sums import CornerBlend, CornerSums
from liif_core.models.decoders.grid_decoder import Arithmetic
from liif_core.models.decoders.latent_map import latent_map
from liif_core.models.decoders.mlp import Mlp
from liif_core.models.decoders.nearest import corner_latents
from liif_core.models.decoders.pixel_form import PixelForm
from liif_core.models.decoders.pointwise import linear, rectified
from liif_core.models.decoders.window import FeatureWindow

# Queries times corners whose activations are computed together: on a CPU these stay in its cache from layer to layer.
CPU_BLOCK = 4096
GPU_BLOCK = 1 << 17


class HoistedLiif:
    """LIIF's MLP made ready for one grid; see `GridDecoder`.

    Args:
        imnet: LIIF's MLP.
        grid: The output grid.
        form: Of the pixels.
        arithmetic: That of the windows' features.
        local_ensemble: As of `Liif`.
        feat_unfold: Whether latents are neighbourhoods.
        cell_decode: Whether the MLP sees the size of the pixel.
    """

    def __init__(
        self,
        imnet: Mlp,
        grid: OutputGrid,
        form: PixelForm,
        arithmetic: Arithmetic,
        *,
        local_ensemble: bool,
        feat_unfold: bool,
        cell_decode: bool,
    ) -> None:
        self._form = form
        self._rows = _places(grid.source.height, grid.output.height, local_ensemble)
        self._columns = _places(grid.source.width, grid.output.width, local_ensemble)
        corners = 4 if local_ensemble else 1
        self._block_pixels = (CPU_BLOCK if arithmetic.device.type == "cpu" else GPU_BLOCK) // corners
        first, *others = imnet.linears
        self._take_first(first, grid, arithmetic, side=3 if feat_unfold else 1, cell_decode=cell_decode)
        dtype = arithmetic.dtype
        self._hidden = [(layer.weight.to(dtype), layer.bias.to(dtype)) for layer in others[:-1]]
        self._has_hidden = bool(others)
        self._matrix, self._offset = (
            torch.tensor(part, device=arithmetic.device) for part in (form.matrix, form.offset)
        )
        if others:
            self._offset = self._offset + self._matrix @ others[-1].bias
            self._matrix = self._matrix @ others[-1].weight

    def _take_first(
        self, first: nn.Linear, grid: OutputGrid, arithmetic: Arithmetic, *, side: int, cell_decode: bool
    ) -> None:
        """Its parts by latent (as a kernel), by row and by column, and what is constant."""
        latents = first.in_features - 2 - 2 * cell_decode
        by_latent, by_y, by_x, by_cell = torch.split(first.weight, [latents, 1, 1, 2 * cell_decode], dim=1)
        self._kernel = arithmetic.weight(by_latent.reshape(-1, latents // side**2, side, side))
        self._by_y, self._by_x = by_y.flatten(), by_x.flatten()
        self._constant: Tensor = first.bias
        if cell_decode:
            rel_cell = cell_of(grid) * torch.tensor([grid.source.height, grid.source.width])
            self._constant = self._constant + by_cell @ rel_cell.to(arithmetic.device)

    def __call__(self, window: FeatureWindow, rect: Rect) -> Tensor:
        """See `GridDecoder`."""
        rows = self._rows.latents(rect.y, rect.height)
        columns = self._columns.latents(rect.x, rect.width)
        sums = self._first_layer(window, rows, columns)
        blend = CornerBlend(rows=rows, columns=columns, like=window.feat, most=self._block_pixels)
        item = torch.uint8 if self._form.as_bytes else torch.float32
        out = torch.empty(rect.height, rect.width, self._form.channels, dtype=item, device=window.feat.device)
        width = min(rect.width, self._block_pixels)
        height = self._block_pixels // width
        for top in range(0, rect.height, height):
            for left in range(0, rect.width, width):
                block = slice(top, min(top + height, rect.height)), slice(left, min(left + width, rect.width))
                x = blend(self._activations(sums(*block)), *block)
                pixels = self._form.finished(F.linear(x, self._matrix, self._offset))
                out[block] = pixels.view_as(out[block])
        return out

    def _first_layer(self, window: FeatureWindow, rows: AxisLatents, columns: AxisLatents) -> CornerSums:
        """Before its ReLU."""
        products = latent_map(window, self._kernel, rows.asked, columns.asked)
        by_row = rows.rel_coord.to(products.device)[..., None] * self._by_y + self._constant
        by_column = columns.rel_coord.to(products.device)[..., None] * self._by_x
        return CornerSums(products, by_row, by_column, rows=rows, columns=columns)

    def _activations(self, x: Tensor) -> Tensor:
        """What enters the last layer, from what the first one gives: (M, D) to (M, D')."""
        if not self._has_hidden:
            return x
        x = rectified(x)
        for weight, bias in self._hidden:
            x = rectified(linear(x, weight, bias))
        return x


def _places(source: int, output: int, local_ensemble: bool) -> AxisPlaces:
    """Where the pixels of one axis of an output grid lie among the latents that answer for them."""
    return AxisPlaces(output, lambda coord: corner_latents(coord, source, local_ensemble=local_ensemble))
