"""The average of all eight orientations: of the right pixels, in any pieces, and what it is good for."""

from __future__ import annotations

import numpy as np
import PIL.Image
import pytest
from numpy.typing import NDArray

from liif_core.checkpoint.load import load_model
from liif_core.errors import OutOfMemory
from liif_core.evaluation.enlarge import enlarge_by
from liif_core.geometry import OutputGrid, Rect, Size
from liif_core.imaging.image import Image
from liif_core.imaging.read import read_image
from liif_core.imaging.write import quantise
from liif_core.library import find_model
from liif_core.models.implicit import ImplicitModel
from liif_core.paths import sample_photo
from liif_core.render import self_ensemble
from liif_core.render.self_ensemble import SelfEnsembleRenderer
from tests.render.scenes import MODELS, PLENTY, photo, rendered_at_once, watched

pytestmark = pytest.mark.usefixtures("one_thread")


def average(image: Image, model: ImplicitModel, grid: OutputGrid) -> NDArray[np.float32]:
    """The same by numpy's turns and mirrors."""
    pictures = []
    for mirrored in (False, True):
        for turns in range(4):
            pixels = np.rot90(image.pixels[:, ::-1] if mirrored else image.pixels, turns)
            laid = Image(np.ascontiguousarray(pixels))
            size = Size(grid.output.width, grid.output.height) if turns % 2 else grid.output
            picture = np.rot90(rendered_at_once(laid, model, OutputGrid(laid.size, size)), -turns)
            pictures.append(picture[:, ::-1] if mirrored else picture)
    return np.asarray(np.mean(pictures, axis=0), np.float32)


@pytest.mark.parametrize("output", [(37, 74), (61, 55)], ids=["equal scales", "unequal scales"])
def test_it_is_the_average_of_all_eight(model: ImplicitModel, output: tuple[int, int]) -> None:
    image = photo(15, 30)
    grid = OutputGrid(image.size, Size(*output))
    expected = average(image, model, grid)
    alone = rendered_at_once(image, model, grid)
    assert np.abs(expected - alone).max() > 0.01
    rendered = SelfEnsembleRenderer(image, model, PLENTY).render(grid, grid.output.rect)
    np.testing.assert_allclose(rendered, expected, atol=2e-5)


@pytest.mark.parametrize("sides", [(1, 9), (9, 1), (1, 1)])
def test_a_photo_of_a_single_row_or_column(model: ImplicitModel, sides: tuple[int, int]) -> None:
    image = photo(*sides)
    grid = OutputGrid(image.size, image.size.scaled(3))
    rendered = SelfEnsembleRenderer(image, model, PLENTY).render(grid, grid.output.rect)
    np.testing.assert_allclose(rendered, average(image, model, grid), atol=2e-5)


def test_any_piece_has_the_pixels_of_the_whole(small_tiles: int, monkeypatch: pytest.MonkeyPatch) -> None:
    model, image = MODELS["heat field"], photo(29, 23)
    grid = OutputGrid(image.size, Size(71, 60))
    whole = SelfEnsembleRenderer(image, model, PLENTY).render(grid, grid.output.rect)
    piece = Rect(11, 7, 33, 41)
    monkeypatch.setattr(self_ensemble, "_BAND_PIXELS", 41 * 4)
    # A cache that keeps next to nothing.
    for budget in (PLENTY, 1):
        renderer = SelfEnsembleRenderer(image, model, budget)
        np.testing.assert_allclose(renderer.render(grid, piece), whole[piece.slices], atol=1e-5)


def test_bytes_are_rounded_after_the_average(monkeypatch: pytest.MonkeyPatch) -> None:
    model, image = MODELS["heat field"], photo(12, 17)
    grid = OutputGrid(image.size, Size(30, 40))
    monkeypatch.setattr(self_ensemble, "_BAND_PIXELS", 200)
    renderer, piece = SelfEnsembleRenderer(image, model, PLENTY), Rect(2, 3, 25, 33)
    shown = renderer.render_display(grid, piece)
    assert shown.dtype == np.uint8
    assert (shown[..., 3] == 255).all()
    assert np.array_equal(shown[..., 2::-1], quantise(renderer.render(grid, piece), 8))


def test_what_is_needed_no_longer_is_given_up_in_every_orientation(small_tiles: int) -> None:
    model, image = MODELS["heat field"], photo(16, 64)
    grid = OutputGrid(image.size, image.size.scaled(2))
    left, right = Rect(0, 0, 32, 16), Rect(0, 112, 32, 16)
    renderer = SelfEnsembleRenderer(image, model, PLENTY)
    assert renderer.keeps(grid, grid.output.rect)
    assert not SelfEnsembleRenderer(image, model, 8 * 4000).keeps(grid, grid.output.rect)
    for rect in (left, right):
        renderer.render(grid, rect)
    renderer.keep_only(grid, [right])
    with watched(model) as tiles:
        renderer.render(grid, right)
        assert tiles == []
        renderer.render(grid, left)
    # Of each orientation the cells beneath the left end, and none twice.
    assert len(tiles) == 8 * 4


def test_a_device_that_is_given_up_is_told_once(monkeypatch: pytest.MonkeyPatch) -> None:
    told: list[OutOfMemory] = []
    renderer = SelfEnsembleRenderer(photo(8, 8), MODELS["heat field"], PLENTY, on_fallback=told.append)
    for _, member in renderer._members:
        member._on_fallback(OutOfMemory("full"))
    assert len(told) == 1


def test_it_is_nearer_to_the_truth() -> None:
    """By the bundled model, on the middle of the sample photo, reduced as photos are at training."""
    truth = read_image(sample_photo()).pixels[100:292, 200:392]
    small = PIL.Image.fromarray(truth).resize((96, 96), PIL.Image.Resampling.BICUBIC)
    image, grid = Image(np.asarray(small)), OutputGrid(Size(96, 96), Size(192, 192))
    model, _ = load_model(find_model("fast"))
    once, eight_times = (
        float(np.square(enlarge_by(model, self_ensemble=eight)(image, grid) - truth / 255)[2:-2, 2:-2].mean())
        for eight in (False, True)
    )
    assert eight_times < 0.999 * once
