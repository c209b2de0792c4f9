"""How models enlarge photos that came out of a camera's JPEG: PSNR on inputs with defects.

    .venv/bin/python packaging/experiment_degraded.py --photos FOLDER --model fast --model photo

`FOLDER/HR/` holds clean photos that no model has learned from. Each is reduced bicubically, gets a little noise, goes
through JPEG (4:2:0) at several qualities, and is enlarged again. RGB, to the border less the scale, mean of all photos.
"""

from __future__ import annotations

import argparse
import io
from collections.abc import Mapping
from pathlib import Path

import numpy as np
import torch
from numpy.typing import NDArray
from PIL import Image as PillowImage

from liif_core.checkpoint.load import load_model
from liif_core.evaluation.dataset import input_of, truth_paths
from liif_core.evaluation.enlarge import Enlarge, enlarge_bicubic, enlarge_by
from liif_core.evaluation.metrics import psnr
from liif_core.evaluation.scale import Scale
from liif_core.geometry import Rect
from liif_core.imaging.image import Image
from liif_core.imaging.read import read_image
from liif_core.library import find_model

SCALES = (2, 4)
QUALITIES = (50, 75, 90, None)
NOISE_SIGMA = 1.5


def main() -> None:
    """Print a Markdown table."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--photos", type=Path, required=True)
    parser.add_argument("--model", action="append", required=True, help="name or path; several times for several")
    arguments = parser.parse_args()
    ways: dict[str, Enlarge] = {"bicubic": enlarge_bicubic}
    ways |= {name: enlarge_by(load_model(find_model(name))[0]) for name in arguments.model}
    columns = [(scale, quality) for scale in SCALES for quality in QUALITIES]
    print("| | " + " | ".join(f"x{scale}, {_quality_text(quality)}" for scale, quality in columns) + " |")
    print("|---" * (len(columns) + 1) + "|")
    results = [_decibels(arguments.photos, ways, scale=scale, quality=quality) for scale, quality in columns]
    for name in ways:
        print(f"| {name} | " + " | ".join(f"{result[name]:.2f}" for result in results) + " |")


def _quality_text(quality: int | None) -> str:
    return "clean" if quality is None else f"quality {quality}"


@torch.inference_mode()
def _decibels(folder: Path, ways: Mapping[str, Enlarge], *, scale: int, quality: int | None) -> dict[str, float]:
    """Mean PSNR in dB of all photos, by way."""
    rng = np.random.default_rng(0)
    found: dict[str, list[float]] = {name: [] for name in ways}
    for path in truth_paths(folder):
        truth = read_image(path)
        clean, grid = input_of(truth, path, scale=Scale(scale, scale))
        given = clean if quality is None else _defective(clean, quality, rng)
        part = Rect(0, 0, grid.output.height, grid.output.width)
        expected = torch.from_numpy(truth.region(part)).permute(2, 0, 1)
        for name, enlarge in ways.items():
            pred = torch.from_numpy(enlarge(given, grid)).permute(2, 0, 1)
            found[name].append(psnr(pred, expected, shave=scale))
    return {name: float(np.mean(values)) for name, values in found.items()}


def _defective(image: Image, quality: int, rng: np.random.Generator) -> Image:
    pixels: NDArray[np.float64] = image.pixels + rng.normal(0, NOISE_SIGMA, image.pixels.shape)
    picture = PillowImage.fromarray(np.clip(np.round(pixels), 0, 255).astype(np.uint8))
    file = io.BytesIO()
    picture.save(file, "JPEG", quality=quality, subsampling="4:2:0")
    return Image(np.asarray(PillowImage.open(file).convert("RGB")))


if __name__ == "__main__":
    main()
