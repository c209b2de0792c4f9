"""What is added to the difference of pixels, against its definition."""

from __future__ import annotations

import math

import numpy as np
import pytest
import torch

from liif_core.models.decoders.field import Field
from liif_core.training.losses import SLOPE_PHASES, field_variation, spectral_l1

pytestmark = pytest.mark.usefixtures("one_thread")


def test_spectral_difference_is_that_of_the_discrete_fourier_transform() -> None:
    rng = np.random.default_rng(0)
    pred, gt = rng.normal(size=(2, 2, 3, 6, 10))
    spectrum = np.fft.rfft2(pred - gt) / math.sqrt(6 * 10)
    expected = (np.abs(spectrum.real).mean() + np.abs(spectrum.imag).mean()) / 2
    actual = spectral_l1(torch.from_numpy(pred - gt))
    assert float(actual) == pytest.approx(expected, rel=1e-9)


def test_spectral_difference_is_about_that_of_the_pixels_whatever_the_size() -> None:
    noise = [torch.randn(1, 1, side, side, generator=torch.Generator().manual_seed(side)) for side in (16, 96)]
    ratios = [float(spectral_l1(picture) / picture.abs().mean()) for picture in noise]
    # A complex number's two parts share the variance of a real one.
    assert ratios == pytest.approx([math.sqrt(0.5)] * 2, rel=0.05)


def test_equal_pictures_have_no_spectral_difference_and_no_gradient() -> None:
    pred = torch.rand(1, 3, 8, 8, requires_grad=True)
    loss = spectral_l1(pred - pred.detach())
    loss.backward()
    assert float(loss.detach()) == 0
    assert pred.grad is not None and not pred.grad.any()


def field_of(frequencies: int, channels: int) -> Field:
    torch.manual_seed(5)
    return Field(torch.randn(frequencies, 2), torch.tensor(-2.0), torch.randn(3, 2 * frequencies, channels))


def test_variation_is_the_mean_slope_of_the_field_without_its_pre_filter() -> None:
    """The slope by finite differences of the field itself, from its kernels at neighbouring phases."""
    field, latent = field_of(3, 4).exact(), torch.randn(1, 4, 3, 5, dtype=torch.float64)
    step = 1e-5

    def values(y: float, x: float) -> torch.Tensor:
        phases = torch.tensor([y], dtype=torch.float64), torch.tensor([x], dtype=torch.float64)
        kernel = field.kernel(*phases, cell=(0.0, 0.0))[0, 0]
        return torch.nn.functional.conv2d(latent, kernel)

    phases = [(index + 0.5) / SLOPE_PHASES for index in range(SLOPE_PHASES)]
    slopes = [
        (values(y + dy, x + dx) - values(y - dy, x - dx)).abs().mean() / (2 * step)
        for y in phases
        for x in phases
        for dy, dx in ((step, 0.0), (0.0, step))
    ]
    assert float(field_variation(field, latent)) == pytest.approx(float(torch.stack(slopes).mean()), rel=1e-6)


def test_variation_teaches_every_part_of_the_field_but_its_pre_filter() -> None:
    parts = [part.requires_grad_() for part in (torch.randn(3, 2), torch.tensor(-2.0), torch.randn(3, 6, 4))]
    latent = torch.randn(2, 4, 3, 5, requires_grad=True)
    field_variation(Field(*parts), latent).backward()
    for part in (parts[0], parts[2], latent):
        assert part.grad is not None and part.grad.abs().max() > 0
    assert parts[1].grad is None
