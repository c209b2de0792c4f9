"""No more is encoded than is looked at, and what is kept stays within its budget."""

from __future__ import annotations

import numpy as np
import pytest
import torch

from liif_core.cancel import CancelToken
from liif_core.geometry import OutputGrid, Rect, Size
from liif_core.imaging.image import Image
from liif_core.models.implicit import ImplicitModel
from liif_core.render import feature_map
from liif_core.render.cells import CELL
from liif_core.render.encode import encode_rect
from liif_core.render.feature_cache import FeatureCache
from liif_core.render.feature_map import FeatureMap
from liif_core.render.renderer import Renderer
from tests.models.builders import any_model, heat_model
from tests.render.scenes import MODELS, PLENTY, encoded_at_once, features_of, photo, rendered_at_once, watched

pytestmark = pytest.mark.usefixtures("one_thread")


def test_a_smaller_limit_takes_tiles_at_once_and_the_oldest_first() -> None:
    cache = FeatureCache(PLENTY)
    for name in "abc":
        cache.put(name, torch.zeros(4))
    assert cache.get("a") is not None
    cache.limit(32)
    assert [name for name in "abc" if name in cache] == ["a", "c"]
    assert (cache.used_bytes, cache.budget_bytes) == (32, 32)
    cache.put("d", torch.zeros(4))
    assert [name for name in "abcd" if name in cache] == ["a", "d"]


def test_only_the_tiles_under_the_viewport_are_encoded(model: ImplicitModel, small_tiles: int) -> None:
    assert model.halo is not None
    image = photo(40, 64)
    grid = OutputGrid(image.size, image.size.scaled(4.0))
    renderer = Renderer(image, model, FeatureCache(PLENTY))
    with watched(model) as tiles:
        # Image pixels 10 to 13 in both directions: inside the tile of row 1 and column 1, with every margin.
        renderer.render(grid, Rect(44, 44, 8, 8))
        assert len(tiles) == 1
        assert max(tiles[0]) <= 8 + 2 * model.halo
        # The same again, and another view of the same tile, cost no encoding.
        renderer.render(grid, Rect(44, 44, 8, 8))
        renderer.render(grid, Rect(48, 46, 4, 5))
        assert len(tiles) == 1
        # Across the border between columns 1 and 2.
        renderer.render(grid, Rect(44, 60, 8, 12))
        assert len(tiles) == 2
        renderer.render(grid, grid.output.rect)
        assert len(tiles) == 5 * 8


def test_encoder_sees_no_more_than_the_halo(small_tiles: int) -> None:
    model, image = heat_model(n_resblocks=1), photo(40, 40)
    halo = model.halo
    assert halo is not None
    with watched(model) as tiles:
        features_of(image, model).window(Rect(16, 0, 8, 8), cancel=CancelToken())
    assert tiles == [(8 + 2 * halo, 8 + halo)]


def test_neighbours_that_are_wanted_soon_are_encoded_together(
    small_tiles: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(feature_map, "MAX_CELLS", 4)
    model, image = heat_model(n_resblocks=1), photo(100, 100)
    halo = model.halo
    assert halo is not None
    features = features_of(image, model)
    soon = Rect(34, 36, 26, 16)
    with watched(model) as tiles:
        first = features.window(Rect(34, 36, 4, 4), cancel=CancelToken(), around=soon)
        # Rows 4 to 7 and columns 4 to 6 of cells.
        assert tiles == [(32 + 2 * halo, 24 + 2 * halo)]
        whole = features.window(soon, cancel=CancelToken())
        assert len(tiles) == 1
        # The column to the left is another block's.
        features.window(Rect(34, 30, 4, 6), cancel=CancelToken(), around=soon)
        assert tiles[1:] == [(8 + 2 * halo, 8 + 2 * halo)]
    torch.testing.assert_close(first.feat, whole.feat[..., :4, :4], rtol=0, atol=0)


def test_an_encoder_that_sees_far_is_given_less_at_once() -> None:
    sides = {}
    for name in ("light", "edsr-baseline", "rdn"):
        model = any_model(name, "metasr")
        with watched(model) as tiles:
            features_of(photo(2, 1200), model).window(Rect(0, 0, 2, 1200), cancel=CancelToken())
        sides[name] = max(width for _, width in tiles)
        assert sides[name] <= max(feature_map.ENCODED_SIDE, CELL + 2 * (model.halo or 0))
    assert sides["rdn"] > sides["light"]


def test_the_encoder_is_given_the_layout_that_it_is_quick_with(model: ImplicitModel) -> None:
    """Batches of one keep any first stride, and with another than this oneDNN takes nearly twice the time."""
    strides = []
    hook = model.encoder.register_forward_hook(lambda _, inputs, __: strides.append(inputs[0].stride()))
    encode_rect(model, photo(9, 7), Rect(0, 0, 9, 7), bf16=False)
    hook.remove()
    assert strides == [(9 * 7 * 3, 1, 7 * 3, 3)]


@pytest.mark.parametrize("bf16", [False, True])
def test_features_find_room_where_their_bytes_do(model: ImplicitModel, bf16: bool, small_tiles: int) -> None:
    image, cache, rect = photo(40, 64), FeatureCache(PLENTY), Rect(10, 10, 20, 20)
    features_of(image, model, cache, bf16=bf16).window(rect, cancel=CancelToken())
    for budget_bytes, fits in ((cache.used_bytes, True), (cache.used_bytes - 1, False)):
        assert features_of(image, model, FeatureCache(budget_bytes), bf16=bf16).fits(rect) == fits


def test_what_is_kept_of_other_photos_is_not_given_up(small_tiles: int) -> None:
    model, cache = heat_model(n_resblocks=1), FeatureCache(PLENTY)
    own, other = (FeatureMap(photo(16, 16), model, cache, key=key, bf16=False) for key in ("own", "other"))
    for features in (own, other):
        features.window(Rect(0, 0, 16, 16), cancel=CancelToken())
    own.keep_only([Rect(0, 0, 8, 8)])
    assert cache.held() == [("own", (0, 0)), *(("other", (row, column)) for row in (0, 1) for column in (0, 1))]


def tile_of(number: float, nbytes: int) -> torch.Tensor:
    return torch.full((nbytes // 4,), number, dtype=torch.float32)


def test_cache_forgets_the_least_recently_used_first() -> None:
    cache = FeatureCache(120)
    for name in "abc":
        cache.put(name, tile_of(0, 40))
    assert cache.get("a") is not None
    cache.put("d", tile_of(0, 40))
    assert cache.get("b") is None
    assert all(cache.get(name) is not None for name in "acd")
    assert cache.used_bytes == 120


def test_cache_counts_a_replaced_tile_once() -> None:
    cache = FeatureCache(100)
    cache.put("a", tile_of(1, 40))
    cache.put("a", tile_of(2, 80))
    assert cache.used_bytes == 80
    found = cache.get("a")
    assert found is not None
    assert found[0] == 2
    cache.forget("a")
    cache.forget("a")
    assert cache.used_bytes == 0


def test_tile_larger_than_the_budget_stays_until_the_next() -> None:
    cache = FeatureCache(10)
    cache.put("a", tile_of(0, 40))
    assert cache.get("a") is not None
    cache.put("b", tile_of(0, 40))
    assert cache.get("a") is None
    assert cache.get("b") is not None
    assert cache.used_bytes == 40


def test_rendering_within_a_small_budget_encodes_again_and_shows_the_same(
    model: ImplicitModel, small_tiles: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(model, "chunk_pixels", 200)
    image = photo(24, 40)
    grid = OutputGrid(image.size, Size(60, 100))
    tile_bytes = encoded_at_once(photo(8, 8), model).nbytes
    cache = FeatureCache(int(3.5 * tile_bytes))
    renderer = Renderer(image, model, cache)
    with watched(model) as tiles:
        shown = renderer.render(grid, grid.output.rect)
        assert len(tiles) > 15
        assert 0 < cache.used_bytes <= cache.budget_bytes
        # What was used last is still there; what was used first is not.
        before = len(tiles)
        renderer.render(grid, Rect(58, 95, 2, 5))
        assert len(tiles) == before
        renderer.render(grid, Rect(0, 0, 2, 5))
        assert len(tiles) == before + 1
    np.testing.assert_allclose(shown, rendered_at_once(image, model, grid), rtol=0, atol=2e-5)


def test_photos_with_different_keys_share_a_cache() -> None:
    model, cache = MODELS["heat field"], FeatureCache(PLENTY)
    images = photo(8, 8), Image(255 - photo(8, 8).pixels)
    grid = OutputGrid(images[0].size, Size(16, 16))
    for _ in range(2):
        for key, image in enumerate(images):
            shown = Renderer(image, model, cache, key=key).render(grid, grid.output.rect)
            np.testing.assert_allclose(shown, rendered_at_once(image, model, grid), rtol=0, atol=2e-5)


@pytest.mark.parametrize(
    ("size", "rect"),
    [
        ((40, 40), Rect(16, 16, 8, 8)),
        ((40, 8), Rect(16, 0, 8, 8)),
        ((1, 40), Rect(0, 16, 1, 8)),
        ((40, 8), Rect(0, 0, 8, 8)),
    ],
)
@pytest.mark.parametrize("bf16", [False, True])
def test_kept_tile_holds_no_memory_beyond_its_own(
    size: tuple[int, int], rect: Rect, bf16: bool, model: ImplicitModel
) -> None:
    """Rows of all columns lie side by side already, where a copy is easily forgotten."""
    feat = encode_rect(model, photo(*size), rect, bf16=bf16)
    assert feat.untyped_storage().nbytes() == feat.nbytes
