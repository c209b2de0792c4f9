"""The evaluation protocol of the LIIF paper's code: PSNR tables on folders in the EDSR layout.

`HR/NAME.png` is the truth. At x2, x3 and x4, `LR_bicubic/X2/NAMEx2.png` is the input where that folder exists, and the
truth is cut at its lower right to the input's size times the scale. At other scales s, h = floor(H / s + 1e-9), the
truth is cut to round(h s), and the input is its reduction by Pillow's bicubic on 8 bits. Predictions are clamped, not
rounded.

`benchmark` (Set5, Set14, B100, Urban100) compares luma and leaves out a border of s pixels; `div2k` compares RGB and
leaves out s + 6.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import PIL.Image
import torch
from numpy.typing import NDArray

from liif_core.cancel import CancelToken
from liif_core.errors import DatasetError
from liif_core.geometry import OutputGrid, Rect, Size
from liif_core.imaging.image import Image, to_unit_range
from liif_core.imaging.read import READABLE_EXTENSIONS, read_image
from liif_core.imaging.write import quantise
from liif_core.models.implicit import ImplicitModel
from liif_core.render.feature_map import FeatureCache
from liif_core.render.renderer import Renderer
from liif_core.training.metrics import psnr

PROTOCOLS = ("benchmark", "div2k")
PAIRED_SCALES = (2, 3, 4)
# Truths are cut to a multiple of the scale, or of 12 for several scales at once.
MAX_CUT = 12

# A photo and a grid of it to RGB in [0, 1], float32 (H, W, 3).
Enlarge = Callable[[Image, OutputGrid], NDArray[np.float32]]


@dataclass(frozen=True, slots=True)
class EvaluationRow:
    """Mean PSNR in dB of one dataset at one scale."""

    dataset: str
    scale: int
    psnr: float
    images: int


def enlarge_bicubic(image: Image, grid: OutputGrid) -> NDArray[np.float32]:
    """The baseline of every table: Pillow's bicubic on 8 bits, which is what published figures were measured with."""
    eight_bit = PIL.Image.fromarray(quantise(image.region(image.size.rect), 8))
    enlarged = eight_bit.resize((grid.output.width, grid.output.height), PIL.Image.Resampling.BICUBIC)
    return to_unit_range(np.asarray(enlarged))


def enlarge_by(model: ImplicitModel, *, bf16: bool = False) -> Enlarge:
    """A model as the evaluator takes it."""

    def enlarge(image: Image, grid: OutputGrid) -> NDArray[np.float32]:
        renderer = Renderer(image, model, FeatureCache(1 << 30), bf16=bf16)
        return renderer.render(grid, grid.output.rect)

    return enlarge


def evaluate(
    enlarge: Enlarge,
    folder: Path,
    *,
    scales: Sequence[int],
    protocol: str,
    cancel: CancelToken | None = None,
    on_image: Callable[[str, int, float], None] = lambda name, scale, value: None,
) -> list[EvaluationRow]:
    """PSNR of an enlarger on a dataset.

    Args:
        enlarge: What to measure.
        folder: Holds `HR/` and, for paired inputs, `LR_bicubic/X2/` ...
        scales: Whole scales of at least 2.
        protocol: One of `PROTOCOLS`.
        cancel: Asked before each photo.
        on_image: Called with the name, scale and PSNR of each photo.

    Raises:
        DatasetError: The folder has no such layout, an input is missing or of the wrong size.
        ImageReadError: A photo cannot be read.
        Cancelled: `cancel` was set.
    """
    if protocol not in PROTOCOLS:
        raise DatasetError(f"unknown protocol '{protocol}': expected {' or '.join(PROTOCOLS)}")
    if min(scales, default=0) < 2:
        raise DatasetError(f"scales are whole numbers from 2, not {list(scales)}")
    truths = _truths(folder)
    rows = []
    for scale in scales:
        values = []
        for path in truths:
            if cancel is not None:
                cancel.check()
            value = _measure(enlarge, path, folder, scale=scale, protocol=protocol)
            on_image(path.stem, scale, value)
            values.append(value)
        rows.append(EvaluationRow(folder.name, scale, float(np.mean(values)), len(values)))
    return rows


def _truths(folder: Path) -> list[Path]:
    hr = folder / "HR"
    if not hr.is_dir():
        raise DatasetError(f"{folder}: no folder HR in it; expected HR/NAME.png and LR_bicubic/X2/NAMEx2.png")
    truths = sorted(path for path in hr.iterdir() if path.suffix.lower() in READABLE_EXTENSIONS)
    if not truths:
        raise DatasetError(f"{hr}: no photo in this folder")
    return truths


def _measure(enlarge: Enlarge, path: Path, folder: Path, *, scale: int, protocol: str) -> float:
    truth = read_image(path)
    lr, height, width = _input(truth, path, folder, scale)
    grid = OutputGrid(lr.size, Size(height, width))
    pred = torch.from_numpy(enlarge(lr, grid)).permute(2, 0, 1)
    gt = torch.from_numpy(truth.region(grid.output.rect)).permute(2, 0, 1)
    luma = protocol == "benchmark"
    shave = scale if luma else scale + 6
    if min(height, width) <= 2 * shave:
        raise DatasetError(
            f"{path}: {width} x {height} pixels are too few at x{scale} with a border of {shave} left out"
        )
    return psnr(pred, gt, luma=luma, shave=shave)


def _input(truth: Image, path: Path, folder: Path, scale: int) -> tuple[Image, int, int]:
    """The low-resolution photo, and the height and width that the truth is cut to."""
    paired = folder / "LR_bicubic" / f"X{scale}"
    if scale in PAIRED_SCALES and paired.is_dir():
        lr_path = paired / f"{path.stem}x{scale}{path.suffix}"
        if not lr_path.is_file():
            raise DatasetError(f"{lr_path}: missing; expected the input of {path.name} at x{scale}")
        lr = read_image(lr_path)
        height, width = lr.size.height * scale, lr.size.width * scale
        left_over = max(truth.size.height - height, truth.size.width - width)
        if height > truth.size.height or width > truth.size.width or left_over > max(MAX_CUT, 2 * scale):
            raise DatasetError(f"{lr_path}: {width} x {height} pixels at x{scale} do not fit those of {path.name}")
        return lr, height, width
    lr_height = math.floor(truth.size.height / scale + 1e-9)
    lr_width = math.floor(truth.size.width / scale + 1e-9)
    if lr_height < 1 or lr_width < 1:
        raise DatasetError(f"{path}: too small to be reduced {scale} times")
    height, width = round(lr_height * scale), round(lr_width * scale)
    cut = PIL.Image.fromarray(quantise(truth.region(Rect(0, 0, height, width)), 8))
    reduced = cut.resize((lr_width, lr_height), PIL.Image.Resampling.BICUBIC)
    return Image(np.asarray(reduced)), height, width
