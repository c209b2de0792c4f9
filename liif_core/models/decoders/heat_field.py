"""The heat-field decoder in its linear form.

After Thera (Becker et al., "Thera: Aliasing-Free Arbitrary-Scale Super-Resolution with Neural Heat Fields",
arXiv 2311.17643, section 3): each latent carries a small field of K sinusoids with shared learned frequencies w_k,

    field(d, t) = sum_k exp(-kappa |w_k|^2 t) (A_k sin(w_k . d) + B_k cos(w_k . d)),

at the offset d from its centre, in source pixels, and t grows with the size of the queried pixel: the exponential is
the exact Gaussian pre-filter of the heat equation, so that the cell is decoded analytically. Pixels that are not square
have |w_k|^2 t -> w_ky^2 c_h^2 + w_kx^2 c_w^2, c the sides of the pixel in source pixels.

Deliberate deviations:

- A_k and B_k are a fixed *linear* map of the latent z. With W(d, c) = basis(d, c) . coef, a 3 x C matrix that does not
  depend on the photo, RGB(q) = base(q) + sum over the four corners of bilinear weight * W(d, c) z_corner. At one zoom
  the offsets are one fixed set of phases, and the whole decoder is one generated 2x2 convolution (`kernel`) and a
  shuffle of pixels; K costs nothing per pixel.
- The four nearest latents are blended bilinearly, LIIF's local ensemble, instead of taking the nearest one: the picture
  is continuous at any zoom.
- The base is the bilinear enlargement of the photo, which is linear as well: the photo itself is three more channels.

Beyond the border the outermost latents repeat.
"""

from __future__ import annotations

import math

import torch
import torch.nn.functional as F
from torch import Tensor, nn

from liif_core.geometry import OutputGrid, Rect
from liif_core.models.decoders.phases import (
    AxisSamples,
    axis_samples,
    chebyshev_nodes,
    lagrange_weights,
    uniform_phases,
)
from liif_core.models.decoders.window import FeatureWindow

# Up to this whole zoom the pixels of a quad are computed each on its own; beyond, and at fractional zooms,
# interpolation from Chebyshev nodes does less work.
MAX_UNIFORM_ZOOM = 12
# Nodes per axis of a quad. The frequencies are bounded, so the field in a quad is smooth: with frequencies near 2 pi,
# ten nodes leave an error near 1e-5 (a test holds the bundled model below 1e-4).
CHEBYSHEV_NODES = 10


class HeatField(nn.Module):
    """Heat-field decoder, linear in the latent.

    Args:
        in_dim: Channels C of the latent.
        n_frequencies: K.
        max_frequency: Radius of the disc that initial frequencies are drawn from, in radians a source pixel.
    """

    needs_image = True
    margin = 0
    support = 2
    # Near 100 % an output pixel needs a whole quad of nodes, about half a kilobyte each way.
    chunk_pixels = 256 * 512

    def __init__(self, in_dim: int, *, n_frequencies: int = 64, max_frequency: float = 2 * math.pi) -> None:
        super().__init__()
        self.in_dim = in_dim
        radius = max_frequency * torch.rand(n_frequencies).sqrt()
        angle = 2 * math.pi * torch.rand(n_frequencies)
        self.frequencies = nn.Parameter(torch.stack([radius * angle.sin(), radius * angle.cos()], dim=1))
        # Thera's initial value: a cell of one pixel has the bandwidth of the pixel grid.
        self.log_kappa = nn.Parameter(torch.tensor(math.log(math.sqrt(math.log(4)) / (2 * math.pi**2))))
        self.coef = nn.Parameter(1e-3 * torch.randn(3, 2 * n_frequencies, in_dim))

    @property
    def multiply_adds(self) -> int:
        """Of one output pixel at a whole zoom: four corners, the photo's three channels included."""
        return 4 * 3 * (self.in_dim + 3)

    def kernel(self, phase_y: Tensor, phase_x: Tensor, *, cell: tuple[float, float]) -> Tensor:
        """The decoder at a set of phases of a quad, as weights of its four corners' latents.

        Args:
            phase_y: (P,) offsets below the upper corners in [0, 1], in source pixels.
            phase_x: (Q,) offsets to the right of the left corners.
            cell: Height and width of the queried pixel in source pixels.

        Returns:
            (P, Q, 3, C, 2, 2) in the parameters' dtype: phase, RGB, channel, corner row and column.
        """
        freq = self.frequencies
        corner = torch.tensor([0.0, 1.0], dtype=freq.dtype, device=freq.device)
        offset_y = phase_y.to(freq)[:, None] - corner
        offset_x = phase_x.to(freq)[:, None] - corner
        blend = (1 - offset_y.abs())[:, None, :, None] * (1 - offset_x.abs())[None, :, None, :]
        angle = (offset_y[:, None, :, None, None] * freq[:, 0]) + (offset_x[None, :, None, :, None] * freq[:, 1])
        spread = (freq[:, 0] * cell[0]) ** 2 + (freq[:, 1] * cell[1]) ** 2
        decay = torch.exp(-self.log_kappa.exp() * spread)
        basis = torch.cat([decay * angle.sin(), decay * angle.cos()], dim=-1)
        weights = torch.einsum("pqabm,omc->pqocab", basis, self.coef)
        return weights * blend[:, :, None, None]

    def _with_base(self, kernel: Tensor, phase_y: Tensor, phase_x: Tensor) -> Tensor:
        """`kernel` with three more input channels, which add the bilinear enlargement of the photo."""
        rows = torch.stack([1 - phase_y, phase_y], dim=1).to(kernel)
        columns = torch.stack([1 - phase_x, phase_x], dim=1).to(kernel)
        blend = rows[:, None, :, None] * columns[None, :, None, :]
        base = torch.eye(3, dtype=kernel.dtype, device=kernel.device)[:, :, None, None] * blend[:, :, None, None]
        return torch.cat([kernel, base], dim=3)

    def decode(self, window: FeatureWindow, grid: OutputGrid, rect: Rect) -> Tensor:
        """RGB of a rectangle of the output grid.

        Args:
            window: Latents and, as three more channels, the normalised photo, that cover `grid.footprint(rect)`; B = 1.
            grid: The output grid, of the window's photo.
            rect: Which of its pixels.

        Returns:
            Normalised RGB (3, rect.height, rect.width).
        """
        source, output = grid.source, grid.output
        rows = axis_samples(rect.y, rect.height, source=source.height, output=output.height)
        columns = axis_samples(rect.x, rect.width, source=source.width, output=output.width)
        quads = _quad_corners(window, rows, columns)
        zoom = _whole_zoom(grid)
        if zoom is not None:
            return self._decode_uniform(quads, rows, columns, rect, zoom)
        return self._decode_interpolated(quads, rows, columns, grid)

    def _decode_uniform(self, quads: Tensor, rows: AxisSamples, columns: AxisSamples, rect: Rect, zoom: int) -> Tensor:
        """Every pixel of every quad is one output channel of one convolution, then shuffled into place."""
        phase, offset = uniform_phases(zoom)
        kernel = self._with_base(self.kernel(phase, phase, cell=(1 / zoom, 1 / zoom)), phase, phase)
        weight = kernel.permute(2, 0, 1, 3, 4, 5).flatten(0, 2)
        pixels = F.pixel_shuffle(F.conv2d(quads, weight.to(quads.dtype)), zoom)[0]
        top = rect.y - (rows.first * zoom + offset)
        left = rect.x - (columns.first * zoom + offset)
        return pixels[:, top : top + rect.height, left : left + rect.width]

    def _decode_interpolated(self, quads: Tensor, rows: AxisSamples, columns: AxisSamples, grid: OutputGrid) -> Tensor:
        """The quads at Chebyshev nodes by one convolution, then the polynomial through them, rows before columns."""
        nodes = chebyshev_nodes(CHEBYSHEV_NODES)
        cell = (1 / grid.scale_y, 1 / grid.scale_x)
        kernel = self._with_base(self.kernel(nodes, nodes, cell=cell), nodes, nodes)
        n = len(nodes)
        values = F.conv2d(quads, kernel.flatten(0, 2).to(quads.dtype))[0]
        quads_y, quads_x = values.shape[-2:]
        by_row = values.view(n, n, 3, quads_y, quads_x).permute(3, 0, 4, 1, 2).reshape(quads_y, n, -1)
        taller = _interpolate(by_row, nodes, rows).view(-1, quads_x, n, 3)
        by_column = taller.permute(1, 2, 0, 3).reshape(quads_x, n, -1)
        wider = _interpolate(by_column, nodes, columns).view(len(columns.quad), len(rows.quad), 3)
        return wider.permute(2, 1, 0)

    def decode_dense(self, latent: Tensor, *, numerator: int, denominator: int) -> Tensor:
        """The field (without base) of whole patches at the zoom `numerator / denominator`, for training.

        At a rational zoom p/q the phases repeat every q latents, so one convolution with stride q and p x p output
        pixels gives them all. Its (q + 2)-wide kernel holds the 2x2 kernels of all phases.

        Args:
            latent: (B, C, h, w), sides divisible by q.
            numerator: p.
            denominator: q.

        Returns:
            (B, 3, h p / q, w p / q), in `latent`'s dtype.
        """
        p, q = numerator, denominator
        samples = axis_samples(0, p, source=q, output=p)
        tap = samples.quad + 1
        small = self.kernel(samples.phase, samples.phase, cell=(q / p, q / p))
        index = torch.stack([tap, tap + 1], dim=1)
        rows = F.one_hot(index, q + 2).to(small)
        kernel = torch.einsum("pqocab,pay,qbx->opqcyx", small, rows, rows).flatten(0, 2)
        padded = F.pad(latent, (1, 1, 1, 1), mode="replicate")
        return F.pixel_shuffle(F.conv2d(padded, kernel.to(latent.dtype), stride=q), p)


def _whole_zoom(grid: OutputGrid) -> int | None:
    """The zoom of a grid if it is the same small whole number along both axes."""
    zoom = grid.output.height // grid.source.height
    whole = grid.output.height == zoom * grid.source.height and grid.output.width == zoom * grid.source.width
    return zoom if whole and 1 <= zoom <= MAX_UNIFORM_ZOOM else None


def _quad_corners(window: FeatureWindow, rows: AxisSamples, columns: AxisSamples) -> Tensor:
    """The latents at the corners of the quads of `rows` and `columns`, repeated beyond the photo's border."""
    top, left = rows.first - window.rect.y, columns.first - window.rect.x
    bottom, right = rows.last + 2 - window.rect.y, columns.last + 2 - window.rect.x
    height, width = window.feat.shape[-2:]
    inside = window.feat[..., max(top, 0) : min(bottom, height), max(left, 0) : min(right, width)]
    outside = (max(-left, 0), max(right - width, 0), max(-top, 0), max(bottom - height, 0))
    return F.pad(inside, outside, mode="replicate") if any(outside) else inside


def _interpolate(values: Tensor, nodes: Tensor, samples: AxisSamples) -> Tensor:
    """values (quads, nodes, m) at the quad and phase of every sample: (samples, m)."""
    weights = lagrange_weights(nodes, samples.phase).to(values)
    chosen = values[(samples.quad - samples.first).to(values.device)]
    return torch.bmm(weights[:, None, :], chosen)[:, 0]
