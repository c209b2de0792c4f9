"""Every decoder, and tiles small enough for small photos."""

from __future__ import annotations

import pytest

from liif_core.models.implicit import ImplicitModel
from liif_core.render import cells, feature_map
from tests.render.scenes import MODELS


@pytest.fixture(params=MODELS)
def model(request: pytest.FixtureRequest) -> ImplicitModel:
    return MODELS[request.param]


@pytest.fixture
def small_tiles(monkeypatch: pytest.MonkeyPatch) -> int:
    """Cells of 8 pixels, each encoded alone, so that small photos have many."""
    monkeypatch.setattr(cells, "CELL", 8)
    monkeypatch.setattr(feature_map, "CELL", 8)
    monkeypatch.setattr(feature_map, "MAX_CELLS", 1)
    return 8
