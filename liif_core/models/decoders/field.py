"""The heat field as a function: from phases and cells to weights of latents."""

from __future__ import annotations

from dataclasses import dataclass

import torch
from torch import Tensor


@dataclass(frozen=True, slots=True)
class Field:
    """K sinusoids with a common decay, and the map from latents to their coefficients; see `heat_field`.

    Attributes:
        frequencies: (K, 2), y and x, in radians a source pixel.
        log_kappa: (), of the decay.
        coef: (3, 2 K, C), RGB from sines and then cosines.
    """

    frequencies: Tensor
    log_kappa: Tensor
    coef: Tensor

    @property
    def max_frequency(self) -> float:
        """The largest, in radians a source pixel."""
        return float(self.frequencies.norm(dim=1).max())

    def exact(self) -> Field:
        """The same in float64 on the CPU, without gradients: kernels are small, and made once a zoom."""
        return Field(*(part.detach().double().cpu() for part in (self.frequencies, self.log_kappa, self.coef)))

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

    def kernel_with_base(self, phase_y: Tensor, phase_x: Tensor, *, cell: tuple[float, float]) -> Tensor:
        """`kernel` with three more input channels, which add the bilinear enlargement of the photo."""
        kernel = self.kernel(phase_y, phase_x, cell=cell)
        rows = torch.stack([1 - phase_y, phase_y], dim=1).to(kernel)
        columns = torch.stack([1 - phase_x, phase_x], dim=1).to(kernel)
        blend = rows[:, None, :, None] * columns[None, :, None, :]
        base = torch.eye(3, dtype=kernel.dtype, device=kernel.device)[:, :, None, None] * blend[:, :, None, None]
        return torch.cat([kernel, base], dim=3)
