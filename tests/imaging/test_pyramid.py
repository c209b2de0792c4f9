"""Halvings of a photo, and averages of them."""

from __future__ import annotations

import threading
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.typing import NDArray

from liif_core.geometry import OutputGrid, Rect, Size
from liif_core.imaging import halving, resample
from liif_core.imaging.halving import level_size
from liif_core.imaging.image import Image
from liif_core.imaging.resample import Pyramid, bicubic
from tests.imaging.resampling import SIZES, noise, whole, whole_level


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
