"""Tiled encoding and chunked decoding give the pixels of the whole photo at once, and do no more work than is needed."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

import numpy as np
import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.typing import NDArray

from liif_core.cancel import CancelToken
from liif_core.device import computes_bf16
from liif_core.errors import Cancelled, OutOfMemory
from liif_core.geometry import OutputGrid, Rect, Size
from liif_core.imaging.image import Image
from liif_core.models.decoders.window import FeatureWindow
from liif_core.models.implicit import ImplicitModel
from liif_core.render import feature_map
from liif_core.render.encode import encode_rect
from liif_core.render.feature_map import FEATURE_TILE, FeatureCache, FeatureMap
from liif_core.render.renderer import Renderer
from tests.models.builders import heat_model, liif_model

pytestmark = pytest.mark.usefixtures("one_thread")

PLENTY = 1 << 40
MODELS = {"heat field": heat_model(n_resblocks=3), "LIIF": liif_model(n_resblocks=2)}


@pytest.fixture(params=MODELS)
def model(request: pytest.FixtureRequest) -> ImplicitModel:
    return MODELS[request.param]


@pytest.fixture
def small_tiles(monkeypatch: pytest.MonkeyPatch) -> int:
    """Feature tiles of 8 pixels, so that small photos have many."""
    monkeypatch.setattr(feature_map, "FEATURE_TILE", 8)
    return 8


def photo(height: int, width: int) -> Image:
    pixels = np.random.default_rng(height * 1000 + width).integers(0, 256, (height, width, 3), dtype=np.uint8)
    return Image(pixels)


def features_of(image: Image, model: ImplicitModel, cache: FeatureCache | None = None) -> FeatureMap:
    return FeatureMap(image, model, cache or FeatureCache(PLENTY), key="photo", bf16=False)


@torch.inference_mode()
def encoded_at_once(image: Image, model: ImplicitModel) -> torch.Tensor:
    rgb = torch.from_numpy(image.pixels.astype(np.float32) / 255).permute(2, 0, 1)[None]
    return model.encode(model.normalised(rgb))


@torch.inference_mode()
def rendered_at_once(image: Image, model: ImplicitModel, grid: OutputGrid) -> NDArray[np.float32]:
    window = FeatureWindow.whole(encoded_at_once(image, model))
    return model.decode(window, grid, grid.output.rect).clamp(0, 1).permute(1, 2, 0).numpy()


@contextmanager
def watched(model: ImplicitModel) -> Iterator[list[tuple[int, int]]]:
    """The heights and widths that the encoder was given, one for each tile."""
    sizes: list[tuple[int, int]] = []
    hook = model.encoder.register_forward_hook(lambda _, inputs, __: sizes.append(tuple(inputs[0].shape[-2:])))
    try:
        yield sizes
    finally:
        hook.remove()


@pytest.mark.parametrize(
    "size",
    [
        (FEATURE_TILE + 1, 2 * FEATURE_TILE + 45),
        (2 * FEATURE_TILE, FEATURE_TILE),
        (1, 1),
        (1, 300),
        (300, 1),
        (3, FEATURE_TILE + 2),
    ],
)
def test_tiled_encoding_equals_untiled(size: tuple[int, int], model: ImplicitModel) -> None:
    image = photo(*size)
    whole = encoded_at_once(image, model)
    assert whole.std() > 0.05
    with watched(model) as tiles:
        window = features_of(image, model).window(image.size.rect, cancel=CancelToken())
    assert len(tiles) == -(-size[0] // FEATURE_TILE) * -(-size[1] // FEATURE_TILE)
    assert (window.rect, window.source) == (image.size.rect, image.size)
    torch.testing.assert_close(window.feat, whole, rtol=0, atol=1e-5)


def test_a_smaller_halo_would_show(small_tiles: int, monkeypatch: pytest.MonkeyPatch) -> None:
    model, image = heat_model(n_resblocks=2), photo(24, 24)
    whole = encoded_at_once(image, model)
    monkeypatch.setattr(model, "halo", model.halo - 3)
    tiled = features_of(image, model).window(image.size.rect, cancel=CancelToken()).feat
    assert (tiled - whole).abs().max() > 1e-4


@settings(deadline=None, max_examples=30)
@given(data=st.data())
def test_any_window_is_that_part_of_the_whole(data: st.DataObject) -> None:
    model = MODELS[data.draw(st.sampled_from(list(MODELS)))]
    size = Size(data.draw(st.integers(1, 30)), data.draw(st.integers(1, 30)))
    top, left = data.draw(st.integers(0, size.height - 1)), data.draw(st.integers(0, size.width - 1))
    height = data.draw(st.integers(1, size.height - top))
    rect = Rect(top, left, height, data.draw(st.integers(1, size.width - left)))
    image = photo(size.height, size.width)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(feature_map, "FEATURE_TILE", 8)
        window = features_of(image, model).window(rect, cancel=CancelToken())
    assert (window.rect, window.source) == (rect, size)
    expected = encoded_at_once(image, model)[(..., *rect.slices)]
    torch.testing.assert_close(window.feat, expected, rtol=0, atol=1e-5)


def test_photos_of_every_depth_are_encoded_alike(model: ImplicitModel) -> None:
    pixels = photo(6, 7).pixels
    images = [Image(pixels), Image(pixels.astype(np.uint16) * 257), Image((pixels / np.float32(255)).astype(np.float32))]
    first, *others = [encode_rect(model, image, image.size.rect, bf16=False) for image in images]
    assert first.dtype == torch.float32
    for other in others:
        torch.testing.assert_close(other, first, rtol=0, atol=1e-5)


@pytest.mark.parametrize(
    ("size", "output"),
    [
        ((21, 35), (42, 70)),
        ((21, 35), (66, 97)),
        ((9, 17), (150, 290)),
        ((1, 1), (7, 5)),
        ((1, 20), (3, 61)),
        ((20, 20), (30, 12)),
    ],
)
def test_rendering_equals_encoding_and_decoding_at_once(
    size: tuple[int, int], output: tuple[int, int], model: ImplicitModel, small_tiles: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(model, "chunk_pixels", 500)
    image = photo(*size)
    grid = OutputGrid(image.size, Size(*output))
    shown = Renderer(image, model, FeatureCache(PLENTY)).render(grid, grid.output.rect)
    assert shown.dtype == np.float32
    assert shown.min() >= 0
    assert shown.max() <= 1
    np.testing.assert_allclose(shown, rendered_at_once(image, model, grid), rtol=0, atol=2e-5)


@pytest.mark.parametrize("rect", [Rect(0, 0, 5, 9), Rect(61, 88, 5, 9), Rect(30, 41, 1, 1), Rect(0, 40, 66, 11)])
def test_rendering_a_rectangle_equals_that_part_of_the_whole(
    rect: Rect, model: ImplicitModel, small_tiles: int
) -> None:
    image = photo(21, 35)
    grid = OutputGrid(image.size, Size(66, 97))
    shown = Renderer(image, model, FeatureCache(PLENTY)).render(grid, rect)
    assert shown.flags.owndata
    whole = rendered_at_once(image, model, grid)
    np.testing.assert_allclose(shown, whole[rect.slices], rtol=0, atol=2e-5)


def test_predictions_outside_the_range_are_clamped() -> None:
    model, image = heat_model(), photo(8, 8)
    with torch.no_grad():
        model.get_parameter("decoder.coef").mul_(100)
    grid = OutputGrid(image.size, Size(16, 16))
    shown = Renderer(image, model, FeatureCache(PLENTY)).render(grid, grid.output.rect)
    assert shown.min() == 0
    assert shown.max() == 1


def test_only_the_tiles_under_the_viewport_are_encoded(model: ImplicitModel, small_tiles: int) -> None:
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
        renderer.render(grid, Rect(48, 46, 4, 9))
        assert len(tiles) == 1
        # Across the border between columns 1 and 2.
        renderer.render(grid, Rect(44, 60, 8, 12))
        assert len(tiles) == 2
        renderer.render(grid, grid.output.rect)
        assert len(tiles) == 5 * 8


def test_encoder_sees_no_more_than_the_halo(small_tiles: int) -> None:
    model, image = heat_model(n_resblocks=1), photo(40, 40)
    halo = model.halo
    with watched(model) as tiles:
        features_of(image, model).window(Rect(16, 0, 8, 8), cancel=CancelToken())
    assert tiles == [(8 + 2 * halo, 8 + halo)]


# The cache.


def tile_of(number: float, nbytes: int) -> torch.Tensor:
    return torch.full((nbytes // 4,), number)


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


HELD_WITH_HALO = "slices of whole rows are contiguous already, so `contiguous` in encode_rect returns a view of the halo too"


@pytest.mark.parametrize(
    ("size", "rect"),
    [
        ((40, 40), Rect(16, 16, 8, 8)),
        pytest.param((40, 8), Rect(16, 0, 8, 8), marks=pytest.mark.xfail(reason=HELD_WITH_HALO)),
        pytest.param((1, 40), Rect(0, 16, 1, 8), marks=pytest.mark.xfail(reason=HELD_WITH_HALO)),
    ],
)
def test_kept_tile_holds_no_memory_beyond_its_own(size: tuple[int, int], rect: Rect) -> None:
    feat = encode_rect(MODELS["heat field"], photo(*size), rect, bf16=False)
    assert feat.untyped_storage().nbytes() == feat.nbytes


# Cancelling.


def test_cancelled_before_it_starts_nothing_is_encoded(model: ImplicitModel) -> None:
    token, image = CancelToken(), photo(8, 8)
    token.cancel()
    grid = OutputGrid(image.size, Size(16, 16))
    with watched(model) as tiles, pytest.raises(Cancelled):
        Renderer(image, model, FeatureCache(PLENTY)).render(grid, grid.output.rect, cancel=token)
    assert tiles == []


def test_cancelled_between_tiles_keeps_the_finished_ones(model: ImplicitModel, small_tiles: int) -> None:
    token, image, cache = CancelToken(), photo(8, 40), FeatureCache(PLENTY)
    grid = OutputGrid(image.size, Size(16, 80))
    renderer = Renderer(image, model, cache)
    with watched(model) as tiles:
        hook = model.encoder.register_forward_hook(lambda *_: token.cancel() if len(tiles) == 2 else None)
        with pytest.raises(Cancelled):
            renderer.render(grid, grid.output.rect, cancel=token)
        hook.remove()
        assert len(tiles) == 2
        assert cache.used_bytes > 0
        shown = renderer.render(grid, grid.output.rect)
        assert len(tiles) == 5
    np.testing.assert_allclose(shown, rendered_at_once(image, model, grid), rtol=0, atol=2e-5)


def test_cancelled_between_chunks_decodes_no_further(model: ImplicitModel, monkeypatch: pytest.MonkeyPatch) -> None:
    token, image, chunks = CancelToken(), photo(8, 8), []
    decode = model.decode

    def decode_and_cancel(window: FeatureWindow, grid: OutputGrid, rect: Rect) -> torch.Tensor:
        chunks.append(rect)
        if len(chunks) == 2:
            token.cancel()
        return decode(window, grid, rect)

    monkeypatch.setattr(model, "chunk_pixels", 16 * 3)
    monkeypatch.setattr(model, "decode", decode_and_cancel)
    grid = OutputGrid(image.size, Size(16, 16))
    with pytest.raises(Cancelled):
        Renderer(image, model, FeatureCache(PLENTY)).render(grid, grid.output.rect, cancel=token)
    assert chunks == [Rect(0, 0, 3, 16), Rect(3, 0, 3, 16)]


# Precision and memory.


@pytest.mark.skipif(not computes_bf16(torch.device("cpu")), reason="this processor does not compute bfloat16")
def test_bf16_features_are_close_to_fp32(model: ImplicitModel) -> None:
    image = photo(20, 30)
    exact = encode_rect(model, image, image.size.rect, bf16=False)
    rough = encode_rect(model, image, image.size.rect, bf16=True)
    assert rough.dtype == torch.float32
    channels = exact.shape[1] - (3 if model.needs_image else 0)
    error = (rough - exact)[:, :channels].abs()
    assert 1e-5 < error.mean() < 0.01 * exact.std()
    assert error.max() < 0.1 * exact.std()
    # The photo itself stays exact.
    assert torch.equal(rough[:, channels:], exact[:, channels:])


@pytest.mark.parametrize(
    "failure", [MemoryError(), torch.OutOfMemoryError("CUDA out of memory")], ids=["python", "device"]
)
def test_lack_of_memory_is_told_with_the_size(failure: Exception, monkeypatch: pytest.MonkeyPatch) -> None:
    def decode(*_: object) -> torch.Tensor:
        raise failure

    model, image = heat_model(), photo(8, 8)
    monkeypatch.setattr(model, "decode", decode)
    grid = OutputGrid(image.size, Size(16, 24))
    with pytest.raises(OutOfMemory, match="24 x 16 pixels"):
        Renderer(image, model, FeatureCache(PLENTY)).render(grid, grid.output.rect)


@pytest.mark.xfail(raises=RuntimeError, reason="torch's allocator for the CPU raises a plain RuntimeError")
def test_lack_of_memory_on_the_cpu_is_told_too(monkeypatch: pytest.MonkeyPatch) -> None:
    model, image = heat_model(), photo(8, 8)
    monkeypatch.setattr(model, "decode", lambda *_: torch.empty(1 << 50))
    grid = OutputGrid(image.size, Size(16, 24))
    with pytest.raises(OutOfMemory, match="24 x 16 pixels"):
        Renderer(image, model, FeatureCache(PLENTY)).render(grid, grid.output.rect)


@pytest.mark.xfail(reason="chunks are whole rows, however wide")
def test_chunks_of_wide_pictures_stay_small(monkeypatch: pytest.MonkeyPatch) -> None:
    model, image, areas = liif_model(), photo(2, 30), []
    decode = model.decode

    def measured(window: FeatureWindow, grid: OutputGrid, rect: Rect) -> torch.Tensor:
        areas.append(rect.area)
        return decode(window, grid, rect)

    monkeypatch.setattr(model, "chunk_pixels", 64)
    monkeypatch.setattr(model, "decode", measured)
    grid = OutputGrid(image.size, Size(8, 600))
    Renderer(image, model, FeatureCache(PLENTY)).render(grid, grid.output.rect)
    assert max(areas) <= 2 * 64
