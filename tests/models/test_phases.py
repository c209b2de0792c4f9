"""Where output pixels fall between latents, against exact fractions, and the classes of quads that share phases."""

from __future__ import annotations

import itertools
from fractions import Fraction
from math import gcd

import pytest
import torch
from hypothesis import example, given
from hypothesis import strategies as st

from liif_core.geometry import OutputGrid, Rect, Size
from liif_core.models.decoders.phases import axis_samples, phase_classes

pytestmark = pytest.mark.usefixtures("one_thread")


def exact_position(index: int, *, source: int, output: int) -> Fraction:
    return (index + Fraction(1, 2)) * Fraction(source, output) - Fraction(1, 2)


@given(
    source=st.integers(1, 20000), output=st.integers(1, 10**6), start=st.integers(0, 10**6), count=st.integers(1, 40)
)
def test_quad_and_phase_are_the_exact_position(source: int, output: int, start: int, count: int) -> None:
    start = min(start, output - 1)
    count = min(count, output - start)
    samples = axis_samples(start, count, source=source, output=output)
    for i in range(count):
        exact = exact_position(start + i, source=source, output=output)
        assert abs(Fraction(samples.quad[i].item()) + Fraction(samples.phase[i].item()) - exact) < Fraction(1, 10**9)
        assert 0 <= samples.phase[i].item() < 1
    assert torch.all(samples.quad.diff() >= 0)
    assert (samples.first, samples.last) == (samples.quad[0].item(), samples.quad[-1].item())


@st.composite
def zooms(draw: st.DrawFn) -> tuple[int, int]:
    """p and q without a common divisor, enlarging and reducing."""
    p, q = draw(st.integers(1, 70)), draw(st.integers(1, 70))
    return p // gcd(p, q), q // gcd(p, q)


@given(zoom=zooms(), periods=st.integers(1, 5))
@example(zoom=(1, 1), periods=3)
@example(zoom=(32, 1), periods=2)
@example(zoom=(127, 4), periods=2)
@example(zoom=(1, 4), periods=5)
def test_classes_hold_every_pixel_exactly_once(zoom: tuple[int, int], periods: int) -> None:
    p, q = zoom
    found: dict[int, tuple[int, float]] = {}
    for part in phase_classes(p, q):
        # One period more at each end: near the borders pixels of quads outside the photo fall inside it.
        for period in range(-1, periods + 1):
            for place, phase in enumerate(part.phase.tolist()):
                pixel = part.start + period * p + place
                assert pixel not in found
                found[pixel] = (part.index + period * q, phase)
    for pixel in range(periods * p):
        quad, phase = found[pixel]
        exact = exact_position(pixel, source=periods * q, output=periods * p)
        assert quad == exact.numerator // exact.denominator
        assert phase == pytest.approx(float(exact - quad), abs=1e-12)


@given(zoom=zooms())
def test_classes_lie_side_by_side_and_none_is_empty(zoom: tuple[int, int]) -> None:
    p, q = zoom
    classes = phase_classes(p, q)
    assert sum(part.count for part in classes) == p
    assert all(part.count > 0 for part in classes)
    for before, after in itertools.pairwise(classes):
        assert before.index < after.index < q
        assert before.start + before.count == after.start
    if p >= q:
        assert [part.index for part in classes] == list(range(q))


@given(zoom=zooms(), periods=st.integers(1, 60))
def test_classes_agree_with_the_samples_of_an_axis(zoom: tuple[int, int], periods: int) -> None:
    """Where rounding cannot move a pixel to the quad beside it, that is where none lies on a latent."""
    p, q = zoom
    samples = axis_samples(0, periods * p, source=periods * q, output=periods * p)
    for part in phase_classes(p, q):
        pixel = torch.arange(part.count) + part.start
        for period in range(periods):
            index = pixel + period * p
            inside = (index >= 0) & (index < periods * p) & (part.phase > 1e-9)
            assert torch.all(samples.quad[index[inside]] == part.index + period * q)
            torch.testing.assert_close(samples.phase[index[inside]], part.phase[inside], rtol=0, atol=1e-9)


@pytest.mark.parametrize("zoom", range(1, 33))
def test_quads_of_whole_zooms_are_exact_to_the_last_pixel_of_large_photos(zoom: int) -> None:
    """A quad off by one would ask for latents outside of the window that was cut for a rectangle."""
    for source in (1, 2, 3, 127, 6001, 30000):
        # The ends, where the rounding of a product is largest and smallest.
        for start in {0, max(0, source * zoom - 4000)}:
            count = min(4000, source * zoom - start)
            quads = axis_samples(start, count, source=source, output=source * zoom).quad
            i = torch.arange(start, start + count)
            assert torch.equal(quads, torch.div(2 * i + 1 - zoom, 2 * zoom, rounding_mode="floor"))


def test_pixels_that_lie_on_a_latent_belong_to_the_quad_that_begins_with_it() -> None:
    """Also where a quotient of floats falls short of it, as that of pixel 27 at 11/3 does."""
    grid = OutputGrid(Size(9, 9), Size(33, 33))
    for index in (5, 16, 27):
        samples = axis_samples(index, 1, source=9, output=33)
        assert (samples.first, float(samples.phase[0])) == (grid.footprint(Rect(index, 0, 1, 1)).y, 0.0)
