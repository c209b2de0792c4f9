"""`stepless bench`: speed and memory on this machine, by the benchmarks of the source tree (`tests/benchmarks`)."""

from __future__ import annotations

import argparse
import importlib
import json
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Protocol, cast

from liif_core.cli import values
from liif_core.cli.text_files import check_text_targets, write_text
from liif_core.errors import RequestError

# The repository, when the program runs from one.
SOURCE_ROOT = Path(__file__).resolve().parents[2]
BENCHMARKS = ("viewport", "interactive", "memory", "export", "train")
PIPE_COLUMNS = 120


@dataclass(frozen=True, slots=True)
class BenchOptions:
    """What every benchmark is given.

    Attributes:
        model: Name or path of a model; the benchmark's own choice for None.
        device: Name of the device, or "auto".
        precision: "fp32", "bf16", or "auto": whatever the device computes.
        quick: Whether a rough figure is enough.
        repeats: How often each time is measured; the benchmark's own choice for None.
        while_training: Whether the viewer is also measured while a model is trained in the background.
    """

    model: str | None = None
    device: str = "auto"
    precision: str = "auto"
    quick: bool = False
    repeats: int | None = None
    while_training: bool = False


class Reporter(Protocol):
    """What this command needs of `tests/benchmarks/report.py`."""

    def measured(self, name: str, options: BenchOptions) -> dict[str, Any]:
        """Run a benchmark: "rows", "machine", and what else it found, ready for JSON."""
        ...

    def print_report(self, name: str, report: dict[str, Any], *, columns: int | None) -> None:
        """Print a table, `columns` wide or as wide as the terminal."""
        ...


def add_parser(commands: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    """Describe the command."""
    parser = commands.add_parser("bench", help="measure speed and memory on this machine", description=__doc__)
    parser.add_argument(
        "benchmark",
        choices=BENCHMARKS,
        help="viewport: decoding full-HD views; interactive: zooming and panning; memory: the viewer on large photos; "
        "export: whole files and their memory; train: patches a second",
    )
    parser.add_argument("--json", type=Path, metavar="OUT", help="also write the results as JSON")
    parser.add_argument(
        "--model", metavar="NAME|PATH", help="measure this model only (default: those of the benchmark)"
    )
    values.add_device_options(parser, auto_precision="what each benchmark measures by itself")
    parser.add_argument("--quick", action="store_true", help="rough figures sooner")
    parser.add_argument("--repeats", type=values.count, metavar="N", help="how often each time is measured")
    parser.add_argument(
        "--while-training", action="store_true", help="interactive: also while a model is trained in the background"
    )
    parser.set_defaults(run=run)


def run(arguments: argparse.Namespace) -> int:
    """Measure, print, write."""
    if arguments.json is not None:
        check_text_targets([arguments.json])
    reporter = _reporter(arguments.benchmark)
    options = BenchOptions(
        model=arguments.model,
        device=arguments.device,
        precision=arguments.precision,
        quick=arguments.quick,
        repeats=arguments.repeats,
        while_training=arguments.while_training,
    )
    if arguments.while_training and arguments.benchmark != "interactive":
        raise RequestError("--while-training is for the benchmark 'interactive'")
    if sys.stderr.isatty():
        print("measuring, which takes minutes; figures need a machine that does nothing else", file=sys.stderr)
    report = reporter.measured(arguments.benchmark, options)
    try:
        # Nothing tells how wide what reads a pipe is.
        reporter.print_report(arguments.benchmark, report, columns=None if sys.stdout.isatty() else PIPE_COLUMNS)
    finally:
        # Also where nobody reads what is printed: it took minutes.
        if arguments.json is not None:
            write_text(arguments.json, json.dumps(report, indent=2, allow_nan=False) + "\n")
    return 0


def _reporter(name: str) -> Reporter:
    """`tests.benchmarks.report`, which an installed package does not have."""
    folder = SOURCE_ROOT / "tests" / "benchmarks"
    for file in (folder / "report.py", folder / f"{name}.py"):
        if not file.is_file():
            raise RequestError(
                f"benchmarks come with the source code: there is no {file}; run `stepless bench` from a source checkout"
            )
    if str(SOURCE_ROOT) not in sys.path:
        sys.path.insert(0, str(SOURCE_ROOT))
    # By name at run time: the package must not depend on the tests.
    return cast(Reporter, importlib.import_module("tests.benchmarks.report"))
