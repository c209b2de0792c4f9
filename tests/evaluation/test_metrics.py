"""PSNR against numbers worked out by hand, SSIM against its definition."""

from __future__ import annotations

import math

import numpy as np
import pytest
import torch
from numpy.typing import NDArray

from liif_core.evaluation import metrics
from liif_core.evaluation.metrics import psnr, ssim


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


def test_border_may_differ_in_each_direction() -> None:
    pred = grey(0.6)
    pred[:, :2] = pred[:, -2:] = 1.0
    pred[:, :, :5] = pred[:, :, -5:] = 0.0
    assert psnr(pred, grey(0.5), shave=(2, 5)) == pytest.approx(20.0, abs=1e-4)
    assert psnr(pred, grey(0.5), shave=(5, 2)) < 15


# SSIM.


def textured(seed: int, height: int = 20, width: int = 30) -> torch.Tensor:
    return torch.from_numpy(np.random.default_rng(seed).uniform(0, 1, (3, height, width)))


def slow_ssim(pred: torch.Tensor, gt: torch.Tensor, shave: int) -> float:
    """Position by position, as the paper defines it."""

    def luma(rgb: torch.Tensor) -> NDArray[np.float64]:
        r, g, b = rgb.double().numpy()
        y = 16 + 65.481 * r + 128.553 * g + 24.966 * b
        return np.asarray(y[shave : y.shape[0] - shave, shave : y.shape[1] - shave])

    a, b = luma(pred), luma(gt)
    offsets = np.arange(-5, 6)
    window = np.exp(-(offsets[:, None] ** 2 + offsets[None] ** 2) / (2 * 1.5**2))
    window /= window.sum()
    c1, c2 = (0.01 * 255) ** 2, (0.03 * 255) ** 2
    values = []
    for top in range(a.shape[0] - 10):
        for left in range(a.shape[1] - 10):
            x, y = a[top : top + 11, left : left + 11], b[top : top + 11, left : left + 11]
            mean_x, mean_y = (window * x).sum(), (window * y).sum()
            var_x, var_y = (window * (x - mean_x) ** 2).sum(), (window * (y - mean_y) ** 2).sum()
            covariance = (window * (x - mean_x) * (y - mean_y)).sum()
            values.append(
                (2 * mean_x * mean_y + c1)
                * (2 * covariance + c2)
                / ((mean_x**2 + mean_y**2 + c1) * (var_x + var_y + c2))
            )
    return float(np.mean(values))


@pytest.mark.parametrize("shave", [0, 2, 4])
@pytest.mark.parametrize("blend", [0.0, 0.3, 0.9])
def test_ssim_is_that_of_its_definition(blend: float, shave: int) -> None:
    gt = textured(1)
    pred = blend * gt + (1 - blend) * textured(2)
    assert ssim(pred, gt, shave=shave) == pytest.approx(slow_ssim(pred, gt, shave), abs=1e-12)


def test_equal_pictures_have_similarity_1() -> None:
    assert ssim(textured(3), textured(3)) == pytest.approx(1.0, abs=1e-12)
    assert ssim(grey(0.4), grey(0.4)) == pytest.approx(1.0, abs=1e-12)


def test_similarity_is_symmetric_and_falls_with_noise() -> None:
    gt, noise = textured(4), textured(5) - 0.5
    values = [ssim(gt + share * noise, gt) for share in (0.0, 0.1, 0.3, 1.0)]
    assert values == sorted((value for value in values if value is not None), reverse=True)
    assert ssim(gt, noise + gt) == pytest.approx(values[-1], abs=1e-12)


def test_opposite_structure_is_negative() -> None:
    gt = textured(6)
    value = ssim(1 - gt, gt)
    assert value is not None and -1 <= value < -0.9


def test_similarity_of_flat_pictures_is_that_of_their_luma() -> None:
    a, b = 16 + 219 * 0.2, 16 + 219 * 0.9
    expected = (2 * a * b + 2.55**2) / (a * a + b * b + 2.55**2)
    assert ssim(grey(0.2), grey(0.9)) == pytest.approx(expected, abs=1e-6)


@pytest.mark.parametrize(
    ("height", "width", "shave", "has_value"),
    [
        (11, 11, 0, True),
        (10, 40, 0, False),
        (40, 10, 0, False),
        (15, 15, 2, True),
        (15, 15, 3, False),
        (4, 4, 3, False),
    ],
)
def test_picture_smaller_than_the_window_has_no_similarity(
    height: int, width: int, shave: int, has_value: bool
) -> None:
    assert (ssim(textured(7, height, width), textured(8, height, width), shave=shave) is not None) == has_value


@pytest.mark.parametrize("rows", [1, 7, 20, 1000])
def test_strips_are_equal_to_the_whole(rows: int, monkeypatch: pytest.MonkeyPatch) -> None:
    pred, gt = textured(9), textured(10)
    before = psnr(pred, gt, luma=True, shave=1), psnr(pred, gt, shave=1), ssim(pred, gt, shave=1)
    monkeypatch.setattr(metrics, "STRIP_ROWS", rows)
    after = psnr(pred, gt, luma=True, shave=1), psnr(pred, gt, shave=1), ssim(pred, gt, shave=1)
    assert after == pytest.approx(before, abs=1e-12)
