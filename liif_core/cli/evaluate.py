"""`stepless evaluate`: PSNR of a model on a dataset in the EDSR layout."""

from __future__ import annotations

import argparse
import json
import math
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING

from liif_core.atomic import atomic_path
from liif_core.cli import values
from liif_core.errors import ImageWriteError
from liif_core.library import DEFAULT_MODEL

if TYPE_CHECKING:
    from liif_core.training.evaluate import EvaluationRow


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

    _check_json_target(arguments.json)
    name = arguments.model or DEFAULT_MODEL
    enlarge = enlarge_bicubic if name == "bicubic" else _model_enlarger(arguments)
    rows = evaluate(enlarge, arguments.folder.absolute(), scales=arguments.scales, protocol=arguments.protocol)
    print(f"{'dataset':<12} {'scale':>5} {'PSNR dB':>8} {'images':>6}   {name}, protocol {arguments.protocol}")
    for row in rows:
        print(f"{row.dataset:<12} {'x' + str(row.scale):>5} {row.psnr:>8.2f} {row.images:>6}")
    if arguments.json is not None:
        text = json.dumps({"model": name, "rows": [_json_row(row) for row in rows]}, indent=2) + "\n"
        try:
            with atomic_path(arguments.json) as temporary:
                temporary.write_text(text, encoding="utf-8")
        except OSError as exc:
            raise ImageWriteError(f"{arguments.json}: cannot be written: {exc.strerror or exc}") from exc
    return 0


def _check_json_target(target: Path | None) -> None:
    """Refuse before hours of measuring what could not be written after them."""
    if target is not None and target.is_dir():
        raise ImageWriteError(f"{target} is a folder; a file name is expected")
    if target is not None and not target.parent.is_dir():
        raise ImageWriteError(f"{target} cannot be written: the folder {target.parent} does not exist")


def _json_row(row: EvaluationRow) -> dict[str, object]:
    """A row of the table; JSON has no infinity, so equal pictures have the PSNR null."""
    return asdict(row) | {"psnr": row.psnr if math.isfinite(row.psnr) else None}


def _model_enlarger(arguments: argparse.Namespace):  # type: ignore[no-untyped-def]  # its type needs torch
    from liif_core.checkpoint.load import load_model
    from liif_core.device import choose_device, use_bf16
    from liif_core.library import find_model
    from liif_core.training.evaluate import enlarge_by

    device = choose_device(arguments.device)
    model, _ = load_model(find_model(arguments.model))
    return enlarge_by(model.to(device), bf16=use_bf16(arguments.precision, device))
