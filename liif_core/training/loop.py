"""The steps of a sitting one after the other, and what happens between two of them."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import NoReturn

from liif_core.errors import Cancelled, LiifError, TrainingError, first_line
from liif_core.memory import release_free_memory
from liif_core.training.clock import RunClock
from liif_core.training.control import RunControl
from liif_core.training.device_use import DeviceUse
from liif_core.training.distributed import ConnectionLost, Team
from liif_core.training.keeping import Keeper
from liif_core.training.measuring import Measuring
from liif_core.training.photo_cache import PhotoCache
from liif_core.training.run_folder import FolderGone, NotWritten, RunFolder
from liif_core.training.steps import Steps
from liif_core.training.telling import Teller
from liif_core.training.trainer import Trainer

# Steps between two events, or as many seconds, whichever is less: whoever watches wants to see that something happens.
LOG_EVERY = 50
LOG_EVERY_S = 2.0
SAVE_EVERY_S = 120.0
# Of a run that nothing was measured of yet: whoever watches should not wait for `validate_every` slow steps.
FIRST_LOOK_S = 120.0


class TrainingLoop:
    """Trains until the schedule ends, or whoever watches wants it to.

    Args:
        trainer: Is trained.
        photos: To learn from.
        measuring: Measures it.
        folder: Of the run.
        clock: Of the run.
        keeper: Saves it.
        teller: Tells of it.
        control: Asked before each step.
        team: The processes that train together.
    """

    def __init__(
        self,
        trainer: Trainer,
        photos: PhotoCache,
        *,
        measuring: Measuring,
        folder: RunFolder,
        clock: RunClock,
        keeper: Keeper,
        teller: Teller,
        control: RunControl,
        team: Team,
    ) -> None:
        self._trainer = trainer
        self._photos = photos
        self._measuring = measuring
        self._folder = folder
        self._clock = clock
        self._keeper = keeper
        self._teller = teller
        self._control = control
        self._team = team
        self._use = DeviceUse(trainer.device)
        # Since the last event.
        self._losses: list[float] = []

    def run(self) -> None:
        """Train.

        Raises:
            Cancelled: As asked; the state is saved.
            TrainingError: The run diverged, memory ran out, its folder cannot be written, or the device failed at work.
        """
        try:
            with self._steps() as steps:
                self._run(steps)
        except ConnectionLost as exc:
            raise self._left_alone(exc) from exc
        except NotWritten as exc:
            raise self._saved_nonetheless(exc) from exc
        except FolderGone as exc:
            raise self._rescued(exc) from exc
        except RuntimeError as exc:
            # torch has no other way to tell that a device is gone; the weights are gone with it.
            if self._trainer.device.type == "cpu":
                raise
            what = f"the device '{self._trainer.device}' failed at work: {first_line(exc)}"
            raise TrainingError(f"{what}; {self._folder.kept()}") from exc

    def _steps(self) -> Steps:
        return Steps(
            self._photos,
            self._trainer,
            team=self._team,
            kept=self._folder.kept,
            on_parts=self._tell_parts,
        )

    def _run(self, steps: Steps) -> None:
        team, trainer, clock = self._team, self._trainer, self._clock
        # Which would count as a slow first step, and a run by the clock would have that much less.
        steps.wait()
        clock.start(trainer.step)
        # The first process' time like every other, or some would save while others go on.
        _, saved_at_s = team.agreed(stop=False, elapsed_s=clock.elapsed_s())
        told_at_s = saved_at_s
        while True:
            self._wait_while_paused()
            stop, elapsed_s = team.agreed(stop=self._control.cancel.cancelled, elapsed_s=clock.elapsed_s())
            progress = clock.progress(trainer.step, elapsed_s)
            if progress >= 1 or (self._is_finishing and not stop):
                break
            if stop:
                self._save(elapsed_s)
                raise Cancelled
            self._losses.append(self._taken(steps, progress))
            if trainer.step % LOG_EVERY == 0 or elapsed_s - told_at_s >= LOG_EVERY_S:
                self._tell_step()
                told_at_s = elapsed_s
            if trainer.step % trainer.config.validate_every == 0 or self._is_time_for_a_first_look(elapsed_s):
                # Whether it came to its end or not: before the next step, a stop is seen.
                self._measuring.measure()
            if elapsed_s - saved_at_s > SAVE_EVERY_S and self._keeper.is_worth_saving:
                self._save(elapsed_s)
                saved_at_s = elapsed_s
        if self._losses:
            self._tell_step()
        is_measured = self._keeper.validated_step == trainer.step or self._measuring.measure()
        self._save(elapsed_s)
        if not is_measured:
            raise Cancelled

    @property
    def _is_finishing(self) -> bool:
        """Whether the run ends early; not before its first step, as there would be no model of it."""
        return self._team.alone and self._control.is_finishing and self._trainer.step > 0

    def _is_time_for_a_first_look(self, elapsed_s: float) -> bool:
        return elapsed_s >= FIRST_LOOK_S and not self._keeper.was_validated

    def _wait_while_paused(self) -> None:
        """Only a process that trains alone pauses: others would wait for it without knowing why."""
        if not (self._team.alone and self._control.is_paused):
            return
        if self._losses:
            self._tell_step()
        if self._keeper.is_sound and self._keeper.saved_step != self._trainer.step:
            self._save(self._clock.elapsed_s())
        self._clock.pause()
        # Others may need it meanwhile.
        release_free_memory()
        self._teller.emit("paused", self._trainer.step)
        self._control.wait_while_paused()
        self._clock.go_on()
        self._teller.emit("resumed", self._trainer.step)

    def _taken(self, steps: Steps, progress: float) -> float:
        """The loss of one step."""
        loss = steps.take(progress)
        watch = self._keeper.watch
        if not math.isfinite(loss):
            self._give_up(f"the loss became {loss}")
        watch.see(loss)
        if watch.has_diverged:
            self._give_up(f"the loss rose to {watch}")
        return loss

    def _give_up(self, what: str) -> NoReturn:
        """All processes do, and the first one says so."""
        with self._team.together():
            raise TrainingError(f"{what} at step {self._trainer.step}: training diverged; {self._folder.last_good()}")

    def _left_alone(self, error: ConnectionLost) -> ConnectionLost:
        """Save what there is, without the others.

        The weights are those after the last whole step: the gradients of the next one were not exchanged.
        """
        if not self._team.is_main or self._keeper.watch.is_high:
            return error
        step = self._trainer.step
        if step != self._keeper.saved_step:
            try:
                self._keeper.save(self._trainer, self._clock.elapsed_s())
            except TrainingError as exc:
                return ConnectionLost(f"{error}, and {exc}")
        return ConnectionLost(f"{error}; step {step} is saved, go on with --resume")

    def _saved_nonetheless(self, error: NotWritten) -> TrainingError:
        """Save the state of now: there may be room for it where there was none for a picture or a line of the log."""
        if not (self._team.is_main and self._keeper.is_sound):
            return error
        if self._trainer.step != self._keeper.saved_step:
            try:
                self._keeper.save_state(self._trainer, self._clock.elapsed_s())
            except TrainingError:
                return error
        return error.but_saved(self._trainer.step)

    def _rescued(self, error: FolderGone) -> TrainingError:
        """Save what there is in another folder."""
        if not self._keeper.is_sound:
            return error
        try:
            place = self._keeper.rescue(self._trainer, self._clock.elapsed_s()).path
        except LiifError as exc:
            return TrainingError(f"{error}, and {exc}")
        return TrainingError(f"{error}; step {self._trainer.step} is saved in {place}, go on there with --resume")

    def _save(self, elapsed_s: float) -> None:
        """Save, unless the run is leaving its course: the last good state is worth more than the last one."""
        if self._keeper.watch.is_off_course:
            self._give_up(f"the loss rose to {self._keeper.watch}")
        self._team.of_main(lambda: self._keeper.save(self._trainer, elapsed_s))
        self._keeper.saved_step = self._trainer.step
        self._teller.emit("saved", self._trainer.step)

    def _tell_step(self) -> None:
        """The mean of the losses since the last such event, and the rate of the last step."""
        trainer, losses = self._trainer, self._losses
        elapsed_s = self._clock.elapsed_s()
        values = {
            "loss": _mean(losses),
            "learning_rate": trainer.optimiser.learning_rate,
            "eta_s": self._clock.eta_s(trainer.step, elapsed_s),
            **self._use.values(),
        }
        self._teller.emit("step", trainer.step, values, elapsed_s=elapsed_s)
        losses.clear()

    def _tell_parts(self, parts: int) -> None:
        batch = self._trainer.config.batch
        self._teller.emit(
            "parts",
            self._trainer.step,
            {"parts": parts, "batch": batch},
            text=f"the device's memory is too small for {batch} patches at once: from now on they are computed "
            f"{batch // parts} at a time, with the same result",
        )


def _mean(values: Sequence[float]) -> float:
    return sum(values) / len(values)
