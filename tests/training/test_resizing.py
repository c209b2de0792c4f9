"""Resizing as Pillow does it, to the last bit, whichever way it is computed."""

from __future__ import annotations

import numpy as np
import PIL.Image
import pytest
import torch

from liif_core.training.photo_cache import Pixels
from liif_core.training.resizing import LARGEST_REDUCTION, resized, resized_by_products, resized_patches, taps

pytestmark = pytest.mark.usefixtures("one_thread")


def pillow(pixels: Pixels, side: int) -> Pixels:
    return np.asarray(PIL.Image.fromarray(pixels).resize((side, side), PIL.Image.Resampling.BICUBIC))


def patches_of(side: int) -> Pixels:
    """Noise, extreme contrast, where values leave [0, 255] in between, and a ramp."""
    rng = np.random.default_rng(side)
    ramp = (np.add.outer(np.arange(side), 2 * np.arange(side)) * 3 % 256)[..., None].repeat(3, -1)
    return np.stack([rng.integers(0, 256, (side, side, 3)), rng.choice([0, 255], (side, side, 3)), ramp]).astype(
        np.uint8
    )


@pytest.mark.parametrize(
    ("source", "target"),
    [
        *((192, 48), (48, 48), (49, 48), (100, 48), (145, 48), (97, 12), (384, 192), (383, 187), (5, 1)),
        (180, 12),  # the largest reduction
        *((12, 24), (30, 31), (17, 80), (1, 5)),  # enlargements, as of resized targets
    ],
)
def test_products_equal_pillow(source: int, target: int) -> None:
    patches = patches_of(source)
    actual = resized_by_products(torch.from_numpy(patches), [source] * 3, [target] * 3)
    assert actual.dtype == torch.uint8
    assert np.array_equal(actual.numpy(), np.stack([pillow(patch, target) for patch in patches]))


@pytest.mark.parametrize("way", [resized_by_products, resized_patches])
def test_patches_of_several_sides_are_resized_each_for_itself(way: object) -> None:
    assert callable(way)
    sources, targets = [40, 24, 33], [20, 24, 17]
    patches = np.full((3, 40, 40, 3), 99, np.uint8)
    for patch, source in zip(patches, sources, strict=True):
        patch[:source, :source] = patches_of(source)[0]
    out = way(torch.from_numpy(patches), sources, targets).numpy()
    assert out.shape == (3, 24, 24, 3)
    for patch, result, source, target in zip(patches, out, sources, targets, strict=True):
        assert np.array_equal(result[:target, :target], pillow(patch[:source, :source].copy(), target))
        assert not result[target:].any() and not result[:, target:].any()


def test_patches_that_have_their_side_are_not_touched() -> None:
    patches = torch.from_numpy(patches_of(12))
    assert resized_patches(patches, [12] * 3, [12] * 3) is patches


def test_single_patches_are_resized_from_any_view() -> None:
    view = patches_of(30)[0].transpose(1, 0, 2)[::-1]
    assert np.array_equal(resized(view, 11), pillow(view.copy(), 11))


def test_reduction_that_float32_could_round_is_refused() -> None:
    assert len(taps(int(12 * LARGEST_REDUCTION), 12)[0]) == 12
    with pytest.raises(ValueError, match="not exact"):
        taps(int(12 * LARGEST_REDUCTION) + 1, 12)
