"""What a model is shown of a transparent photo: no edge of the transparency, and nothing of what it hides."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from numpy.typing import NDArray

from liif_core.errors import RequestError
from liif_core.geometry import OutputGrid, Rect, Size
from liif_core.imaging import bled_colours as module
from liif_core.imaging.alpha import premultiplied
from liif_core.imaging.bled_colours import BledColours
from liif_core.imaging.image import Image
from liif_core.imaging.resample import Kernel, Pyramid, enlarge, enlarge_with_alpha


def bled(samples: NDArray[np.uint8]) -> BledColours:
    image = image_of(samples)
    assert image.coverage is not None
    return BledColours(Pyramid(image), Pyramid(image.coverage))


def image_of(samples: NDArray[np.uint8]) -> Image:
    held = premultiplied(samples)
    return Image(held[..., :3], source_bits=8, alpha=held[..., 3])


def noise(height: int, width: int, seed: int = 0) -> NDArray[np.uint8]:
    samples = np.random.default_rng(seed).integers(0, 256, (height, width, 4), dtype=np.uint8)
    samples[..., 3] |= 0x20
    return samples


def test_colours_that_are_seen_are_those_of_the_file() -> None:
    samples = noise(30, 41)
    shown = bled(samples).region(Rect(0, 0, 30, 41))
    assert np.abs(shown * 255 - samples[..., :3]).max() < 0.1


def test_one_colour_goes_on_everywhere_whatever_is_hidden() -> None:
    samples = noise(64, 80)
    samples[..., 3] = 0
    samples[20:24, 30:33] = (200, 60, 30, 255)
    shown = bled(samples).region(Rect(0, 0, 64, 80))
    assert np.abs(shown * 255 - [200, 60, 30]).max() < 1.5


def test_the_nearer_colour_goes_on() -> None:
    samples = np.zeros((64, 64, 4), np.uint8)
    samples[:, :4] = (255, 0, 0, 255)
    samples[:, -4:] = (0, 0, 255, 255)
    shown = bled(samples).region(Rect(0, 0, 64, 64))
    assert shown[32, 10, 0] > 0.8 > 0.2 > shown[32, 10, 2]
    assert shown[32, 53, 2] > 0.8 > 0.2 > shown[32, 53, 0]
    steps = np.abs(np.diff(shown[:, 5:59], axis=1)).max()
    assert steps < 0.2, "no edge where nothing is seen"


def test_a_photo_of_which_nothing_is_seen_has_some_colour() -> None:
    samples = noise(9, 7)
    samples[..., 3] = 0
    assert np.isfinite(bled(samples).region(Rect(0, 0, 9, 7))).all()


@given(st.data())
def test_parts_are_those_of_the_whole(data: st.DataObject) -> None:
    height, width = data.draw(st.integers(1, 40)), data.draw(st.integers(1, 40))
    samples = np.random.default_rng(data.draw(st.integers(0, 9))).integers(0, 256, (height, width, 4), dtype=np.uint8)
    samples[samples[..., 3] < 160, 3] = 0
    top, left = data.draw(st.integers(0, height - 1)), data.draw(st.integers(0, width - 1))
    rect = Rect(top, left, data.draw(st.integers(1, height - top)), data.draw(st.integers(1, width - left)))
    colours = bled(samples)
    whole = colours.region(Rect(0, 0, height, width))
    assert np.array_equal(colours.region(rect), whole[rect.slices])
    assert whole.min() >= 0 and whole.max() <= 1


def test_huge_photos_keep_a_small_average(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "_MOST_PIXELS", 20)
    samples = noise(64, 64)
    samples[..., 3] = 0
    samples[:8, :8] = (10, 200, 90, 255)
    colours = bled(samples)
    assert np.abs(colours.region(Rect(40, 40, 8, 8)) * 255 - [10, 200, 90]).max() < 1.5
    assert colours._average().size.area <= 20


def test_outside_of_the_photo_is_refused() -> None:
    with pytest.raises(RequestError):
        bled(noise(4, 4)).region(Rect(0, 0, 5, 4))


@pytest.mark.parametrize("kernel", list(Kernel))
def test_an_opaque_photo_is_enlarged_as_without_alpha(kernel: Kernel) -> None:
    samples = noise(12, 15)
    samples[..., 3] = 255
    image = image_of(samples)
    assert image.coverage is not None
    grid = OutputGrid(image.size, Size(40, 47))
    together = enlarge_with_alpha(image, image.coverage, grid, grid.output.rect, kernel)
    assert np.abs(together[..., :3] - enlarge(image, grid, grid.output.rect, kernel)).max() < 1e-5
    assert together[..., 3].min() > 1 - 1e-6


@pytest.mark.parametrize("kernel", list(Kernel))
def test_no_colour_is_above_its_alpha(kernel: Kernel) -> None:
    samples = np.random.default_rng(1).integers(0, 256, (12, 15, 4), dtype=np.uint8)
    image = image_of(samples)
    assert image.coverage is not None
    grid = OutputGrid(image.size, Size(40, 47))
    together = enlarge_with_alpha(image, image.coverage, grid, Rect(3, 4, 30, 33), kernel)
    assert together.shape == (30, 33, 4)
    assert (together[..., :3] <= together[..., 3:]).all() and together.min() >= 0 and together.max() <= 1
