"""Where a training stands, from its events."""

from __future__ import annotations

import pytest

from app.training.progress import ESTIMATING_STEPS, OVER, PAUSED, READING, TRAINING, RunProgress
from liif_core.training.events import TrainEvent


def step(number: int, loss: float = 0.1, **values: float) -> TrainEvent:
    told = {"loss": loss, "learning_rate": 1e-3, "eta_s": 50.0, **values}
    return TrainEvent("step", number, number / 100, float(number), told)


def validated(number: int, psnr: float) -> TrainEvent:
    return TrainEvent("validated", number, number / 100, float(number), {"x2": psnr, "x4": psnr - 4})


@pytest.fixture
def progress() -> RunProgress:
    told = RunProgress()
    told.take_all(
        [
            TrainEvent("reading", progress=0.5),
            TrainEvent("dataset", values={"photos": 20, "validation_photos": 1}),
            TrainEvent("started", text="20 photos, cpu, fp32"),
            TrainEvent("baseline", values={"bicubic x2": 30.0, "start x2": 31.0, "my own x2": 32.0}),
        ]
    )
    return told


def test_it_follows_a_training_from_reading_to_its_end() -> None:
    progress = RunProgress()
    phases = []
    for event in (
        TrainEvent("reading", progress=0.5),
        TrainEvent("started"),
        step(1),
        TrainEvent("paused", 1),
        TrainEvent("resumed", 1),
        TrainEvent("saved", 2),
        TrainEvent("finished", 2),
        TrainEvent("something of a later version", 2),
    ):
        progress.take(event)
        phases.append(progress.phase)
    assert phases == [READING, TRAINING, TRAINING, PAUSED, TRAINING, TRAINING, OVER, OVER]


def test_time_left_is_not_told_for_the_first_steps(progress: RunProgress) -> None:
    progress.take(step(ESTIMATING_STEPS - 1))
    assert progress.eta_s is None
    progress.take(step(ESTIMATING_STEPS))
    assert progress.eta_s == 50.0


def test_time_left_is_estimated_anew_in_every_sitting(progress: RunProgress) -> None:
    progress.take(step(100))
    progress.begin_sitting()
    progress.take(TrainEvent("started", 100))
    progress.take(step(101))
    assert progress.eta_s is None


def test_figures_for_comparison_are_told_apart(progress: RunProgress) -> None:
    assert progress.device == "cpu, fp32" and progress.photos == 20
    assert progress.baseline == {"x2": 30.0} and progress.start == {"x2": 31.0}
    assert (progress.beside_name, progress.beside) == ("my own", {"x2": 32.0})


def test_what_is_trained_again_after_a_crash_is_not_shown_twice(progress: RunProgress) -> None:
    for event in (step(10), validated(10, 32.0), step(20), validated(20, 33.0), TrainEvent("started", 10)):
        progress.take(event)
    assert progress.losses == [(10, 0.1)] and progress.psnr["x2"] == [(10, 32.0)]
    progress.take(validated(20, 33.5))
    assert progress.latest_psnr == {"x2": 33.5, "x4": 29.5}
    assert progress.preview_step == 20


def test_use_of_the_device_is_that_of_the_last_step(progress: RunProgress) -> None:
    progress.take(step(1, cpu_percent=90.0, device_memory_mb=2000.0, device_memory_total_mb=8000.0))
    assert progress.cpu_percent == 90.0 and progress.device_memory_mb == (2000.0, 8000.0)
    progress.take(step(2))
    assert progress.cpu_percent is None and progress.device_memory_mb is None


def test_noise_on_pages_is_told_until_it_is_over_or_a_sitting_begins(progress: RunProgress) -> None:
    def noise(difference: float) -> TrainEvent:
        return TrainEvent("out-of-distribution", 3, values={"difference": difference, "expected": 0.25})

    assert not progress.makes_noise
    told = []
    for event in (noise(0.4), noise(0.1), noise(0.3), TrainEvent("started", 3)):
        progress.take(event)
        told.append(progress.makes_noise)
    assert told == [True, False, True, False]


def test_parts_are_told_with_their_batch(progress: RunProgress) -> None:
    progress.take(TrainEvent("parts", 3, values={"parts": 2, "batch": 8}))
    assert progress.parts == (2, 8)
