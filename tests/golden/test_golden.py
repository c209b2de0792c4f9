"""Published checkpoints give the published pixels, all the way from the file to the picture."""

from __future__ import annotations

import importlib.util
import itertools
import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np
import PIL.Image
import pytest
import torch
from numpy.typing import NDArray

from liif_core.checkpoint.load import load_model
from liif_core.geometry import OutputGrid, Size
from liif_core.imaging.image import Image
from liif_core.render.feature_cache import FeatureCache
from liif_core.render.renderer import Renderer
from tests.golden import make_golden

pytestmark = pytest.mark.usefixtures("one_thread")
TOLERANCE = 1e-5


def save_checkpoint(path: Path, spec: Mapping[str, Any], state: Mapping[str, NDArray[np.float32]]) -> Path:
    weights = {name: torch.from_numpy(array) for name, array in state.items()}
    torch.save({"model": {**spec, "sd": weights}, "optimizer": {}, "epoch": 1}, path)
    return path


def rendered(path: Path, pixels: NDArray[np.uint8], output: tuple[int, int]) -> NDArray[np.float32]:
    model, _ = load_model(path)
    image = Image(pixels)
    grid = OutputGrid(image.size, Size(*output))
    return Renderer(image, model, FeatureCache(1 << 30)).render(grid, grid.output.rect)


@pytest.mark.parametrize("name", make_golden.CASES)
def test_small_checkpoint_gives_its_golden_pixels(name: str, tmp_path: Path) -> None:
    flags = make_golden.CASES[name]
    path = save_checkpoint(tmp_path / "small.pth", make_golden.official_spec(flags), make_golden.official_state(flags))
    with np.load(make_golden.FILE) as stored:
        golden = stored[name]
    shown = rendered(path, make_golden.picture(), make_golden.OUTPUT)
    np.testing.assert_allclose(shown, golden, rtol=0, atol=TOLERANCE)


def test_golden_pixels_of_different_flags_differ() -> None:
    with np.load(make_golden.FILE) as stored:
        pictures = [stored[name] for name in make_golden.CASES]
    for other in pictures[1:]:
        assert np.abs(other - pictures[0]).max() > 100 * TOLERANCE


def test_stored_golden_pixels_are_those_of_the_reference() -> None:
    with np.load(make_golden.FILE) as stored:
        np.testing.assert_allclose(stored["all"], make_golden.golden_output({}), rtol=0, atol=1e-6)


@pytest.mark.parametrize(("encoder", "model"), make_golden.COMBINATIONS)
def test_every_published_combination_gives_its_golden_pixels(encoder: str, model: str, tmp_path: Path) -> None:
    spec, state = make_golden.official_spec({}, encoder, model), make_golden.official_state({}, encoder, model)
    path = save_checkpoint(tmp_path / "small.pth", spec, state)
    with np.load(make_golden.COMBINATIONS_FILE) as stored:
        golden = stored[make_golden.combination_name(encoder, model)]
    shown = rendered(path, make_golden.picture(), make_golden.OUTPUT)
    np.testing.assert_allclose(shown, golden, rtol=0, atol=TOLERANCE)


def test_golden_pixels_of_different_combinations_differ() -> None:
    with np.load(make_golden.COMBINATIONS_FILE) as stored:
        pictures = [stored[make_golden.combination_name(*case)] for case in make_golden.COMBINATIONS]
    for one, other in itertools.combinations(pictures, 2):
        assert np.abs(one - other).max() > 100 * TOLERANCE


@pytest.mark.parametrize(("encoder", "model"), [("rdn", "metasr"), ("rcan", "metasr"), ("edsr", "liif")])
def test_stored_combinations_are_those_of_the_reference(encoder: str, model: str) -> None:
    with np.load(make_golden.COMBINATIONS_FILE) as stored:
        golden = stored[make_golden.combination_name(encoder, model)]
    np.testing.assert_allclose(golden, make_golden.golden_output({}, encoder, model), rtol=0, atol=1e-6)


@pytest.mark.parametrize("name", ["edsr-baseline-liif", "edsr-baseline-liif-u"])
def test_official_code_and_ours_agree(name: str, shared: Path, tmp_path: Path) -> None:
    folder = shared / "golden"
    if not (folder / f"{name}.npy").is_file():
        pytest.skip(f"no golden output {name} in {folder}")
    case = json.loads((folder / f"{name}.json").read_text(encoding="utf-8"))
    module_spec = importlib.util.spec_from_file_location("golden_weights", folder / "weights.py")
    assert module_spec is not None
    assert module_spec.loader is not None
    weights = importlib.util.module_from_spec(module_spec)
    module_spec.loader.exec_module(weights)
    path = save_checkpoint(tmp_path / f"{name}.pth", case["spec"], weights.checkpoint_state(case["shapes"]))
    with PIL.Image.open(folder / "input.png") as photo:
        pixels = np.asarray(photo.convert("RGB"))
    golden = np.load(folder / f"{name}.npy")
    assert golden.std() > 0.01
    np.testing.assert_allclose(rendered(path, pixels, tuple(case["size"])), golden, rtol=0, atol=TOLERANCE)
