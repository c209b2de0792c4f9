"""A training run from photos to a model, the same in a terminal, in a child process, under `torchrun` and in a test.

What happens between its first step and its last is in `loop`, what it is measured by in `measuring`, what it leaves
behind in `run_folder`, how several processes go together in `distributed`.
"""

from __future__ import annotations

import contextlib
import time
from collections.abc import Callable, Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

import torch

from liif_core.cancel import CancelToken
from liif_core.device import computes_bf16
from liif_core.errors import RequestError
from liif_core.training.clock import RunClock
from liif_core.training.config import TrainConfig
from liif_core.training.control import RunControl
from liif_core.training.dataset_report import DatasetReport, counted
from liif_core.training.datasets import PhotoSet, load_photos
from liif_core.training.distributed import Team
from liif_core.training.events import OnEvent, TrainEvent
from liif_core.training.expected_time import expected_time_s
from liif_core.training.joining import own_device
from liif_core.training.keeping import Keeper
from liif_core.training.loop import TrainingLoop
from liif_core.training.measuring import Measuring
from liif_core.training.photo_cache import memory_budget
from liif_core.training.run_files import DATASET_FILE, MODEL_FILE, STATE_FILE
from liif_core.training.run_folder import RunFolder
from liif_core.training.run_options import RunOptions
from liif_core.training.state import RunPosition, read_state, restore
from liif_core.training.steps import Steps
from liif_core.training.telling import Teller
from liif_core.training.trainer import Trainer
from liif_core.training.warm_start import start_from

OTHER_PHOTOS = (
    "the photos for validation are not those the run began with: some that it learned from may be measured from now on"
)


class TrainingSession:
    """One sitting of a run; `run` returns when the schedule ends and raises `Cancelled` when asked to stop.

    Args:
        config: The recipe.
        options: Where and how long.
        on_event: Called on this thread; of several processes, only in the first.
        cancel: Asked between two steps, and while photos are read or measured.
        control: The same, with pauses and an early end; in place of `cancel`.
        clock: Seconds from any moment on.
        team: The processes that train together.
    """

    def __init__(
        self,
        config: TrainConfig,
        options: RunOptions,
        on_event: OnEvent,
        *,
        cancel: CancelToken | None = None,
        control: RunControl | None = None,
        clock: Callable[[], float] = time.monotonic,
        team: Team | None = None,
    ) -> None:
        self._config = config
        self._options = options
        self._control = control or RunControl(cancel)
        self._clock = RunClock(config.iterations, minutes=options.minutes, now=clock)
        self._team = team or Team()
        self._folder = RunFolder(options.out)
        self._keeper = Keeper(self._folder, options, clock=self._clock, team=self._team)
        self._teller = Teller(on_event, folder=self._folder, clock=self._clock, team=self._team)
        self._before: RunPosition | None = None

    def run(self) -> Path:
        """Train to the end of the schedule.

        Returns:
            The model file.

        Raises:
            Cancelled: The caller asked to stop; the state is saved.
            DatasetError: The photos cannot be trained on.
            TrainingError: The run diverged, its folder cannot be written, or (`OtherProcessFailed`) another process
                ended it.
            RequestError: `out` holds another run, or nothing to resume, or another process trains there; or the batch
                does not suit the processes.
            CheckpointError: The state to resume is damaged, or the model to start from cannot be read.
        """
        with contextlib.closing(self._folder):
            return self._run()

    def _run(self) -> Path:
        state = self._team.of_main(self._found_state)
        trainer = self._prepared(state)
        if state is not None:
            self._tell_if_over(trainer)
        photos = self._loaded_photos()
        self._team.of_main(lambda: self._make_folder(is_new=state is None))
        self._tell_start(trainer, photos)
        measuring = Measuring(
            trainer,
            photos.validation,
            folder=self._folder,
            keeper=self._keeper,
            teller=self._teller,
            team=self._team,
            cancel=self._control.cancel,
        )
        measuring.tell_baseline(self._options, is_new=state is None)
        TrainingLoop(
            trainer,
            photos.train,
            measuring=measuring,
            folder=self._folder,
            clock=self._clock,
            keeper=self._keeper,
            teller=self._teller,
            control=self._control,
            team=self._team,
        ).run()
        self._teller.emit("finished", trainer.step)
        return self._folder.model_file

    def check(self) -> DatasetReport:
        """Look at the photos and try a few steps, without a folder.

        Returns:
            What a run would find, and how long it would take.

        Raises:
            LiifError: What `run` would fail with before its first step.
            Cancelled: The caller asked to stop.
        """
        trainer = self._prepared(None)
        photos = self._loaded_photos()
        with Steps(photos.train, trainer, team=self._team, kept=lambda: "", on_parts=lambda parts: None) as steps:
            expected_s = expected_time_s(
                trainer,
                steps,
                photos.validation,
                minutes=self._options.minutes,
                cancel=self._control.cancel,
                team=self._team,
            )
        return replace(photos.report, expected_s=expected_s)

    def _found_state(self) -> Mapping[str, Any] | None:
        """The state to go on with, if so. A launcher that starts a run's processes again goes on by itself."""
        self._folder.claim()
        out, place, resume = self._folder.path, self._team.place, self._options.resume
        if not self._folder.has_state:
            if place.restarts and (rescued := self._folder.rescued()) is not None:
                raise RequestError(f"{out}: this folder went away; the run is in {rescued}, go on there with --resume")
            if resume and not place.restarts:
                raise RequestError(f"{out}: no run to resume in this folder (there is no {STATE_FILE})")
            if self._folder.model_file.exists():
                # Runs save their state before their model: this one is not theirs, whoever starts them again.
                raise RequestError(f"{out}: holds a model ({MODEL_FILE}) without the run it is of; choose another")
            if self._folder.has_foreign_report:
                raise RequestError(f"{out}: holds a {DATASET_FILE} of something else, to be kept; choose another")
            return None
        if not (resume or place.launch):
            raise self._not_overwritten()
        state = read_state(self._folder.state_file)
        if not resume and state.get("launch") != place.launch:
            raise self._not_overwritten()
        return state

    def _make_folder(self, *, is_new: bool) -> None:
        """Make the folder of a run, unless another run was faster while this one read its photos."""
        self._folder.make()
        self._folder.claim()
        if is_new and self._folder.has_state:
            raise self._not_overwritten()

    def _not_overwritten(self) -> RequestError:
        return RequestError(
            f"{self._folder.path}: holds a training run already; add --resume to go on with it, or choose another"
        )

    def _prepared(self, state: Mapping[str, Any] | None) -> Trainer:
        """A trainer with the weights to begin with."""
        team, config = self._team, self._config
        with team.together():
            device = own_device(self._options.device, team.place)
            trainer = Trainer(config, device=device, bf16=self._uses_bf16(device))
        # Not before every process has a model: here they wait for each other.
        with team.in_touch():
            trainer.share_gradients(team.wrap)
        if state is not None:
            with team.together():
                position = restore(state, trainer, source=self._folder.state_file)
            self._clock.resume(position.elapsed_s)
            self._before = position
            self._keeper.resume(position, step=trainer.step)
            if changes := (*position.changes, *position.terms.changes(self._options.terms)):
                self._teller.tell(TrainEvent("reading", text=f"settings that are new: {', '.join(changes)}"))
        elif (path := self._options.start_from) is not None:
            sentence = team.of_main(lambda: start_from(path, trainer.model))
            team.share_weights(trainer.model)
            trainer.ema.load_state_dict(trainer.model.state_dict())
            self._teller.tell(TrainEvent("reading", text=sentence))
        return trainer

    def _uses_bf16(self, device: torch.device) -> bool:
        return computes_bf16(device) if self._config.bf16 == "auto" else bool(self._config.bf16)

    def _loaded_photos(self) -> PhotoSet:
        def report(done: int, total: int) -> None:
            self._teller.tell(TrainEvent("reading", progress=done / total))

        team = self._team
        with team.together():
            photos = load_photos(
                self._options.data,
                min_side=self._config.crop_side,
                cancel=self._control.cancel,
                validation=self._options.validation,
                held_out_before=() if self._before is None else self._before.held_out,
                memory_bytes=memory_budget() // team.place.local_world,
                on_progress=report,
            )
        self._keeper.photos = len(photos.train)
        parts = (photos.train, photos.validation)
        self._keeper.photo_numbers = tuple(int(number) for part in parts for number in (len(part), part.nbytes))
        # With a folder for validation, none: what was held out before is learned from now.
        self._keeper.held_out = tuple(photos.held_out)
        team.check_same(photos.train.nbytes, "bytes of photos to learn from")
        return photos

    def _tell_if_over(self, trainer: Trainer) -> None:
        """A run that has reached its end does nothing more, which somebody who goes on with it should know."""
        if self._clock.progress(trainer.step, self._clock.elapsed_s()) < 1:
            return
        minutes, steps = self._options.minutes, self._config.iterations
        reached, more = (
            (f"{steps:,} steps", "a recipe with more iterations goes on")
            if minutes is None
            else (f"{minutes:g} minutes", "--minutes with a larger number, for all sittings together, goes on")
        )
        self._teller.tell(TrainEvent("reading", text=f"this run has done its {reached}: {more}"))

    def _tell_start(self, trainer: Trainer, photos: PhotoSet) -> None:
        count, world = len(photos.train), self._team.world
        numbers = {"photos": count, "validation_photos": len(photos.validation)}
        lines = photos.report.lines()
        if self._measures_other_photos:
            lines.append(OTHER_PHOTOS)
            numbers["other_photos"] = 1
        self._team.of_main(lambda: self._folder.save_report(photos.report))
        self._teller.emit("dataset", trainer.step, numbers, text="\n".join(lines))
        arithmetic = "bf16" if self._uses_bf16(trainer.device) else "fp32"
        processes = f", {world} processes" if world > 1 else ""
        text = f"{counted(count, 'photo')}, {trainer.device}, {arithmetic}{processes}"
        self._teller.emit("started", trainer.step, text=text)

    @property
    def _measures_other_photos(self) -> bool:
        """Whether photos are measured that were not in the sitting before, as far as that is known."""
        before, now = self._before, self._keeper
        if before is None or not before.photos:
            return False
        if before.held_out and now.held_out:
            return not {*now.held_out} <= {*before.held_out}
        # Held out of others, they are other ones as soon as those are, although as many and as large.
        apart = 0 if now.held_out else 2
        return before.photos[apart:] != now.photo_numbers[apart:]
