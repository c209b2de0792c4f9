"""`stepless train`: a model from a folder of photos."""

from __future__ import annotations

import argparse
import signal
import sys
from pathlib import Path
from types import FrameType
from typing import TYPE_CHECKING

from liif_core.cancel import CancelToken
from liif_core.cli import values
from liif_core.errors import Cancelled, RequestError
from liif_core.paths import resource_path

if TYPE_CHECKING:
    from liif_core.training.config import TrainConfig
    from liif_core.training.events import TrainEvent

EXIT_STOPPED = 130


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
    from liif_core.training.session import RunOptions, TrainingSession

    config = _config(arguments)
    options = RunOptions(
        arguments.data,
        arguments.out,
        resume=arguments.resume,
        minutes=arguments.minutes,
        device=arguments.device,
        licence=arguments.licence,
    )
    cancel = CancelToken()
    previous = [(number, signal.signal(number, _stopper(cancel))) for number in (signal.SIGINT, signal.SIGTERM)]
    try:
        model = TrainingSession(config, options, _report, cancel=cancel).run()
    except Cancelled:
        print(f"\nstepless: stopped and saved; go on with --out {arguments.out} --resume", file=sys.stderr)
        return EXIT_STOPPED
    finally:
        for number, handler in previous:
            signal.signal(number, handler)
    print(f"\n{model}")
    return 0


def _config(arguments: argparse.Namespace) -> TrainConfig:
    from liif_core.training.config import TrainConfig

    if arguments.config is not None:
        return TrainConfig.read(arguments.config)
    path = resource_path("presets", f"{arguments.preset}.toml")
    if not path.is_file():
        raise RequestError(f"unknown preset '{arguments.preset}': expected one of {', '.join(preset_names())}")
    return TrainConfig.read(path)


def _stopper(cancel: CancelToken):  # type: ignore[no-untyped-def]  # the signal module's own handler type
    def stop(number: int, frame: FrameType | None) -> None:
        cancel.cancel()

    return stop


def _report(event: TrainEvent) -> None:
    """One line that is written over, and one that stays for each validation and notice."""
    if event.kind == "step":
        minutes = event.values["eta_s"] / 60
        line = f"step {event.step}  {event.progress:6.1%}  loss {event.values['loss']:.4f}  {minutes:.0f} minutes left"
        print(f"\r{line:<78}", end="", flush=True)
    elif event.kind == "reading" and not event.text:
        print(f"\rreading photos {event.progress:6.1%}", end="", flush=True)
    elif event.kind == "validated":
        numbers = "  ".join(f"{name} {value:.2f} dB" for name, value in event.values.items())
        print(f"\rstep {event.step}: {numbers:<60}")
    elif event.text:
        print(f"\r{event.text:<78}")
