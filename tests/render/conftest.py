"""Every decoder, and tiles small enough for small photos."""

from __future__ import annotations

import pytest

from liif_core.models.implicit import ImplicitModel
from liif_core.render import feature_map
from tests.render.scenes import MODELS


@pytest.fixture(params=MODELS)
def model(request: pytest.FixtureRequest) -> ImplicitModel:
    return MODELS[request.param]


@pytest.fixture
def small_tiles(monkeypatch: pytest.MonkeyPatch) -> int:
    """Feature tiles of 8 pixels, so that small photos have many."""
    monkeypatch.setattr(feature_map, "FEATURE_TILE", 8)
    return 8
