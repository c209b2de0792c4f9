"""The program called as from a terminal, and small photos and models for it."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from numpy.typing import NDArray

from app.main import main
from liif_core.checkpoint.card import ModelCard
from liif_core.checkpoint.native import save_native
from liif_core.imaging.write import write_image
from tests.cli.terminal import Outcome, Stepless
from tests.models.builders import heat_model


@pytest.fixture
def stepless(capsys: pytest.CaptureFixture[str]) -> Stepless:
    """Runs a command line in this process."""

    def run(*arguments: object) -> Outcome:
        capsys.readouterr()
        try:
            code = main([str(argument) for argument in arguments])
        except SystemExit as end:  # argparse's way to refuse options
            code = int(end.code or 0)
        printed = capsys.readouterr()
        return Outcome(code, printed.out, printed.err)

    return run


@pytest.fixture(scope="session")
def pixels() -> NDArray[np.uint8]:
    """(45, 70, 3): waves and a step, no symmetry."""
    y, x = np.mgrid[0:45, 0:70]
    waves = [np.sin(x / 3.1 + y / 9), np.cos(y / 2.7 - x / 11), np.sin((x * y) ** 0.5)]
    bright = 120 + 70 * np.stack(waves, -1) + 40 * ((x > 23) & (y > 31))[..., None]
    levels: NDArray[np.uint8] = np.clip(bright, 0, 255).astype(np.uint8)
    return levels


@pytest.fixture
def photo(tmp_path: Path, pixels: NDArray[np.uint8]) -> Path:
    path = tmp_path / "photo.png"
    write_image(path, pixels)
    return path


@pytest.fixture(scope="session")
def tiny_model(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A native model that computes quickly and whose weights are visible in the picture."""
    path = tmp_path_factory.mktemp("models") / "tiny.safetensors"
    save_native(path, heat_model(), ModelCard(description="a model of the tests", psnr={"Set5 x4": 30.123}))
    return path


@pytest.fixture
def dataset(tmp_path: Path, pixels: NDArray[np.uint8]) -> Path:
    """Two photos and no inputs."""
    folder = tmp_path / "Two photos"
    (folder / "HR").mkdir(parents=True)
    write_image(folder / "HR" / "a.png", pixels)
    write_image(folder / "HR" / "b.png", pixels[::-1, ::-1])
    return folder
