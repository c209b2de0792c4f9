"""The picture of a run's progress."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from liif_core.imaging.read import read_image
from liif_core.training.previews import CROP, preview, save_preview
from liif_core.training.run_files import preview_file
from tests.models.builders import heat_model

pytestmark = pytest.mark.usefixtures("one_thread")


def photo(height: int, width: int, seed: int = 0) -> np.ndarray[tuple[int, ...], np.dtype[np.uint8]]:
    y, x = np.mgrid[0:height, 0:width]
    waves = np.stack([np.sin(x / (9 + seed)), np.cos(y / 7), np.sin((x + y) / 8)], -1)
    return (128 + 100 * waves).astype(np.uint8)


def test_columns_are_bicubic_model_and_truth() -> None:
    truth = photo(50, 61)[1:49, 6:54]
    sheet = preview(heat_model(), [photo(50, 61)])
    assert sheet.shape == (48, 3 * 48, 3)
    enlarged, model, last = (sheet[:, 48 * column : 48 * (column + 1)].astype(int) for column in range(3))
    assert np.array_equal(last, truth)
    assert 0 < np.abs(enlarged - truth).mean() < 12
    assert np.abs(model - enlarged).mean() > 1, "the model's weights are visible"


def test_rows_are_the_first_photos() -> None:
    photos = [photo(50, 61), *[photo(300, 250, seed) for seed in range(1, 6)]]
    sheet = preview(heat_model(), photos)
    assert sheet.shape == (4 * CROP, 3 * CROP, 3)
    small = sheet[:CROP, -CROP:]
    inner = (CROP - 48) // 2
    assert np.array_equal(small[inner:-inner, inner:-inner], photos[0][1:49, 6:54])
    assert not small[:inner].any()
    assert np.array_equal(sheet[CROP : 2 * CROP, -CROP:], photos[1][54:246, 29:221])


def test_files_are_in_the_order_of_their_steps(tmp_path: Path) -> None:
    for step in (7, 123, 45_678):
        save_preview(preview_file(tmp_path, step), heat_model(), [photo(24, 24)])
    names = sorted(path.name for path in (tmp_path / "previews").iterdir())
    assert names == ["step-000007.png", "step-000123.png", "step-045678.png"]
    assert read_image(preview_file(tmp_path, 123)).pixels.shape == (24, 72, 3)
