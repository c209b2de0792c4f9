"""What becomes of normalised RGB: floats around [0, 1], or bytes as a display takes them."""

from __future__ import annotations

import sys

import numpy as np
import pytest
import torch

from liif_core.imaging.write import quantise
from liif_core.models.decoders.pixel_form import display_bytes, rgb_values
from liif_core.models.spec import DataNorm

pytestmark = pytest.mark.usefixtures("one_thread")

NORMS = [DataNorm(), DataNorm(0.0, 1.0), DataNorm(0.4488, 0.26)]


def normalised(norm: DataNorm, *, side: int = 300) -> torch.Tensor:
    """RGB (3, h, w) whose pixel values reach a little beyond [0, 1]."""
    values = torch.rand(3, side, side, generator=torch.Generator().manual_seed(3)) * 1.2 - 0.1
    return (values - norm.mean) / norm.std


@pytest.mark.parametrize("norm", NORMS, ids=str)
def test_values_are_denormalised_and_not_clamped(norm: DataNorm) -> None:
    rgb = normalised(norm)
    values = rgb_values(norm).converted(rgb)
    assert values.dtype == torch.float32
    torch.testing.assert_close(values, (rgb * norm.std + norm.mean).permute(1, 2, 0), rtol=0, atol=1e-6)
    assert values.min() < -0.05
    assert values.max() > 1.05


@pytest.mark.parametrize("norm", NORMS, ids=str)
def test_bytes_are_those_of_a_file_but_for_ties(norm: DataNorm) -> None:
    rgb = normalised(norm)
    shown = display_bytes(norm).converted(rgb).numpy()
    assert shown.dtype == np.uint8
    assert shown.shape == (300, 300, 4)
    written = quantise(rgb_values(norm).converted(rgb).numpy(), 8)
    difference = np.abs(shown[..., 2::-1].astype(int) - written)
    assert difference.max() <= 1
    assert (difference > 0).mean() <= 1e-3
    assert (shown[..., 3] == 255).all()
    assert {0, 1, 127, 254, 255} <= set(np.unique(shown[..., :3]))


def test_halves_go_up_and_the_rest_to_the_nearest() -> None:
    levels = torch.tensor([0.0, 0.49, 0.51, 1.5, 2.5, 254.49, 254.51, 255.0])
    shown = display_bytes(DataNorm(0.0, 1.0)).converted((levels / 255).expand(3, 1, -1))
    assert shown[0, :, 0].tolist() == [0, 0, 1, 2, 3, 254, 255, 255]


@pytest.mark.skipif(sys.byteorder != "little", reason="the words are those of little-endian machines")
def test_bytes_are_the_words_of_a_display() -> None:
    colour = torch.tensor([0x12, 0x34, 0x56]) / 255
    shown = display_bytes(DataNorm(0.0, 1.0)).converted(colour[:, None, None])
    assert shown.numpy().view(np.uint32).item() == 0xFF123456


def test_forms_of_equal_norms_are_equal() -> None:
    """Decoders are kept by grid and form."""
    assert display_bytes(DataNorm()) == display_bytes(DataNorm())
    assert hash(display_bytes(DataNorm())) == hash(display_bytes(DataNorm()))
    assert display_bytes(DataNorm()) != rgb_values(DataNorm())
    assert rgb_values(DataNorm()) != rgb_values(DataNorm(0.4, 0.5))
    assert (display_bytes(DataNorm()).channels, rgb_values(DataNorm()).channels) == (4, 3)
