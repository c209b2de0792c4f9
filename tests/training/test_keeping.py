"""What a run knows of itself beyond its weights."""

from __future__ import annotations

from pathlib import Path

import pytest
import torch

from liif_core.checkpoint.load import load_model
from liif_core.training.clock import RunClock
from liif_core.training.distributed import Team
from liif_core.training.keeping import Keeper
from liif_core.training.run_files import MODEL_FILE
from liif_core.training.run_folder import RunFolder
from liif_core.training.run_options import RunOptions
from liif_core.training.state import RunPosition
from liif_core.training.trainer import Trainer
from tests.training.configs import MakeConfig


@pytest.mark.parametrize(
    ("psnr", "better"),
    [
        ({"x2": 31.1, "x4": 26.1}, True),
        ({"x2": 31.1, "x4": 26.0}, False),
        ({"x2": 31.1, "x3": 99.0}, False),
        ({"x2": 31.1}, True),
        ({}, False),
    ],
)
def test_bicubic_is_beaten_at_every_scale_that_was_measured(
    psnr: dict[str, float], better: bool, tmp_path: Path
) -> None:
    options = RunOptions(tmp_path / "photos", tmp_path / "run")
    keeper = Keeper(RunFolder(options.out), options, clock=RunClock(1, minutes=None), team=Team())
    keeper.baseline = {"bicubic x2": 31.0, "bicubic x4": 26.0}
    assert keeper.beats_bicubic(psnr) == better


@pytest.mark.parametrize(
    ("before", "asked", "told"),
    [
        ("fast", "", "fast"),
        ("fast", "fast", "fast"),
        ("fast, from the weights of quick", "fast", "fast, from the weights of quick"),
        ("fast.toml", "fast", "fast"),
        ("quick", "fast", "fast"),
    ],
)
def test_recipe_of_a_run_that_goes_on_is_the_one_that_was_asked_for(
    before: str, asked: str, told: str, heat_config: MakeConfig, photos: Path, tmp_path: Path
) -> None:
    trainer = Trainer(heat_config(), device=torch.device("cpu"), bf16=False)
    options = RunOptions(photos, tmp_path, resume=True, recipe=asked)
    keeper = Keeper(RunFolder(options.out), options, clock=RunClock(1, minutes=None), team=Team())
    keeper.resume(RunPosition(0.0, recipe=before), step=0)
    keeper.save(trainer, 0.0)
    assert load_model(tmp_path / MODEL_FILE)[1].recipe == told
