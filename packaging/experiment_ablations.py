"""Trains LIIF without each of its parts, on equal budgets (Chen, Liu and Wang, CVPR 2021, section 5.2 and table 3).

    .venv/bin/python packaging/experiment_ablations.py --data PHOTOS --benchmarks Set5 Set14 --out DIR --minutes 3

The encoder is EDSR-baseline, or a smaller EDSR by `--n-resblocks` and `--n-feats`. Every variant is measured on the
benchmarks (folders in the EDSR layout, each by the protocol it is published with) and, in RGB, on the photos that the
trainer holds out. See `experiment` for budgets and for what `--out` holds.
"""

from __future__ import annotations

import argparse
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from experiment import (
    Experiment,
    Figures,
    Outcome,
    Trained,
    add_arguments,
    config_of,
    run_variants,
    settings_of,
    write_results,
)

from liif_core.cancel import CancelToken
from liif_core.cli.main import run_guarded
from liif_core.cli.stopping import cancelled_by_signals
from liif_core.cli.values import positive
from liif_core.evaluation.dataset import truth_paths
from liif_core.evaluation.enlarge import Enlarge, enlarge_bicubic, enlarge_by
from liif_core.evaluation.evaluate import evaluate
from liif_core.evaluation.published import usual_protocol

TITLE = "variant"
SCALES = (2, 3, 4, 6, 12)
HELD_OUT_SCALES = ("x2", "x4")


def variants(hidden_list: Sequence[int]) -> dict[str, dict[str, Any]]:
    """The decoder's arguments of each variant of table 3: without cells, unfolding, ensemble, half of the layers."""
    return {
        "liif": {},
        "liif-c": {"cell_decode": False},
        "liif-u": {"feat_unfold": False},
        "liif-e": {"local_ensemble": False},
        "liif-d": {"hidden_list": list(hidden_list[: (len(hidden_list) + 1) // 2])},
    }


def run(arguments: argparse.Namespace) -> int:
    """Train, measure, and write the table anew after every variant."""
    measuring = {"benchmarks": [folder.name for folder in arguments.benchmarks], "scales": list(arguments.scales)}
    experiment = Experiment.of(arguments, settings_of(arguments) | measuring)
    configs = {name: config_of(arguments, **flags) for name, flags in variants(arguments.hidden_list).items()}
    for folder in arguments.benchmarks:
        truth_paths(folder)  # refused before training, not after it
    outcomes: list[Outcome] = []
    with cancelled_by_signals() as cancel:
        bicubic = measured(enlarge_bicubic, arguments, cancel)

        def measure(trained: Trained) -> Figures:
            columns = measured(enlarge_by(trained.model, cancel=cancel), arguments, cancel)
            return columns | held_out(trained), bicubic | held_out(trained, prefix="bicubic ")

        for outcome in run_variants(experiment, configs, measure=measure, cancel=cancel):
            outcomes.append(outcome)
            text = write_results(experiment, outcomes, title=TITLE)
    print(f"\n{text}", end="")
    return 0


def measured(enlarge: Enlarge, arguments: argparse.Namespace, cancel: CancelToken) -> dict[str, float]:
    """PSNR in dB by "DATASET xSCALE"."""
    return {
        f"{row.dataset} {row.scale}": row.psnr
        for folder in arguments.benchmarks
        for row in evaluate(
            enlarge, folder, scales=arguments.scales, protocol=usual_protocol(folder.name), cancel=cancel
        )
    }


def held_out(trained: Trained, *, prefix: str = "") -> dict[str, float]:
    """The trainer's own figures of the photos that it holds out, by "photos xSCALE"."""
    figures = trained.validation
    return {f"photos {scale}": figures[prefix + scale] for scale in HELD_OUT_SCALES if prefix + scale in figures}


def main(argv: Sequence[str] | None = None) -> int:
    """Read the command line and run."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    add_arguments(parser)
    parser.add_argument("--benchmarks", type=Path, nargs="+", required=True, metavar="DIR", help="in the EDSR layout")
    parser.add_argument("--scales", type=positive, nargs="+", default=SCALES, metavar="S", help="to measure at")
    return run_guarded(run, parser.parse_args(argv))


if __name__ == "__main__":
    sys.exit(main())
