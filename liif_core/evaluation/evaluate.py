"""The evaluation protocol of the LIIF paper's code.

Inputs and truths are those of `dataset`. Predictions are clamped to [0, 1], not rounded, and no border is added to the
input. `benchmark` (Set5, Set14, B100, Urban100) compares luma and leaves out a border of s pixels; `div2k` compares RGB
and leaves out s + 6. A dataset's figure is the mean of its photos' figures.

The published code knows whole scales only. Our extension: at other scales the border is ceil(s) (+ 6 by `div2k`), and
at unequal ones each direction has its own. SSIM, which the published code does not measure, compares luma by both
protocols, with the same border left out.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import torch

from liif_core.cancel import CancelToken
from liif_core.errors import DatasetError, ImageReadError
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

    @property
    def summary(self) -> str:
        """For a line that moves on at once."""
        return f"{self.psnr:.2f} dB"


@dataclass(frozen=True, slots=True)
class LeftOut:
    """A photo that could not be measured.

    Attributes:
        path: Its file.
        reason: A sentence that names it.
    """

    path: Path
    reason: str

    @property
    def name(self) -> str:
        """The file's, without extension, as of a photo that was measured."""
        return self.path.stem

    @property
    def summary(self) -> str:
        """As of a photo that was measured."""
        return "left out"


@dataclass(frozen=True, slots=True)
class EvaluationRow:
    """One dataset at one scale: its photos' results and their means, which are of none that were left out."""

    dataset: str
    scale: Scale
    protocol: str
    per_image: tuple[PhotoResult, ...]
    left_out: tuple[LeftOut, ...] = ()

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
    on_image: Callable[[Scale, PhotoResult | LeftOut], None] = lambda scale, result: None,
) -> list[EvaluationRow]:
    """PSNR and SSIM of an enlarger on a dataset.

    The figures of a dataset in the EDSR layout are of all its photos, or there are none. Of any other folder those
    photos are left out that cannot be read, or are too small for a scale.

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
        DatasetError: The folder has no such layout and no photo that can be measured at some scale, the protocol is
            unknown, or, of a dataset, an input is missing or of the wrong size, or a photo is too small.
        RequestError: A scale is not above 1.
        ImageReadError: A photo of a dataset cannot be read.
        Cancelled: `cancel` was set.
    """
    if protocol not in PROTOCOLS:
        raise DatasetError(f"unknown protocol '{protocol}': expected {' or '.join(PROTOCOLS)}")
    wanted = [Scale.of(scale) for scale in scales]
    truths = truth_paths(folder)
    # A dataset is measured as a whole, rather than any photos.
    measure = _measure_if_possible if truths[0].parent == folder else _measure
    rows = []
    for scale in wanted:
        results: list[PhotoResult | LeftOut] = []
        for path in truths:
            if cancel is not None:
                cancel.check()
            result = measure(enlarge, path, scale=scale, protocol=protocol)
            on_image(scale, result)
            results.append(result)
        measured = tuple(result for result in results if isinstance(result, PhotoResult))
        left_out = tuple(result for result in results if isinstance(result, LeftOut))
        if not measured:
            raise DatasetError(f"none of the photos can be measured at {scale}: {left_out[0].reason}")
        rows.append(EvaluationRow(folder.name, scale, protocol, measured, left_out))
    return rows


def check_same_photos(rows_by_method: Mapping[str, Sequence[EvaluationRow]]) -> None:
    """Whether methods that are to be compared were measured on the same photos.

    Raises:
        DatasetError: They were not: files came, went or broke between one method and the next.
    """
    photos = {tuple(tuple(photo.name for photo in row.per_image) for row in rows) for rows in rows_by_method.values()}
    if len(photos) > 1:
        raise DatasetError("the photos changed while they were measured, and the methods cannot be compared")


def _measure_if_possible(enlarge: Enlarge, path: Path, *, scale: Scale, protocol: str) -> PhotoResult | LeftOut:
    try:
        return _measure(enlarge, path, scale=scale, protocol=protocol)
    except (ImageReadError, DatasetError) as error:
        return LeftOut(path, str(error))


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
