"""Pausing, finishing early and stopping, by another thread or between the lines of a run's own events."""

from __future__ import annotations

import json
import threading
import time
from collections.abc import Callable
from pathlib import Path

import pytest
import torch

from liif_core.cancel import CancelToken
from liif_core.checkpoint.card import read_card
from liif_core.checkpoint.load import load_model
from liif_core.errors import Cancelled
from liif_core.training.control import COMMANDS, RunControl
from liif_core.training.events import TrainEvent
from liif_core.training.run_files import LOG_FILE, MODEL_FILE, PREVIEWS, STATE_FILE
from liif_core.training.run_options import RunOptions
from liif_core.training.session import TrainingSession
from tests.training.configs import MakeConfig
from tests.training.runs import assert_same_state, run, run_until, saved_state

pytestmark = pytest.mark.usefixtures("one_thread", "log_every_step")


def steered(
    config: MakeConfig, photos: Path, out: Path, steer: Callable[[RunControl, TrainEvent], object], **changes: object
) -> list[TrainEvent]:
    """A run that is steered from its events; these."""
    control, events = RunControl(), list[TrainEvent]()

    def on_event(event: TrainEvent) -> None:
        events.append(event)
        steer(control, event)

    options = RunOptions(photos, out, device="cpu")
    TrainingSession(config(**changes), options, on_event, control=control).run()
    return events


def at_step(number: int, kind: str = "step") -> Callable[[TrainEvent], bool]:
    return lambda event: event.kind == kind and event.step == number


def test_paused_run_waits_and_ends_as_one_that_was_not(heat_config: MakeConfig, photos: Path, tmp_path: Path) -> None:
    waited = []

    def steer(control: RunControl, event: TrainEvent) -> None:
        if at_step(3)(event):
            control.obey("pause")
        elif event.kind == "paused":
            # The state is safe before the wait begins.
            assert saved_state(tmp_path / "paused")["step"] == 3
            waited.append(time.monotonic())
            threading.Timer(0.3, control.obey, ["resume"]).start()
        elif event.kind == "resumed":
            waited.append(time.monotonic())

    events = steered(heat_config, photos, tmp_path / "paused", steer)
    pause_s = waited[1] - waited[0]
    assert pause_s >= 0.3
    kinds = [event.kind for event in events]
    assert kinds.index("paused") < kinds.index("resumed")
    assert events[kinds.index("resumed")].elapsed_s - events[kinds.index("paused")].elapsed_s < pause_s - 0.1
    run(heat_config(), photos, tmp_path / "through")
    assert_same_state(tmp_path / "through", tmp_path / "paused")


def test_finished_run_ends_early_with_a_measured_model(heat_config: MakeConfig, photos: Path, tmp_path: Path) -> None:
    def steer(control: RunControl, event: TrainEvent) -> None:
        if at_step(3)(event):
            control.obey("finish")

    events = steered(heat_config, photos, tmp_path, steer, iterations=10_000)
    assert [event.kind for event in events][-3:] == ["validated", "saved", "finished"]
    assert events[-1].step == 3
    _, card = read_card(tmp_path / MODEL_FILE)
    assert card.iterations == 3 and "validation x4" in card.psnr and "validation bicubic x4" in card.psnr


def test_finish_before_the_first_step_waits_for_one(heat_config: MakeConfig, photos: Path, tmp_path: Path) -> None:
    def steer(control: RunControl, event: TrainEvent) -> None:
        if event.kind == "reading":
            control.obey("finish")

    assert steered(heat_config, photos, tmp_path, steer)[-1].step == 1


def test_paused_run_can_be_finished(heat_config: MakeConfig, photos: Path, tmp_path: Path) -> None:
    def steer(control: RunControl, event: TrainEvent) -> None:
        if at_step(2)(event):
            control.obey("pause")
        elif event.kind == "paused":
            control.obey("finish")

    assert steered(heat_config, photos, tmp_path, steer)[-1].step == 2


def test_paused_run_can_be_stopped_and_resumed(heat_config: MakeConfig, photos: Path, tmp_path: Path) -> None:
    def steer(control: RunControl, event: TrainEvent) -> None:
        if at_step(2)(event):
            control.obey("pause")
        elif event.kind == "paused":
            control.obey("stop")

    with pytest.raises(Cancelled):
        steered(heat_config, photos, tmp_path / "run", steer)
    run(heat_config(), photos, tmp_path / "run", resume=True)
    run(heat_config(), photos, tmp_path / "through")
    assert_same_state(tmp_path / "through", tmp_path / "run")


def test_only_commands_are_obeyed() -> None:
    control = RunControl()
    assert not control.obey("make coffee")
    assert not control.is_paused and not control.is_finishing and not control.cancel.cancelled
    assert all(control.obey(command) for command in COMMANDS)


@pytest.mark.parametrize("content", [None, b"no model"])
def test_model_to_compare_with_that_is_damaged_or_gone_ends_no_training(
    heat_config: MakeConfig, photos: Path, tmp_path: Path, content: bytes | None
) -> None:
    other = tmp_path / "other.safetensors"
    if content is not None:
        other.write_bytes(content)
    events = run(heat_config(), photos, tmp_path / "run", beside=other)
    [told] = [event for event in events if event.kind == "baseline"]
    assert set(told.values) == {f"bicubic x{scale}" for scale in (2, 3, 4)}
    assert told.text.startswith(f"not compared with the model other: {other}")
    assert events[-1].kind == "finished"


def test_baseline_is_told_once_before_the_first_step(heat_config: MakeConfig, photos: Path, tmp_path: Path) -> None:
    events = run(heat_config(validate_every=4), photos, tmp_path / "first")
    kinds = [event.kind for event in events]
    assert kinds.count("baseline") == 1 and kinds.index("baseline") < kinds.index("step")
    bicubic = {f"bicubic x{scale}" for scale in (2, 3, 4)}
    assert set(events[kinds.index("baseline")].values) == bicubic
    assert set(events[kinds.index("validated")].values) == {"x2", "x3", "x4"}
    model = tmp_path / "first" / MODEL_FILE
    later = run(heat_config(), photos, tmp_path / "second", start_from=model)
    [told] = [event for event in later if event.kind == "baseline"]
    assert set(told.values) == bicubic | {f"start x{scale}" for scale in (2, 3, 4)}
    # The model it begins with is measured as it was at the end of its own run.
    assert {name: told.values[f"start {name}"] for name in ("x2", "x3", "x4")} == pytest.approx(
        dict(next(event for event in reversed(events) if event.kind == "validated").values), abs=1e-4
    )
    again = run(heat_config(max_scale=1.5), photos, tmp_path / "again", start_from=model)
    # By a recipe for other scales it would be another model.
    assert next(event for event in again if event.kind == "baseline").values == told.values
    beside = run(heat_config(), photos, tmp_path / "third", beside=model)
    [told] = [event for event in beside if event.kind == "baseline"]
    assert set(told.values) == bicubic | {f"{model.stem} x{scale}" for scale in (2, 3, 4)} and not told.text
    logged = [json.loads(line)["kind"] for line in (tmp_path / "second" / LOG_FILE).read_text("utf-8").splitlines()]
    assert logged.count("baseline") == 1


@pytest.mark.parametrize("step", [4, 8], ids=["on the way", "at the end"])
def test_who_wants_to_stop_does_not_wait_for_a_measurement(
    step: int, heat_config: MakeConfig, photos: Path, tmp_path: Path
) -> None:
    config = heat_config(validate_every=4)
    run(config, photos, tmp_path / "through")
    # Told after the step, and before the model is measured.
    run_until(step, config, photos, tmp_path / "stopped")
    assert saved_state(tmp_path / "stopped")["step"] == step
    assert not (tmp_path / "stopped" / PREVIEWS / f"step-{step:06}.png").exists()
    load_model(tmp_path / "stopped" / MODEL_FILE)
    events = run(config, photos, tmp_path / "stopped", resume=True)
    assert [event.step for event in events if event.kind == "validated"] == [8]
    through, stopped = (load_model(tmp_path / out / MODEL_FILE) for out in ("through", "stopped"))
    assert all(torch.equal(value, stopped[0].state_dict()[name]) for name, value in through[0].state_dict().items())
    assert through[1].psnr == stopped[1].psnr


def test_who_wants_to_stop_does_not_wait_for_the_models_to_compare_with(
    heat_config: MakeConfig, photos: Path, tmp_path: Path
) -> None:
    run(heat_config(iterations=1), photos, tmp_path / "other")
    token, kinds = CancelToken(), list[str]()

    def on_event(event: TrainEvent) -> None:
        kinds.append(event.kind)
        if event.kind == "started":
            token.cancel()

    options = RunOptions(photos, tmp_path / "run", device="cpu", beside=tmp_path / "other" / MODEL_FILE)
    with pytest.raises(Cancelled):
        TrainingSession(heat_config(), options, on_event, cancel=token).run()
    assert kinds[-1] == "started" and not (tmp_path / "run" / STATE_FILE).exists()
