"""The model that ships, on the photo that ships."""

from __future__ import annotations

import subprocess
import sys

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
from liif_core.library import find_model
from liif_core.models.decoders import heat_field
from liif_core.models.implicit import ImplicitModel
from liif_core.paths import sample_photo
from liif_core.render.feature_map import FeatureCache
from liif_core.render.renderer import Renderer


@pytest.fixture(scope="module")
def model() -> ImplicitModel:
    return load_model(find_model())[0]


@pytest.fixture(scope="module")
def detail() -> Image:
    """A part of the sample that is in focus, as it is."""
    pixels = read_image(sample_photo()).pixels[70:262, 300:556]
    return Image(np.ascontiguousarray(pixels))


@pytest.mark.parametrize("zoom", [2, 3, 7, 12])
def test_interpolated_decoding_is_exact_to_a_ten_thousandth(
    model: ImplicitModel, detail: Image, zoom: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    grid = OutputGrid(detail.size, detail.size.scaled(zoom))
    rect = Rect(90, 100, 200, 180)
    exact = Renderer(detail, model, FeatureCache(1 << 28)).render(grid, rect)
    monkeypatch.setattr(heat_field, "MAX_UNIFORM_ZOOM", 0)
    interpolated = Renderer(detail, model, FeatureCache(1 << 28)).render(grid, rect)
    assert np.abs(interpolated - exact).max() < 1e-4


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


def test_thirty_times_enlarged_there_are_no_blocks(model: ImplicitModel, detail: Image) -> None:
    """The continuity that the paper shows at x30 (Chen et al., CVPR 2021, figure 1)."""
    zoom, rect = 30, Rect(1500, 2400, 900, 900)
    grid = OutputGrid(detail.size, detail.size.scaled(zoom))
    smooth = Renderer(detail, model, FeatureCache(1 << 28)).render(grid, rect)
    assert step_at_borders(smooth, zoom=zoom) < 1.25
    blocks = detail.region(Rect(50, 80, 30, 30)).repeat(zoom, axis=0).repeat(zoom, axis=1)
    assert step_at_borders(blocks, zoom=zoom) > 5, "the measure must see blocks where there are some"


def test_loading_it_imports_nothing_slow() -> None:
    """sympy comes with torch's symbolic shapes and would cost a second between a photo and its sharp picture."""
    script = (
        "import sys; from liif_core.checkpoint.load import load_model; from liif_core.library import find_model; "
        "load_model(find_model()); print('sympy' in sys.modules)"
    )
    outcome = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True, timeout=60)
    assert outcome.stdout.strip() == "False"
