"""How much of a photo is encoded for a view: what it shows, with the tiles at its border, and each part once."""

from __future__ import annotations

from collections import Counter
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
import torch
from torch import Tensor

from app.viewer.document import Document, open_document
from app.workers import model_slot
from app.workers.model_slot import ModelChoice, ModelSlot
from app.workers.sources import NeuralSource
from liif_core.cancel import CancelToken
from liif_core.checkpoint.card import ModelCard
from liif_core.checkpoint.native import save_native
from liif_core.geometry import Rect, Size
from liif_core.imaging.image import Image
from liif_core.imaging.write import write_image
from liif_core.memory import budgets
from liif_core.models.decoders.window import FeatureWindow
from liif_core.models.implicit import ImplicitModel
from liif_core.render.cells import CELL, cells_under
from liif_core.render.encode import encode_rect
from liif_core.view.camera import Camera
from liif_core.view.scheduler import Scheduler
from liif_core.view.store import TileStore
from liif_core.view.tiles import TILE_SIZE, Layer, extent_of
from tests.models.builders import any_model

PHOTO, VIEWPORT = Size(800, 2000), Size(400, 1400)


class Views:
    """A source whose encoder is watched, and a scheduler that plans for it."""

    def __init__(self, document: Document, model: Path) -> None:
        self._document = document
        self._source = NeuralSource(ModelSlot(ModelChoice(model, "cpu", "fp32")))
        self._scheduler: Scheduler[None] = Scheduler(TileStore(1 << 40))
        self._scheduler.set_photo(document.photo_id)
        self._scheduler.set_model("m")
        self.encoded: list[Rect] = []

    def settle(self, camera: Camera, *, ahead: int = 0) -> Rect:
        """Make all tiles of a view; the part of the photo that they show."""
        plan = self._scheduler.plan(camera, layer=Layer.NEURAL, ahead=ahead)
        for key in self._source.order(self._document, plan):
            around = extent_of(plan.keys if key in plan.keys else plan.ahead)
            self._source.tile(self._document, key, around=around, cancel=CancelToken())
            self._scheduler.accept(key, None, 1, plan.generation)
        made = plan.keys + plan.ahead
        return camera.grid.footprint(extent_of(made)) if made else Rect(0, 0, 0, 0)

    def encodings(self) -> Counter[tuple[int, int]]:
        """How often each cell was encoded."""
        return Counter(cell for rect in self.encoded for cell in cells_under(rect))


@pytest.fixture
def views(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Views:
    photo, model = tmp_path / "photo.png", tmp_path / "model.safetensors"
    write_image(photo, np.random.default_rng(0).integers(0, 256, (PHOTO.height, PHOTO.width, 3), np.uint8))
    save_native(model, any_model("light", "heat-field"), ModelCard())
    watched = Views(open_document(photo), model)

    def record(
        model: ImplicitModel, image: Image, rect: Rect, *, bf16: bool, cancel: CancelToken | None = None
    ) -> Tensor:
        watched.encoded.append(rect)
        return encode_rect(model, image, rect, bf16=bf16, cancel=cancel)

    monkeypatch.setattr("liif_core.render.feature_map.encode_rect", record)
    # What becomes of the features does not matter here.
    monkeypatch.setattr(ImplicitModel, "at", lambda self, grid, form, *, dtype: blank)
    return watched


def blank(window: FeatureWindow, rect: Rect) -> Tensor:
    """A decoder without work."""
    return torch.zeros(rect.height, rect.width, 4, dtype=torch.uint8)


def camera_at(zoom: float) -> Camera:
    return Camera.fitting(PHOTO, VIEWPORT).at_zoom(zoom).centered_on(350, 950)


def assert_within(views: Views, shown: Rect) -> None:
    """Nothing was encoded beyond the cells of what is shown and of the row or column of latents around it."""
    allowed = set(cells_under(shown.grown(1).intersected(PHOTO.rect)))
    assert set(views.encodings()) <= allowed


@pytest.mark.parametrize("zoom", [1.05, 1.7, 4.0, 13.0])
def test_a_view_encodes_what_it_shows_and_each_part_once(zoom: float, views: Views) -> None:
    shown = views.settle(camera_at(zoom))
    assert_within(views, shown)
    assert set(views.encodings().values()) == {1}


@pytest.mark.parametrize("zoom", [1.05, 1.7, 4.0])
def test_panning_encodes_what_comes_into_view_and_nothing_twice(zoom: float, views: Views) -> None:
    camera = camera_at(zoom)
    views.settle(camera)
    seen = set(views.encodings())
    first = len(seen)
    for _ in range(3):
        camera = camera.panned(-90, -140)
        views.encoded.clear()
        shown = views.settle(camera)
        assert_within(views, shown)
        assert not seen & set(views.encodings())
        seen |= set(views.encodings())
    assert len(seen) > first


def test_the_surroundings_of_a_view_are_encoded_after_it_and_once(views: Views) -> None:
    camera = camera_at(3.0)
    shown = views.settle(camera, ahead=200)
    assert_within(views, shown)
    assert set(views.encodings().values()) == {1}


@pytest.mark.parametrize("zoom", [1.05, 1.7])
def test_features_that_find_no_room_are_seldom_encoded_twice(
    zoom: float, views: Views, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The budget holds three columns of tiles, which are not all of the view."""
    camera = camera_at(zoom)
    channels = 6 + 3
    band = camera.grid.footprint(Rect(0, 0, camera.visible.height + 2 * TILE_SIZE, 3 * TILE_SIZE))
    budget = len(cells_under(band)) * CELL**2 * channels * 4
    monkeypatch.setattr(model_slot, "budgets", lambda: replace(budgets(), feature_bytes=budget))
    shown = views.settle(camera, ahead=200)
    needed = cells_under(shown)
    assert len(needed) * CELL**2 * channels * 4 > budget
    assert_within(views, shown)
    assert sum(views.encodings().values()) <= 1.2 * len(needed)
