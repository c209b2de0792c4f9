"""Measuring on photos that are not learned from."""

from __future__ import annotations

import numpy as np
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
