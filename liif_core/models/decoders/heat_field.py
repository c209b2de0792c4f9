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
  the whole decoder collapses to generated convolutions (`collapsed`); K costs nothing per pixel.
- The four nearest latents are blended bilinearly, LIIF's local ensemble, instead of taking the nearest one: the picture
  is continuous at any zoom.
- The base is the bilinear enlargement of the photo, which is linear as well: the photo itself is three more channels.
- Beyond the largest scale of its training the pre-filter stays what it is there (`keep_to`): what only a narrower one
  would let through was never compared with anything. The code published with LTE (Lee and Jin, CVPR 2022) gives its
  decoder no smaller cells either.

Beyond the border the outermost latents repeat.
"""

from __future__ import annotations

import math

import torch
import torch.nn.functional as F
from torch import Tensor, nn

from liif_core.device import moved
from liif_core.geometry import OutputGrid, Size
from liif_core.models.decoders.collapsed import AnyZoom, RationalZoom
from liif_core.models.decoders.field import Field
from liif_core.models.decoders.grid_decoder import Arithmetic, GridDecoder
from liif_core.models.decoders.phases import axis_samples
from liif_core.models.decoders.pixel_form import PixelForm

# From here on `AnyZoom` fills a view as quickly as `RationalZoom`.
DEEP_ZOOM = 16


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
    # Five milliseconds on two cores at most zooms and forty at the slowest, and 8 MB of values.
    chunk_pixels = 1 << 19

    def __init__(self, in_dim: int, *, n_frequencies: int = 64, max_frequency: float = 2 * math.pi) -> None:
        super().__init__()
        self.in_dim = in_dim
        radius = max_frequency * torch.rand(n_frequencies).sqrt()
        angle = 2 * math.pi * torch.rand(n_frequencies)
        self.frequencies = nn.Parameter(torch.stack([radius * angle.sin(), radius * angle.cos()], dim=1))
        # Thera's initial value: a cell of one pixel has the bandwidth of the pixel grid.
        self.log_kappa = nn.Parameter(torch.tensor(math.log(math.sqrt(math.log(4)) / (2 * math.pi**2))))
        self.coef = nn.Parameter(1e-3 * torch.randn(3, 2 * n_frequencies, in_dim))
        self._finest_cell = 0.0

    @property
    def multiply_adds(self) -> int:
        """Of one output pixel at a whole zoom: four corners, the photo's three channels included."""
        return 4 * 3 * (self.in_dim + 3)

    @property
    def field(self) -> Field:
        """The numbers learned, as they are now."""
        return Field(self.frequencies, self.log_kappa, self.coef, finest_cell=self._finest_cell)

    def keep_to(self, max_scale: float) -> None:
        """Decode larger scales with the pre-filter of this one; anything but a number from 1 on is no limit."""
        self._finest_cell = 1 / max_scale if 1 <= max_scale < math.inf else 0.0

    def at(self, grid: OutputGrid, form: PixelForm, arithmetic: Arithmetic) -> GridDecoder:
        """The decoder for one grid; windows hold the latents and, as three more channels, the normalised photo."""
        field = self.field.exact()
        if RationalZoom.fits(grid):
            return RationalZoom(field.kernel_with_base, grid, form, arithmetic)
        return AnyZoom(field.kernel_with_base, grid, form, arithmetic, max_frequency=field.max_frequency)

    def draft_grid(self, photo: Size, zoom: float) -> OutputGrid:
        """The photo at the next zoom above that `RationalZoom` can decode; at deep zooms any is quick."""
        if zoom > DEEP_ZOOM:
            return OutputGrid(photo, photo.scaled(zoom))
        quick = RationalZoom.zoom_above(zoom)
        q = quick.denominator
        source = Size(-(-photo.height // q) * q, -(-photo.width // q) * q)
        return OutputGrid(source, Size(int(source.height * quick), int(source.width * quick)))

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
        small = self.field.kernel(samples.phase, samples.phase, cell=(q / p, q / p))
        index = torch.stack([tap, tap + 1], dim=1)
        rows = moved(F.one_hot(index, q + 2).to(small.dtype), small.device)
        kernel = torch.einsum("pqocab,pay,qbx->opqcyx", small, rows, rows).flatten(0, 2)
        padded = F.pad(latent, (1, 1, 1, 1), mode="replicate")
        return F.pixel_shuffle(F.conv2d(padded, kernel.to(latent.dtype), stride=q), p)
