"""Trains LIIF on targets of mixed sizes and on resized targets (Chen, Liu and Wang, CVPR 2021, section 5.3).

    .venv/bin/python packaging/experiment_size_varied.py --data PHOTOS --out DIR --minutes 4

Both variants see the same crops, and the same inputs of `--patch` pixels. A photo's targets have a size of the photo's
own, from `patch * min_scale` to `patch * max_scale` pixels. One variant learns from pixels of each target as it is, the
other from targets resized to the largest size. Both are measured, in RGB and to the border, at several sizes of targets
on crops of photos that the trainer holds out. Unlike the paper, which reduces whole faces, this is done on crops of
photos, and the baseline is LIIF as well (the paper has also a model of one output size).
See `experiment` for budgets and for what `--out` holds.
"""

from __future__ import annotations

import argparse
import math
import sys
from collections.abc import Sequence

import numpy as np
import torch
from experiment import (
    Experiment,
    Figures,
    Trained,
    add_arguments,
    config_of,
    run_variants,
    settings_of,
    whole,
    write_results,
)

from liif_core.cancel import CancelToken
from liif_core.cli.main import run_guarded
from liif_core.cli.stopping import cancelled_by_signals
from liif_core.cli.values import positive
from liif_core.errors import DatasetError, RequestError
from liif_core.evaluation.enlarge import Enlarge, enlarge_bicubic, enlarge_by
from liif_core.evaluation.metrics import psnr
from liif_core.geometry import OutputGrid, Size
from liif_core.imaging.image import Image, to_unit_range
from liif_core.training.config import TrainConfig
from liif_core.training.datasets import Pixels, load_photos
from liif_core.training.resizing import resized
from liif_core.training.size_varied import SizeVaried

TITLE = "targets"
SCALES = (1.5, 2.0, 3.0, 4.0)


def run(arguments: argparse.Namespace) -> int:
    """Train and measure both variants, and write the table."""
    sides = target_sides(arguments)
    measuring = {"min_scale": arguments.min_scale, "crops_per_photo": arguments.crops, "measured_sides": sides}
    experiment = Experiment.of(arguments, settings_of(arguments) | measuring)
    largest = round(arguments.patch * arguments.max_scale)
    configs = {
        "size-varied": config_of(arguments, size_varied=SizeVaried(arguments.min_scale)),
        "resized": config_of(arguments, size_varied=SizeVaried(arguments.min_scale, largest)),
    }
    with cancelled_by_signals() as cancel:
        truths = held_out_crops(arguments, configs["size-varied"], cancel)

        def measured(enlarge: Enlarge) -> dict[str, float]:
            return {f"{side} px": mean_psnr(enlarge, truths, arguments.patch, side, cancel) for side in sides}

        def measure(trained: Trained) -> Figures:
            return measured(enlarge_by(trained.model, cancel=cancel)), measured(enlarge_bicubic)

        outcomes = list(run_variants(experiment, configs, measure=measure, cancel=cancel))
    print(f"\n{write_results(experiment, outcomes, title=TITLE)}", end="")
    return 0


def target_sides(arguments: argparse.Namespace) -> list[int]:
    """Sides in pixels of the targets to measure at, each larger than the input and at most the largest learned from.

    Raises:
        RequestError: A scale gives another side.
    """
    largest = round(arguments.patch * arguments.max_scale)
    sides = [round(arguments.patch * scale) for scale in arguments.scales]
    for side, scale in zip(sides, arguments.scales, strict=True):
        if not arguments.patch < side <= largest:
            raise RequestError(
                f"targets of {side} pixels (scale {scale:g}) cannot be measured: expected more than the "
                f"{arguments.patch} of the input and at most {largest}"
            )
    return sides


def held_out_crops(arguments: argparse.Namespace, config: TrainConfig, cancel: CancelToken) -> list[Pixels]:
    """Up to `crops` squares of `config.crop_side` pixels, apart from each other, of each photo the trainer holds out.

    Raises:
        DatasetError: No photo is held out.
    """
    photos = load_photos(arguments.data, min_side=config.crop_side, cancel=cancel).validation
    if not photos:
        raise DatasetError(f"{arguments.data}: a single photo cannot be learned from and measured on; give more")
    return [square for photo in photos for square in squares_of(photo, config.crop_side, arguments.crops)]


def squares_of(photo: Pixels, side: int, count: int) -> list[Pixels]:
    """Up to `count` squares of a photo that do not overlap, spread over all there are."""
    corners = [
        (top, left)
        for top in range(0, photo.shape[0] - side + 1, side)
        for left in range(0, photo.shape[1] - side + 1, side)
    ]
    chosen = np.linspace(0, len(corners) - 1, min(count, len(corners))).round().astype(int)
    return [photo[top : top + side, left : left + side] for top, left in (corners[index] for index in chosen)]


def mean_psnr(enlarge: Enlarge, truths: Sequence[Pixels], patch: int, side: int, cancel: CancelToken) -> float:
    """Mean RGB PSNR in dB at targets of `side` pixels; squares of one colour, which any method gets right, left out."""
    figures = []
    for truth in truths:
        cancel.check()
        grid = OutputGrid(Size(patch, patch), Size(side, side))
        pred = torch.from_numpy(enlarge(Image(resized(truth, patch)), grid)).permute(2, 0, 1)
        gt = torch.from_numpy(to_unit_range(resized(truth, side))).permute(2, 0, 1)
        figures.append(psnr(pred, gt))
    finite = [figure for figure in figures if math.isfinite(figure)]
    return float(np.mean(finite)) if finite else math.nan


def main(argv: Sequence[str] | None = None) -> int:
    """Read the command line and run."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    add_arguments(parser)
    parser.add_argument("--min-scale", type=positive, default=1.0, help="of the smallest targets")
    parser.add_argument("--scales", type=positive, nargs="+", default=SCALES, metavar="S", help="to measure at")
    parser.add_argument("--crops", type=whole, default=4, help="squares of each held-out photo to measure on")
    return run_guarded(run, parser.parse_args(argv))


if __name__ == "__main__":
    sys.exit(main())
