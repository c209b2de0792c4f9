"""What a run knows of itself beyond its weights."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
import torch

from liif_core.checkpoint.card import read_card
from liif_core.checkpoint.load import load_model
from liif_core.training.clock import RunClock
from liif_core.training.distributed import Team
from liif_core.training.keeping import Keeper
from liif_core.training.run_files import MODEL_FILE, STATE_FILE
from liif_core.training.run_folder import RunFolder
from liif_core.training.run_options import RunOptions
from liif_core.training.state import RunPosition, read_state
from liif_core.training.trainer import Trainer
from tests.training.configs import MakeConfig


def keeper_of(photos: Path, out: Path, **options: Any) -> Keeper:
    asked = RunOptions(photos, out, **options)
    return Keeper(RunFolder(out), asked, clock=RunClock(1, minutes=None), team=Team())


def trainer_of(make: MakeConfig) -> Trainer:
    return Trainer(make(), device=torch.device("cpu"), bf16=False)


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
    keeper = keeper_of(tmp_path / "photos", tmp_path / "run")
    keeper.baseline = {"bicubic x2": 31.0, "bicubic x4": 26.0}
    assert keeper.beats_bicubic(psnr) == better


def test_card_tells_the_hours_of_all_sittings(heat_config: MakeConfig, photos: Path, tmp_path: Path) -> None:
    options, clock = RunOptions(photos, tmp_path), RunClock(1, minutes=None)
    clock.resume(5400.0)
    Keeper(RunFolder(options.out), options, clock=clock, team=Team()).save(trainer_of(heat_config), 5400.0)
    assert read_card(tmp_path / MODEL_FILE)[1].hours == 1.5


def test_card_tells_no_figures_of_other_weights(heat_config: MakeConfig, photos: Path, tmp_path: Path) -> None:
    """Of a run that goes on, whose model is gone: what was measured were the weights of then."""
    keeper, trainer = keeper_of(photos, tmp_path), trainer_of(heat_config)
    keeper.resume(RunPosition(0.0, psnr={"x2": 31.0}), step=3)
    trainer.step = 4
    keeper.save(trainer, 0.0)
    assert read_card(tmp_path / MODEL_FILE)[1].psnr == {}
    # The state still knows that it was measured.
    assert read_state(tmp_path / STATE_FILE)["psnr"] == {"x2": 31.0}
    keeper.note_validated({"x2": 32.0}, step=4)
    keeper.save(trainer, 0.0)
    assert read_card(tmp_path / MODEL_FILE)[1].psnr == {"validation x2": 32.0}


def test_first_model_never_lies_there_without_its_run(heat_config: MakeConfig, photos: Path, tmp_path: Path) -> None:
    """A run that ends between the two could neither be resumed nor begun again in its folder."""
    keeper_of(photos, tmp_path).save_validated(trainer_of(heat_config))
    assert read_state(tmp_path / STATE_FILE)["step"] == 0
    assert (tmp_path / MODEL_FILE).exists()


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
    keeper = keeper_of(photos, tmp_path, resume=True, recipe=asked)
    keeper.resume(RunPosition(0.0, recipe=before), step=0)
    keeper.save(trainer_of(heat_config), 0.0)
    assert load_model(tmp_path / MODEL_FILE)[1].recipe == told
