"""Where a training stands and how it came there, from its events."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field

from liif_core.training.events import TrainEvent

# Before so many steps of a sitting, its pace is that of warming up.
ESTIMATING_STEPS = 30

STARTING, READING, TRAINING, PAUSED, OVER = "starting", "reading", "training", "paused", "over"

Point = tuple[int, float]


@dataclass(slots=True)
class RunProgress:
    """Follows one training; owned by whoever shows it.

    Attributes:
        phase: What it is doing.
        reading: Share of the photos that are read, in [0, 1].
        step: Steps done.
        progress: Share of the training done, in [0, 1].
        elapsed_s: Seconds of training.
        eta_s: Seconds left; None while the pace is not known.
        photos: To learn from.
        validation_photos: To measure with.
        losses: By step.
        psnr: By step for each scale, in dB: "x2", "x3", "x4".
        baseline: Of bicubic enlargement, by scale.
        start: Of what it began with, by scale; empty where that was random.
        beside: Of another model that is to be compared with, by scale; empty without one.
        beside_name: What that is called.
        preview_step: Of the latest preview; None without one.
        device: That trains, and what it calculates in, in the trainer's words: "cpu, fp32".
        cpu_percent: Of all processors; None while not known.
        device_memory_mb: Of a device of its own: held and all; None where there is none.
        makes_noise: Whether the model makes noise of pages that are no photos.
        other_photos: Whether a sitting measured other photos than the first: perhaps some that it learned from.
        parts: In which a batch is computed since memory ran out, and patches of it; None before.
    """

    phase: str = STARTING
    reading: float = 0.0
    step: int = 0
    progress: float = 0.0
    elapsed_s: float = 0.0
    eta_s: float | None = None
    photos: int = 0
    validation_photos: int = 0
    losses: list[Point] = field(default_factory=list)
    psnr: dict[str, list[Point]] = field(default_factory=dict)
    baseline: dict[str, float] = field(default_factory=dict)
    start: dict[str, float] = field(default_factory=dict)
    beside: dict[str, float] = field(default_factory=dict)
    beside_name: str = ""
    preview_step: int | None = None
    device: str = ""
    cpu_percent: float | None = None
    device_memory_mb: tuple[float, float] | None = None
    makes_noise: bool = False
    other_photos: bool = False
    parts: tuple[int, int] | None = None
    _sitting_from: int = 0

    def begin_sitting(self) -> None:
        """A process starts, or starts again."""
        self.phase, self.reading, self.eta_s = STARTING, 0.0, None

    def take_all(self, events: Iterable[TrainEvent]) -> None:
        """Follow what a log tells of earlier sittings."""
        for event in events:
            self.take(event)

    def take(self, event: TrainEvent) -> None:
        """Follow one event."""
        if event.kind == "reading":
            self.phase, self.reading = READING, event.progress
            return
        self.step, self.progress, self.elapsed_s = event.step, event.progress, event.elapsed_s
        handler = self._handlers().get(event.kind)
        if handler is not None:
            handler(event)

    def _handlers(self) -> dict[str, Callable[[TrainEvent], None]]:
        return {
            "dataset": self._take_dataset,
            "started": self._take_start,
            "baseline": self._take_baseline,
            "step": self._take_step,
            "validated": self._take_validation,
            "out-of-distribution": self._take_noise,
            "parts": self._take_parts,
            "paused": lambda _event: self._set_phase(PAUSED),
            "resumed": lambda _event: self._set_phase(TRAINING),
            "finished": lambda _event: self._set_phase(OVER),
        }

    @property
    def latest_psnr(self) -> dict[str, float]:
        """Of the last validation, by scale."""
        return {scale: points[-1][1] for scale, points in self.psnr.items() if points}

    def _set_phase(self, phase: str) -> None:
        self.phase = phase

    def _take_dataset(self, event: TrainEvent) -> None:
        self.photos = int(event.values.get("photos", 0))
        self.validation_photos = int(event.values.get("validation_photos", 0))
        self.other_photos |= bool(event.values.get("other_photos"))

    def _take_start(self, event: TrainEvent) -> None:
        """Of an interrupted run, what came after its last saved step is trained again."""
        self.phase, self._sitting_from, self.eta_s = TRAINING, event.step, None
        # Told again at the next validation where it still does.
        self.makes_noise = False
        # "20 photos, cpu, fp32": the photos are counted elsewhere.
        self.device = event.text.partition(", ")[2]
        self.losses = [point for point in self.losses if point[0] <= event.step]
        self.psnr = {
            scale: [point for point in points if point[0] <= event.step] for scale, points in self.psnr.items()
        }

    def _take_baseline(self, event: TrainEvent) -> None:
        for name, value in event.values.items():
            kind, _, scale = name.rpartition(" ")
            if kind == "bicubic":
                self.baseline[scale] = value
            elif kind == "start":
                self.start[scale] = value
            else:
                self.beside_name, self.beside[scale] = kind, value

    def _take_step(self, event: TrainEvent) -> None:
        values = event.values
        self.losses.append((event.step, values["loss"]))
        self.eta_s = values["eta_s"] if event.step - self._sitting_from >= ESTIMATING_STEPS else None
        self.cpu_percent = values.get("cpu_percent")
        held, total = values.get("device_memory_mb"), values.get("device_memory_total_mb")
        self.device_memory_mb = None if held is None else (held, total or 0.0)

    def _take_validation(self, event: TrainEvent) -> None:
        for scale, value in event.values.items():
            self.psnr.setdefault(scale, []).append((event.step, value))
        if event.values:
            self.preview_step = event.step

    def _take_noise(self, event: TrainEvent) -> None:
        self.makes_noise = event.values["difference"] >= event.values["expected"]

    def _take_parts(self, event: TrainEvent) -> None:
        self.parts = int(event.values["parts"]), int(event.values["batch"])
