"""Tiled encoding and chunked decoding give the pixels of the whole photo at once."""

from __future__ import annotations

import numpy as np
import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st

from liif_core.cancel import CancelToken
from liif_core.geometry import OutputGrid, Rect, Size
from liif_core.imaging.image import Image
from liif_core.models.implicit import ImplicitModel
from liif_core.render import cells, feature_map
from liif_core.render.cells import CELL, MAX_CELLS
from liif_core.render.encode import encode_rect
from liif_core.render.feature_cache import FeatureCache
from liif_core.render.renderer import Renderer
from tests.models.builders import any_model, heat_model
from tests.render.scenes import (
    MODELS,
    PLENTY,
    displayed_at_once,
    encoded_at_once,
    features_of,
    photo,
    rendered_at_once,
    watched,
)

pytestmark = pytest.mark.usefixtures("one_thread")

# What these small models encode in one go.
BLOCK = CELL * MAX_CELLS


def is_channels_last(feat: torch.Tensor) -> bool:
    """Whether all channels of a pixel lie side by side; a part of a tile has longer rows than its own."""
    _, channels, height, width = feat.shape
    if height * width == 1:
        return feat.is_contiguous()
    across = width == 1 or feat.stride(3) == channels
    return feat.stride(1) == 1 and across and (height == 1 or feat.stride(2) >= channels * width)


@pytest.mark.parametrize(
    "size",
    [
        (BLOCK + 1, 2 * BLOCK + 45),
        (2 * BLOCK, BLOCK),
        (1, 1),
        (1, 300),
        (300, 1),
        (3, BLOCK + 2),
    ],
)
def test_tiled_encoding_equals_untiled(size: tuple[int, int], model: ImplicitModel) -> None:
    image = photo(*size)
    whole = encoded_at_once(image, model)
    assert whole.std() > 0.05
    with watched(model) as tiles:
        window = features_of(image, model).window(image.size.rect, cancel=CancelToken())
    assert len(tiles) == -(-size[0] // BLOCK) * -(-size[1] // BLOCK)
    assert (window.rect, window.source) == (image.size.rect, image.size)
    assert is_channels_last(window.feat)
    torch.testing.assert_close(window.feat, whole, rtol=0, atol=1e-5)


def test_a_smaller_halo_would_show(small_tiles: int, monkeypatch: pytest.MonkeyPatch) -> None:
    model, image = heat_model(n_resblocks=2), photo(24, 24)
    whole = encoded_at_once(image, model)
    assert model.halo is not None
    monkeypatch.setattr(model, "halo", model.halo - 3)
    tiled = features_of(image, model).window(image.size.rect, cancel=CancelToken()).feat
    assert (tiled - whole).abs().max() > 1e-4


@settings(max_examples=30)
@given(data=st.data())
def test_any_window_is_that_part_of_the_whole(data: st.DataObject) -> None:
    model = MODELS[data.draw(st.sampled_from(list(MODELS)))]
    size = Size(data.draw(st.integers(1, 30)), data.draw(st.integers(1, 30)))
    top, left = data.draw(st.integers(0, size.height - 1)), data.draw(st.integers(0, size.width - 1))
    height = data.draw(st.integers(1, size.height - top))
    rect = Rect(top, left, height, data.draw(st.integers(1, size.width - left)))
    image = photo(size.height, size.width)
    with pytest.MonkeyPatch.context() as patch:
        for module in (cells, feature_map):
            patch.setattr(module, "CELL", 8)
        patch.setattr(feature_map, "MAX_CELLS", data.draw(st.integers(1, 3)))
        window = features_of(image, model).window(rect, cancel=CancelToken())
    assert (window.rect, window.source) == (rect, size)
    assert is_channels_last(window.feat)
    expected = encoded_at_once(image, model)[(..., *rect.slices)]
    torch.testing.assert_close(window.feat, expected, rtol=0, atol=1e-5)


def test_photos_of_every_depth_are_encoded_alike(model: ImplicitModel) -> None:
    pixels = photo(6, 7).pixels
    unit = (pixels / np.float32(255)).astype(np.float32)
    images = [Image(pixels), Image(pixels.astype(np.uint16) * 257), Image(unit)]
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
    size: tuple[int, int],
    output: tuple[int, int],
    model: ImplicitModel,
    small_tiles: int,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(model, "chunk_pixels", 500)
    image = photo(*size)
    grid = OutputGrid(image.size, Size(*output))
    renderer = Renderer(image, model, FeatureCache(PLENTY))
    shown = renderer.render(grid, grid.output.rect)
    assert shown.dtype == np.float32
    assert shown.min() >= 0
    assert shown.max() <= 1
    np.testing.assert_allclose(shown, rendered_at_once(image, model, grid), rtol=0, atol=2e-5)
    bytes_ = renderer.render_display(grid, grid.output.rect)
    difference = np.abs(bytes_.astype(int) - displayed_at_once(image, model, grid))
    assert difference.max() <= 1
    assert (difference > 0).mean() <= 1e-2


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


@pytest.fixture(params=["liif", "metasr", "heat-field"])
def attentive(request: pytest.FixtureRequest) -> ImplicitModel:
    """A model whose features depend on the whole photo."""
    return any_model("rcan", request.param)


@pytest.mark.parametrize(("size", "output"), [((21, 35), (66, 97)), ((1, 20), (3, 61)), ((20, 20), (30, 12))])
def test_photo_is_encoded_once_and_whole_where_all_of_it_matters(
    size: tuple[int, int],
    output: tuple[int, int],
    attentive: ImplicitModel,
    small_tiles: int,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(attentive, "chunk_pixels", 500)
    image, cache = photo(*size), FeatureCache(PLENTY)
    grid = OutputGrid(image.size, Size(*output))
    whole = rendered_at_once(image, attentive, grid)
    assert whole.std() > 0.02
    corner = Rect(output[0] - 2, output[1] - 3, 2, 3)
    renderer = Renderer(image, attentive, cache)
    with watched(attentive) as tiles:
        for rect in (corner, Rect(0, 0, 2, 3), grid.output.rect):
            np.testing.assert_allclose(renderer.render(grid, rect), whole[rect.slices], rtol=0, atol=2e-5)
        assert tiles == [size]
    assert cache.used_bytes == encoded_at_once(image, attentive).nbytes


def test_part_of_the_features_is_cut_from_the_whole_photos(attentive: ImplicitModel) -> None:
    image, rect = photo(14, 18), Rect(9, 0, 5, 7)
    feat = encode_rect(attentive, image, rect, bf16=False)
    torch.testing.assert_close(feat, encoded_at_once(image, attentive)[(..., *rect.slices)], rtol=0, atol=1e-5)
    assert feat.untyped_storage().nbytes() == feat.nbytes


def test_tiles_of_channel_attention_would_show(
    attentive: ImplicitModel, small_tiles: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    # From dark to bright, so that parts have other means than the whole.
    ramp = np.linspace(0, 1, 120)[:, None]
    image = Image((photo(8, 120).pixels * ramp).astype(np.uint8))
    whole = encoded_at_once(image, attentive)
    # As far as its convolutions reach: a head, two groups of two blocks, and their ends.
    monkeypatch.setattr(attentive, "halo", 1 + 2 * (2 * 2 + 1) + 1)
    tiled = features_of(image, attentive).window(image.size.rect, cancel=CancelToken()).feat
    assert (tiled - whole).abs().max() > 1e-3


def test_rdn_in_tiles_equals_rdn_at_once() -> None:
    """Its tiles need 123 pixels around them, nearly as many as they are wide themselves."""
    model, image = any_model("rdn", "metasr"), photo(2, 2 * 128 + 40)
    grid = OutputGrid(image.size, Size(5, 700))
    with watched(model) as tiles:
        shown = Renderer(image, model, FeatureCache(PLENTY)).render(grid, grid.output.rect)
    assert [width for _, width in tiles] == [128 + 123, 123 + 128 + 40, 123 + 40]
    np.testing.assert_allclose(shown, rendered_at_once(image, model, grid), rtol=0, atol=2e-5)


def test_bf16_features_are_close_to_fp32_and_half_as_large(model: ImplicitModel) -> None:
    """Also where a processor only emulates bfloat16, which is slow but the same."""
    image = photo(20, 30)
    exact = encode_rect(model, image, image.size.rect, bf16=False)
    rough = encode_rect(model, image, image.size.rect, bf16=True)
    assert rough.dtype == torch.bfloat16
    assert rough.nbytes == exact.nbytes / 2
    assert is_channels_last(rough)
    error = (rough - exact).abs()
    assert 1e-5 < error.mean() < 0.01 * exact.std()
    assert error.max() < 0.1 * exact.std()
    if model.needs_image:
        # The photo itself is only rounded: half a step of eight digits.
        assert torch.equal(rough[:, -3:], exact[:, -3:].bfloat16())


@pytest.mark.parametrize("output", [(42, 70), (66, 97), (280, 441)], ids=["x2", "any", "large"])
def test_bf16_tiles_are_the_pixels_of_the_whole_within_a_level(
    output: tuple[int, int], model: ImplicitModel, small_tiles: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    image = photo(21, 35)
    grid = OutputGrid(image.size, Size(*output))
    exact = rendered_at_once(image, model, grid)
    monkeypatch.setattr(model, "chunk_pixels", 3000)
    cache = FeatureCache(PLENTY)
    renderer = Renderer(image, model, cache, bf16=True)
    whole = renderer.render(grid, grid.output.rect)
    assert cache.used_bytes == encoded_at_once(image, model).nbytes / 2
    rect = Rect(13, 17, 20, 30)
    # A tile is added up in another order, which bfloat16 shows in its last digit.
    assert np.abs(renderer.render(grid, rect) - whole[rect.slices]).max() < 2 / 255
    # Random weights and a photo of noise ask more of the encoder's eight digits than a photo does.
    error = np.abs(whole - exact)
    assert 1e-5 < error.mean() < 1 / 255
    assert error.max() < 8 / 255
    shown = renderer.render_display(grid, grid.output.rect)[..., 2::-1]
    assert np.abs(shown - 255 * whole).max() < 2
