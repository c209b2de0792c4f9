"""Rectangles of enlarged and reduced photos, by every kernel."""

from __future__ import annotations

from fractions import Fraction
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from numpy.typing import NDArray
from PIL import Image as PillowImage

from liif_core.errors import RequestError
from liif_core.geometry import OutputGrid, Rect, Size
from liif_core.imaging import taps
from liif_core.imaging.image import Image
from liif_core.imaging.resample import Pyramid
from tests.imaging.resampling import KERNELS, METHODS, SIZES, cut_grids, noise, whole, whole_level


def brute_force_area(image: Image, output: Size) -> NDArray[Any]:
    """Means over footprints, by repeating every source pixel until all borders fall on whole ones."""
    big = image.region(image.size.rect).astype(np.float64)
    big = big.repeat(output.height, axis=0).repeat(output.width, axis=1)
    mean: NDArray[Any] = big.reshape(output.height, image.size.height, output.width, image.size.width, 3).mean((1, 3))
    return mean


@pytest.mark.parametrize("method", METHODS)
@given(cut_grids())
def test_rectangle_is_bit_for_bit_a_cut_of_the_whole(method: str, cut: tuple[OutputGrid, Rect]) -> None:
    grid, rect = cut
    image = noise(grid.source)
    part = METHODS[method](image, grid, rect)
    assert part.dtype == np.float32
    assert np.array_equal(part, whole(method, image, grid.output)[rect.slices])


@pytest.mark.parametrize("method", METHODS)
@pytest.mark.parametrize("output", [Size(700, 900), Size(61, 83)])
def test_tiles_of_a_larger_grid_are_seamless(method: str, output: Size, monkeypatch: pytest.MonkeyPatch) -> None:
    image = noise(Size(190, 270))
    grid = OutputGrid(image.size, output)
    expected = whole(method, image, output)
    # Other bands inside a rectangle must not show either.
    monkeypatch.setattr(taps, "_BAND_SAMPLES", 40_000)
    step = 50
    for y in range(0, output.height, step):
        for x in range(0, output.width, step):
            rect = Rect(y, x, step, step).intersected(output.rect)
            assert np.array_equal(METHODS[method](image, grid, rect), expected[rect.slices])


@pytest.mark.parametrize("kernel", ["bilinear", "bicubic", "lanczos"])
@pytest.mark.parametrize(
    "output",
    [(31, 20), (97, 61), (194, 122), (291, 183), (300, 130), (97, 200), (3, 5), (200, 30), (1, 1), (1, 400)],
)
def test_curves_equal_pillow(kernel: str, output: tuple[int, int]) -> None:
    # Away from black and white: Pillow clips 8-bit pixels between its two passes, this does not.
    image = noise(Size(97, 61), low=70, high=190)
    ours = whole(kernel, image, Size(*output))
    method = PillowImage.Resampling[kernel.upper()]
    for channel in range(3):
        plane = np.ascontiguousarray(image.pixels[..., channel])
        unit = PillowImage.fromarray(plane.astype(np.float32) / 255).resize(output[::-1], method)
        assert np.abs(ours[..., channel] - np.asarray(unit)).max() < 1e-5
        levels = PillowImage.fromarray(plane).resize(output[::-1], method)
        assert np.abs(np.rint(ours[..., channel] * 255) - np.asarray(levels)).max() <= 1


@given(cut_grids())
def test_nearest_is_the_source_pixel_in_which_the_centre_lies(cut: tuple[OutputGrid, Rect]) -> None:
    grid, rect = cut
    image = noise(grid.source)

    def sources(start: int, stop: int, scale: Fraction) -> list[int]:
        return [int((index + Fraction(1, 2)) / scale) for index in range(start, stop)]

    rows = sources(rect.y, rect.bottom, Fraction(grid.output.height, grid.source.height))
    columns = sources(rect.x, rect.right, Fraction(grid.output.width, grid.source.width))
    expected = image.region(image.size.rect)[np.array(rows, int)][:, np.array(columns, int)]
    assert np.array_equal(METHODS["nearest"](image, grid, rect), expected)


@pytest.mark.parametrize("factor", [1, 2, 3, 8])
def test_nearest_repeats_pixels_at_whole_scales_as_pillow_does(factor: int) -> None:
    image = noise(Size(13, 9))
    ours = whole("nearest", image, Size(13 * factor, 9 * factor))
    pillows = PillowImage.fromarray(image.pixels).resize((9 * factor, 13 * factor), PillowImage.Resampling.NEAREST)
    assert np.array_equal(np.rint(ours * 255), np.asarray(pillows))
    assert np.array_equal(np.rint(ours * 255), image.pixels.repeat(factor, axis=0).repeat(factor, axis=1))


@pytest.mark.parametrize("kernel", KERNELS)
@given(cut_grids())
def test_kernels_stay_in_range_and_keep_even_areas(kernel: str, cut: tuple[OutputGrid, Rect]) -> None:
    grid, rect = cut
    sharp = METHODS[kernel](noise(grid.source), grid, rect)
    assert np.all((sharp >= 0) & (sharp <= 1))
    even = Image(np.full((grid.source.height, grid.source.width, 3), 100, np.uint8))
    assert np.allclose(METHODS[kernel](even, grid, rect), 100 / 255, atol=1e-6)


@pytest.mark.parametrize("method", METHODS)
@given(cut_grids())
def test_a_single_channel_is_resampled_as_one_of_three(method: str, cut: tuple[OutputGrid, Rect]) -> None:
    grid, rect = cut
    image = noise(grid.source)
    for channel in range(3):
        plane = Image(image.pixels[..., channel : channel + 1])
        alone = METHODS[method](plane, grid, rect)
        assert alone.shape == (rect.height, rect.width, 1)
        assert np.array_equal(alone[..., 0], METHODS[method](image, grid, rect)[..., channel])


def test_all_levels_of_a_single_channel_are_those_of_three() -> None:
    image = noise(Size(301, 203))
    pyramid, plane = Pyramid(image), Pyramid(Image(image.pixels[..., 1:2]))
    for level in range(pyramid.top + 1):
        assert np.array_equal(whole_level(plane, level), whole_level(pyramid, level)[..., 1:2])


def test_columns_cut_out_one_by_one_are_those_of_the_whole() -> None:
    # Many taps and a single output, of which numpy would take the sum in another order.
    image = noise(Size(400, 500))
    grid = OutputGrid(image.size, Size(11, 13))
    expected = whole("lanczos", image, grid.output)
    parts = [METHODS["lanczos"](image, grid, Rect(0, x, 11, 1)) for x in range(13)]
    assert np.array_equal(np.concatenate(parts, axis=1), expected)


@pytest.mark.parametrize("dtype", ["uint8", "uint16", "float32"])
@pytest.mark.parametrize("method", METHODS)
def test_scale_one_is_the_photo_itself(method: str, dtype: str) -> None:
    image = noise(Size(9, 7), dtype)
    assert np.array_equal(whole(method, image, image.size), image.region(image.size.rect))


@given(SIZES, SIZES)
@settings(max_examples=60)
def test_area_is_the_mean_over_each_footprint(source: Size, output: Size) -> None:
    image = noise(source)
    assert np.abs(whole("area", image, output) - brute_force_area(image, output)).max() < 1e-6


@given(SIZES, SIZES)
def test_area_keeps_the_mean_of_the_photo(source: Size, output: Size) -> None:
    image = noise(source)
    mean = image.region(source.rect).mean(axis=(0, 1), dtype=np.float64)
    assert np.allclose(whole("area", image, output).mean(axis=(0, 1), dtype=np.float64), mean, atol=1e-5)


@pytest.mark.parametrize("size", [Size(1, 1), Size(1, 20000), Size(20000, 1)])
@pytest.mark.parametrize("method", METHODS)
def test_extreme_shapes(method: str, size: Size) -> None:
    image = noise(size)
    for output in (Size(1, 1), Size(max(1, size.height // 7), max(1, size.width // 7)), Size(5, 3)):
        result = whole(method, image, output)
        assert result.shape == (output.height, output.width, 3)
        assert np.isfinite(result).all()


@pytest.mark.parametrize("method", METHODS)
def test_requests_that_make_no_sense_are_refused(method: str) -> None:
    image = noise(Size(4, 6))
    with pytest.raises(RequestError, match="does not fit"):
        METHODS[method](image, OutputGrid(Size(4, 5), Size(4, 6)), Rect(0, 0, 1, 1))
    with pytest.raises(RequestError, match="outside"):
        METHODS[method](image, OutputGrid(image.size, Size(2, 3)), Rect(0, 0, 3, 3))
    assert METHODS[method](image, OutputGrid(image.size, Size(2, 3)), Rect(1, 1, 0, 2)).shape == (0, 2, 3)
