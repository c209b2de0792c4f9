"""A dataset in the EDSR layout."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import PIL.Image
import pytest

from tests.evaluation.scenes import put, smooth


@pytest.fixture
def dataset(tmp_path: Path) -> Path:
    """Two photos with odd sides, and their inputs at x2 and x3 made of their upper left parts."""
    for seed, (height, width) in enumerate([(61, 83), (70, 58)]):
        truth = smooth(height, width, seed)
        put(tmp_path / "HR" / f"p{seed}.png", truth)
        for scale in (2, 3):
            h, w = height // scale, width // scale
            small = PIL.Image.fromarray(truth[: h * scale, : w * scale]).resize((w, h), PIL.Image.Resampling.BICUBIC)
            put(tmp_path / "LR_bicubic" / f"X{scale}" / f"p{seed}x{scale}.png", np.asarray(small))
    return tmp_path
