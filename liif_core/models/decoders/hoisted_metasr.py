"""Meta-SR on an output grid, with the order of its two linear maps exchanged. Exact.

The MLP that generates the weights of a query's linear map ends in a linear layer V h + c, where h are the activations
of its 256 hidden units. For an unfolded latent z, RGB = (V h + c) z = (V z) h + c z. V z and c z depend on the latent
only, and are a 3x3 convolution of the feature map (`latent_map`) to 3 x 257 channels, once per latent; what is left for
every output pixel is a product of 3 x 256. The hidden units see the place in the latent and the size of the pixel: a
part by row, one by column and a constant.

The convolution is computed in the dtype of the features, the rest in float32.
"""

from __future__ import annotations

from collections.abc import Iterator

import torch
from torch import Tensor

from liif_core.coords import cell_of
from liif_core.geometry import OutputGrid, Rect
from liif_core.models.decoders.axis_latents import AxisLatents, AxisPlaces
from liif_core.models.decoders.grid_decoder import Arithmetic
from liif_core.models.decoders.latent_map import latent_map
from liif_core.models.decoders.mlp import Mlp
from liif_core.models.decoders.nearest import nearest_latent
from liif_core.models.decoders.pixel_form import PixelForm
from liif_core.models.decoders.window import FeatureWindow

# Latents whose maps are computed together, at 3 kB each.
BAND_LATENTS = 2048
# Output pixels whose hidden units are computed together, at 1 kB each: on a CPU they stay in its cache.
BLOCK_PIXELS = 4096


class HoistedMetaSr:
    """Meta-SR's MLP made ready for one grid; see `GridDecoder`.

    Args:
        imnet: Meta-SR's MLP.
        grid: The output grid.
        form: Of the pixels.
        arithmetic: That of the windows' features.
    """

    def __init__(self, imnet: Mlp, grid: OutputGrid, form: PixelForm, arithmetic: Arithmetic) -> None:
        self._form = form
        cell_y, cell_x = cell_of(grid)
        self._rows = _places(grid.source.height, grid.output.height, cell_y)
        self._columns = _places(grid.source.width, grid.output.width, cell_x)
        first, second = imnet.linears
        self._by_y, self._by_x, by_size = first.weight.T
        size = (cell_y * (grid.source.height / 2)).to(arithmetic.device)
        self._constant = by_size * size + first.bias
        # Its rows are ordered by channel, place in the neighbourhood and colour. Its bias is one more hidden unit.
        weight = torch.cat([second.weight, second.bias[:, None]], dim=1)
        weight = weight.view(-1, 3, 3, 3, weight.shape[1]).permute(3, 4, 0, 1, 2).flatten(0, 1)
        self._kernel = arithmetic.weight(weight)

    def __call__(self, window: FeatureWindow, rect: Rect) -> Tensor:
        """See `GridDecoder`."""
        rows = self._rows.latents(rect.y, rect.height)
        columns = self._columns.latents(rect.x, rect.width)
        device = window.feat.device
        members, position = (index.to(device) for index in _grouped(columns))
        by_row = rows.rel_coord.to(device) * self._by_y + self._constant
        by_column = columns.rel_coord.to(device)[members] * self._by_x
        rgb = torch.empty(3, rect.height, rect.width, dtype=torch.float32, device=device)
        height = max(1, BLOCK_PIXELS // members.numel())
        end = 0
        pixels = torch.bincount(rows.index[:, 0]).tolist()
        for products, count in zip(self._products(window, rows, columns), pixels, strict=True):
            start, end = end, end + count
            for top in range(start, end, height):
                block = slice(top, min(top + height, end))
                rgb[:, block] = _block(products, by_row[block], by_column)[..., position]
        return self._form.converted(rgb)

    def _products(self, window: FeatureWindow, rows: AxisLatents, columns: AxisLatents) -> Iterator[Tensor]:
        """V z and c z of each row of latents that is asked: float32 (n, 3, hidden units + 1)."""
        for band in torch.split(rows.asked, max(1, BAND_LATENTS // len(columns.asked))):
            products = latent_map(window, self._kernel, band, columns.asked)
            yield from products.float().view(*products.shape[:2], 3, -1)


def _block(products: Tensor, by_row: Tensor, by_column: Tensor) -> Tensor:
    """RGB of some rows of pixels that all lie in one row of n latents.

    Args:
        products: (n, 3, units + 1), of these latents.
        by_row: (r, units), what hidden units see of each row of pixels.
        by_column: (n, longest, units), of each column of pixels, by latent.

    Returns:
        (3, r, n longest).
    """
    hidden = (by_column[:, None] + by_row[:, None]).relu_()
    # A product of matrices for each latent: 3 x units by units x pixels.
    rgb = torch.baddbmm(products[..., -1:], products[..., :-1], hidden.flatten(1, 2).mT)
    return rgb.view(*rgb.shape[:2], len(by_row), -1).permute(1, 2, 0, 3).flatten(2)


def _grouped(columns: AxisLatents) -> tuple[Tensor, Tensor]:
    """The columns of pixels by the latent they lie in, padded to equal numbers.

    Returns:
        int64 (n, longest), the pixels of each latent, beyond its last one any; and int64 (pixels,), where in these,
        flattened, each pixel is.
    """
    latent = columns.index[:, 0]
    size = torch.bincount(latent, minlength=len(columns.asked))
    start, longest = size.cumsum(0) - size, int(size.max())
    members = (start[:, None] + torch.arange(longest)).clamp(max=len(latent) - 1)
    return members, latent * longest + torch.arange(len(latent)) - start[latent]


def _places(source: int, output: int, cell: Tensor) -> AxisPlaces:
    """The latent that each pixel's first corner lies in, along one axis, and where in it, in source pixels."""

    def places(coord: Tensor) -> tuple[Tensor, Tensor]:
        corner = coord - cell / 2
        nearest, centre = nearest_latent(corner + 1e-6, source)
        rel_coord = (corner - (centre - (2 / source) / 2)) * (source / 2)
        return nearest[:, None], rel_coord[:, None]

    return AxisPlaces(output, places)
