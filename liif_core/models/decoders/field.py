"""The heat field as a function: from phases and cells to weights of latents."""

from __future__ import annotations

from dataclasses import KW_ONLY, dataclass

import torch
from torch import Tensor

from liif_core.device import moved


@dataclass(frozen=True, slots=True)
class Field:
    """K sinusoids with a common decay, and the map from latents to their coefficients; see `heat_field`.

    Attributes:
        frequencies: (K, 2), y and x, in radians a source pixel.
        log_kappa: (), of the decay.
        coef: (3, 2 K, C), RGB from sines and then cosines.
        finest_cell: Side of a pixel in source pixels; smaller ones have the pre-filter of this one.
    """

    frequencies: Tensor
    log_kappa: Tensor
    coef: Tensor
    _: KW_ONLY
    finest_cell: float = 0.0

    @property
    def max_frequency(self) -> float:
        """The largest, in radians a source pixel."""
        return float(self.frequencies.norm(dim=1).max())

    def exact(self) -> Field:
        """The same in float64 on the CPU, without gradients: kernels are small, and made once a zoom.

        On the CPU first: not every device has float64.
        """
        parts = (part.detach().cpu().double() for part in (self.frequencies, self.log_kappa, self.coef))
        return Field(*parts, finest_cell=self.finest_cell)

    def kernel(self, phase_y: Tensor, phase_x: Tensor, *, cell: tuple[float, float]) -> Tensor:
        """The decoder at a set of phases of a quad, as weights of its four corners' latents.

        Args:
            phase_y: (P,) offsets below the upper corners in [0, 1], in source pixels.
            phase_x: (Q,) offsets to the right of the left corners.
            cell: Height and width of the queried pixel in source pixels.

        Returns:
            (P, Q, 3, C, 2, 2) in the parameters' dtype: phase, RGB, channel, corner row and column.
        """
        place = self._places(phase_y, phase_x)
        height, width = (max(side, self.finest_cell) for side in cell)
        spread = (self.frequencies[:, 0] * height) ** 2 + (self.frequencies[:, 1] * width) ** 2
        decay = torch.exp(-self.log_kappa.exp() * spread)
        basis = torch.cat([decay * place.angle.sin(), decay * place.angle.cos()], dim=-1)
        return self._weights(basis) * place.blend[:, :, None, None]

    def slope_kernel(self, phase_y: Tensor, phase_x: Tensor) -> Tensor:
        """The derivatives of `kernel` without the pre-filter, so for pixels without extent.

        Args:
            phase_y: (P,) in (0, 1).
            phase_x: (Q,).

        Returns:
            (2, P, Q, 3, C, 2, 2): along y and along x, a source pixel.
        """
        place = self._places(phase_y, phase_x)
        sine, cosine = place.angle.sin(), place.angle.cos()
        values = self._weights(torch.cat([sine, cosine], dim=-1))
        slopes = []
        for axis, blend_slope in enumerate((place.blend_slope_y, place.blend_slope_x)):
            freq = self.frequencies[:, axis]
            inner = self._weights(torch.cat([freq * cosine, -freq * sine], dim=-1))
            slopes.append(inner * place.blend[:, :, None, None] + values * blend_slope[:, :, None, None])
        return torch.stack(slopes)

    def _weights(self, basis: Tensor) -> Tensor:
        """Of sines and cosines (P, Q, 2, 2, 2 K), the maps of latents (P, Q, 3, C, 2, 2)."""
        return torch.einsum("pqabm,omc->pqocab", basis, self.coef)

    def _places(self, phase_y: Tensor, phase_x: Tensor) -> _Places:
        freq = self.frequencies
        corner = torch.arange(2, dtype=freq.dtype, device=freq.device)
        offset_y, offset_x = (
            moved(phase.to(freq.dtype), freq.device)[:, None] - corner for phase in (phase_y, phase_x)
        )
        rows, columns = (1 - offset_y.abs())[:, None, :, None], (1 - offset_x.abs())[None, :, None, :]
        # Before a corner its weight rises, behind it falls.
        row_slopes, column_slopes = -offset_y.sign()[:, None, :, None], -offset_x.sign()[None, :, None, :]
        angle = (offset_y[:, None, :, None, None] * freq[:, 0]) + (offset_x[None, :, None, :, None] * freq[:, 1])
        return _Places(angle, rows * columns, row_slopes * columns, rows * column_slopes)

    def kernel_with_base(self, phase_y: Tensor, phase_x: Tensor, *, cell: tuple[float, float]) -> Tensor:
        """`kernel` with three more input channels, which add the bilinear enlargement of the photo."""
        kernel = self.kernel(phase_y, phase_x, cell=cell)
        rows = torch.stack([1 - phase_y, phase_y], dim=1).to(kernel)
        columns = torch.stack([1 - phase_x, phase_x], dim=1).to(kernel)
        blend = rows[:, None, :, None] * columns[None, :, None, :]
        base = torch.eye(3, dtype=kernel.dtype, device=kernel.device)[:, :, None, None] * blend[:, :, None, None]
        return torch.cat([kernel, base], dim=3)


@dataclass(frozen=True, slots=True)
class _Places:
    """Where P x Q phases of a quad lie from its four corners.

    Attributes:
        angle: (P, Q, 2, 2, K), of each sinusoid, by corner row and column.
        blend: (P, Q, 2, 2), weight of each corner.
        blend_slope_y: (P, Q, 2, 2), its derivative along y.
        blend_slope_x: (P, Q, 2, 2), along x.
    """

    angle: Tensor
    blend: Tensor
    blend_slope_y: Tensor
    blend_slope_x: Tensor
