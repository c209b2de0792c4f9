from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import pytest

from liif_core.checkpoint.card import ModelCard
from liif_core.checkpoint.native import save_native
from liif_core.checkpoint.official import save_official
from liif_core.models.build import build_model
from liif_core.paths import user_models_folder
from tests.models.builders import heat_model, liif_spec


@dataclass(frozen=True)
class ModelFiles:
    """Model files as people get them."""

    native: Path
    official: Path


@pytest.fixture(scope="session")
def model_files(tmp_path_factory: pytest.TempPathFactory) -> ModelFiles:
    folder = tmp_path_factory.mktemp("downloads")
    files = ModelFiles(folder / "tiny.safetensors", folder / "published.pth")
    save_native(files.native, heat_model(), ModelCard(description="tiny", licence="CC0-1.0"))
    save_official(files.official, build_model(liif_spec()))
    return files


@pytest.fixture
def own_folder() -> Path:
    """Of the test alone; it is not there yet."""
    return user_models_folder()
