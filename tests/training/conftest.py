"""A folder of small photos and configurations of tiny models, so that a run takes a fraction of a second."""

from __future__ import annotations

import functools
from pathlib import Path
from typing import Any

import numpy as np
import PIL.Image
import pytest

from liif_core.training import loop
from liif_core.training.config import TrainConfig
from tests.models.builders import heat_spec, liif_spec
from tests.training.configs import MakeConfig


@pytest.fixture(scope="session")
def photos(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Three smooth photos of 50 x 60 pixels with some texture."""
    folder = tmp_path_factory.mktemp("photos")
    rng = np.random.default_rng(4)
    for number in range(3):
        y, x = np.mgrid[0:50, 0:60] / 10
        waves = [np.sin(x * rng.uniform(1, 3) + y * rng.uniform(-3, 3) + rng.uniform(0, 6)) for _ in range(3)]
        pixels = 128 + 90 * np.stack(waves, -1) + rng.normal(0, 6, (50, 60, 3))
        PIL.Image.fromarray(pixels.clip(0, 255).astype(np.uint8)).save(folder / f"photo{number}.png")
    return folder


@pytest.fixture(scope="session")
def heat_config() -> MakeConfig:
    """A tiny heat field on patches of 12 pixels at scales up to 2, in float32."""

    def make(**changes: Any) -> TrainConfig:
        settings = {"patch": 12, "batch": 2, "max_scale": 2.0, "iterations": 8, "warmup": 2, "bf16": False, **changes}
        return TrainConfig(model=heat_spec(n_feats=6, out_dim=5, n_frequencies=4), **settings)

    return make


@pytest.fixture(scope="session")
def liif_config() -> MakeConfig:
    """The same with a tiny LIIF."""

    def make(**changes: Any) -> TrainConfig:
        settings = {"patch": 12, "batch": 2, "max_scale": 2.0, "iterations": 8, "warmup": 2, "bf16": False, **changes}
        model = liif_spec(n_feats=4, hidden_list=[8])
        return TrainConfig(model=model, **{"queries": 40, **settings})

    return make


@pytest.fixture(params=["heat field", "heat field by Muon", "LIIF", "LIIF by Muon"])
def make_config(request: pytest.FixtureRequest, heat_config: MakeConfig, liif_config: MakeConfig) -> MakeConfig:
    """Both of them by both optimisers, one after the other."""
    make = heat_config if request.param.startswith("heat field") else liif_config
    return functools.partial(make, optimiser="muon") if request.param.endswith("Muon") else make


@pytest.fixture
def log_every_step(monkeypatch: pytest.MonkeyPatch) -> None:
    """An event after every step, so that tests can count and stop there."""
    monkeypatch.setattr(loop, "LOG_EVERY", 1)
