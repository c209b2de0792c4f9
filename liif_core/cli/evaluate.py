"""`stepless evaluate`: PSNR and SSIM of a model, on folders of photos and on benchmarks."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from rich.progress import BarColumn, Progress, TextColumn

from liif_core.cli import values
from liif_core.cli.stopping import cancelled_by_signals
from liif_core.cli.text_files import check_takes_no_place, check_text_targets, write_text
from liif_core.evaluation.protocol import PROTOCOLS
from liif_core.evaluation.published import usual_protocol
from liif_core.evaluation.scale import Scale
from liif_core.library import AUTO, BICUBIC, find_model, kind_of
from liif_core.torch_loading import load_torch

if TYPE_CHECKING:
    from liif_core.cancel import CancelToken
    from liif_core.evaluation.enlarge import Enlarge
    from liif_core.evaluation.evaluate import EvaluationRow, LeftOut, PhotoResult
    from liif_core.evaluation.paper_table import TableBlock

    # The rows of every folder, by name of what was measured.
    Measured = dict[str, list[list[EvaluationRow]]]

PROGRESS_COLUMNS = (
    TextColumn("{task.description}", markup=False),
    BarColumn(),
    TextColumn("{task.completed:.0f} of {task.total:.0f}  {task.fields[note]}", markup=False),
)


def add_parser(commands: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    """Describe the command."""
    parser = commands.add_parser("evaluate", help="measure a model on folders of photos", description=__doc__)
    parser.add_argument(
        "folders",
        type=Path,
        nargs="+",
        metavar="DIR",
        help="holds photos, or HR/ and, for paired inputs, LR_bicubic/X2/ ...",
    )
    parser.add_argument(
        "--scales",
        type=values.scales,
        default=[Scale(2, 2), Scale(3, 3), Scale(4, 4)],
        metavar="2,2.5,2x3",
        help="above 1, WIDTHxHEIGHT where unequal (default: 2,3,4)",
    )
    parser.add_argument(
        "--protocol",
        choices=PROTOCOLS,
        help="benchmark: brightness (luma), leaving out a border as wide as the scale; div2k: RGB, leaving out 6 "
        "pixels more (default: the one a dataset of the folder's name is published by, otherwise benchmark)",
    )
    parser.add_argument("--per-image", action="store_true", help="show every photo's figures")
    parser.add_argument(
        "--table", action="store_true", help="show bicubic, the model and published figures as papers do"
    )
    parser.add_argument("--json", type=Path, metavar="OUT", help="also write the results as JSON")
    parser.add_argument("--csv", type=Path, metavar="OUT", help="also write the results as CSV")
    parser.add_argument("--markdown", type=Path, metavar="OUT", help="also write the table for a README")
    # Figures are compared to the hundredth of a decibel, on any device.
    values.add_model_options(parser, precision="fp32")
    values.add_self_ensemble_option(parser)
    parser.set_defaults(run=run)


def run(arguments: argparse.Namespace) -> int:
    """Measure, print, write."""
    load_torch()
    from liif_core.evaluation.dataset import input_paths, truth_paths

    targets = [target for target in (arguments.json, arguments.csv, arguments.markdown) if target is not None]
    check_text_targets(targets)
    folders = [folder.absolute() for folder in arguments.folders]
    photos = [path for folder in folders for path in truth_paths(folder)]
    inputs = [path for folder in folders for path in input_paths(folder)]
    for target in targets:
        check_takes_no_place(target, [*photos, *inputs])
    with cancelled_by_signals() as cancel:
        enlargers = _enlargers(arguments, cancel)
        # In a file or a pipe a bar would leave an empty line.
        with Progress(*PROGRESS_COLUMNS, transient=True, disable=not sys.stdout.isatty()) as progress:
            report = _Report(progress, total=len(photos) * len(arguments.scales) * len(enlargers))
            measured = {
                name: [_measured(enlarge, folder, arguments, cancel, report) for folder in folders]
                for name, enlarge in enlargers.items()
            }
    _show(arguments, measured)
    return 0


def _enlargers(arguments: argparse.Namespace, cancel: CancelToken) -> dict[str, Enlarge]:
    """What to measure by name; the last one is what was asked for."""
    from liif_core.evaluation.enlarge import enlarge_bicubic

    if arguments.model == BICUBIC:
        return {BICUBIC: enlarge_bicubic}
    name, model = _model_enlarger(arguments, cancel)
    return {BICUBIC: enlarge_bicubic, name: model} if arguments.table else {name: model}


def _model_enlarger(arguments: argparse.Namespace, cancel: CancelToken) -> tuple[str, Enlarge]:
    """The model by the name that tables give it."""
    from liif_core.checkpoint.load import load_model
    from liif_core.device import choose_device, held_by, use_bf16
    from liif_core.evaluation.enlarge import enlarge_by

    device = choose_device(arguments.device)
    path = find_model(arguments.model, kind=kind_of(device.type))
    model, _ = load_model(path)
    name = path.stem if arguments.model in (None, AUTO) else arguments.model
    enlarge = enlarge_by(
        held_by(device, model),
        bf16=use_bf16(arguments.precision, device),
        self_ensemble=arguments.self_ensemble,
        cancel=cancel,
    )
    return f"{name} (self-ensemble)" if arguments.self_ensemble else name, enlarge


class _Report:
    """A bar that moves with every photo and shows the last one's figure."""

    def __init__(self, progress: Progress, *, total: int) -> None:
        self._progress = progress
        self._task = progress.add_task("measuring", total=total, note="")

    def __call__(self, scale: Scale, result: PhotoResult | LeftOut) -> None:
        self._progress.update(self._task, advance=1, note=f"{result.name} {scale}  {result.summary}")


def _measured(
    enlarge: Enlarge, folder: Path, arguments: argparse.Namespace, cancel: CancelToken, report: _Report
) -> list[EvaluationRow]:
    from liif_core.evaluation.evaluate import evaluate

    protocol = arguments.protocol or usual_protocol(folder.name)
    return evaluate(enlarge, folder, scales=arguments.scales, protocol=protocol, cancel=cancel, on_image=report)


def _show(arguments: argparse.Namespace, measured: Measured) -> None:
    """Print what was asked for, and write the files: also where nobody reads what is printed (`| head -1`)."""
    from liif_core.evaluation.paper_table import table_blocks

    blocks = table_blocks(measured) if arguments.table else []
    try:
        _print(arguments, measured, blocks)
    finally:
        _write(arguments, measured, blocks)


def _print(arguments: argparse.Namespace, measured: Measured, blocks: Sequence[TableBlock]) -> None:
    from liif_core.evaluation import report

    model, datasets = list(measured.items())[-1]
    rows = [row for rows in datasets for row in rows]
    if arguments.per_image or not blocks:
        print(report.rows_text(rows, model=model, per_image=arguments.per_image))
    if blocks:
        print(("\n" if arguments.per_image else "") + report.blocks_text(blocks))
    for sentence in report.left_out_sentences(rows):
        print(f"stepless: left out: {sentence}", file=sys.stderr)


def _write(arguments: argparse.Namespace, measured: Measured, blocks: Sequence[TableBlock]) -> None:
    from liif_core.evaluation import report

    model, datasets = list(measured.items())[-1]
    rows = {name: [row for rows in folders for row in rows] for name, folders in measured.items()}
    per_image = arguments.per_image
    if arguments.json is not None:
        bicubic = rows[BICUBIC] if len(rows) > 1 else ()
        write_text(arguments.json, report.rows_json(rows[model], model=model, bicubic=bicubic))
    if arguments.csv is not None:
        write_text(arguments.csv, report.rows_csv(rows.items(), per_image=per_image))
    if arguments.markdown is not None:
        as_rows = report.rows_markdown(datasets, model=model, per_image=per_image)
        write_text(arguments.markdown, report.blocks_markdown(blocks) if blocks else as_rows)
