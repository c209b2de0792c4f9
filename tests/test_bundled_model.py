"""The model that ships, on the photo that ships."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import numpy as np
import PIL.Image
import pytest
import torch
from numpy.typing import NDArray

from liif_core.checkpoint.load import load_model
from liif_core.evaluation.enlarge import enlarge_bicubic, enlarge_by
from liif_core.evaluation.metrics import psnr
from liif_core.geometry import OutputGrid, Rect, Size
from liif_core.imaging.image import Image
from liif_core.imaging.read import read_image
from liif_core.imaging.write import quantise
from liif_core.library import find_model, read_manifest
from liif_core.models.decoders.collapsed import RationalZoom
from liif_core.models.decoders.pixel_form import display_bytes, rgb_values
from liif_core.models.decoders.window import FeatureWindow
from liif_core.models.implicit import ImplicitModel
from liif_core.paths import sample_photo
from liif_core.render.feature_cache import FeatureCache
from liif_core.render.renderer import Renderer
from liif_core.training.out_of_distribution import (
    Page,
    black_and_white_noise,
    difference_from_bicubic,
    dithered_ramp,
    line_drawing,
)
from tests.models.heat_equation import equation


@pytest.fixture(scope="module")
def model() -> ImplicitModel:
    return load_model(find_model())[0]


@pytest.fixture(scope="module")
def detail() -> Image:
    """A part of the sample that is in focus, as it is."""
    pixels = read_image(sample_photo()).pixels[70:262, 300:556]
    return Image(np.ascontiguousarray(pixels))


def features(model: ImplicitModel, image: Image) -> torch.Tensor:
    rgb = torch.from_numpy(image.region(image.size.rect)).permute(2, 0, 1)[None]
    with torch.inference_mode():
        return model.encode(model.normalised(rgb))


def directly(model: ImplicitModel, feat: torch.Tensor, grid: OutputGrid, rect: Rect) -> NDArray[np.float64]:
    """Pixel values by the heat field's equation, in float64; beyond x4, where training ended, with the filter of x4."""
    state = {name: value.double().numpy() for name, value in model.decoder.state_dict().items()}
    return equation(state, feat, grid, rect, finest_cell=1 / 4) * model.spec.norm.std + model.spec.norm.mean


def middle_of(grid: OutputGrid, *, side: int) -> Rect:
    height, width = min(side, grid.output.height), min(side, grid.output.width)
    return Rect((grid.output.height - height) // 2, (grid.output.width - width) // 2, height, width)


def decoded(
    model: ImplicitModel, feat: torch.Tensor, grid: OutputGrid, rect: Rect, *, dtype: torch.dtype = torch.float32
) -> NDArray[np.float32]:
    with torch.inference_mode():
        prepared = model.at(grid, rgb_values(model.spec.norm), dtype=dtype)
        return prepared(FeatureWindow.whole(feat.to(dtype)), rect).numpy()


@pytest.mark.parametrize("zoom", [1.1, 2.7, 4.13, 13.7, 30.4, 64.3])
def test_any_zoom_is_exact_to_a_ten_thousandth(model: ImplicitModel, detail: Image, zoom: float) -> None:
    grid, feat = OutputGrid(detail.size, detail.size.scaled(zoom)), features(model, detail)
    rect = middle_of(grid, side=120)
    assert not RationalZoom.fits(grid)
    assert np.abs(decoded(model, feat, grid, rect) - directly(model, feat, grid, rect)).max() < 1e-4


@pytest.mark.parametrize(
    ("output", "error"),
    [
        (Size(192, 256), 1e-5),
        (Size(240, 448), 1e-5),  # 5/4 and 7/4
        (Size(192 * 3, 256 * 3), 1e-5),
        (Size(192 * 12, 256 * 12), 1e-5),
        (Size(149, 671), 1e-4),  # one side reduced
        (Size(149, 201), 1e-4),  # both
    ],
    ids=str,
)
def test_small_fractions_and_reduced_sides_are_exact(
    model: ImplicitModel, detail: Image, output: Size, error: float
) -> None:
    grid, feat = OutputGrid(detail.size, output), features(model, detail)
    rect = middle_of(grid, side=120)
    assert np.abs(decoded(model, feat, grid, rect) - directly(model, feat, grid, rect)).max() < error


@pytest.mark.slow
@pytest.mark.parametrize("zoom", [1.1, 2.7, 30.4])
@pytest.mark.parametrize("name", ["Set5", "Set14"])
def test_any_zoom_is_exact_on_the_benchmarks(model: ImplicitModel, shared: Path, name: str, zoom: float) -> None:
    photos = sorted((shared / "data" / "benchmark" / name / "LR_bicubic" / "X2").glob("*.png"))
    assert photos
    for path in photos:
        image = read_image(path)
        # A quarter of the photo, from its upper left corner on, is enough detail.
        part = Image(np.ascontiguousarray(image.pixels[: 1 + image.size.height // 2, : 1 + image.size.width // 2]))
        grid, feat = OutputGrid(part.size, part.size.scaled(zoom)), features(model, part)
        rect = middle_of(grid, side=80)
        assert np.abs(decoded(model, feat, grid, rect) - directly(model, feat, grid, rect)).max() < 1e-4, path.name


@pytest.mark.parametrize("zoom", [1.5, 2.0, 2.7, 30.4], ids=str)
def test_bfloat16_decoding_is_within_a_level(model: ImplicitModel, detail: Image, zoom: float) -> None:
    grid, feat = OutputGrid(detail.size, detail.size.scaled(zoom)), features(model, detail)
    rect = middle_of(grid, side=300)
    exact, rough = (decoded(model, feat, grid, rect, dtype=dtype) for dtype in (torch.float32, torch.bfloat16))
    assert 1e-6 < np.abs(exact - rough).max() < 1 / 255
    form, shown = display_bytes(model.spec.norm), []
    with torch.inference_mode():
        for dtype in (torch.float32, torch.bfloat16):
            pixels = model.at(grid, form, dtype=dtype)(FeatureWindow.whole(feat.to(dtype)), rect)
            shown.append(pixels.numpy().astype(int))
    difference = np.abs(shown[0] - shown[1])
    assert difference.max() <= 2
    assert (difference == 2).mean() < 1e-4
    assert (shown[1][..., 3] == 255).all()


@pytest.mark.parametrize("zoom", [1.3, 3.0, 6.2, 13.7])
def test_bytes_of_a_view_are_those_of_its_export(model: ImplicitModel, detail: Image, zoom: float) -> None:
    grid = OutputGrid(detail.size, detail.size.scaled(zoom))
    rect = middle_of(grid, side=300)
    renderer = Renderer(detail, model, FeatureCache(1 << 28))
    shown = renderer.render_display(grid, rect)
    difference = np.abs(shown[..., 2::-1].astype(int) - quantise(renderer.render(grid, rect), 8))
    assert difference.max() <= 1
    assert (difference > 0).mean() <= 1e-3


@pytest.mark.parametrize("scale", [2, 3, 4])
def test_it_recovers_more_than_bicubic_from_a_reduced_photo(model: ImplicitModel, detail: Image, scale: int) -> None:
    small = Size(detail.size.height // scale, detail.size.width // scale)
    truth = detail.pixels[: small.height * scale, : small.width * scale]
    reduced = PIL.Image.fromarray(truth).resize((small.width, small.height), PIL.Image.Resampling.BICUBIC)
    lr = Image(np.asarray(reduced))
    grid = OutputGrid(lr.size, Size(*truth.shape[:2]))
    gt = torch.from_numpy(truth.astype(np.float32) / 255).permute(2, 0, 1)
    ours = psnr(torch.from_numpy(enlarge_by(model)(lr, grid)).permute(2, 0, 1), gt, shave=scale)
    theirs = psnr(torch.from_numpy(enlarge_bicubic(lr, grid)).permute(2, 0, 1), gt, shave=scale)
    assert ours > theirs + 0.3


@pytest.mark.parametrize("zoom", [1.37, 6.0, 30.0, 61.3])
def test_tiles_of_a_view_are_the_pixels_of_the_whole(model: ImplicitModel, detail: Image, zoom: float) -> None:
    grid = OutputGrid(detail.size, detail.size.scaled(zoom))
    whole_rect = Rect(40, 60, min(300, grid.output.height - 40), min(290, grid.output.width - 60))
    part = Rect(131, 77, 90, 101)
    whole = Renderer(detail, model, FeatureCache(1 << 28)).render(grid, whole_rect)
    tile = Renderer(detail, model, FeatureCache(1 << 28)).render(grid, part)
    assert np.abs(whole[part.shifted(-40, -60).slices] - tile).max() < 1e-5


def step_at_borders(rgb: NDArray[np.float32], *, zoom: int) -> float:
    """Steps between neighbouring pixels where one latent gives way to the next, in shares of the mean step.

    Both kinds of border are looked at: where the nearest latent changes, and where the four that are blended do.
    """
    worst = 0.0
    for axis in (0, 1):
        steps = np.abs(np.diff(rgb, axis=axis)).mean(axis=(1 - axis, 2))
        by_phase = [steps[phase::zoom].mean() for phase in range(zoom)]
        borders = (zoom - 1, zoom // 2 - 1)
        worst = max(worst, *(by_phase[phase] / np.mean(by_phase) for phase in borders))
    return worst


@pytest.mark.parametrize("name", ["fast", "quality", "photo"])
def test_thirty_times_enlarged_there_are_no_blocks(name: str, detail: Image) -> None:
    """The continuity that the paper shows at x30 (Chen et al., CVPR 2021, figure 1)."""
    model = load_model(find_model(name))[0]
    zoom, rect = 30, Rect(1500, 2400, 900, 900)
    grid = OutputGrid(detail.size, detail.size.scaled(zoom))
    smooth = Renderer(detail, model, FeatureCache(1 << 28)).render(grid, rect)
    assert step_at_borders(smooth, zoom=zoom) < 1.25
    blocks = detail.region(Rect(50, 80, 30, 30)).repeat(zoom, axis=0).repeat(zoom, axis=1)
    assert step_at_borders(blocks, zoom=zoom) > 5, "the measure must see blocks where there are some"


@pytest.mark.parametrize("name", [entry.name for entry in read_manifest()])
@pytest.mark.parametrize(
    ("page", "bound"), [(line_drawing(), 0.1), (dithered_ramp(), 0.25), (black_and_white_noise(), 0.25)]
)
def test_what_is_no_photo_does_not_blow_up(name: str, page: Page, bound: float) -> None:
    """Contrast that no photo has, and that no model learned from, may grow from layer to layer to anything.

    Weights that did this had 0.20 to 0.50, and better PSNR on photos than those that ship.
    """
    difference = difference_from_bicubic(load_model(find_model(name))[0], page)
    assert 0.01 < difference < bound


def test_loading_it_imports_nothing_slow() -> None:
    """sympy comes with torch's symbolic shapes and would cost a second between a photo and its sharp picture."""
    script = (
        "import sys; from liif_core.checkpoint.load import load_model; from liif_core.library import find_model; "
        "load_model(find_model()); print('sympy' in sys.modules)"
    )
    outcome = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True, timeout=200)
    assert outcome.stdout.strip() == "False"
