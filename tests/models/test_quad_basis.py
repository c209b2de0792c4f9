"""The basis of a quad's pictures: orthonormal, as good as the tolerance says, and no larger than it needs to be."""

from __future__ import annotations

import math
from collections.abc import Callable

import numpy as np
import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st
from torch import Tensor

from liif_core.models.decoders.quad_basis import TOLERANCE, QuadBasis, quad_bases
from tests.models.heat_equation import field_of

pytestmark = pytest.mark.usefixtures("one_thread")

Kernel = Callable[[Tensor, Tensor], Tensor]
PHASES = torch.cat([torch.linspace(0, 1, 40, dtype=torch.float64)[:-1], torch.tensor([1 - 1e-12]).double()])


def field_kernel(*, n_frequencies: int = 16, coef: float = 0.1, cell: float = 0.3) -> tuple[Kernel, float]:
    field = field_of(n_frequencies=n_frequencies, coef=coef).field.exact()
    return lambda y, x: field.kernel_with_base(y, x, cell=(cell, cell)), field.max_frequency


def rebuilt(bases: tuple[QuadBasis, QuadBasis], coefficients: Tensor, lengths: list[int]) -> Tensor:
    """The kernel (P, Q, 3, C, 2, 2) at all pairs of `PHASES`, from what `quad_bases` gives."""
    rows, columns = (basis.evaluated(PHASES) for basis in bases)
    whole = torch.zeros(len(PHASES), len(PHASES), *coefficients.shape[1:], dtype=torch.float64)
    start = 0
    for index, length in enumerate(lengths):
        part = torch.einsum("qj,jocyx->qocyx", columns[:, :length], coefficients[start : start + length])
        whole += rows[:, index, None, None, None, None, None] * part
        start += length
    return whole


def separable(*, along_y: Callable[[Tensor], Tensor], along_x: Callable[[Tensor], Tensor]) -> Kernel:
    """A kernel of one channel and one corner with a product of two functions of the phase."""

    def kernel(y: Tensor, x: Tensor) -> Tensor:
        return (along_y(y)[:, None] * along_x(x))[..., None, None, None, None].expand(-1, -1, 3, 1, 2, 2)

    return kernel


@pytest.mark.parametrize("axis", [0, 1])
def test_bases_are_orthonormal_over_the_quad(axis: int) -> None:
    kernel, most = field_kernel()
    basis = quad_bases(kernel, max_frequency=most)[0][axis]
    node, weight = (torch.from_numpy(part) for part in np.polynomial.legendre.leggauss(40))
    values = basis.evaluated((node + 1) / 2)
    gram = values.T @ (values * (weight / 2)[:, None])
    torch.testing.assert_close(gram, torch.eye(basis.count, dtype=torch.float64), rtol=0, atol=1e-9)


@pytest.mark.parametrize("cell", [1.0, 0.5, 0.1])
def test_field_is_rebuilt_at_any_phase(cell: float) -> None:
    """What was left out are a few tolerances, in the kernel of one pixel as a whole; more at a quad's border."""
    kernel, most = field_kernel(cell=cell)
    error = (rebuilt(*quad_bases(kernel, max_frequency=most)) - kernel(PHASES, PHASES)).flatten(2).norm(dim=2)
    assert 0 < error.pow(2).mean().sqrt() < 10 * TOLERANCE
    assert error.max() < 30 * TOLERANCE


def test_fewer_coefficients_than_nodes_are_enough() -> None:
    kernel, most = field_kernel(n_frequencies=64)
    _, coefficients, lengths = quad_bases(kernel, max_frequency=most)
    assert 20 < len(coefficients) < 100, "Chebyshev nodes of the same accuracy are 100"
    assert len(coefficients) == sum(lengths)
    assert all(length > 0 for length in lengths)


def test_each_coefficient_that_was_left_out_is_below_the_tolerance() -> None:
    kernel, most = field_kernel()
    (rows, columns), coefficients, lengths = quad_bases(kernel, max_frequency=most)
    assert rows.count == len(lengths)
    assert columns.count == max(lengths)
    node, weight = (torch.from_numpy(part) for part in np.polynomial.legendre.leggauss(40))
    node, weight = (node + 1) / 2, weight / 2
    projection = [(basis.evaluated(node) * weight[:, None]).T for basis in (rows, columns)]
    every = torch.einsum("ia,jb,abocyx->ijocyx", *projection, kernel(node, node))
    start = 0
    for index, length in enumerate(lengths):
        kept = coefficients[start : start + length]
        torch.testing.assert_close(kept, every[index, :length], rtol=0, atol=1e-9)
        assert kept[-1].norm() > TOLERANCE or length == 1
        assert all(every[index, j].norm() < 1.01 * TOLERANCE for j in range(length, max(lengths)))
        start += length


def test_coarser_tolerance_keeps_less_and_errs_more(monkeypatch: pytest.MonkeyPatch) -> None:
    kernel, most = field_kernel()
    counts, errors = [], []
    for tolerance in (1e-7, 1e-5, 1e-3):
        monkeypatch.setattr("liif_core.models.decoders.quad_basis.TOLERANCE", tolerance)
        bases, coefficients, lengths = quad_bases(kernel, max_frequency=most)
        counts.append(len(coefficients))
        errors.append(float((rebuilt(bases, coefficients, lengths) - kernel(PHASES, PHASES)).abs().max()))
    assert counts == sorted(counts, reverse=True)
    assert len(set(counts)) == 3
    assert errors == sorted(errors)
    assert errors[0] < 1e-6 < 1e-4 < errors[2]


factors = st.lists(st.floats(-2, 2), min_size=1, max_size=8)


@settings(max_examples=30)
@given(along_y=factors, along_x=factors)
def test_polynomials_are_rebuilt(along_y: list[float], along_x: list[float]) -> None:
    def polynomial(factors: list[float]) -> Callable[[Tensor], Tensor]:
        return lambda phase: sum((factor * phase**power for power, factor in enumerate(factors)), 0 * phase)

    kernel = separable(along_y=polynomial(along_y), along_x=polynomial(along_x))
    bases, coefficients, lengths = quad_bases(kernel, max_frequency=0.0)
    # One product of two functions, however many powers they have.
    assert lengths == [1]
    torch.testing.assert_close(rebuilt(bases, coefficients, lengths), kernel(PHASES, PHASES), rtol=0, atol=1e-4)


@pytest.mark.parametrize("frequency", [0.5, 2 * math.pi, 4 * math.pi, 12 * math.pi])
def test_nodes_are_enough_for_the_frequency(frequency: float) -> None:
    kernel = separable(
        along_y=lambda phase: torch.sin(frequency * phase + 0.3), along_x=lambda phase: torch.cos(frequency * phase)
    )
    error = rebuilt(*quad_bases(kernel, max_frequency=frequency)) - kernel(PHASES, PHASES)
    assert error.abs().max() < 1e-9


def test_too_few_nodes_would_show() -> None:
    kernel = separable(
        along_y=lambda phase: torch.sin(12 * math.pi * phase), along_x=lambda phase: torch.cos(12 * math.pi * phase)
    )
    assert (rebuilt(*quad_bases(kernel, max_frequency=0.0)) - kernel(PHASES, PHASES)).abs().max() > 1e-2


def test_field_that_is_zero_everywhere_has_one_coefficient() -> None:
    def nothing(y: Tensor, x: Tensor) -> Tensor:
        return torch.zeros(len(y), len(x), 3, 5, 2, 2, dtype=torch.float64)

    bases, coefficients, lengths = quad_bases(nothing, max_frequency=1.0)
    assert lengths == [1]
    assert coefficients.shape == (1, 3, 5, 2, 2)
    assert not coefficients.any()
    assert torch.isfinite(rebuilt(bases, coefficients, lengths)).all()


def test_functions_are_exact_at_their_own_nodes() -> None:
    """There the formula between nodes divides by zero."""
    kernel, most = field_kernel()
    (basis, _), _, _ = quad_bases(kernel, max_frequency=most)
    node = torch.from_numpy((np.polynomial.legendre.leggauss(basis.nodes)[0] + 1) / 2)
    assert torch.equal(basis.evaluated(node), basis.values)
    beside = basis.evaluated(node + 1e-13)
    torch.testing.assert_close(beside, basis.values, rtol=0, atol=1e-9)
