"""Pictures from a graphics card that is not there: see `tests.graphics_card`."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
import torch
from numpy.typing import NDArray

from liif_core.geometry import OutputGrid
from liif_core.models.implicit import ImplicitModel
from liif_core.render.feature_cache import FeatureCache
from liif_core.render.renderer import Renderer
from tests.graphics_card import Kind, graphics_card
from tests.render.scenes import MODELS, PLENTY, photo

pytestmark = pytest.mark.usefixtures("one_thread")

PHOTO = photo(22, 30)


def pictures(model: ImplicitModel, zoom: float, *, bf16: bool) -> list[NDArray[Any]]:
    """Values, bytes for the display, and those of a moving view, in [0, 1]."""
    renderer = Renderer(PHOTO, model, FeatureCache(PLENTY), bf16=bf16)
    grid, draft = OutputGrid(PHOTO.size, PHOTO.size.scaled(zoom)), renderer.draft_grid(zoom)
    shown = [renderer.render_display(each, each.output.rect) / 255 for each in (grid, draft)]
    return [renderer.render(grid, grid.output.rect), *shown]


@pytest.mark.parametrize(("kind", "bf16"), [("cuda", False), ("cuda", True), ("mps", False)])
@pytest.mark.parametrize("zoom", [0.6, 2.5, 3.3])
@pytest.mark.parametrize("name", MODELS)
def test_a_card_gives_the_pictures_of_the_processor(name: str, zoom: float, kind: Kind, *, bf16: bool) -> None:
    expected = pictures(MODELS[name], zoom, bf16=bf16)
    with graphics_card(kind):
        found = pictures(MODELS[name].copy_to(torch.device(kind)), zoom, bf16=bf16)
    for one, other in zip(found, expected, strict=True):
        # Sums in another order, which in bfloat16 shows.
        np.testing.assert_allclose(one, other, rtol=0, atol=0.06 if bf16 else 1.01 / 255)
