"""Defects of inputs: JPEG as Pillow's encoder makes it, blur and noise of the asked widths."""

from __future__ import annotations

import io
from dataclasses import replace

import numpy as np
import PIL.Image
import pytest
import torch

from liif_core.training import jpeg as jpeg_module
from liif_core.training.defects import blurred, with_defects
from liif_core.training.draws import DefectDraw
from liif_core.training.jpeg import jpeg
from liif_core.training.photo_cache import Pixels

pytestmark = pytest.mark.usefixtures("one_thread")


def photo_of(height: int, width: int) -> Pixels:
    """Smooth colours, a hard edge and some texture."""
    y, x = np.mgrid[0:height, 0:width]
    rng = np.random.default_rng(0)
    waves = np.stack([np.sin(x / 9 + y / 17), np.cos(x / 13), np.sin((x + y) / 7)], -1) * 80 + 128
    waves[:, width // 3 :] += (30, -40, 10)
    return (waves + rng.normal(0, 4, waves.shape)).clip(0, 255).astype(np.uint8)


def through_file(pixels: Pixels, *, quality: int, chroma: bool) -> Pixels:
    file = io.BytesIO()
    PIL.Image.fromarray(pixels).save(file, "JPEG", quality=quality, subsampling="4:2:0" if chroma else "4:4:4")
    return np.asarray(PIL.Image.open(file).convert("RGB"))


def through_tensors(pixels: Pixels, *, quality: int, chroma: bool) -> Pixels:
    rgb = torch.from_numpy(pixels).permute(2, 0, 1)[None].float()
    out = jpeg(rgb, torch.tensor([quality]), torch.tensor([chroma]))
    return out[0].permute(1, 2, 0).to(torch.uint8).numpy()


def distance(one: Pixels, other: Pixels) -> float:
    return float(np.abs(one.astype(float) - other).mean())


@pytest.mark.parametrize("quality", [1, 7, 30, 49, 50, 75, 95, 100])
def test_tables_are_those_of_files(quality: int) -> None:
    file = io.BytesIO()
    PIL.Image.fromarray(photo_of(16, 16)).save(file, "JPEG", quality=quality)
    with PIL.Image.open(file) as photo:
        expected = photo.quantization  # type: ignore[attr-defined]  # is there of JPEG
    for number, base in enumerate((jpeg_module._LUMA, jpeg_module._CHROMA)):
        assert jpeg_module._table(base, torch.tensor([quality])).flatten().tolist() == list(expected[number])


@pytest.mark.parametrize("chroma", [False, True])
@pytest.mark.parametrize("quality", [10, 50, 75, 95])
def test_loss_is_that_of_a_file(quality: int, chroma: bool) -> None:
    """Both differ from the photo by several times what they differ from each other, for rounding, in the mean."""
    photo = photo_of(64, 96)
    expected = through_file(photo, quality=quality, chroma=chroma)
    actual = through_tensors(photo, quality=quality, chroma=chroma)
    assert distance(actual, expected) < 0.75
    assert distance(actual, expected) < 0.4 * distance(expected, photo)
    assert distance(actual, photo) == pytest.approx(distance(expected, photo), rel=0.1)


def test_every_picture_has_its_own_quality_and_colours() -> None:
    rgb = torch.from_numpy(photo_of(32, 32)).permute(2, 0, 1)[None].float()
    settings = [(30, True), (30, False), (90, True)]
    together = jpeg(
        rgb.expand(3, -1, -1, -1), torch.tensor([q for q, _ in settings]), torch.tensor([c for _, c in settings])
    )
    for picture, (quality, chroma) in zip(together, settings, strict=True):
        alone = jpeg(rgb, torch.tensor([quality]), torch.tensor([chroma]))[0]
        torch.testing.assert_close(picture, alone, rtol=0, atol=1.0)
        assert (picture != alone).float().mean() < 0.01
    assert not torch.equal(together[0], together[1]) and not torch.equal(together[0], together[2])


@pytest.mark.parametrize("sigma", [0.5, 1.0, 2.0])
def test_blur_has_its_width_and_keeps_the_sum(sigma: float) -> None:
    point = torch.zeros(1, 1, 33, 33)
    point[0, 0, 16, 16] = 1
    spread = blurred(point, torch.tensor([sigma]))[0, 0].double()
    assert float(spread.sum()) == pytest.approx(1, rel=1e-4)
    place = torch.arange(33, dtype=torch.float64) - 16
    for axis in (0, 1):
        variance = float((spread.sum(axis) * place**2).sum())
        # A Gaussian sampled at pixels; narrow ones lose some of their width.
        assert variance == pytest.approx(sigma**2, rel=0.15 if sigma < 1 else 0.001)


def test_blur_keeps_flat_pictures_and_zero_width_keeps_all() -> None:
    flat = torch.full((2, 3, 12, 12), 77.0)
    torch.testing.assert_close(blurred(flat, torch.tensor([0.3, 2.0])), flat)
    noise = torch.rand(1, 3, 12, 12)
    torch.testing.assert_close(blurred(noise, torch.tensor([0.0])), noise)


def clean(count: int, patch: int) -> DefectDraw:
    """No defects that show: the best JPEG only."""
    zeros = np.zeros(count, np.int64)
    return DefectDraw(
        blur_sigma=np.zeros(count, np.float32),
        noise=np.zeros((count, patch, patch, 3), np.float32),
        jpeg_quality=np.full(count, 100),
        chroma_subsampling=np.zeros(count, np.bool_),
        jpeg_top=zeros,
        jpeg_left=zeros,
    )


def patch_of(count: int, patch: int) -> torch.Tensor:
    return torch.from_numpy(photo_of(patch, patch))[None].repeat(count, 1, 1, 1)


@pytest.mark.parametrize("patch", [12, 36, 48])
def test_nothing_is_moved(patch: int) -> None:
    """At the highest quality a patch is nearly itself, wherever in a block it begins."""
    draw = replace(clean(16, patch), jpeg_top=np.arange(16), jpeg_left=np.arange(16)[::-1].copy())
    out = with_defects(patch_of(16, patch), draw)
    assert out.dtype == torch.uint8 and out.shape == (16, patch, patch, 3)
    assert (out.float() - patch_of(16, patch)).abs().mean() < 0.6


def test_blocks_begin_where_they_are_drawn() -> None:
    """Flat blocks of the lowest quality show their borders."""
    draw = replace(
        clean(3, 48), jpeg_quality=np.full(3, 1), jpeg_top=np.array([0, 3, 8]), jpeg_left=np.array([0, 5, 1])
    )
    # A ramp of which such a file keeps no more than the mean of each block.
    ramp = torch.arange(48, dtype=torch.float32)[:, None] / 4 + torch.arange(48) / 4 + 100
    out = with_defects(ramp.to(torch.uint8)[None, :, :, None].repeat(3, 1, 1, 3), draw).int()
    for picture, top, left in zip(out, (0, 3, 0), (0, 5, 1), strict=True):
        rows = {int(row) for row in picture[..., 0].diff(dim=0).abs().sum(1).nonzero()}
        columns = {int(column) for column in picture[..., 0].diff(dim=1).abs().sum(0).nonzero()}
        assert rows and all((row + 1 + top) % 8 == 0 for row in rows)
        assert columns and all((column + 1 + left) % 8 == 0 for column in columns)


def test_each_input_is_blurred_by_its_own_width_before_noise_comes() -> None:
    noise = np.random.default_rng(2).normal(0, 5, (2, 48, 48, 3)).astype(np.float32)
    draw = replace(clean(2, 48), blur_sigma=np.array([0.0, 2.0], np.float32), noise=noise)
    photo = patch_of(2, 48)
    out = with_defects(photo, draw).float()
    softened = blurred(photo.permute(0, 3, 1, 2).float(), torch.tensor([0.0, 2.0])).permute(0, 2, 3, 1)
    assert (softened[1] - softened[0]).abs().mean() > 3
    assert (out - (softened + torch.from_numpy(noise)).clamp(0, 255)).abs().mean() < 1


def test_noise_is_added_to_each_input() -> None:
    rng = np.random.default_rng(1)
    noise = rng.normal(0, 5, (2, 48, 48, 3)).astype(np.float32)
    grey = torch.full((2, 48, 48, 3), 128, dtype=torch.uint8)
    out = with_defects(grey, replace(clean(2, 48), noise=noise)).float() - 128
    assert np.corrcoef(out.flatten().numpy(), noise.reshape(-1))[0, 1] > 0.98
