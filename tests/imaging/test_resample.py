from __future__ import annotations

import threading
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.typing import NDArray
from PIL import Image as PillowImage

from liif_core.errors import RequestError
from liif_core.geometry import OutputGrid, Rect, Size
from liif_core.imaging import halving, resample, taps
from liif_core.imaging.halving import level_size
from liif_core.imaging.image import Image
from liif_core.imaging.resample import Pyramid, area, bicubic

SIZES = st.builds(Size, st.integers(1, 40), st.integers(1, 40))
METHODS = {
    "bicubic": bicubic,
    "area": area,
    "pyramid": lambda image, grid, rect: Pyramid(image).area(grid, rect),
}


def noise(size: Size, dtype: str = "uint8", *, low: int = 0, high: int = 256, seed: int = 0) -> Image:
    pixels = np.random.default_rng(seed).integers(low, high, (size.height, size.width, 3))
    if dtype == "float32":
        return Image((pixels / 255).astype(np.float32))
    return Image((pixels * (257 if dtype == "uint16" else 1)).astype(dtype))


def whole(method: str, image: Image, output: Size) -> NDArray[np.float32]:
    grid = OutputGrid(image.size, output)
    return METHODS[method](image, grid, output.rect)


def whole_level(pyramid: Pyramid, level: int) -> NDArray[Any]:
    return pyramid.region(level, level_size(pyramid.image.size, level).rect)


def brute_force_area(image: Image, output: Size) -> NDArray[Any]:
    """Means over footprints, by repeating every source pixel until all borders fall on whole ones."""
    big = image.region(image.size.rect).astype(np.float64)
    big = big.repeat(output.height, axis=0).repeat(output.width, axis=1)
    mean: NDArray[Any] = big.reshape(output.height, image.size.height, output.width, image.size.width, 3).mean((1, 3))
    return mean


@st.composite
def cut_grids(draw: st.DrawFn) -> tuple[OutputGrid, Rect]:
    output = draw(SIZES)
    y, x = draw(st.integers(0, output.height - 1)), draw(st.integers(0, output.width - 1))
    height, width = draw(st.integers(0, output.height - y)), draw(st.integers(0, output.width - x))
    return OutputGrid(draw(SIZES), output), Rect(y, x, height, width)


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


@pytest.mark.parametrize("output", [(31, 20), (97, 61), (300, 130), (97, 200), (3, 5), (200, 30), (1, 1), (1, 400)])
def test_bicubic_equals_pillow(output: tuple[int, int]) -> None:
    # Away from black and white: Pillow clips 8-bit pixels between its two passes, this does not.
    image = noise(Size(97, 61), low=60, high=200)
    ours = whole("bicubic", image, Size(*output))
    for channel in range(3):
        plane = np.ascontiguousarray(image.pixels[..., channel])
        unit = PillowImage.fromarray(plane.astype(np.float32) / 255).resize(
            output[::-1], PillowImage.Resampling.BICUBIC
        )
        assert np.abs(ours[..., channel] - np.asarray(unit)).max() < 1e-5
        levels = PillowImage.fromarray(plane).resize(output[::-1], PillowImage.Resampling.BICUBIC)
        assert np.abs(np.rint(ours[..., channel] * 255) - np.asarray(levels)).max() <= 1


@given(cut_grids())
def test_bicubic_stays_in_range_and_keeps_even_areas(cut: tuple[OutputGrid, Rect]) -> None:
    grid, rect = cut
    sharp = bicubic(noise(grid.source), grid, rect)
    assert np.all((sharp >= 0) & (sharp <= 1))
    even = Image(np.full((grid.source.height, grid.source.width, 3), 100, np.uint8))
    assert np.allclose(bicubic(even, grid, rect), 100 / 255, atol=1e-6)


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


@pytest.mark.parametrize("dtype", ["uint8", "uint16", "float32"])
@given(source=SIZES)
@settings(max_examples=40)
def test_levels_are_exact_means_with_narrower_last_rows_and_columns(dtype: str, source: Size) -> None:
    image = noise(source, dtype)
    unit = image.region(source.rect).astype(np.float64)
    pyramid = Pyramid(image)
    for index in range(1, pyramid.top + 1):
        level, step = whole_level(pyramid, index), 1 << index
        assert level.shape[:2] == (-(-source.height // step), -(-source.width // step))
        full = 1 if dtype == "float32" else 65535
        for y in range(level.shape[0]):
            for x in range(level.shape[1]):
                block = unit[y * step : (y + 1) * step, x * step : (x + 1) * step]
                assert np.abs(level[y, x] / full - block.mean(axis=(0, 1))).max() < 1e-5 * (1 + index)
    assert whole_level(pyramid, pyramid.top).shape[:2] == (1, 1)


@pytest.mark.parametrize("factor", [2, 4, 8, 16, 32])
@pytest.mark.parametrize("dtype", ["uint8", "uint16", "float32"])
def test_pyramid_agrees_with_direct_average_for_powers_of_two(dtype: str, factor: int) -> None:
    output = Size(9, 13)
    image = noise(Size(output.height * factor, output.width * factor), dtype)
    difference = np.abs(whole("pyramid", image, output) - whole("area", image, output))
    assert difference.max() < 0.05 / 255


@given(st.integers(1, 64), st.integers(1, 64), st.integers(1, 64))
@settings(max_examples=60)
def test_pyramid_reproduces_even_photos_and_keeps_the_mean(height: int, width: int, shrink: int) -> None:
    source, output = Size(height, width), Size(-(-height // shrink), -(-width // shrink))
    even = Image(np.full((height, width, 3), 77, np.uint8))
    assert np.allclose(whole("pyramid", even, output), 77 / 255, atol=1e-5)
    image = noise(source)
    mean = image.region(source.rect).mean(axis=(0, 1), dtype=np.float64)
    assert np.allclose(whole("pyramid", image, output).mean(axis=(0, 1), dtype=np.float64), mean, atol=1e-4)


def test_pyramid_stays_close_to_direct_average_of_a_smooth_photo() -> None:
    y, x = np.mgrid[0:613, 0:811]
    waves = (
        127
        + 60 * np.sin(y / 17)[..., None]
        + 60 * np.cos(x / np.array([13.0, 19.0, 23.0]).reshape(3, 1, 1)).transpose(1, 2, 0)
    )
    image = Image(waves.astype(np.uint8))
    for shrink in (2.3, 3.0, 5.7, 7.9):
        output = image.size.scaled(1 / shrink)
        assert np.abs(whole("pyramid", image, output) - whole("area", image, output)).max() < 6 / 255


@pytest.mark.parametrize(
    ("scale", "level"),
    [(7.0, 0), (1.0, 0), (0.13, 0), (0.125, 1), (0.12, 1), (0.065, 1), (0.0625, 2), (0.025, 3), (2**-7, 5), (1e-9, 10)],
)
def test_level_is_the_smallest_that_still_has_four_times_the_resolution(scale: float, level: int) -> None:
    pyramid = Pyramid(noise(Size(3, 1000)))
    assert pyramid.level_for(scale) == level
    assert level == pyramid.top or 2.0**-level >= min(4 * scale, 1) > 2.0 ** -(level + 1)


def test_float_levels_ignore_what_is_out_of_range() -> None:
    image = Image(np.array([[[4.0] * 3, [0.0] * 3]], np.float32))
    assert whole("pyramid", image, Size(1, 1))[0, 0, 0] == 0.5


@pytest.mark.parametrize("dtype", ["uint8", "uint16", "float32"])
@given(source=SIZES, data=st.data())
@settings(max_examples=40)
def test_parts_of_a_level_are_bit_for_bit_those_of_the_whole(dtype: str, source: Size, data: st.DataObject) -> None:
    image = noise(source, dtype)
    pyramid = Pyramid(image)
    level = data.draw(st.integers(0, pyramid.top))
    size = level_size(source, level)
    y, x = data.draw(st.integers(0, size.height - 1)), data.draw(st.integers(0, size.width - 1))
    height, width = data.draw(st.integers(1, size.height - y)), data.draw(st.integers(1, size.width - x))
    part = pyramid.region(level, Rect(y, x, height, width))
    assert np.array_equal(part, whole_level(Pyramid(image), level)[y : y + height, x : x + width])


def test_strips_in_which_a_level_is_made_do_not_show(monkeypatch: pytest.MonkeyPatch) -> None:
    image = noise(Size(301, 203))
    expected = [whole_level(Pyramid(image), level) for level in range(9)]
    monkeypatch.setattr(resample, "_STRIP_ROWS", 3)
    monkeypatch.setattr(halving, "_CHUNK_BYTES", 1)
    pyramid = Pyramid(image)
    for level in range(9):
        assert np.array_equal(whole_level(pyramid, level), expected[level])


def test_levels_are_made_once_by_many_threads(monkeypatch: pytest.MonkeyPatch) -> None:
    made: list[int] = []
    make = Pyramid._whole

    def counted(pyramid: Pyramid, level: int) -> NDArray[Any]:
        made.append(level)
        return make(pyramid, level)

    monkeypatch.setattr(Pyramid, "_whole", counted)
    pyramid = Pyramid(noise(Size(300, 200)))
    results: list[NDArray[Any]] = []
    threads = [threading.Thread(target=lambda: results.append(whole_level(pyramid, 4))) for _ in range(6)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert made == [2, 3, 4]
    assert all(np.shares_memory(result, results[0]) for result in results)
    assert len(results) == 6


@pytest.mark.parametrize(("dtype", "share"), [("uint8", 1 / 6), ("uint16", 1 / 12), ("float32", 1 / 12)])
def test_all_levels_together_take_a_small_part_of_the_photo(dtype: str, share: float) -> None:
    image = noise(Size(512, 768), dtype)
    pyramid = Pyramid(image)
    whole_level(pyramid, pyramid.top)
    held = sum(level.nbytes for level in pyramid._kept)
    assert 0.9 * share < held / image.pixels.nbytes < 1.1 * share


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


def test_reductions_are_bicubic_above_one_half_and_averages_from_there_on() -> None:
    photo = Image(np.random.default_rng(8).integers(0, 256, (60, 80, 3), dtype=np.uint8))
    pyramid = Pyramid(photo)
    for output in (Size(59, 79), Size(31, 41)):
        grid = OutputGrid(photo.size, output)
        np.testing.assert_array_equal(pyramid.reduced(grid, output.rect), bicubic(photo, grid, output.rect))
    for output in (Size(30, 41), Size(30, 40), Size(7, 9)):
        grid = OutputGrid(photo.size, output)
        np.testing.assert_array_equal(pyramid.reduced(grid, output.rect), pyramid.area(grid, output.rect))
    whole = OutputGrid(photo.size, photo.size)
    np.testing.assert_array_equal(pyramid.reduced(whole, photo.size.rect), photo.region(photo.size.rect))
