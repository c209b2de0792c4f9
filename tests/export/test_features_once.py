"""Strips and blocks: every pixel once, and every part of the photo encoded once within a small cache."""

from __future__ import annotations

from collections import Counter
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from liif_core.cancel import CancelToken
from liif_core.export.plan import plan_export
from liif_core.export.rendering import BlockMaker, strips
from liif_core.export.request import ExportRequest, Sized
from liif_core.export.sizes import Scale
from liif_core.export.strips import Order, feature_strips, plain_strips, tile_strips
from liif_core.geometry import OutputGrid, Rect, Size
from liif_core.imaging.image import Image
from liif_core.orientation import Orientation
from liif_core.render import feature_map
from liif_core.render.cells import CELL
from liif_core.render.feature_cache import FeatureCache
from liif_core.render.renderer import Renderer
from tests.models.builders import heat_model

pytestmark = pytest.mark.usefixtures("one_thread")


@settings(max_examples=25)
@given(
    st.builds(Size, st.integers(1, 900), st.integers(1, 900)),
    st.floats(1.01, 9),
    st.data(),
    st.booleans(),
    st.booleans(),
    st.integers(100, 200_000),
    st.booleans(),
)
def test_strips_cover_every_pixel_once_and_in_order(
    photo: Size, scale: float, data: st.DataObject, columns: bool, backwards: bool, strip_bytes: int, keeps: bool
) -> None:
    grid = OutputGrid(photo, photo.scaled(scale))
    top, left = data.draw(st.integers(0, grid.output.height - 1)), data.draw(st.integers(0, grid.output.width - 1))
    rect = Rect(top, left, min(700, grid.output.height - top), min(700, grid.output.width - left))
    order = Order(columns=columns, backwards=backwards, strip_bytes=strip_bytes)
    for cut in (
        feature_strips(rect, order, lambda part: grid.footprint(part, margin=2), lambda part: keeps),
        plain_strips(rect, order),
        tile_strips(rect, order),
    ):
        found = list(cut)
        count = np.zeros((rect.height, rect.width), int)
        for strip in found:
            for block in strip.blocks:
                assert strip.rect.contains(block) and not block.is_empty
                count[block.shifted(-rect.y, -rect.x).slices] += 1
            assert strip.rest.is_empty or strip.rest.intersected(strip.rect).is_empty
        assert np.all(count == 1)
        starts = [strip.rect.x if columns else strip.rect.y for strip in found]
        assert starts == sorted(starts, reverse=backwards)
        assert found[-1].rest.is_empty


@pytest.mark.parametrize("scale", [1.3, 2.2])
@pytest.mark.parametrize("quarter_turns", [0, 1])
def test_no_cell_is_encoded_twice_in_a_cache_of_two_rows(
    monkeypatch: pytest.MonkeyPatch, scale: float, quarter_turns: int
) -> None:
    photo = Image(np.random.default_rng(0).integers(0, 256, (600, 500, 3), dtype=np.uint8))
    encoded: Counter[tuple[int, int]] = Counter()
    original = feature_map.FeatureMap._encoded

    def counted(self: feature_map.FeatureMap, cells: list[tuple[int, int]], cancel: CancelToken) -> object:
        encoded.update(cells)
        return original(self, cells, cancel)

    monkeypatch.setattr(feature_map.FeatureMap, "_encoded", counted)
    model = heat_model()
    channels: int = model.encoder.out_dim  # type: ignore[assignment]
    # Two rows of cells, and one block of them: far less than the photo, and than four rows.
    cache = FeatureCache(3 * 10 * CELL * CELL * (channels + 3) * 4)
    request = ExportRequest(Path("out.png"), Sized(Scale(scale)), orientation=Orientation(quarter_turns))
    maker = BlockMaker(
        plan_export(photo.size, request),
        photo,
        lambda source: Renderer(source, model, cache),
        keep_alpha=False,
        cancel=CancelToken(),
    )
    rows = sum(len(strip) for strip in strips(maker))
    assert rows == maker.plan.size.height
    assert set(encoded.values()) == {1}
    assert len(encoded) == 10 * 8
