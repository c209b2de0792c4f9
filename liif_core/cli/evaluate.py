"""`stepless evaluate`: PSNR of a model on a dataset in the EDSR layout."""

from __future__ import annotations

import argparse
import json
from dataclasses import asdict
from pathlib import Path

from liif_core.atomic import atomic_path
from liif_core.cli import values
from liif_core.errors import ImageWriteError


def add_parser(commands: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    """Describe the command."""
    parser = commands.add_parser("evaluate", help="measure a model on a dataset", description=__doc__)
    parser.add_argument("folder", type=Path, metavar="DIR", help="holds HR/ and, for paired inputs, LR_bicubic/X2/ ...")
    parser.add_argument("--scales", type=values.scales, default=[2, 3, 4], metavar="2,3,4")
    parser.add_argument("--protocol", choices=("benchmark", "div2k"), default="benchmark")
    parser.add_argument("--json", type=Path, metavar="OUT", help="also write the table as JSON")
    values.add_model_options(parser)
    parser.set_defaults(run=run)


def run(arguments: argparse.Namespace) -> int:
    """Measure and print."""
    from liif_core.training.evaluate import enlarge_bicubic, evaluate

    name = arguments.model or "fast"
    enlarge = enlarge_bicubic if name == "bicubic" else _model_enlarger(arguments)
    rows = evaluate(enlarge, arguments.folder, scales=arguments.scales, protocol=arguments.protocol)
    print(f"{'dataset':<12} {'scale':>5} {'PSNR dB':>8} {'images':>6}   {name}, protocol {arguments.protocol}")
    for row in rows:
        print(f"{row.dataset:<12} {'x' + str(row.scale):>5} {row.psnr:>8.2f} {row.images:>6}")
    if arguments.json is not None:
        text = json.dumps({"model": name, "rows": [asdict(row) for row in rows]}, indent=2) + "\n"
        try:
            with atomic_path(arguments.json) as temporary:
                temporary.write_text(text, encoding="utf-8")
        except OSError as exc:
            raise ImageWriteError(f"{arguments.json}: cannot be written: {exc.strerror or exc}") from exc
    return 0


def _model_enlarger(arguments: argparse.Namespace):  # type: ignore[no-untyped-def]  # its type needs torch
    from liif_core.checkpoint.load import load_model
    from liif_core.device import choose_device, use_bf16
    from liif_core.library import find_model
    from liif_core.training.evaluate import enlarge_by

    device = choose_device(arguments.device)
    model, _ = load_model(find_model(arguments.model))
    return enlarge_by(model.to(device), bf16=use_bf16(arguments.precision, device))
