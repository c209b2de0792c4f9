"""Both ways to collapse the heat field, against its equation in float64."""

from __future__ import annotations

from fractions import Fraction

import numpy as np
import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.typing import NDArray

from liif_core.geometry import OutputGrid, Rect, Size
from liif_core.models.decoders import collapsed
from liif_core.models.decoders.collapsed import MAX_CLASSES, MAX_PHASES, RationalZoom
from liif_core.models.decoders.pixel_form import display_bytes, rgb_values
from liif_core.models.decoders.window import FeatureWindow
from liif_core.models.spec import DataNorm
from tests.models.heat_equation import (
    BFLOAT16,
    CHANNELS,
    FLOAT32,
    FLOAT64,
    NORMALISED,
    Make,
    any_zoom,
    decoded,
    directly,
    field_of,
    latents,
    rational,
)

pytestmark = pytest.mark.usefixtures("one_thread")

SMALL_FRACTIONS = sorted(
    {Fraction(p, q) for q in range(1, MAX_CLASSES + 1) for p in range(1, 4 * q + 1)}
    | {Fraction(text) for text in ("9/2", "16/3", "27/4", "8", "31/2", "67/3", "127/4", "32")}
)
# 1e-4 in pixel values, of which normalised ones are twice as large.
ANY_ZOOM_ERROR = 2e-4
BOTH = pytest.mark.parametrize("make", [rational, any_zoom])


def grid_of(zoom_y: Fraction, zoom_x: Fraction, *, quads: int = 4) -> tuple[Size, Size]:
    """Source and output at two zooms, with at least `quads` source pixels a side."""
    sides = []
    for zoom in (zoom_y, zoom_x):
        source = -(-quads // zoom.denominator) * zoom.denominator
        sides.append((source, int(source * zoom)))
    return Size(sides[0][0], sides[1][0]), Size(sides[0][1], sides[1][1])


def photo_like(source: Size) -> torch.Tensor:
    """Latents and a photo that keeps to [-1, 1], nearly; what a basis leaves out grows with them."""
    return latents(source) / 3


@st.composite
def rects_in(draw: st.DrawFn, size: Size, *, most: int = 60) -> Rect:
    top, left = draw(st.integers(0, size.height - 1)), draw(st.integers(0, size.width - 1))
    height = draw(st.integers(1, min(most, size.height - top)))
    return Rect(top, left, height, draw(st.integers(1, min(most, size.width - left))))


@pytest.mark.parametrize("zoom", SMALL_FRACTIONS, ids=str)
def test_small_fractions_equal_the_equation(zoom: Fraction) -> None:
    decoder, (source, output) = field_of(), grid_of(zoom, zoom)
    feat = latents(source)
    picture = decoded(rational, decoder, feat, output)
    np.testing.assert_allclose(picture, directly(decoder, feat, output), rtol=0, atol=1e-5)


@settings(max_examples=60)
@given(data=st.data())
def test_any_rectangle_at_unequal_small_fractions_equals_the_equation(data: st.DataObject) -> None:
    """Also from windows larger than needed."""
    zoom_y, zoom_x = (data.draw(st.sampled_from(SMALL_FRACTIONS)) for _ in range(2))
    source, output = grid_of(zoom_y, zoom_x, quads=data.draw(st.integers(1, 9)))
    rect = data.draw(rects_in(output))
    grid, decoder, feat = OutputGrid(source, output), field_of(), latents(source)
    place = grid.footprint(rect, margin=data.draw(st.integers(0, 3)))
    window = FeatureWindow(feat[(..., *place.slices)], place, source)
    with torch.inference_mode():
        pixels = rational(decoder, grid, NORMALISED, FLOAT32)(window, rect)
    assert (pixels.dtype, pixels.shape) == (torch.float32, (rect.height, rect.width, 3))
    np.testing.assert_allclose(pixels.numpy(), directly(decoder, feat, output, rect), rtol=0, atol=1e-5)


@pytest.mark.parametrize("source", [Size(1, 1), Size(1, 6), Size(6, 1)], ids=["1 x 1", "a row", "a column"])
@pytest.mark.parametrize("zoom", [1, 2, 5, 32])
@BOTH
def test_photos_of_one_pixel_a_side_equal_the_equation(make: Make, zoom: int, source: Size) -> None:
    decoder, feat = field_of(), photo_like(source)
    output = Size(source.height * zoom, source.width * zoom)
    error = np.abs(decoded(make, decoder, feat, output) - directly(decoder, feat, output))
    assert error.max() < (1e-5 if make is rational else ANY_ZOOM_ERROR)


@pytest.mark.parametrize(
    ("source", "output"),
    [
        (Size(2, 2), Size(66, 66)),  # x33
        (Size(2, 3), Size(480, 720)),  # x240
        (Size(5, 7), Size(13, 18)),  # fractional and unequal
        (Size(5, 8), Size(61, 9)),  # a deep zoom across a shallow one
        (Size(9, 4), Size(4, 9)),  # one side reduced
        (Size(9, 11), Size(4, 5)),  # both reduced
        (Size(40, 40), Size(3, 7)),  # so far that most quads hold no pixel
        (Size(1, 1), Size(5, 3)),
        (Size(1, 9), Size(3, 28)),
        (Size(8, 8), Size(9, 9)),
        (Size(7, 7), Size(7, 7)),
    ],
)
def test_any_zoom_equals_the_equation(source: Size, output: Size) -> None:
    decoder, feat = field_of(), photo_like(source)
    picture = decoded(any_zoom, decoder, feat, output)
    np.testing.assert_allclose(picture, directly(decoder, feat, output), rtol=0, atol=ANY_ZOOM_ERROR)


@settings(max_examples=60)
@given(data=st.data())
def test_any_rectangle_at_any_zoom_equals_the_equation(data: st.DataObject) -> None:
    source = Size(data.draw(st.integers(1, 12)), data.draw(st.integers(1, 12)))
    output = Size(data.draw(st.integers(1, 150)), data.draw(st.integers(1, 150)))
    rect = data.draw(rects_in(output))
    grid, decoder, feat = OutputGrid(source, output), field_of(), photo_like(source)
    place = grid.footprint(rect, margin=data.draw(st.integers(0, 3)))
    window = FeatureWindow(feat[(..., *place.slices)], place, source)
    with torch.inference_mode():
        pixels = any_zoom(decoder, grid, NORMALISED, FLOAT32)(window, rect)
    assert (pixels.dtype, pixels.shape) == (torch.float32, (rect.height, rect.width, 3))
    np.testing.assert_allclose(pixels.numpy(), directly(decoder, feat, output, rect), rtol=0, atol=ANY_ZOOM_ERROR)


def test_basis_itself_is_exact_to_a_few_tolerances() -> None:
    """In float64, so that only what was left out is measured, with a field of a visible size."""
    decoder, feat = field_of(n_frequencies=16, coef=0.03), latents(Size(6, 6)).double()
    output = Size(81, 81)
    picture = decoded(any_zoom, decoder, feat, output, arithmetic=FLOAT64)
    error = np.abs(picture - directly(decoder, feat, output)).max()
    assert 1e-8 < error < 1e-4
    silent = field_of(n_frequencies=16, coef=0.0)
    assert 0.1 < (picture - directly(silent, feat, output)).std() < 1


@pytest.mark.parametrize("zoom", ["1", "5/4", "2", "10/3", "12", "1/2"])
def test_both_ways_agree(zoom: str) -> None:
    decoder, (source, output) = field_of(), grid_of(Fraction(zoom), Fraction(zoom), quads=7)
    feat = photo_like(source)
    first, second = (decoded(make, decoder, feat, output) for make in (rational, any_zoom))
    assert not np.array_equal(first, second)
    np.testing.assert_allclose(first, second, rtol=0, atol=ANY_ZOOM_ERROR)


@settings(max_examples=40)
@given(data=st.data())
def test_tiles_are_the_pixels_of_the_whole(data: st.DataObject) -> None:
    make = data.draw(st.sampled_from([rational, any_zoom]))
    source, output = grid_of(*(data.draw(st.sampled_from(SMALL_FRACTIONS[:-8])) for _ in range(2)), quads=9)
    grid, decoder, feat = OutputGrid(source, output), field_of(), latents(source)
    prepared = make(decoder, grid, NORMALISED, FLOAT32)
    rect = data.draw(rects_in(output))
    place = grid.footprint(rect)
    with torch.inference_mode():
        whole = prepared(FeatureWindow.whole(feat), output.rect)
        tile = prepared(FeatureWindow(feat[(..., *place.slices)], place, source), rect)
    torch.testing.assert_close(tile, whole[rect.slices], rtol=0, atol=1e-6 if make is rational else 3e-6)


def test_large_rectangles_are_decoded_in_slabs_with_the_same_pixels(monkeypatch: pytest.MonkeyPatch) -> None:
    """Rows of quads have unequal numbers of pixels, and the table of coefficients is used again."""
    decoder, feat, output = field_of(), latents(Size(23, 9)), Size(61, 31)
    at_once = decoded(any_zoom, decoder, feat, output)
    for slab in (1, 3, 10**4, 10**5):
        monkeypatch.setattr(collapsed, "SLAB_BYTES", slab)
        np.testing.assert_allclose(decoded(any_zoom, decoder, feat, output), at_once, rtol=0, atol=3e-6)


@given(zoom=st.floats(0.05, 40))
def test_zoom_above_is_the_next_whole_one_and_from_4_on_the_next_half(zoom: float) -> None:
    above = RationalZoom.zoom_above(zoom)
    if zoom > MAX_PHASES:
        assert above == MAX_PHASES
        return
    every = {Fraction(p, 2) for p in range(1, 2 * MAX_PHASES + 1) if p % 2 == 0 or p > 8}
    assert above == min(candidate for candidate in every if candidate >= zoom * (1 - 1e-9))


@pytest.mark.parametrize("zoom", SMALL_FRACTIONS, ids=str)
def test_zoom_that_fits_is_its_own_next(zoom: Fraction) -> None:
    """Also as the quotient of two sides, which is rounded."""
    if zoom.denominator <= (1 if zoom < 4 else 2):
        assert RationalZoom.zoom_above(float(zoom)) == zoom
        assert RationalZoom.zoom_above(float(zoom) * (1 + 1e-15)) == zoom


@pytest.mark.parametrize(
    ("source", "output", "fits"),
    [
        (Size(4, 8), Size(5, 10), True),
        (Size(8, 4), Size(2, 1), True),
        (Size(7, 7), Size(7 * MAX_PHASES, 7), True),
        (Size(7, 7), Size(7 * MAX_PHASES + 7, 7), False),
        (Size(7, 7), Size(7, 7 * MAX_PHASES + 7), False),
        (Size(5, 4), Size(6, 8), False),
        (Size(4, 5), Size(8, 6), False),
    ],
)
def test_grid_fits_where_both_sides_have_few_classes_and_phases(source: Size, output: Size, fits: bool) -> None:
    assert RationalZoom.fits(OutputGrid(source, output)) is fits


@pytest.mark.parametrize("norm", [DataNorm(), DataNorm(0.0, 1.0), DataNorm(0.4488, 0.26)], ids=str)
@pytest.mark.parametrize("zoom", ["2", "7/3", "1"])
@BOTH
def test_bytes_are_the_quantised_floats(make: Make, zoom: str, norm: DataNorm) -> None:
    decoder, (source, output) = field_of(), grid_of(Fraction(zoom), Fraction(zoom), quads=30)
    grid, feat = OutputGrid(source, output), photo_like(source)
    with torch.inference_mode():
        window = FeatureWindow.whole(feat)
        values = make(decoder, grid, rgb_values(norm), FLOAT32)(window, output.rect)
        shown = make(decoder, grid, display_bytes(norm), FLOAT32)(window, output.rect).numpy()
    assert shown.dtype == np.uint8
    assert shown.shape == (output.height, output.width, 4)
    assert (shown[..., 3] == 255).all()
    expected = np.floor(values.double().clamp(0, 1).numpy() * 255 + 0.5)
    difference = np.abs(shown[..., 2::-1] - expected)
    assert difference.max() <= 1
    assert (difference > 0).mean() <= 1e-3
    assert len(np.unique(shown[..., 0])) > 50


def bf16_error(make: Make, norm: DataNorm) -> tuple[float, NDArray[np.uint8], NDArray[np.uint8]]:
    decoder, source = field_of(coef=0.02), Size(20, 24)
    grid = OutputGrid(source, Size(50, 60))
    # A photo in [-1, 1], and latents of the size that encoders make.
    feat = torch.cat([latents(source)[:, :CHANNELS], latents(source)[:, CHANNELS:].clamp(-2, 2) / 2], dim=1)
    pictures, bytes_ = [], []
    with torch.inference_mode():
        for arithmetic in (FLOAT32, BFLOAT16):
            window = FeatureWindow.whole(feat.to(arithmetic.dtype))
            pictures.append(make(decoder, grid, rgb_values(norm), arithmetic)(window, grid.output.rect))
            bytes_.append(make(decoder, grid, display_bytes(norm), arithmetic)(window, grid.output.rect).numpy())
    assert pictures[1].dtype == torch.float32
    return float((pictures[0] - pictures[1]).abs().max()), bytes_[0], bytes_[1]


@BOTH
def test_bfloat16_is_within_a_level_of_float32(make: Make) -> None:
    error, exact, rough = bf16_error(make, DataNorm())
    assert 1e-5 < error < 1 / 255
    difference = np.abs(exact.astype(int) - rough)
    assert 0 < difference.max() <= 2
    assert (difference > 1).mean() < 1e-3


@BOTH
def test_greys_about_the_middle_are_hardly_rounded_in_bfloat16(make: Make) -> None:
    """Where bfloat16 tells bytes apart by whole levels only, its numbers around 0 have steps of a sixteenth."""
    decoder, source, form = field_of(coef=0.0), Size(20, 24), display_bytes(DataNorm())
    grid, feat = OutputGrid(source, Size(40, 48)), latents(source).clamp(-1, 1) / 8
    with torch.inference_mode():
        exact, rough = (
            make(decoder, grid, form, arithmetic)(FeatureWindow.whole(feat.to(arithmetic.dtype)), grid.output.rect)
            for arithmetic in (FLOAT32, BFLOAT16)
        )
    assert (exact != rough).float().mean() < 0.05


@pytest.mark.parametrize("mean", [0.1, 0.4488, 0.5, 0.73, 0.999])
@BOTH
def test_fourth_byte_is_255_also_after_rounding_to_bfloat16(make: Make, mean: float) -> None:
    _, exact, rough = bf16_error(make, DataNorm(mean, 0.25))
    assert (exact[..., 3] == 255).all()
    assert (rough[..., 3] == 255).all()
