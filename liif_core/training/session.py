"""A training run from photos to a model, the same in a terminal, in a child process, under `torchrun` and in a test.

What it leaves behind is told in `run_folder`, how several processes go together in `distributed`.
"""

from __future__ import annotations

import math
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any, NoReturn

import torch

from liif_core.cancel import CancelToken
from liif_core.checkpoint.card import ModelCard
from liif_core.device import computes_bf16, device_text
from liif_core.errors import Cancelled, RequestError, TrainingError
from liif_core.training.batches import BatchSource
from liif_core.training.clock import RunClock
from liif_core.training.config import TrainConfig
from liif_core.training.dataset_report import DatasetReport
from liif_core.training.datasets import PhotoSet, load_photos
from liif_core.training.distributed import ConnectionLost, Team
from liif_core.training.divergence import LossWatch
from liif_core.training.events import OnEvent, TrainEvent
from liif_core.training.expected_time import expected_time_s
from liif_core.training.joining import own_device
from liif_core.training.photo_cache import memory_budget
from liif_core.training.run_folder import LOG_FILE, MODEL_FILE, STATE_FILE, RunFolder
from liif_core.training.run_options import RunOptions
from liif_core.training.state import RunPosition, read_state, restore
from liif_core.training.trainer import Trainer, within_memory
from liif_core.training.validation import validate
from liif_core.training.warm_start import start_from

__all__ = ["LOG_FILE", "MODEL_FILE", "STATE_FILE", "RunOptions", "TrainingSession"]

LOG_EVERY = 50
SAVE_EVERY_S = 120.0
OTHER_PHOTOS = "the photos are not those the run began with: its validation may measure what was learned"
UNNAMED_RECIPE = "a recipe of one's own"


class TrainingSession:
    """One sitting of a run; `run` returns when the schedule ends and raises `Cancelled` when asked to stop.

    Args:
        config: The recipe.
        options: Where and how long.
        on_event: Called on this thread; of several processes, only in the first.
        cancel: Asked between two steps, and while photos are read.
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
        clock: Callable[[], float] = time.monotonic,
        team: Team | None = None,
    ) -> None:
        self._config = config
        self._options = options
        self._on_event = on_event
        self._cancel = cancel or CancelToken()
        self._clock = RunClock(config.iterations, minutes=options.minutes, now=clock)
        self._team = team or Team()
        self._folder = RunFolder(options.out)
        self._watch = LossWatch()
        self._recipe = options.recipe or UNNAMED_RECIPE
        if options.start_from is not None:
            self._recipe += f", from the weights of {options.start_from.stem}"
        # Of the last validation, of this sitting or another.
        self._psnr: Mapping[str, float] = {}
        self._validated_step = -1
        self._saved_step = -1
        self._photo_count = 0
        self._photo_numbers: tuple[int, ...] = ()
        self._photo_numbers_before: tuple[int, ...] = ()

    def run(self) -> Path:
        """Train to the end of the schedule.

        Returns:
            The model file.

        Raises:
            Cancelled: The caller asked to stop; the state is saved.
            DatasetError: The photos cannot be trained on.
            TrainingError: The run diverged, its folder cannot be written, or (`OtherProcessFailed`) another process
                ended it.
            RequestError: `out` holds another run, or nothing to resume; or the batch does not suit the processes.
            CheckpointError: The state to resume is damaged, or the model to start from cannot be read.
        """
        trainer = self._prepared(self._team.of_main(self._found_state))
        photos = self._loaded_photos()
        self._team.of_main(self._folder.make)
        with self._source(photos, trainer) as source:
            self._tell_start(trainer, photos)
            try:
                self._loop(trainer, source, photos)
            except ConnectionLost as exc:
                raise self._left_alone(trainer, exc) from exc
        self._emit("finished", trainer)
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
        with self._source(photos, trainer) as source:
            expected_s = expected_time_s(
                trainer, source, photos.validation, minutes=self._options.minutes, cancel=self._cancel, team=self._team
            )
        return replace(photos.report, expected_s=expected_s)

    def _found_state(self) -> Mapping[str, Any] | None:
        """The state to go on with, if so. A launcher that starts a run's processes again goes on by itself."""
        out, place, resume = self._folder.path, self._team.place, self._options.resume
        if not self._folder.has_state:
            if resume and not place.restarts:
                raise RequestError(f"{out}: no run to resume in this folder (there is no {STATE_FILE})")
            if self._folder.model_file.exists():
                # Runs save their state before their model: this one is not theirs, whoever starts them again.
                raise RequestError(f"{out}: holds a model ({MODEL_FILE}) without the run it is of; choose another")
            return None
        if not (resume or place.launch):
            raise self._not_overwritten()
        state = read_state(self._folder.state_file)
        if not resume and state.get("launch") != place.launch:
            raise self._not_overwritten()
        return state

    def _not_overwritten(self) -> RequestError:
        return RequestError(
            f"{self._folder.path}: holds a training run already; add --resume to go on with it, or choose another"
        )

    def _prepared(self, state: Mapping[str, Any] | None) -> Trainer:
        """A trainer with the weights to begin with."""
        team, config = self._team, self._config
        with team.together():
            device = own_device(self._options.device, team.place)
            trainer = Trainer(config, device=device, bf16=self._uses_bf16(device), wrap=team.wrap)
        if state is not None:
            with team.together():
                position = restore(state, trainer, source=self._folder.state_file)
            self._clock.resume(position.elapsed_s)
            self._psnr = position.psnr
            self._photo_numbers_before = position.photos
            if position.recipe.startswith(self._options.recipe):
                self._recipe = position.recipe
            self._saved_step = trainer.step
            if position.changes:
                self._tell(TrainEvent("reading", text=f"settings that are new: {', '.join(position.changes)}"))
        elif (path := self._options.start_from) is not None:
            sentence = team.of_main(lambda: start_from(path, trainer.model))
            team.share_weights(trainer.model)
            trainer.ema.load_state_dict(trainer.model.state_dict())
            self._tell(TrainEvent("reading", text=sentence))
        return trainer

    def _uses_bf16(self, device: torch.device) -> bool:
        return computes_bf16(device) if self._config.bf16 == "auto" else bool(self._config.bf16)

    def _loaded_photos(self) -> PhotoSet:
        def report(done: int, total: int) -> None:
            self._tell(TrainEvent("reading", progress=done / total))

        team = self._team
        with team.together():
            photos = load_photos(
                self._options.data,
                min_side=self._config.crop_side,
                cancel=self._cancel,
                validation=self._options.validation,
                memory_bytes=memory_budget() // team.place.local_world,
                on_progress=report,
            )
        self._photo_count = len(photos.train)
        parts = (photos.train, photos.validation)
        self._photo_numbers = tuple(int(number) for part in parts for number in (len(part), part.nbytes))
        team.check_same(photos.train.nbytes, "bytes of photos to learn from")
        return photos

    def _source(self, photos: PhotoSet, trainer: Trainer) -> BatchSource:
        team = self._team
        with team.together():
            return BatchSource(
                photos.train,
                self._config,
                device=trainer.device,
                rank=team.rank,
                world=team.world,
                first_step=trainer.step,
            )

    def _tell_start(self, trainer: Trainer, photos: PhotoSet) -> None:
        count, world = self._photo_count, self._team.world
        numbers = {"photos": count, "validation_photos": len(photos.validation)}
        warnings = photos.report.warnings()
        if self._photo_numbers_before and self._photo_numbers_before != self._photo_numbers:
            warnings.append(OTHER_PHOTOS)
        self._emit("dataset", trainer, numbers, text="\n".join(warnings))
        arithmetic = "bf16" if self._uses_bf16(trainer.device) else "fp32"
        processes = f", {world} processes" if world > 1 else ""
        self._emit("started", trainer, text=f"{_counted(count, 'photo')}, {trainer.device}, {arithmetic}{processes}")

    def _loop(self, trainer: Trainer, source: BatchSource, photos: PhotoSet) -> None:
        team, config, clock = self._team, self._config, self._clock
        clock.start(trainer.step)
        # The first process' time like every other, or some would save while others go on.
        _, saved_at_s = team.agreed(stop=False, elapsed_s=clock.elapsed_s())
        losses: list[float] = []
        while True:
            stop, elapsed_s = team.agreed(stop=self._cancel.cancelled, elapsed_s=clock.elapsed_s())
            progress = clock.progress(trainer.step, elapsed_s)
            if progress >= 1:
                break
            if stop:
                self._save_all(trainer, elapsed_s)
                raise Cancelled
            losses.append(self._step(trainer, source, progress))
            if trainer.step % LOG_EVERY == 0:
                self._emit_step(trainer, losses)
                losses.clear()
            if trainer.step % config.validate_every == 0:
                self._validate(trainer, photos)
            if elapsed_s - saved_at_s > SAVE_EVERY_S and self._is_worth_saving:
                self._save_all(trainer, elapsed_s)
                saved_at_s = elapsed_s
        if losses:
            self._emit_step(trainer, losses)
        if self._validated_step != trainer.step:
            self._validate(trainer, photos)
        self._save_all(trainer, elapsed_s)

    @property
    def _is_worth_saving(self) -> bool:
        """Whether the weights of now may take the place of those saved before, if any."""
        watch = self._watch
        return (watch.knows_course or self._saved_step < 0) and not (watch.is_high or watch.is_off_course)

    def _step(self, trainer: Trainer, source: BatchSource, progress: float) -> float:
        """One step; the mean loss of all processes, so that all judge it alike."""
        with within_memory(self._folder.kept), self._team.in_touch():
            loss = self._team.mean(trainer.train_step(source.next(), progress=progress))
        if not math.isfinite(loss):
            self._give_up(trainer, f"the loss became {loss}")
        self._watch.see(loss)
        if self._watch.has_diverged:
            self._give_up(trainer, f"the loss rose to {self._watch}")
        return loss

    def _give_up(self, trainer: Trainer, what: str) -> NoReturn:
        """All processes do, and the first one says so."""
        with self._team.together():
            raise TrainingError(f"{what} at step {trainer.step}: training diverged; {self._folder.last_good()}")

    def _left_alone(self, trainer: Trainer, error: ConnectionLost) -> ConnectionLost:
        """Save what there is, without the others.

        The weights are those after the last whole step: the gradients of the next one were not exchanged.
        """
        if not self._team.is_main or self._watch.is_high:
            return error
        if trainer.step != self._saved_step:
            try:
                self._save(trainer, self._clock.elapsed_s())
            except TrainingError as exc:
                return ConnectionLost(f"{error}, and {exc}")
        return ConnectionLost(f"{error}; step {trainer.step} is saved, go on with --resume")

    def _validate(self, trainer: Trainer, photos: PhotoSet) -> None:
        def measured() -> Mapping[str, float]:
            psnr = validate(trainer.ema, photos.validation) if photos.validation else {}
            if photos.validation:
                self._folder.save_preview(trainer.step, trainer.ema, photos.validation)
            return psnr

        self._psnr = self._team.of_main(measured)
        self._validated_step = trainer.step
        if not self._watch.is_high:
            self._team.of_main(lambda: self._save_validated(trainer))
        self._emit("validated", trainer, self._psnr)

    def _save_all(self, trainer: Trainer, elapsed_s: float) -> None:
        """Save, unless the run is leaving its course: the last good state is worth more than the last one."""
        if self._watch.is_off_course:
            self._give_up(trainer, f"the loss rose to {self._watch}")
        self._team.of_main(lambda: self._save(trainer, elapsed_s))
        self._saved_step = trainer.step
        self._emit("saved", trainer)

    def _save_validated(self, trainer: Trainer) -> None:
        if not self._folder.has_state:
            self._save_state(trainer, self._clock.elapsed_s())
        self._save_model(trainer)

    def _save(self, trainer: Trainer, elapsed_s: float) -> None:
        """The state, and the model unless that would put weights that were not measured in place of measured ones."""
        self._save_state(trainer, elapsed_s)
        if self._validated_step == trainer.step or not (self._psnr and self._folder.model_file.exists()):
            self._save_model(trainer)

    def _save_state(self, trainer: Trainer, elapsed_s: float) -> None:
        launch = self._team.place.launch
        position = RunPosition(elapsed_s, launch, dict(self._psnr), self._photo_numbers, self._recipe)
        self._folder.save_state(trainer, position)

    def _save_model(self, trainer: Trainer) -> None:
        min_scale, max_scale = self._config.trained_scales
        psnr = self._psnr if self._validated_step == trainer.step else {}
        card = ModelCard(
            description=f"{self._config.model.encoder.name} encoder with {self._config.model.decoder.name} decoder",
            training_data=f"{_counted(self._photo_count, 'photo')} of {self._options.data.resolve().name}",
            licence=self._options.licence,
            min_scale=min_scale,
            max_scale=max_scale,
            recipe=self._recipe,
            iterations=trainer.step,
            hours=round(self._clock.elapsed_s() / 3600, 2),
            device=device_text(trainer.device, processes=self._team.world),
            psnr={f"validation {name}": value for name, value in psnr.items()},
        )
        self._folder.save_model(trainer.ema, card)

    def _emit_step(self, trainer: Trainer, losses: Sequence[float]) -> None:
        """The mean of the losses since the last such event, and the rate of the last step."""
        rate: float = trainer.optimiser.param_groups[0]["lr"]
        elapsed_s = self._clock.elapsed_s()
        mean = sum(losses) / len(losses)
        values = {"loss": mean, "learning_rate": rate, "eta_s": self._clock.eta_s(trainer.step, elapsed_s)}
        self._emit("step", trainer, values, elapsed_s=elapsed_s)

    def _emit(
        self,
        kind: str,
        trainer: Trainer,
        values: Mapping[str, float] | None = None,
        *,
        text: str = "",
        elapsed_s: float | None = None,
    ) -> None:
        elapsed_s = self._clock.elapsed_s() if elapsed_s is None else elapsed_s
        progress = min(1.0, self._clock.progress(trainer.step, elapsed_s))
        event = TrainEvent(kind, trainer.step, progress, elapsed_s, values or {}, text)
        self._team.of_main(lambda: self._folder.log(event))
        self._tell(event)

    def _tell(self, event: TrainEvent) -> None:
        if self._team.is_main:
            self._on_event(event)


def _counted(count: int, noun: str) -> str:
    return f"{count} {noun}{'s' * (count != 1)}"
