"""The evaluation protocol of the LIIF paper's code.

Inputs and truths are those of `dataset`. Predictions are clamped to [0, 1], not rounded, and no border is added to the
input. `benchmark` (Set5, Set14, B100, Urban100) compares luma and leaves out a border of s pixels; `div2k` compares RGB
and leaves out s + 6. A dataset's figure is the mean of its photos' figures.

The published code knows whole scales only. Our extension: at other scales the border is ceil(s) (+ 6 by `div2k`), and
at unequal ones each direction has its own. SSIM, which the published code does not measure, compares luma by both
protocols, with the same border left out.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import torch

from liif_core.cancel import CancelToken
from liif_core.errors import DatasetError
from liif_core.evaluation.dataset import input_of, truth_paths
from liif_core.evaluation.enlarge import Enlarge
from liif_core.evaluation.metrics import psnr, ssim
from liif_core.evaluation.protocol import BENCHMARK, PROTOCOLS, border_of
from liif_core.evaluation.scale import Scale
from liif_core.imaging.read import read_image


@dataclass(frozen=True, slots=True)
class PhotoResult:
    """What was measured on one photo.

    Attributes:
        name: The file's, without extension.
        psnr: Decibels; infinity for an equal picture.
        ssim: At most 1; None where the photo is smaller than its window.
    """

    name: str
    psnr: float
    ssim: float | None


@dataclass(frozen=True, slots=True)
class EvaluationRow:
    """One dataset at one scale: its photos' results and their means."""

    dataset: str
    scale: Scale
    protocol: str
    per_image: tuple[PhotoResult, ...]

    @property
    def images(self) -> int:
        """How many photos."""
        return len(self.per_image)

    @property
    def psnr(self) -> float:
        """Mean PSNR in dB; infinity if any picture was equal."""
        return float(np.mean([photo.psnr for photo in self.per_image]))

    @property
    def ssim(self) -> float | None:
        """Mean SSIM; None if any photo has none, because the mean would be of other photos than the PSNR's."""
        values = [photo.ssim for photo in self.per_image if photo.ssim is not None]
        return float(np.mean(values)) if len(values) == self.images else None


def evaluate(
    enlarge: Enlarge,
    folder: Path,
    *,
    scales: Sequence[Scale | float],
    protocol: str,
    cancel: CancelToken | None = None,
    on_image: Callable[[Scale, PhotoResult], None] = lambda scale, result: None,
) -> list[EvaluationRow]:
    """PSNR and SSIM of an enlarger on a dataset.

    Args:
        enlarge: What to measure.
        folder: Holds photos, or `HR/` and, for paired inputs, `LR_bicubic/X2/` ...
        scales: Above 1; whole, fractional or unequal.
        protocol: One of `PROTOCOLS`.
        cancel: Asked before each photo.
        on_image: Called after each photo.

    Returns:
        A row for every scale, in their order.

    Raises:
        DatasetError: The folder has no such layout and no photo, an input is missing or of the wrong size, a photo is
            too small, or the protocol is unknown.
        RequestError: A scale is not above 1.
        ImageReadError: A photo cannot be read.
        Cancelled: `cancel` was set.
    """
    if protocol not in PROTOCOLS:
        raise DatasetError(f"unknown protocol '{protocol}': expected {' or '.join(PROTOCOLS)}")
    wanted = [Scale.of(scale) for scale in scales]
    truths = truth_paths(folder)
    rows = []
    for scale in wanted:
        results = []
        for path in truths:
            if cancel is not None:
                cancel.check()
            result = _measure(enlarge, path, scale=scale, protocol=protocol)
            on_image(scale, result)
            results.append(result)
        rows.append(EvaluationRow(folder.name, scale, protocol, tuple(results)))
    return rows


def _measure(enlarge: Enlarge, path: Path, *, scale: Scale, protocol: str) -> PhotoResult:
    truth = read_image(path)
    lr, grid = input_of(truth, path, scale=scale)
    height, width = grid.output.height, grid.output.width
    shave = border_of(scale, protocol)
    if height <= 2 * shave[0] or width <= 2 * shave[1]:
        border = f"{shave[0]}" if shave[0] == shave[1] else f"{shave[1]} x {shave[0]}"
        raise DatasetError(
            f"{path}: {width} x {height} pixels are too few at {scale} with a border of {border} left out"
        )
    pred = torch.from_numpy(enlarge(lr, grid)).permute(2, 0, 1)
    gt = torch.from_numpy(truth.region(grid.output.rect)).permute(2, 0, 1)
    decibels = psnr(pred, gt, luma=protocol == BENCHMARK, shave=shave)
    return PhotoResult(path.stem, decibels, ssim(pred, gt, shave=shave))
