"""Where output pixels fall between latents, along one axis at a time.

Output pixel i of a side with n output and m source pixels has its centre at the sample position p = (i + 1/2) m / n -
1/2. It lies in *quad* floor(p), between the latents floor(p) and floor(p) + 1, at the *phase* p - floor(p) in [0, 1).
All of this is float64: at deep zoom, float32 would move pixels.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

import torch
from torch import Tensor


@dataclass(frozen=True, slots=True)
class AxisSamples:
    """The output pixels of a range along one axis.

    Attributes:
        quad: int64 (n,), the latent before each pixel; -1 before the first one.
        phase: float64 (n,), in [0, 1).
    """

    quad: Tensor
    phase: Tensor

    @property
    def first(self) -> int:
        """The first quad."""
        return int(self.quad[0])

    @property
    def last(self) -> int:
        """The last quad."""
        return int(self.quad[-1])


def axis_samples(start: int, count: int, *, source: int, output: int) -> AxisSamples:
    """Quads and phases of the output pixels `start` to `start + count - 1` of a side."""
    position = (torch.arange(start, start + count, dtype=torch.float64) + 0.5) * (source / output) - 0.5
    quad = position.floor()
    return AxisSamples(quad.long(), position - quad)


def uniform_phases(zoom: int) -> tuple[Tensor, int]:
    """The phases of every quad at a whole zoom, and the output index of the first pixel of quad 0.

    Returns:
        float64 (zoom,) ascending in [0, 1), and the offset.
    """
    offset = zoom // 2
    return (torch.arange(offset, offset + zoom, dtype=torch.float64) + 0.5) / zoom - 0.5, offset


def chebyshev_nodes(count: int) -> Tensor:
    """Chebyshev points of the first kind in [0, 1]; float64 (count,), ascending."""
    k = torch.arange(count, dtype=torch.float64)
    return 0.5 - 0.5 * torch.cos((k + 0.5) * (math.pi / count))


def lagrange_weights(nodes: Tensor, phase: Tensor) -> Tensor:
    """The matrix that interpolates values at `nodes` to `phase` by the polynomial through all of them.

    Barycentric form (Berrut and Trefethen, "Barycentric Lagrange Interpolation", SIAM Review 2004, section 5).

    Returns:
        float64 (len(phase), len(nodes)), rows summing to 1.
    """
    count = len(nodes)
    k = torch.arange(count, dtype=torch.float64)
    weight = torch.sin((k + 0.5) * (math.pi / count)) * (1.0 - 2.0 * (k % 2))
    difference = phase[:, None] - nodes[None, :]
    on_node = difference == 0
    terms = weight / torch.where(on_node, torch.ones_like(difference), difference)
    rows = terms / terms.sum(1, keepdim=True)
    return torch.where(on_node.any(1, keepdim=True), on_node.double(), rows)
