"""Beyond the scales of a training: the heat field with a pre-filter that goes on narrowing, or stops at some scale.

    .venv/bin/python packaging/experiment_deep_zooms.py --benchmarks Set5 --benchmarks Set14

Each column is an enlargement, each row the scale from which on the pre-filter stays as it is. PSNR as `stepless
evaluate` measures it, by the protocol that is usual for the folder.
"""

from __future__ import annotations

import argparse
import math
import sys
from collections.abc import Sequence
from pathlib import Path

from liif_core.checkpoint.load import load_model
from liif_core.cli.main import run_guarded
from liif_core.errors import RequestError
from liif_core.evaluation.enlarge import enlarge_by
from liif_core.evaluation.evaluate import evaluate
from liif_core.evaluation.published import usual_protocol
from liif_core.library import find_model
from liif_core.models.decoders.heat_field import HeatField

SCALES = (6, 8, 12, 18)
LIMITS = (math.inf, 12, 8, 6, 4, 3)


def run(arguments: argparse.Namespace) -> int:
    """Print a table for each folder."""
    model, _ = load_model(find_model(arguments.model))
    if not isinstance(model.decoder, HeatField):
        raise RequestError("only a model with a heat field has a pre-filter")
    for folder in arguments.benchmarks:
        print(f"\n| {folder.name} | " + " | ".join(f"x{scale}" for scale in SCALES) + " |")
        print("| --- " * (1 + len(SCALES)) + "|")
        for limit in LIMITS:
            model.decoder.keep_to(limit)
            rows = evaluate(enlarge_by(model), folder, scales=SCALES, protocol=usual_protocol(folder.name))
            name = "goes on" if math.isinf(limit) else f"stops at x{limit:g}"
            print(f"| {name} | " + " | ".join(f"{row.psnr:.3f}" for row in rows) + " |", flush=True)
    return 0


def main(argv: Sequence[str] | None = None) -> int:
    """Read the command line and run."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument(
        "--benchmarks", type=Path, action="append", required=True, metavar="DIR", help="folder with HR; may be repeated"
    )
    parser.add_argument("--model", metavar="NAME", help="a model with a heat field (default: the default model)")
    return run_guarded(run, parser.parse_args(argv))


if __name__ == "__main__":
    sys.exit(main())
