"""Where output pixels fall between latents, against exact fractions."""

from __future__ import annotations

from fractions import Fraction
from math import floor

import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st

from liif_core.models.decoders.heat_field import MAX_UNIFORM_ZOOM
from liif_core.models.decoders.phases import axis_samples, chebyshev_nodes, lagrange_weights, uniform_phases

pytestmark = pytest.mark.usefixtures("one_thread")


@given(
    source=st.integers(1, 20000), output=st.integers(1, 10**6), start=st.integers(0, 10**6), count=st.integers(1, 40)
)
def test_quad_and_phase_are_the_exact_position(source: int, output: int, start: int, count: int) -> None:
    start = min(start, output - 1)
    count = min(count, output - start)
    samples = axis_samples(start, count, source=source, output=output)
    for i in range(count):
        exact = (start + i + Fraction(1, 2)) * Fraction(source, output) - Fraction(1, 2)
        assert abs(Fraction(samples.quad[i].item()) + Fraction(samples.phase[i].item()) - exact) < Fraction(1, 10**9)
        assert 0 <= samples.phase[i].item() <= 1
    assert torch.all(samples.quad.diff() >= 0)


@pytest.mark.parametrize("zoom", range(1, MAX_UNIFORM_ZOOM + 1))
def test_quads_at_whole_zooms_are_exact_to_the_last_pixel_of_large_photos(zoom: int) -> None:
    """The uniform path takes pixels from their place in a quad: a quad off by one would show other pixels."""
    for source in (1, 2, 3, 127, 6001, 30000):
        output = source * zoom
        quads = axis_samples(0, output, source=source, output=output).quad
        i = torch.arange(output)
        assert torch.equal(quads, torch.div(2 * i + 1 - zoom, 2 * zoom, rounding_mode="floor"))


@pytest.mark.parametrize("zoom", [1, 2, 3, 7, 12])
def test_uniform_phases_are_those_of_the_pixels_of_a_quad(zoom: int) -> None:
    phase, offset = uniform_phases(zoom)
    for j in range(zoom):
        position = Fraction(2 * (offset + j) + 1, 2 * zoom) - Fraction(1, 2)
        assert floor(position) == 0
        assert phase[j].item() == pytest.approx(float(position), abs=1e-12)
    assert Fraction(2 * (offset - 1) + 1, 2 * zoom) < Fraction(1, 2)


def test_interpolation_is_exact_for_polynomials_and_at_nodes() -> None:
    nodes = chebyshev_nodes(6)
    assert torch.all((nodes > 0) & (nodes < 1))
    phase = torch.cat([nodes, torch.linspace(0, 1, 23, dtype=torch.float64)])
    weights = lagrange_weights(nodes, phase)
    torch.testing.assert_close(weights.sum(1), torch.ones(len(phase), dtype=torch.float64))
    for power in range(6):
        torch.testing.assert_close(weights @ nodes**power, phase**power, rtol=0, atol=1e-12)
    assert torch.equal(weights[:6], torch.eye(6, dtype=torch.float64))
    # A seventh coefficient is out of reach of six nodes: the check above could fail.
    assert (weights @ nodes**6 - phase**6).abs().max() > 1e-6
