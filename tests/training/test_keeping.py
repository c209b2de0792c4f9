"""What a run knows of itself beyond its weights."""

from __future__ import annotations

from pathlib import Path

import pytest

from liif_core.training.clock import RunClock
from liif_core.training.distributed import Team
from liif_core.training.keeping import Keeper
from liif_core.training.run_folder import RunFolder
from liif_core.training.run_options import RunOptions


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
