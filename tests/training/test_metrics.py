"""PSNR, against numbers worked out by hand."""

from __future__ import annotations

import math

import pytest
import torch

from liif_core.training.metrics import psnr


def grey(value: float) -> torch.Tensor:
    return torch.full((3, 20, 30), value)


@pytest.mark.parametrize(("error", "decibels"), [(1.0, 0.0), (0.1, 20.0), (0.01, 40.0), (-0.1, 20.0)])
def test_psnr_of_a_uniform_error(error: float, decibels: float) -> None:
    assert psnr(grey(0.5 + error), grey(0.5)) == pytest.approx(decibels, abs=1e-4)


def test_equal_pictures_are_infinitely_good() -> None:
    assert psnr(grey(0.3), grey(0.3)) == math.inf
    assert psnr(grey(0.3), grey(0.3), luma=True, shave=2) == math.inf


@pytest.mark.parametrize(("channel", "weight"), [(0, 65.738 / 256), (1, 129.057 / 256), (2, 25.064 / 256)])
def test_luma_weighs_the_channels_as_bt601(channel: int, weight: float) -> None:
    pred = grey(0.5)
    pred[channel] += 0.25
    assert psnr(pred, grey(0.5), luma=True) == pytest.approx(-20 * math.log10(0.25 * weight), abs=1e-4)


def test_luma_adds_the_differences_with_their_signs() -> None:
    pred = grey(0.5)
    pred[0] += 0.1 / 65.738
    pred[1] -= 0.1 / 129.057
    assert psnr(pred, grey(0.5), luma=True) > 110
    assert psnr(pred, grey(0.5)) < 75


def test_border_is_left_out() -> None:
    pred = grey(0.6)
    pred[:, :3] = pred[:, -3:] = 1.0
    pred[:, :, :3] = pred[:, :, -3:] = 0.0
    assert psnr(pred, grey(0.5), shave=3) == pytest.approx(20.0, abs=1e-4)
    assert psnr(pred, grey(0.5), shave=2) < 15


def test_one_wrong_pixel_counts_by_its_share() -> None:
    pred = grey(0.0)
    pred[1, 4, 5] = 1.0
    assert psnr(pred, grey(0.0)) == pytest.approx(10 * math.log10(3 * 20 * 30))
