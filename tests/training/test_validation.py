"""Measuring on photos that are not learned from."""

from __future__ import annotations

import numpy as np
import PIL.Image
import pytest
import torch

from liif_core.models.build import build_model
from liif_core.models.implicit import ImplicitModel
from liif_core.training.validation import baseline, validate
from tests.training.configs import MakeConfig
from tests.training.pictures import Pixels, scene


@pytest.fixture
def model(heat_config: MakeConfig) -> ImplicitModel:
    torch.manual_seed(0)
    return build_model(heat_config().model).eval()


def grainy(seed: int, height: int, width: int, sigma: float) -> Pixels:
    """Grain that is twice as strong at the sides as in the middle."""
    grain = np.random.default_rng(seed).normal(0, sigma, (height, width, 3))
    grain *= (1 + np.abs(np.linspace(-1, 1, width)))[:, None]
    return (scene(seed, height, width) + grain).clip(0, 255).astype(np.uint8)


def decibels_of_bicubic(photo: Pixels, side: int, scale: int) -> float:
    """By Pillow and the definition, of a photo's central square."""
    top, left = (photo.shape[0] - side) // 2, (photo.shape[1] - side) // 2
    truth = photo[top : top + side, left : left + side]
    lr = PIL.Image.fromarray(truth).resize((side // scale, side // scale), PIL.Image.Resampling.BICUBIC)
    enlarged = np.asarray(lr.resize((side, side), PIL.Image.Resampling.BICUBIC))
    error = (enlarged.astype(np.float64) - truth) / 255
    return float(-10 * np.log10((error**2).mean()))


def test_figures_are_mean_decibels_of_the_middles_of_photos() -> None:
    """Of at most 384 pixels, and of a side that every scale divides; the last photo is much easier."""
    photos = [grainy(1, 500, 410, 20), grainy(2, 100, 130, 20), grainy(3, 90, 90, 5)]
    figures = baseline(photos)
    for scale in (2, 3, 4):
        each = [decibels_of_bicubic(photo, side, scale) for photo, side in zip(photos, (384, 96, 84), strict=True)]
        # Pillow rounds to bytes, which is less than the grain.
        assert figures[f"bicubic x{scale}"] == pytest.approx(np.mean(each), abs=0.1)


def test_of_many_photos_some_from_all_over_them_are_measured(model: ImplicitModel) -> None:
    photos = [scene(seed, 24, 24) for seed in range(20)]
    some = [photos[index] for index in (1, 3, 6, 8, 11, 13, 16, 18)]
    assert baseline(photos) == baseline(some)
    assert validate(model, photos) == validate(model, some)


def flat(value: tuple[int, int, int]) -> Pixels:
    return np.full((60, 70, 3), value, np.uint8)


@pytest.mark.parametrize("value", [(255, 255, 255), (77, 130, 3)])
def test_squares_of_one_colour_count_for_nothing(model: ImplicitModel, value: tuple[int, int, int]) -> None:
    photos = [scene(1), scene(2)]
    assert validate(model, [*photos, flat(value)]) == validate(model, photos)
    assert baseline([flat(value), *photos]) == baseline(photos)
    assert validate(model, [flat(value)]) == baseline([flat(value)]) == {}


def test_square_of_nearly_one_colour_counts(model: ImplicitModel) -> None:
    nearly = flat((77, 130, 3))
    nearly[30, 35, 1] += 1
    assert set(baseline([nearly])) == {"bicubic x2", "bicubic x3", "bicubic x4"}
    assert set(validate(model, [nearly])) == {"x2", "x3", "x4"}
