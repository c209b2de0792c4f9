"""A window with a photo and a tiny model, ready to export."""

from __future__ import annotations

from pathlib import Path

import pytest

from app.composition import Viewer
from app.workers.export_probe import Cost
from liif_core.checkpoint.card import ModelCard
from liif_core.checkpoint.native import save_native
from tests.app.conftest import OpenViewer
from tests.models.builders import heat_model


@pytest.fixture(scope="module")
def tiny_model(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("models") / "tiny.safetensors"
    save_native(path, heat_model(), ModelCard(description="a model of the tests"))
    return path


@pytest.fixture
def viewer(open_viewer: OpenViewer, photo: Path, tiny_model: Path, quick_estimates: None) -> Viewer:
    return open_viewer(photo, model=str(tiny_model), device="cpu", precision="fp32")


@pytest.fixture
def quick_estimates(monkeypatch: pytest.MonkeyPatch) -> None:
    """The core's estimate takes two seconds by design and has its own tests."""
    monkeypatch.setattr("app.workers.export_probe.measured_cost", lambda *args, **kwargs: Cost(1000, 2.0, 3000))
