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

from rich.progress import BarColumn, Progress, ProgressColumn, Task, TextColumn
from rich.text import Text

from liif_core.cli import values
from liif_core.cli.background import give_way
from liif_core.cli.exit_codes import EXIT_ERROR, EXIT_STOPPED
from liif_core.cli.stopping import cancelled_by_signals
from liif_core.cli.train_options import add_options, check_places, given_config, options_of, saved_recipe_of
from liif_core.errors import Cancelled
from liif_core.memory import keep_all_freed_memory
from liif_core.torch_loading import load_torch

if TYPE_CHECKING:
    from liif_core.cancel import CancelToken
    from liif_core.training.config import TrainConfig
    from liif_core.training.distributed import Team
    from liif_core.training.events import OnEvent, TrainEvent
    from liif_core.training.run_options import RunOptions

logger = logging.getLogger(__name__)

PROGRESS_COLUMNS = (
    TextColumn("{task.description}"),
    BarColumn(),
    TextColumn("{task.percentage:>5.1f}%  {task.fields[note]}"),
)


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
    add_options(parser)
    parser.set_defaults(run=run)


def run(arguments: argparse.Namespace) -> int:
    """Train until the schedule ends or Ctrl+C, which saves and stops."""
    load_torch()
    from liif_core.training.distributed import ConnectionLost, OtherProcessFailed
    from liif_core.training.joining import joined

    check_places(arguments)
    given = given_config(arguments)
    if arguments.background:
        give_way()
    # Every step needs as much as the one before.
    keep_all_freed_memory()
    with cancelled_by_signals() as cancel:
        try:
            with joined(arguments.device, cancel=cancel) as team:
                # Only the first process of several can be relied on to see the folder of the run.
                saved, terms = team.of_main(lambda: saved_recipe_of(arguments))
                config, options = given or saved, options_of(arguments, terms)
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

    with _progress(team, cancel) as progress:
        report = TrainingSession(config, options, _Report(progress), cancel=cancel, team=team).check()
    if team.is_main:
        print("\n".join(report.lines()))
    return 0


def _train(config: TrainConfig, options: RunOptions, cancel: CancelToken, team: Team, *, tensorboard: bool) -> int:
    from liif_core.training.run_files import STATE_FILE
    from liif_core.training.session import TrainingSession

    try:
        with contextlib.ExitStack() as stack:
            watchers: list[OnEvent] = [_Report(stack.enter_context(_progress(team, cancel)))]
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


def _progress(team: Team, cancel: CancelToken) -> Progress:
    is_seen = team.is_main and sys.stdout.isatty()
    return Progress(*PROGRESS_COLUMNS, StopColumn(cancel), transient=True, disable=not is_seen)


class StopColumn(ProgressColumn):
    """Says that somebody's wish to stop was heard: the step or the tile that it waits for may take a while.

    Asked whenever the bar is drawn, as a signal's handler can do no more than set the token.
    """

    def __init__(self, cancel: CancelToken) -> None:
        super().__init__()
        self._cancel = cancel

    def render(self, task: Task) -> Text:
        """The column's text."""
        return Text("stopping" if self._cancel.cancelled else "")


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
        from liif_core.training.dataset_report import duration_text

        if event.text:
            self._progress.console.print(event.text, highlight=False, markup=False, soft_wrap=True)
        if event.kind == "reading":
            self._progress.update(self._task, completed=event.progress)
        elif event.kind == "started":
            self._progress.update(self._task, description="training", completed=event.progress)
        elif event.kind == "step":
            left = duration_text(event.values["eta_s"])
            note = f"step {event.step}  loss {event.values['loss']:.4f}  {left} left"
            self._progress.update(self._task, completed=event.progress, note=note)
        elif event.kind in ("baseline", "validated") and event.values:
            numbers = "  ".join(f"{name} {value:.2f} dB" for name, value in event.values.items())
            heading = f"step {event.step}" if event.kind == "validated" else "to compare with"
            self._progress.console.print(f"{heading}: {numbers}", highlight=False, markup=False, soft_wrap=True)
