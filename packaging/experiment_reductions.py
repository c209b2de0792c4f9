"""Below 100 %: the heat field's analytic pre-filter against conventional reductions.

    .venv/bin/python packaging/experiment_reductions.py --photos Set14/HR

Each photo is the scene. Reduced by two (bicubic, 8 bits) it becomes the photo that is shown, at several zooms of at
most 100 %. The truth is the scene itself, reduced to the same size by an area average and by Lanczos: two opinions of
what a reduction should be. Figures are means of PSNR in RGB over the photos, without a border of four pixels.
"""

from __future__ import annotations

import argparse
import sys
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray
from PIL import Image as PillowImage

from liif_core.checkpoint.load import load_model
from liif_core.cli.main import run_guarded
from liif_core.errors import DatasetError
from liif_core.geometry import OutputGrid
from liif_core.imaging.image import Image
from liif_core.imaging.read import READABLE_EXTENSIONS, read_image
from liif_core.imaging.resample import Pyramid, bicubic
from liif_core.library import find_model
from liif_core.models.implicit import ImplicitModel
from liif_core.render.feature_cache import FeatureCache
from liif_core.render.renderer import Renderer

ZOOMS = (0.95, 0.9, 0.8, 0.7, 0.6, 0.5, 0.33)
BORDER = 4
FEATURE_BYTES = 1 << 28


def run(arguments: argparse.Namespace) -> int:
    """Print the table."""
    files = sorted(path for path in arguments.photos.iterdir() if path.suffix.lower() in READABLE_EXTENSIONS)
    if not files:
        raise DatasetError(f"{arguments.photos}: no photos in this folder")
    model, _ = load_model(find_model(arguments.model))
    print("| zoom | area | bicubic | heat field |\n| --- | --- | --- | --- |")
    for zoom in ZOOMS:
        figures = np.mean([_figures(read_image(path), zoom, model) for path in files], axis=0)
        print(f"| {zoom:g} | " + " | ".join(f"{area:.2f} / {lanczos:.2f}" for area, lanczos in figures) + " |")
    return 0


def _figures(scene: Image, zoom: float, model: ImplicitModel) -> NDArray[np.float64]:
    """PSNR (3 ways, 2 truths) of one photo."""
    height, width = scene.size.height // 2, scene.size.width // 2
    scene = Image(np.ascontiguousarray(scene.pixels[: 2 * height, : 2 * width]))
    picture = PillowImage.fromarray(scene.pixels)
    photo = Image(np.asarray(picture.resize((width, height), PillowImage.Resampling.BICUBIC)))
    output = photo.size.scaled(zoom)
    grid, whole = OutputGrid(photo.size, output), output.rect
    lanczos = picture.resize((output.width, output.height), PillowImage.Resampling.LANCZOS)
    averaged = Pyramid(scene).area(OutputGrid(scene.size, output), whole)
    truths: list[NDArray[Any]] = [averaged, np.asarray(lanczos) / 255.0]
    ways: list[Callable[[], NDArray[np.float32]]] = [
        lambda: Pyramid(photo).area(grid, whole),
        lambda: bicubic(photo, grid, whole),
        lambda: Renderer(photo, model, FeatureCache(FEATURE_BYTES)).render(grid, whole),
    ]
    return np.array([[_psnr(way(), truth) for truth in truths] for way in ways])


def _psnr(shown: NDArray[np.float32], truth: NDArray[Any]) -> float:
    difference = (shown - truth)[BORDER:-BORDER, BORDER:-BORDER]
    return float(-10 * np.log10(np.mean(difference**2)))


def main(argv: Sequence[str] | None = None) -> int:
    """Read the command line and run."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--photos", type=Path, required=True, metavar="DIR", help="folder of photos")
    parser.add_argument("--model", metavar="NAME", help="a model with a heat field (default: the default model)")
    return run_guarded(run, parser.parse_args(argv))


if __name__ == "__main__":
    sys.exit(main())
