"""A basis for the pictures that a linear decoder can make inside a quad of four latents.

Inside a quad the decoder is a smooth function of the phase. Sampled at Gauss-Legendre nodes, it is known everywhere by
its polynomial; but a polynomial basis spends coefficients on functions that this decoder hardly makes. The basis here
are the leading eigenvectors of the Gram matrix of the decoder's own kernel, for each axis (a proper orthogonal
decomposition; Sirovich, "Turbulence and the dynamics of coherent structures", Quart. Appl. Math. 1987, part I), and of
their products only those whose share of the kernel is above `TOLERANCE` are kept: about 60 of them below x4 where
Chebyshev nodes of the same accuracy are 100.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass
from functools import cache

import numpy as np
import torch
from torch import Tensor

# Coefficients whose kernel is smaller are left out. With latents of about 0.1 and frequencies near 2 pi the picture's
# largest error is then about 3e-5 of its range (a test holds the bundled model below 1e-4).
TOLERANCE = 1e-5


@dataclass(frozen=True, slots=True)
class QuadBasis:
    """Functions of the phase along one axis.

    Attributes:
        nodes: How many Gauss-Legendre nodes they are given at.
        values: float64 (nodes, count), of each function at each node.
    """

    nodes: int
    values: Tensor

    @property
    def count(self) -> int:
        """Functions."""
        return self.values.shape[1]

    def evaluated(self, phase: Tensor) -> Tensor:
        """The functions at phases (n,) in [0, 1): float64 (n, count)."""
        return _interpolation(self.nodes, phase) @ self.values


def quad_bases(
    kernel: Callable[[Tensor, Tensor], Tensor], *, max_frequency: float
) -> tuple[tuple[QuadBasis, QuadBasis], Tensor, list[int]]:
    """Bases along y and x, and the kernel of the coefficients worth computing.

    Args:
        kernel: The decoder at phases (P,) and (Q,): float64 (P, Q, 3, C, 2, 2).
        max_frequency: Of the decoder, in radians a source pixel; decides how many nodes are needed.

    Returns:
        The bases, the kernel (K, 3, C, 2, 2), and how many functions along x are combined with each one along y; K is
        their sum, in this order.
    """
    # A sinusoid of w radians needs about w / 2 nodes on a unit interval, and more the higher it is for nine digits.
    count = math.ceil(0.75 * max_frequency) + 12
    node, weight = _nodes(count)
    values = kernel(node, node)
    bases, projections = [], []
    for axis in (0, 1):
        basis = _axis_basis(values.transpose(0, axis), weight)
        bases.append(QuadBasis(count, basis))
        projections.append((basis * weight[:, None]).T)
    coefficients = torch.einsum("ia,jb,abocyx->ijocyx", *projections, values)
    share = coefficients.flatten(2).norm(dim=2)
    # Kept along x: everything up to the last function above the tolerance, at least one.
    enough = [int((row > TOLERANCE).nonzero().max()) + 1 if bool((row > TOLERANCE).any()) else 0 for row in share]
    lengths = enough[: max((i + 1 for i, length in enumerate(enough) if length), default=0)] or [1]
    kept = torch.cat([coefficients[i, : max(1, length)] for i, length in enumerate(lengths)])
    lengths = [max(1, length) for length in lengths]
    rows, columns = bases
    shorter = (
        QuadBasis(count, rows.values[:, : len(lengths)]),
        QuadBasis(count, columns.values[:, : max(lengths)]),
    )
    return shorter, kept, lengths


def _axis_basis(values: Tensor, weight: Tensor) -> Tensor:
    """Functions (nodes, nodes) orthonormal under the weights, the most important first, for the first axis."""
    scaled = values.flatten(1) * weight.sqrt()[:, None]
    _, vectors = torch.linalg.eigh(scaled @ scaled.T)
    basis: Tensor = vectors.flip(1) / weight.sqrt()[:, None]
    return basis


@cache
def _nodes(count: int) -> tuple[Tensor, Tensor]:
    """Gauss-Legendre nodes and weights on [0, 1]; float64 (count,) each."""
    node, weight = np.polynomial.legendre.leggauss(count)
    return torch.from_numpy((node + 1) / 2), torch.from_numpy(weight / 2)


def _interpolation(count: int, phase: Tensor) -> Tensor:
    """The matrix from values at the nodes to `phase`, by the polynomial through all of them; rows sum to 1.

    Barycentric form with the weights of Legendre points (Wang and Xiang, "On the convergence rates of Legendre
    approximation", Math. Comp. 2012, section 3.2; Berrut and Trefethen, SIAM Review 2004, section 5).
    """
    node, weight = _nodes(count)
    barycentric = (node * (1 - node) * weight).sqrt() * (1.0 - 2.0 * (torch.arange(count) % 2))
    difference = phase[:, None] - node[None, :]
    on_node = difference == 0
    terms = barycentric / torch.where(on_node, torch.ones_like(difference), difference)
    rows = terms / terms.sum(1, keepdim=True)
    return torch.where(on_node.any(1, keepdim=True), on_node.double(), rows)
