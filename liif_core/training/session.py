"""A training run from photos to a model, the same in a terminal, in a child process and in a test.

The run's folder holds `state.pt` (the complete state, see `state`), `model.safetensors` (the averaged weights of the
last validation, with a card: an interrupted run leaves a usable model) and `log.jsonl` (every event).
"""

from __future__ import annotations

import contextlib
import json
import math
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path

from liif_core.cancel import CancelToken
from liif_core.checkpoint.card import ModelCard
from liif_core.checkpoint.native import save_native
from liif_core.device import choose_device, computes_bf16
from liif_core.errors import Cancelled, RequestError, TrainingError
from liif_core.training.config import TrainConfig
from liif_core.training.datasets import PhotoSet, load_photos
from liif_core.training.events import OnEvent, TrainEvent
from liif_core.training.samples import BatchSource
from liif_core.training.state import RunPosition, load_state, save_state
from liif_core.training.trainer import Trainer
from liif_core.training.validation import validate

STATE_FILE = "state.pt"
MODEL_FILE = "model.safetensors"
LOG_FILE = "log.jsonl"
LOG_EVERY = 50
SAVE_EVERY_S = 120.0


@dataclass(frozen=True, slots=True)
class RunOptions:
    """Where a run reads and writes, and when it ends.

    Attributes:
        data: Folder of photos.
        out: Folder of the run; made if missing.
        resume: Go on with the state in `out`.
        minutes: Length of the run in minutes of training instead of the configuration's iterations.
        device: See `device.choose_device`.
        licence: Licence of the photos, for the model card.
    """

    data: Path
    out: Path
    resume: bool = False
    minutes: float | None = None
    device: str = "auto"
    licence: str = "unknown"

    def __post_init__(self) -> None:
        if self.minutes is not None and not 0 < self.minutes < math.inf:
            raise RequestError(f"a run cannot last {self.minutes:g} minutes: expected a positive number")


class TrainingSession:
    """One sitting of a run; `run` returns when the schedule ends and raises `Cancelled` when asked to stop."""

    def __init__(
        self,
        config: TrainConfig,
        options: RunOptions,
        on_event: OnEvent,
        *,
        cancel: CancelToken | None = None,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self._config = config
        self._options = options
        self._on_event = on_event
        self._cancel = cancel or CancelToken()
        self._clock = clock
        self._elapsed_before = 0.0
        self._steps_before = 0
        self._started: float | None = None
        self._best_psnr = -math.inf
        self._psnr: Mapping[str, float] = {}
        self._validated_step = -1
        self._photo_count = 0

    def run(self) -> Path:
        """Train to the end of the schedule.

        Returns:
            The model file.

        Raises:
            Cancelled: The caller asked to stop; the state is saved.
            DatasetError: The photos cannot be trained on.
            TrainingError: The loss is no longer a number, or the run's folder cannot be written.
            RequestError: `out` holds another run, or nothing to resume.
            CorruptCheckpoint: The state to resume is damaged.
        """
        state_path = self._options.out / STATE_FILE
        self._check_folder(state_path)
        device = choose_device(self._options.device)
        bf16 = computes_bf16(device) if self._config.bf16 == "auto" else bool(self._config.bf16)
        trainer = Trainer(self._config, device=device, bf16=bf16)
        batch_rng = self._restored(trainer, state_path) if self._options.resume else None
        photos = self._loaded_photos()
        self._make_folder()
        with BatchSource(photos.train, self._config, batch_rng) as source:
            count = len(photos.train)
            arithmetic = "bf16" if bf16 else "fp32"
            self._emit("started", trainer, text=f"{count} photo{'s' * (count != 1)}, {device}, {arithmetic}")
            self._loop(trainer, source, photos, state_path)
        self._emit("finished", trainer)
        return self._options.out / MODEL_FILE

    def _loop(self, trainer: Trainer, source: BatchSource, photos: PhotoSet, state_path: Path) -> None:
        self._steps_before = trainer.step
        self._started = last_saved = self._clock()
        losses: list[float] = []
        while (progress := self._progress(trainer)) < 1:
            if self._cancel.cancelled:
                self._save(trainer, source, state_path)
                raise Cancelled
            loss = trainer.train_step(source.next(), progress=progress)
            if not math.isfinite(loss):
                raise TrainingError(
                    f"the loss became {loss} at step {trainer.step}: training diverged; {self._last_good(state_path)}"
                )
            losses.append(loss)
            if trainer.step % LOG_EVERY == 0:
                self._emit_step(trainer, losses)
                losses.clear()
            if trainer.step % self._config.validate_every == 0:
                self._validate(trainer, photos)
            if self._clock() - last_saved > SAVE_EVERY_S:
                self._save(trainer, source, state_path)
                last_saved = self._clock()
        if losses:
            self._emit_step(trainer, losses)
        if self._validated_step != trainer.step:
            self._validate(trainer, photos)
        self._save(trainer, source, state_path)

    @staticmethod
    def _last_good(state_path: Path) -> str:
        if not state_path.exists():
            return "nothing was saved yet, start again with a lower learning rate"
        return f"the last good state is in {state_path}, resume it with a lower learning rate"

    def _check_folder(self, state_path: Path) -> None:
        out, resume = self._options.out, self._options.resume
        has_state = state_path.exists()
        if has_state and not resume:
            raise RequestError(f"{out}: holds a training run already; add --resume to go on with it, or choose another")
        if resume and not has_state:
            raise RequestError(f"{out}: no run to resume in this folder (there is no {STATE_FILE})")

    def _make_folder(self) -> None:
        out = self._options.out
        try:
            out.mkdir(parents=True, exist_ok=True)
        except OSError as exc:
            raise RequestError(f"{out}: this folder cannot be made: {exc.strerror}") from exc

    def _restored(self, trainer: Trainer, path: Path) -> object:
        position = load_state(path, trainer)
        self._elapsed_before = position.elapsed_s
        self._best_psnr = position.best_psnr
        return position.batch_rng

    def _loaded_photos(self) -> PhotoSet:
        def report(done: int, total: int) -> None:
            self._on_event(TrainEvent("reading", progress=done / total))

        photos = load_photos(
            self._options.data, min_side=self._config.crop_side, cancel=self._cancel, on_progress=report
        )
        self._photo_count = len(photos.train)
        for sentence in photos.skipped:
            self._on_event(TrainEvent("reading", progress=1.0, text=f"skipped {sentence}"))
        return photos

    def _elapsed(self) -> float:
        return self._elapsed_before + (self._clock() - self._started if self._started is not None else 0.0)

    def _progress(self, trainer: Trainer) -> float:
        if self._options.minutes is not None:
            return self._elapsed() / (60 * self._options.minutes)
        return trainer.step / self._config.iterations

    def _eta(self, trainer: Trainer) -> float:
        """Seconds left, from the pace of this sitting only."""
        if self._options.minutes is not None:
            return max(0.0, 60 * self._options.minutes - self._elapsed())
        pace = (self._elapsed() - self._elapsed_before) / max(1, trainer.step - self._steps_before)
        return pace * max(0, self._config.iterations - trainer.step)

    def _validate(self, trainer: Trainer, photos: PhotoSet) -> None:
        self._psnr = validate(trainer.ema, photos.validation) if photos.validation else {}
        self._validated_step = trainer.step
        self._best_psnr = max(self._best_psnr, self._psnr.get("x4", -math.inf))
        self._save_model(trainer)
        self._emit("validated", trainer, self._psnr)

    def _save_model(self, trainer: Trainer) -> None:
        min_scale, max_scale = self._config.trained_scales
        card = ModelCard(
            description=f"{self._config.model.encoder.name} encoder with {self._config.model.decoder.name} decoder",
            training_data=f"{self._photo_count} photos of {self._options.data.resolve().name}",
            licence=self._options.licence,
            min_scale=min_scale,
            max_scale=max_scale,
            iterations=trainer.step,
            psnr={f"validation {name}": value for name, value in self._psnr.items()},
        )
        with self._writing():
            save_native(self._options.out / MODEL_FILE, trainer.ema, card)

    def _save(self, trainer: Trainer, source: BatchSource, path: Path) -> None:
        with self._writing():
            save_state(path, trainer, RunPosition(self._elapsed(), source.rng_state, self._best_psnr))
        self._save_model(trainer)
        self._emit("saved", trainer)

    @contextlib.contextmanager
    def _writing(self) -> Iterator[None]:
        """A failure to write, and nothing else, as the sentence that tells what to do."""
        try:
            yield
        except OSError as exc:
            raise TrainingError(
                f"{self._options.out}: the run cannot be saved ({exc.strerror or exc}); what was saved last is kept, "
                "go on with --resume once there is room"
            ) from exc

    def _emit_step(self, trainer: Trainer, losses: Sequence[float]) -> None:
        """The mean of the losses since the last such event, and the rate of the last step."""
        rate: float = trainer.optimiser.param_groups[0]["lr"]
        mean = sum(losses) / len(losses)
        self._emit("step", trainer, {"loss": mean, "learning_rate": rate, "eta_s": self._eta(trainer)})

    def _emit(self, kind: str, trainer: Trainer, values: Mapping[str, float] | None = None, *, text: str = "") -> None:
        progress = min(1.0, self._progress(trainer))
        event = TrainEvent(kind, trainer.step, progress, self._elapsed(), values or {}, text)
        with self._writing(), (self._options.out / LOG_FILE).open("a", encoding="utf-8") as log:
            log.write(json.dumps(asdict(event)) + "\n")
        self._on_event(event)
