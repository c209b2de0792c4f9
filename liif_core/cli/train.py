"""`stepless train`: a model from a folder of photos."""

from __future__ import annotations

import argparse
import sys
from pathlib import Path
from typing import TYPE_CHECKING

from rich.progress import BarColumn, Progress, TextColumn

from liif_core.cli import values
from liif_core.cli.stopping import cancelled_by_signals
from liif_core.errors import Cancelled, RequestError
from liif_core.paths import resource_path

if TYPE_CHECKING:
    from liif_core.training.config import TrainConfig
    from liif_core.training.events import TrainEvent

EXIT_STOPPED = 130
PROGRESS_COLUMNS = (
    TextColumn("{task.description}"),
    BarColumn(),
    TextColumn("{task.percentage:>5.1f}%  {task.fields[note]}"),
)


def add_parser(commands: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    """Describe the command."""
    parser = commands.add_parser("train", help="train a model on a folder of photos", description=__doc__)
    parser.add_argument("--data", type=Path, required=True, metavar="DIR", help="folder of photos, with sub-folders")
    parser.add_argument("--out", type=Path, required=True, metavar="RUN", help="folder of the run, made if missing")
    recipe = parser.add_mutually_exclusive_group()
    recipe.add_argument("--preset", default="fast", metavar="NAME", help=f"one of {', '.join(preset_names())}")
    recipe.add_argument("--config", type=Path, metavar="FILE.toml", help="a recipe of your own")
    parser.add_argument("--resume", action="store_true", help="go on with the run in RUN")
    parser.add_argument(
        "--minutes", type=values.positive, metavar="M", help="length of the run instead of its iterations"
    )
    parser.add_argument("--device", default="auto", help="auto, cpu, cuda, mps or xpu (default: auto)")
    parser.add_argument("--licence", default="unknown", help="of the photos, for the model card")
    parser.set_defaults(run=run)


def preset_names() -> list[str]:
    """The recipes that come with the program."""
    return sorted(path.stem for path in resource_path("presets").glob("*.toml"))


def run(arguments: argparse.Namespace) -> int:
    """Train until the schedule ends or Ctrl+C, which saves and stops."""
    from liif_core.training.session import STATE_FILE, RunOptions, TrainingSession

    config = _config(arguments)
    options = RunOptions(
        arguments.data,
        arguments.out,
        resume=arguments.resume,
        minutes=arguments.minutes,
        device=arguments.device,
        licence=arguments.licence,
    )
    try:
        with (
            cancelled_by_signals() as cancel,
            Progress(*PROGRESS_COLUMNS, transient=True, disable=not sys.stdout.isatty()) as progress,
        ):
            model = TrainingSession(config, options, _Report(progress), cancel=cancel).run()
    except Cancelled:
        # While the photos are read there is nothing to save yet.
        saved = (arguments.out / STATE_FILE).exists()
        news = f"stopped and saved; go on with --out {arguments.out} --resume" if saved else "stopped before training"
        print(f"stepless: {news}", file=sys.stderr)
        return EXIT_STOPPED
    print(model)
    return 0


def _config(arguments: argparse.Namespace) -> TrainConfig:
    from liif_core.training.config import TrainConfig

    if arguments.config is not None:
        return TrainConfig.read(arguments.config)
    if arguments.preset not in preset_names():
        raise RequestError(f"unknown preset '{arguments.preset}': expected one of {', '.join(preset_names())}")
    return TrainConfig.read(resource_path("presets", f"{arguments.preset}.toml"))


class _Report:
    """A bar that moves, and a line that stays for each validation and notice."""

    def __init__(self, progress: Progress) -> None:
        self._progress = progress
        self._task = progress.add_task("reading photos", total=1.0, note="")

    def __call__(self, event: TrainEvent) -> None:
        if event.text:
            self._progress.console.print(event.text, highlight=False, markup=False, soft_wrap=True)
        if event.kind == "reading":
            self._progress.update(self._task, completed=event.progress)
        elif event.kind == "started":
            self._progress.update(self._task, description="training", completed=event.progress)
        elif event.kind == "step":
            minutes = event.values["eta_s"] / 60
            note = f"step {event.step}  loss {event.values['loss']:.4f}  {minutes:.0f} minutes left"
            self._progress.update(self._task, completed=event.progress, note=note)
        elif event.kind == "validated":
            numbers = "  ".join(f"{name} {value:.2f} dB" for name, value in event.values.items())
            self._progress.console.print(f"step {event.step}: {numbers}", highlight=False, markup=False, soft_wrap=True)
