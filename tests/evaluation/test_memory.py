"""Measuring a large photo never holds an intermediate that grows with its area beyond pictures themselves."""

from __future__ import annotations

import tracemalloc
from pathlib import Path
from typing import Any

import numpy as np
import PIL.Image
import pytest
import torch

from liif_core.evaluation import enlarge as enlarge_module
from liif_core.evaluation.enlarge import enlarge_by
from liif_core.evaluation.evaluate import evaluate
from liif_core.evaluation.metrics import psnr, ssim
from liif_core.geometry import Rect
from liif_core.models.decoders.grid_decoder import GridDecoder
from liif_core.models.decoders.window import FeatureWindow
from liif_core.models.implicit import ImplicitModel
from liif_core.render.feature_cache import FeatureCache
from tests.models.builders import heat_model

pytestmark = pytest.mark.usefixtures("one_thread")

HEIGHT, WIDTH = 1360, 2040


@pytest.fixture
def large_photo(tmp_path: Path) -> Path:
    """A dataset of one photo of the size of DIV2K's."""
    small = np.random.default_rng(0).integers(0, 256, (17, 24, 3), dtype=np.uint8)
    photo = PIL.Image.fromarray(small).resize((WIDTH, HEIGHT), PIL.Image.Resampling.BICUBIC)
    (tmp_path / "HR").mkdir()
    photo.save(tmp_path / "HR" / "large.png", compress_level=1)
    return tmp_path


@pytest.mark.parametrize("scale", [2, 2.5])
def test_model_is_asked_for_chunks(large_photo: Path, scale: float, monkeypatch: pytest.MonkeyPatch) -> None:
    model, asked, kept = heat_model(), [], []
    at, put = ImplicitModel.at, FeatureCache.put

    def watched(self: ImplicitModel, *args: Any, **options: Any) -> GridDecoder:
        decoder = at(self, *args, **options)

        def decode(window: FeatureWindow, rect: Rect) -> torch.Tensor:
            asked.append((rect.area, window.rect.area))
            return decoder(window, rect)

        return decode

    def watched_put(self: FeatureCache, key: Any, tile: torch.Tensor) -> None:
        put(self, key, tile)
        kept.append(self.used_bytes)

    budget = 1 << 20
    monkeypatch.setattr(ImplicitModel, "at", watched)
    monkeypatch.setattr(FeatureCache, "put", watched_put)
    monkeypatch.setattr(enlarge_module, "FEATURE_BUDGET_BYTES", budget)
    evaluate(enlarge_by(model), large_photo, scales=[scale], protocol="div2k")
    pixels, latents = zip(*asked, strict=True)
    assert sum(pixels) >= (HEIGHT - 3) * (WIDTH - 3)
    assert max(pixels) <= model.chunk_pixels < HEIGHT * WIDTH / 5
    # A chunk's latents and a few around them.
    assert max(latents) < 2 * model.chunk_pixels / scale**2
    assert max(kept) <= budget


@pytest.mark.parametrize("compare", [psnr, ssim])
def test_pictures_are_compared_in_strips(compare: Any) -> None:
    pred = torch.rand(3, HEIGHT, WIDTH, generator=torch.Generator().manual_seed(0))
    gt = pred.flip(1)
    tracemalloc.start()
    try:
        compare(pred, gt, shave=8)
        _, peak = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
    # One picture in float64 would take 66 MB.
    assert peak < 24e6
