"""What a renderer is asked, what it keeps, and how it stops."""

from __future__ import annotations

import numpy as np
import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st

from liif_core.cancel import CancelToken
from liif_core.errors import Cancelled, RequestError
from liif_core.geometry import OutputGrid, Rect, Size
from liif_core.imaging.write import quantise
from liif_core.models.decoders.window import FeatureWindow
from liif_core.models.implicit import ImplicitModel
from liif_core.render import renderer as renderer_module
from liif_core.render.feature_cache import FeatureCache
from liif_core.render.renderer import CHUNK_LATENTS, KEPT_DECODERS, Renderer
from tests.models.builders import heat_model, liif_model
from tests.models.heat_equation import equation
from tests.render.scenes import (
    MODELS,
    PLENTY,
    before_decoding,
    encoded_at_once,
    photo,
    rendered_at_once,
    watched,
)

pytestmark = pytest.mark.usefixtures("one_thread")


def ignore(window: FeatureWindow, rect: Rect) -> None:
    """Nothing to do before decoding."""


def test_nothing_is_rendered_of_an_empty_band(model: ImplicitModel) -> None:
    image = photo(8, 8)
    renderer, grid = Renderer(image, model, FeatureCache(PLENTY)), OutputGrid(image.size, Size(16, 16))
    assert renderer.render(grid, Rect(3, 0, 0, 16)).shape == (0, 16, 3)
    assert renderer.render_display(grid, Rect(3, 5, 7, 0)).shape == (7, 0, 4)


@pytest.mark.parametrize("output", [Size(80, 9), Size(7, 130)], ids=["reduced across", "reduced down"])
def test_rectangles_of_a_picture_with_a_reduced_side_are_those_of_the_whole(model: ImplicitModel, output: Size) -> None:
    image = photo(40, 64)
    grid, bottom, right = OutputGrid(image.size, output), output.height - 2, output.width - 3
    whole, renderer = rendered_at_once(image, model, grid), Renderer(image, model, FeatureCache(PLENTY))
    for rect in (Rect(y, x, 2, 3) for y in (0, bottom // 2, bottom) for x in (0, right // 2, right)):
        np.testing.assert_allclose(renderer.render(grid, rect), whole[rect.slices], rtol=0, atol=2e-5)


@pytest.mark.parametrize(
    ("grid", "rect"),
    [
        (OutputGrid(Size(8, 8), Size(16, 16)), Rect(10, 10, 8, 8)),
        (OutputGrid(Size(8, 8), Size(19, 19)), Rect(-1, 0, 4, 4)),
        (OutputGrid(Size(8, 8), Size(19, 19)), Rect(40, 0, 4, 4)),
        (OutputGrid(Size(4, 4), Size(16, 16)), Rect(0, 0, 4, 4)),
        (OutputGrid(Size(9, 8), Size(18, 16)), Rect(0, 0, 4, 4)),
    ],
    ids=["beyond the corner", "before the corner", "far away", "of another photo", "a row larger"],
)
def test_request_outside_the_photo_is_refused(grid: OutputGrid, rect: Rect, model: ImplicitModel) -> None:
    renderer = Renderer(photo(8, 8), model, FeatureCache(PLENTY))
    for render in (renderer.render, renderer.render_display):
        with watched(model) as tiles, pytest.raises(RequestError):
            render(grid, rect)
        assert tiles == []


def test_predictions_outside_the_range_are_clamped() -> None:
    model, image = heat_model(), photo(8, 8)
    with torch.no_grad():
        model.get_parameter("decoder.coef").mul_(100)
    grid = OutputGrid(image.size, Size(16, 16))
    renderer = Renderer(image, model, FeatureCache(PLENTY))
    shown = renderer.render(grid, grid.output.rect)
    assert shown.min() == 0
    assert shown.max() == 1
    displayed = renderer.render_display(grid, grid.output.rect)
    assert np.array_equal(displayed[..., 2::-1][shown == 0] == 0, np.ones((shown == 0).sum(), bool))
    assert set(displayed[..., 2::-1][shown == 1].tolist()) == {255}


@pytest.mark.parametrize("output", [Size(27, 36), Size(31, 50), Size(9, 90), Size(7, 11)], ids=str)
def test_bytes_for_the_display_are_those_of_a_file(model: ImplicitModel, output: Size) -> None:
    image = photo(9, 12)
    renderer, grid = Renderer(image, model, FeatureCache(PLENTY)), OutputGrid(image.size, output)
    shown = renderer.render_display(grid, output.rect)
    assert shown.dtype == np.uint8
    assert shown.shape == (output.height, output.width, 4)
    assert shown.flags.c_contiguous
    assert (shown[..., 3] == 255).all()
    difference = np.abs(shown[..., 2::-1].astype(int) - quantise(renderer.render(grid, output.rect), 8))
    assert difference.max() <= 1
    assert (difference > 0).mean() <= 1e-3


@pytest.mark.parametrize("form", ["values", "bytes"])
def test_decoder_of_a_grid_is_made_once_and_used_again(
    model: ImplicitModel, form: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(model, "chunk_pixels", 50)
    made = before_decoding(model, monkeypatch, ignore)
    image = photo(8, 8)
    renderer = Renderer(image, model, FeatureCache(PLENTY))
    render = renderer.render if form == "values" else renderer.render_display
    grids = [OutputGrid(image.size, Size(10 + side, 16)) for side in range(KEPT_DECODERS + 1)]
    for grid in grids[:KEPT_DECODERS] * 3:
        render(grid, grid.output.rect)
    assert made == grids[:KEPT_DECODERS]
    # One more: the one that was not used for longest goes, the others stay.
    render(grids[0], Rect(0, 0, 2, 2))
    render(grids[-1], Rect(0, 0, 2, 2))
    render(grids[0], Rect(0, 0, 2, 2))
    assert made == grids
    render(grids[1], Rect(0, 0, 2, 2))
    assert made == [*grids, grids[1]]


def test_values_and_bytes_of_one_grid_have_decoders_of_their_own(monkeypatch: pytest.MonkeyPatch) -> None:
    model, image = heat_model(), photo(8, 8)
    made, grid = before_decoding(model, monkeypatch, ignore), OutputGrid(image.size, Size(16, 16))
    renderer = Renderer(image, model, FeatureCache(PLENTY))
    for _ in range(2):
        assert renderer.render(grid, grid.output.rect).shape[-1] == 3
        assert renderer.render_display(grid, grid.output.rect).shape[-1] == 4
    assert made == [grid, grid]


def test_decoding_makes_no_graph_for_gradients(model: ImplicitModel, monkeypatch: pytest.MonkeyPatch) -> None:
    seen = []

    def look(window: FeatureWindow, rect: Rect) -> None:
        seen.append((torch.is_inference_mode_enabled(), window.feat.requires_grad))

    before_decoding(model, monkeypatch, look)
    image = photo(8, 8)
    grid, renderer = OutputGrid(image.size, Size(16, 16)), Renderer(image, model, FeatureCache(PLENTY))
    assert any(parameter.requires_grad for parameter in model.parameters())
    renderer.render(grid, grid.output.rect)
    renderer.render_display(grid, grid.output.rect)
    assert seen == [(True, False)] * 2


def test_cancelled_before_it_starts_nothing_is_encoded(model: ImplicitModel) -> None:
    token, image = CancelToken(), photo(8, 8)
    token.cancel()
    grid = OutputGrid(image.size, Size(16, 16))
    with watched(model) as tiles, pytest.raises(Cancelled):
        Renderer(image, model, FeatureCache(PLENTY)).render(grid, grid.output.rect, cancel=token)
    assert tiles == []


def test_cancelled_between_layers_a_tile_is_given_up(model: ImplicitModel) -> None:
    token, image, cache = CancelToken(), photo(8, 8), FeatureCache(PLENTY)
    layers = [module for module in model.encoder.modules() if isinstance(module, torch.nn.Conv2d)]
    reached: list[torch.nn.Module] = []

    def note_and_cancel(layer: torch.nn.Module, *_: object) -> None:
        reached.append(layer)
        token.cancel()

    hooks = [layer.register_forward_hook(note_and_cancel) for layer in layers]
    grid = OutputGrid(image.size, Size(16, 16))
    with pytest.raises(Cancelled):
        Renderer(image, model, cache).render(grid, grid.output.rect, cancel=token)
    for hook in hooks:
        hook.remove()
    assert reached == layers[:1]
    assert cache.used_bytes == 0
    assert not any(layer._forward_pre_hooks for layer in layers)


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
    token, image, chunks = CancelToken(), photo(8, 8), list[Rect]()

    def cancel_at_the_second(window: FeatureWindow, rect: Rect) -> None:
        chunks.append(rect)
        if len(chunks) == 2:
            token.cancel()

    monkeypatch.setattr(model, "chunk_pixels", 16 * 3)
    before_decoding(model, monkeypatch, cancel_at_the_second)
    grid = OutputGrid(image.size, Size(16, 16))
    with pytest.raises(Cancelled):
        Renderer(image, model, FeatureCache(PLENTY)).render_display(grid, grid.output.rect, cancel=token)
    assert chunks == [Rect(0, 0, 3, 16), Rect(3, 0, 3, 16)]


def test_chunks_of_wide_pictures_stay_small(monkeypatch: pytest.MonkeyPatch) -> None:
    model, image, areas = liif_model(), photo(2, 30), list[int]()
    monkeypatch.setattr(model, "chunk_pixels", 64)
    before_decoding(model, monkeypatch, lambda window, rect: areas.append(rect.area))
    grid = OutputGrid(image.size, Size(8, 600))
    Renderer(image, model, FeatureCache(PLENTY)).render(grid, grid.output.rect)
    assert max(areas) <= 64
    assert sum(areas) == 8 * 600


@pytest.mark.parametrize("zoom", [0.5, 1.0, 1.03, 1.5, 4.0])
def test_chunks_near_100_percent_hold_few_latents(zoom: float, monkeypatch: pytest.MonkeyPatch) -> None:
    """A chunk of as many pixels as at x4 would hold sixteen times the latents."""
    latents = 1 << 12
    monkeypatch.setattr(renderer_module, "CHUNK_LATENTS", latents)
    model, image, windows, areas = heat_model(n_feats=4), photo(200, 300), list[int](), list[int]()

    def measure(window: FeatureWindow, rect: Rect) -> None:
        windows.append(window.rect.area)
        areas.append(rect.area)

    before_decoding(model, monkeypatch, measure)
    grid = OutputGrid(image.size, image.size.scaled(zoom))
    Renderer(image, model, FeatureCache(PLENTY)).render_display(grid, grid.output.rect)
    assert sum(areas) == grid.output.area
    assert max(areas) <= model.chunk_pixels
    # Two more rows and columns around, and what a reduced pixel covers.
    assert max(windows) <= 1.6 * latents
    assert len(windows) > 10
    assert latents < CHUNK_LATENTS < image.size.area * 2


def test_tiles_do_not_depend_on_the_chunks(model: ImplicitModel, monkeypatch: pytest.MonkeyPatch) -> None:
    image = photo(21, 35)
    grid = OutputGrid(image.size, Size(66, 97))
    whole = Renderer(image, model, FeatureCache(PLENTY)).render_display(grid, grid.output.rect)
    for most in (1, 7, 100, 997):
        monkeypatch.setattr(model, "chunk_pixels", most)
        rect = Rect(13, 11, 1 + most // 4 % 50, 20)
        part = Renderer(image, model, FeatureCache(PLENTY)).render_display(grid, rect)
        difference = np.abs(part.astype(int) - whole[rect.slices])
        # A sum in another order may fall on the other side of a half.
        assert difference.max() <= 1
        assert (difference > 0).mean() <= 1e-2


@pytest.mark.parametrize("zoom", [1.0, 1.1, 1.9, 3.3, 5.2, 12.1, 15.9, 17.3])
def test_draft_shows_every_pixel_of_the_photo(model: ImplicitModel, zoom: float) -> None:
    image = photo(7, 9)
    renderer = Renderer(image, model, FeatureCache(PLENTY))
    grid = renderer.draft_grid(zoom)
    assert grid == model.draft_grid(image.size, zoom)
    assert grid.source.rect.contains(image.size.rect)
    shown = renderer.render_display(grid, grid.output.rect)
    assert shown.shape == (grid.output.height, grid.output.width, 4)
    assert (shown[..., 3] == 255).all()


@settings(max_examples=40)
@given(data=st.data())
def test_draft_of_the_heat_field_equals_its_equation(data: st.DataObject) -> None:
    """In any chunks, some of which lie beyond the photo."""
    model, image = MODELS["heat field"], photo(data.draw(st.integers(1, 11)), data.draw(st.integers(1, 11)))
    grid = model.draft_grid(image.size, data.draw(st.floats(1, 6)))
    top = data.draw(st.integers(0, grid.output.height - 1))
    left = data.draw(st.integers(0, grid.output.width - 1))
    rect = Rect.spanning(top, left, grid.output.height, grid.output.width)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(model, "chunk_pixels", data.draw(st.integers(1, 200)))
        shown = Renderer(image, model, FeatureCache(PLENTY)).render(grid, rect)
    state = {name: value.double().numpy() for name, value in model.decoder.state_dict().items()}
    direct = equation(state, encoded_at_once(image, model), grid, rect) * 0.5 + 0.5
    np.testing.assert_allclose(shown, direct.clip(0, 1), rtol=0, atol=1e-5)


@pytest.mark.parametrize(
    "grid",
    [
        OutputGrid(Size(8, 8), Size(36, 44)),  # of unequal zooms
        OutputGrid(Size(10, 8), Size(45, 36)),  # three more rows than the photo has
        OutputGrid(Size(6, 8), Size(27, 36)),  # a row less than the photo has
        OutputGrid(Size(8, 8), Size(34, 34)),  # quarters are not in use
        OutputGrid(Size(8, 8), Size(8 * 7, 8 * 7)),  # no need to round up at a whole zoom
    ],
    ids=str,
)
def test_what_is_no_draft_of_this_photo_is_refused(grid: OutputGrid) -> None:
    model, image = MODELS["heat field"], photo(7, 8)
    renderer = Renderer(image, model, FeatureCache(PLENTY))
    with pytest.raises(RequestError):
        renderer.render_display(grid, Rect(0, 0, 2, 2))
    draft = renderer.draft_grid(4.3)
    assert draft == OutputGrid(Size(8, 8), Size(36, 36))
    assert renderer.render_display(draft, Rect(0, 0, 2, 2)).shape == (2, 2, 4)
