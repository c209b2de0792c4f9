"""`stepless train`: a model from a folder of photos.

On several devices or machines, `torchrun --nproc-per-node N -m app train ...` with the same options.
"""

from __future__ import annotations

import argparse
import contextlib
import logging
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from rich.progress import BarColumn, Progress, TextColumn

from liif_core.cli import values
from liif_core.cli.background import give_way
from liif_core.cli.exit_codes import EXIT_ERROR, EXIT_STOPPED
from liif_core.cli.presets import described_presets, preset_config
from liif_core.cli.stopping import cancelled_by_signals
from liif_core.errors import Cancelled, LiifError, RequestError
from liif_core.library import AUTO, BICUBIC, find_model
from liif_core.library.defaults import kind_of
from liif_core.memory import keep_all_freed_memory
from liif_core.torch_loading import load_torch

if TYPE_CHECKING:
    from liif_core.cancel import CancelToken
    from liif_core.training.config import TrainConfig
    from liif_core.training.distributed import Team
    from liif_core.training.events import OnEvent, TrainEvent
    from liif_core.training.run_options import RunOptions, RunTerms

logger = logging.getLogger(__name__)

PROGRESS_COLUMNS = (
    TextColumn("{task.description}"),
    BarColumn(),
    TextColumn("{task.percentage:>5.1f}%  {task.fields[note]}"),
)
# Where a run that is only looked at would be; nothing is written there.
NOWHERE = Path()
DEFAULT_PRESET = "fast"


def add_parser(commands: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    """Describe the command."""
    parser = commands.add_parser(
        "train",
        help="train a model on a folder of photos",
        description=__doc__,
        # Lines stay as they are.
        formatter_class=argparse.RawDescriptionHelpFormatter,
        add_help=False,
    )
    parser.add_argument("-h", "--help", action=_Help, nargs=0, help="show this help message and exit")
    parser.add_argument("--data", type=Path, metavar="DIR", help="folder of photos, with sub-folders")
    parser.add_argument("--out", type=Path, metavar="RUN", help="folder of the run, made if missing")
    recipe = parser.add_mutually_exclusive_group()
    recipe.add_argument(
        "--preset", metavar="NAME", help=f"see below (default: {DEFAULT_PRESET}, or that of the run to resume)"
    )
    recipe.add_argument("--config", type=Path, metavar="FILE.toml", help="a recipe of your own")
    parser.add_argument(
        "--check", action="store_true", help="only say what is in DIR and how long the run would take; needs no --out"
    )
    beginning = parser.add_mutually_exclusive_group()
    beginning.add_argument(
        "--resume",
        action="store_true",
        help="go on with the run in RUN; photos, recipe, length and licence are as they were where none are given",
    )
    beginning.add_argument(
        "--start-from", metavar="NAME|PATH", help="begin with the weights of a model, as far as they fit"
    )
    measuring = parser.add_mutually_exclusive_group()
    measuring.add_argument(
        "--validation", type=Path, metavar="DIR", help="folder of photos to measure with, instead of some of --data"
    )
    measuring.add_argument(
        "--hold-out", action="store_true", help="measure with some of --data, even if it is DIV2K, which has its own"
    )
    parser.add_argument(
        "--minutes",
        type=values.positive,
        metavar="M",
        help="length of the whole run instead of its iterations, with what came before --resume",
    )
    parser.add_argument("--device", default="auto", help="auto, cpu, cuda, mps or xpu (default: auto)")
    parser.add_argument("--licence", help="of the photos, for the model card (default: unknown)")
    parser.add_argument(
        "--events", action="store_true", help="for programs: events as lines of JSON, commands by standard input"
    )
    parser.add_argument(
        "--background", action="store_true", help="give way to everything else that runs on this machine"
    )
    parser.add_argument("--tensorboard", action="store_true", help="also write curves for TensorBoard into RUN")
    parser.set_defaults(run=run)


class _Help(argparse.Action):
    """Shows the presets, too: their files are read when somebody asks, and not whenever a parser is made."""

    def __call__(self, parser: argparse.ArgumentParser, *_: object) -> None:
        parser.epilog = "\n  ".join(["presets:", *described_presets()])
        parser.print_help()
        parser.exit()


def run(arguments: argparse.Namespace) -> int:
    """Train until the schedule ends or Ctrl+C, which saves and stops."""
    load_torch()
    from liif_core.training.distributed import ConnectionLost, OtherProcessFailed
    from liif_core.training.joining import joined

    _check_places(arguments)
    given = _given_config(arguments)
    if arguments.background:
        give_way()
    # Every step needs as much as the one before.
    keep_all_freed_memory()
    with cancelled_by_signals() as cancel:
        try:
            with joined(arguments.device) as team:
                # Only the first process of several can be relied on to see the folder of the run.
                saved, terms = team.of_main(lambda: _saved_recipe(arguments))
                config, options = given or saved, _options(arguments, terms)
                if arguments.check:
                    return _check(config, options, cancel, team)
                if arguments.events:
                    return _train_for_a_program(config, options, cancel, team)
                return _train(config, options, cancel, team, tensorboard=arguments.tensorboard)
        except ConnectionLost:
            raise
        except OtherProcessFailed as exc:
            # That one says why, and of many processes one message is enough.
            logger.info("%s", exc)
            return EXIT_ERROR


def _check(config: TrainConfig, options: RunOptions, cancel: CancelToken, team: Team) -> int:
    from liif_core.training.session import TrainingSession

    with _progress(team) as progress:
        report = TrainingSession(config, options, _Report(progress), cancel=cancel, team=team).check()
    if team.is_main:
        print("\n".join(report.lines()))
    return 0


def _train(config: TrainConfig, options: RunOptions, cancel: CancelToken, team: Team, *, tensorboard: bool) -> int:
    from liif_core.training.run_files import STATE_FILE
    from liif_core.training.session import TrainingSession

    try:
        with contextlib.ExitStack() as stack:
            watchers: list[OnEvent] = [_Report(stack.enter_context(_progress(team)))]
            if tensorboard:
                with team.together():
                    watchers += _tensorboard(options.out, stack) if team.is_main else []
            model = TrainingSession(config, options, _told_to(watchers), cancel=cancel, team=team).run()
    except Cancelled:
        if team.is_main:
            # While the photos are read there is nothing to save yet.
            saved = (options.out / STATE_FILE).exists()
            alone = f": stepless train --out {values.as_typed(str(options.out))} --resume"
            how = alone if team.alone else " the same command and --resume"
            news = f"stopped and saved; go on with{how}" if saved else "stopped before training"
            print(f"stepless: {news}", file=sys.stderr)
        return EXIT_STOPPED
    if team.is_main:
        print(model)
    return 0


def _train_for_a_program(config: TrainConfig, options: RunOptions, cancel: CancelToken, team: Team) -> int:
    from liif_core.cli.event_stream import EventLines, steered_by
    from liif_core.training.control import RunControl
    from liif_core.training.session import TrainingSession

    control = RunControl(cancel)
    try:
        with steered_by(sys.stdin, control):
            TrainingSession(config, options, EventLines(sys.stdout), control=control, team=team).run()
    except Cancelled:
        return EXIT_STOPPED
    return 0


def _tensorboard(out: Path, stack: contextlib.ExitStack) -> list[OnEvent]:
    from liif_core.training.tensorboard import TensorBoardLog

    log = TensorBoardLog(out)
    stack.callback(log.close)
    return [log]


def _told_to(watchers: Sequence[OnEvent]) -> OnEvent:
    def tell(event: TrainEvent) -> None:
        for watcher in watchers:
            watcher(event)

    return tell


def _progress(team: Team) -> Progress:
    return Progress(*PROGRESS_COLUMNS, transient=True, disable=not (team.is_main and sys.stdout.isatty()))


def _given_config(arguments: argparse.Namespace) -> TrainConfig | None:
    """The configuration that was asked for, or the default one; None for that of the run to resume."""
    from liif_core.training.config import TrainConfig

    if arguments.config is not None:
        return TrainConfig.read(arguments.config)
    return (
        None
        if _takes_saved_config(arguments)
        else preset_config(DEFAULT_PRESET if arguments.preset is None else arguments.preset)
    )


def _takes_saved_config(arguments: argparse.Namespace) -> bool:
    return arguments.resume and arguments.out is not None and arguments.preset is None and arguments.config is None


def _saved_recipe(arguments: argparse.Namespace) -> tuple[TrainConfig, RunTerms]:
    """Those of the run to resume; where there is none yet, the session says so, or begins it."""
    from liif_core.training.run_files import STATE_FILE
    from liif_core.training.run_options import RunTerms
    from liif_core.training.state import read_state, saved_recipe

    if arguments.resume and arguments.out is not None and (path := arguments.out / STATE_FILE).exists():
        return saved_recipe(read_state(path), source=path)
    return preset_config(DEFAULT_PRESET), RunTerms()


def _recipe_name(arguments: argparse.Namespace) -> str:
    if arguments.config is not None:
        return str(arguments.config.name)
    return "" if _takes_saved_config(arguments) else arguments.preset or DEFAULT_PRESET


def _check_places(arguments: argparse.Namespace) -> None:
    if arguments.out is None and not arguments.check:
        raise RequestError("nowhere to train to: give the folder of the run with --out, or --check to only look")
    if arguments.data is None and (arguments.out is None or not arguments.resume):
        raise RequestError("nothing to learn from: give a folder of photos with --data")


def _options(arguments: argparse.Namespace, terms: RunTerms) -> RunOptions:
    """What was asked for, and where nothing was, what a run that goes on was told before."""
    from liif_core.training.photo_folder import recognised
    from liif_core.training.run_options import RunOptions

    data, validation = arguments.data, arguments.validation
    if data is not None and validation is None:
        known = recognised(data)
        data, validation = known.data, None if arguments.hold_out else known.validation
    data = data or terms.data
    # A recipe that is given anew says how long it is.
    minutes = terms.minutes if _takes_saved_config(arguments) else None
    if data is None:
        raise RequestError(
            f"{arguments.out}: no run to resume in this folder that says what it learns from; give --data"
        )
    return RunOptions(
        data,
        arguments.out or NOWHERE,
        resume=arguments.resume,
        minutes=arguments.minutes or minutes,
        device=arguments.device,
        licence=arguments.licence or terms.licence,
        validation=validation or (None if arguments.hold_out else terms.validation),
        start_from=None if arguments.start_from is None else find_model(arguments.start_from),
        beside=_default_model_file(arguments.device),
        recipe=_recipe_name(arguments),
    )


def _default_model_file(device: str) -> Path | None:
    """Of the model that photos are enlarged by here, unless its name would be taken for something else.

    Nor if it is asked for each pixel: to measure that could take longer than a short training.
    """
    from liif_core.checkpoint.card import read_card
    from liif_core.device import choose_device
    from liif_core.training.config import DENSE_DECODER

    try:
        path = find_model(AUTO, kind=kind_of(choose_device(device).type))
        is_quick = read_card(path)[0].decoder.name == DENSE_DECODER
    except LiifError:
        return None
    return path if is_quick and path.stem not in ("start", BICUBIC) else None


class _Report:
    """A bar that moves, and a line that stays for each validation and notice.

    When nobody reads what is printed any more, it goes quiet: that is no reason to end a run of hours.
    """

    def __init__(self, progress: Progress) -> None:
        self._progress = progress
        self._task = progress.add_task("reading photos", total=1.0, note="")

    def __call__(self, event: TrainEvent) -> None:
        try:
            self._show(event)
        except (OSError, SystemExit):
            # Rich makes a SystemExit of a closed pipe.
            self._progress.console.quiet = True

    def _show(self, event: TrainEvent) -> None:
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
        elif event.kind in ("baseline", "validated") and event.values:
            numbers = "  ".join(f"{name} {value:.2f} dB" for name, value in event.values.items())
            heading = f"step {event.step}" if event.kind == "validated" else "to compare with"
            self._progress.console.print(f"{heading}: {numbers}", highlight=False, markup=False, soft_wrap=True)
