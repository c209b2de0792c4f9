"""A whole run: what it leaves behind and what it tells."""

from __future__ import annotations

import json
import shutil
import sys
import time
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch

from liif_core.cancel import CancelToken
from liif_core.checkpoint.load import load_model
from liif_core.errors import Cancelled, RequestError
from liif_core.imaging.read import read_image
from liif_core.training import divergence, expected_time, loop, session
from liif_core.training.datasets import load_photos
from liif_core.training.detail import DetailMap
from liif_core.training.distributed import Place, Team
from liif_core.training.events import TrainEvent
from liif_core.training.previews import preview
from liif_core.training.run_files import DATASET_FILE, LOG_FILE, MODEL_FILE, STATE_FILE, preview_file
from liif_core.training.run_options import RunOptions
from liif_core.training.session import TrainingSession
from liif_core.training.steps import Steps
from liif_core.training.trainer import Trainer
from liif_core.training.validation import validate
from tests.training.configs import MakeConfig
from tests.training.runs import assert_same_state, run, saved_state, stepping

pytestmark = pytest.mark.usefixtures("one_thread", "log_every_step")


def test_run_leaves_a_model_a_state_and_a_log(make_config: MakeConfig, photos: Path, tmp_path: Path) -> None:
    config, out = make_config(validate_every=4), tmp_path / "new" / "run"
    events = run(config, photos, out, licence="CC0-1.0", recipe="mine")
    assert {path.name for path in out.iterdir()} == {LOG_FILE, DATASET_FILE, MODEL_FILE, STATE_FILE, "previews"}
    model, card = load_model(out / MODEL_FILE)
    assert model.spec == config.model
    ema = saved_state(out)["ema"]
    assert all(torch.equal(value, ema[name]) for name, value in model.state_dict().items())
    assert card.iterations == 8
    assert card.licence == "CC0-1.0"
    assert (card.recipe, card.device) == ("mine", "a CPU with 1 threads")
    assert 0 <= card.hours < 0.1
    assert card.training_data == f'2 photos in the folder "{photos.name}"'
    assert card.max_scale == 2.0
    scales = ("x2", "x3", "x4")
    assert set(card.psnr) == {f"validation {method}{scale}" for method in ("", "bicubic ") for scale in scales}
    assert all(5 < value < 60 for value in card.psnr.values())
    kinds = [event.kind for event in events]
    assert kinds[0] == "reading"
    assert kinds[-1] == "finished"
    assert kinds.count("step") == 8
    assert kinds.count("validated") == 2
    assert [event.step for event in events if event.kind == "step"] == list(range(1, 9))
    logged = [json.loads(line) for line in (out / LOG_FILE).read_text(encoding="utf-8").splitlines()]
    assert [line["kind"] for line in logged] == [kind for kind in kinds if kind != "reading"]


def test_what_is_measured_and_shown_is_what_the_file_gives(
    make_config: MakeConfig, photos: Path, tmp_path: Path
) -> None:
    """Beyond the scales of the training, too, where a heat field keeps its pre-filter."""
    config = make_config(max_scale=2.0, learning_rate=1e-2, iterations=20)
    events = run(config, photos, tmp_path / "run")
    model, card = load_model(tmp_path / "run" / MODEL_FILE)
    held_out = load_photos(photos, min_side=config.crop_side, cancel=CancelToken()).validation
    measured = validate(model, held_out)
    assert set(measured) == {"x2", "x3", "x4"}
    assert [dict(event.values) for event in events if event.kind == "validated"] == [measured]
    assert {name: card.psnr[f"validation {name}"] for name in measured} == measured
    assert np.array_equal(read_image(preview_file(tmp_path / "run", 20)).pixels, preview(model, held_out))


def test_progress_rises_to_one(heat_config: MakeConfig, photos: Path, tmp_path: Path) -> None:
    events = run(heat_config(), photos, tmp_path / "run")
    trained = [event.progress for event in events if event.kind != "reading"]
    assert trained == sorted(trained)
    assert trained[-1] == 1.0
    steps = [event for event in events if event.kind == "step"]
    assert all(set(event.values) == {"loss", "learning_rate", "eta_s", "cpu_percent"} for event in steps)
    assert all(event.values["loss"] > 0 for event in steps)


def test_last_steps_are_told_even_between_two_logs(
    heat_config: MakeConfig, photos: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(loop, "LOG_EVERY", 3)
    events = run(heat_config(iterations=8), photos, tmp_path / "run")
    assert [event.step for event in events if event.kind == "step"] == [3, 6, 8]


def test_same_seed_gives_the_same_model(make_config: MakeConfig, photos: Path, tmp_path: Path) -> None:
    config = make_config()
    run(config, photos, tmp_path / "first")
    run(config, photos, tmp_path / "second")
    assert_same_state(tmp_path / "first", tmp_path / "second")
    run(replace(config, seed=1), photos, tmp_path / "third")
    first, third = saved_state(tmp_path / "first"), saved_state(tmp_path / "third")
    key = next(iter(first["model"]))
    assert not torch.equal(first["model"][key], third["model"][key])


def test_skipped_photos_are_named(heat_config: MakeConfig, photos: Path, tmp_path: Path) -> None:
    folder = tmp_path / "photos"
    shutil.copytree(photos, folder)
    (folder / "broken.png").write_bytes(b"no photo")
    events = run(heat_config(iterations=1), folder, tmp_path / "run")
    texts = [event.text for event in events if event.text]
    assert any("1 file skipped, unreadable" in text and "broken.png" in text for text in texts)


def test_run_by_the_clock_ends_with_it(heat_config: MakeConfig, photos: Path, tmp_path: Path) -> None:
    """A clock that moves one second each time it is asked: half a minute has thirty readings at the most."""
    seconds = iter(range(100, 10_000))
    options = RunOptions(photos, tmp_path / "run", minutes=0.5, device="cpu")
    events: list[TrainEvent] = []
    TrainingSession(heat_config(iterations=10**6), options, events.append, clock=lambda: float(next(seconds))).run()
    steps = [event for event in events if event.kind == "step"]
    assert 3 <= len(steps) <= 30
    # Its last readings are after the end.
    assert max(event.progress for event in events) == 1
    rates = [event.values["learning_rate"] for event in steps[2:]]
    assert rates == sorted(rates, reverse=True)
    assert rates[-1] < 0.1 * rates[0]


@pytest.mark.parametrize("minutes", [0.0, -1.0, float("inf"), float("nan")])
def test_run_of_no_length_or_without_an_end_is_refused(minutes: float, photos: Path, tmp_path: Path) -> None:
    with pytest.raises(RequestError, match="minutes"):
        RunOptions(photos, tmp_path / "run", minutes=minutes)


def test_clock_may_start_at_zero(heat_config: MakeConfig, photos: Path, tmp_path: Path) -> None:
    now = [0.0]

    def on_event(event: TrainEvent) -> None:
        now[0] += 5.0 if event.kind == "step" else 0.0

    options = RunOptions(photos, tmp_path / "run", device="cpu")
    TrainingSession(heat_config(iterations=2), options, on_event, clock=lambda: now[0]).run()
    assert saved_state(tmp_path / "run")["elapsed_s"] == pytest.approx(10.0)


def test_looking_for_detail_is_no_time_of_training(
    heat_config: MakeConfig, photos: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    now, look = [0.0], DetailMap.of

    def slow(*given: Any) -> DetailMap:
        # As long as a clock that does not wait takes to be started.
        time.sleep(0.5)
        now[0] += 100.0
        return look(*given)

    monkeypatch.setattr(DetailMap, "of", slow)
    options = RunOptions(photos, tmp_path / "run", device="cpu")
    config = heat_config(iterations=2, detail=0.5)
    TrainingSession(config, options, lambda event: None, clock=lambda: now[0]).run()
    assert saved_state(tmp_path / "run")["elapsed_s"] == 0


def test_long_run_saves_as_it_goes(
    heat_config: MakeConfig, photos: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Every two minutes, where a step takes 50 seconds; not at every step from then on."""
    monkeypatch.setattr(divergence, "WINDOW", 2)
    now = [0.0]

    def slow(_step: int) -> float:
        now[0] += 50.0
        return 0.1

    monkeypatch.setattr(Trainer, "train_step", stepping(slow))
    events: list[TrainEvent] = []
    options = RunOptions(photos, tmp_path / "run", device="cpu")
    TrainingSession(heat_config(iterations=12), options, events.append, clock=lambda: now[0]).run()
    # The time is that before the step.
    assert [event.step for event in events if event.kind == "saved"] == [4, 7, 10, 12]


@pytest.mark.parametrize(("first_look_s", "steps"), [(0.0, [1, 8]), (1e9, [8])])
def test_slow_run_is_measured_once_before_it_is_due(
    first_look_s: float,
    steps: list[int],
    heat_config: MakeConfig,
    photos: Path,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(loop, "FIRST_LOOK_S", first_look_s)
    events = run(heat_config(), photos, tmp_path)
    assert [event.step for event in events if event.kind == "validated"] == steps
    # A run that was measured once is not looked at early when it goes on.
    events = run(heat_config(iterations=12), photos, tmp_path, resume=True)
    assert [event.step for event in events if event.kind == "validated"] == [12]


def test_processes_of_one_machine_share_its_memory(
    heat_config: MakeConfig, photos: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Each of them reads all photos."""
    budgets: list[int] = []

    def read(*_: object, memory_bytes: int, **__: object) -> None:
        budgets.append(memory_bytes)
        raise Cancelled

    monkeypatch.setattr(session, "memory_budget", lambda: 1000)
    monkeypatch.setattr(session, "load_photos", read)
    for local_world in (1, 4):
        with pytest.raises(Cancelled):
            run(heat_config(), photos, tmp_path / "run", team=Team(Place(local_world=local_world)))
    assert budgets == [1000, 250]


def test_previews_show_the_held_out_photos(heat_config: MakeConfig, photos: Path, tmp_path: Path) -> None:
    run(heat_config(validate_every=4), photos, tmp_path)
    assert sorted(path.name for path in (tmp_path / "previews").iterdir()) == ["step-000004.png", "step-000008.png"]


def test_photos_for_validation_may_have_a_folder(heat_config: MakeConfig, photos: Path, tmp_path: Path) -> None:
    apart = tmp_path / "apart"
    apart.mkdir()
    shutil.copy(photos / "photo1.png", apart)
    events = run(heat_config(), photos, tmp_path / "run", validation=apart)
    [dataset] = [event for event in events if event.kind == "dataset"]
    assert dataset.values == {"photos": 2, "validation_photos": 1}
    assert dataset.text.startswith("to learn from: 2 photos, ") and "megapixels, sides of" in dataset.text
    assert "left out of training" in dataset.text and "photo1.png" in dataset.text


def test_every_photo_that_is_not_used_is_named_in_the_runs_folder(
    heat_config: MakeConfig, photos: Path, tmp_path: Path
) -> None:
    some = tmp_path / "photos"
    shutil.copytree(photos, some)
    broken = [some / f"broken [{number}] ü.png" for number in range(8)]
    if sys.platform == "linux":
        # Of another encoding.
        broken[0] = some / "broken \udce9.png"
    for path in broken:
        path.write_bytes(b"no photo")
    events = run(heat_config(), some, tmp_path / "run")
    [dataset] = [event for event in events if event.kind == "dataset"]
    assert "  and 3 more" in dataset.text.splitlines()
    report = json.loads((tmp_path / "run" / DATASET_FILE).read_text(encoding="utf-8"))
    assert [file["path"] for file in report["unreadable"]] == sorted(map(str, broken))
    assert report["train"]["count"] == dataset.values["photos"]


def test_check_measures_steps_and_writes_nothing(
    make_config: MakeConfig, photos: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(expected_time, "MEASURED_S", 0.0)
    options = RunOptions(photos, tmp_path / "run", device="cpu")
    config = make_config(iterations=10_000_000)
    report = TrainingSession(config, options, lambda _: None).check()
    assert (report.train.count, report.validation.count) == (2, 1)
    assert report.expected_s is not None and 1000 < report.expected_s < 10_000_000
    by_clock = TrainingSession(config, replace(options, minutes=3), lambda _: None).check()
    assert by_clock.expected_s == 180
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize(("count", "measured"), [(3, 3), (20, 8)])
def test_expected_time_is_that_of_steps_and_validations(
    count: int, measured: int, heat_config: MakeConfig, photos: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Steps of 2 seconds, and validations of 30 seconds for each photo."""
    now = [0.0]

    def later(seconds: float) -> None:
        now[0] += seconds

    def train_step(*_: object, progress: float) -> float:
        later(100.0 if now[0] < 300 else 2.0)
        return 0.1

    monkeypatch.setattr(Trainer, "train_step", train_step)
    monkeypatch.setattr(expected_time, "validate", lambda *_, **__: later(30.0))
    photo_set = load_photos(photos, min_side=24, cancel=CancelToken())
    trainer = Trainer(heat_config(iterations=950, validate_every=100), device=torch.device("cpu"), bf16=False)
    with Steps(photo_set.train, trainer, team=Team(), kept=lambda: "", on_parts=lambda parts: None) as steps:
        expected_s = expected_time.expected_time_s(
            trainer,
            steps,
            [photo_set.validation[0]] * count,
            minutes=None,
            cancel=CancelToken(),
            team=Team(),
            now=lambda: now[0],
        )
    assert expected_s == pytest.approx(950 * 2 + 10 * measured * 30)


def test_check_can_be_stopped(heat_config: MakeConfig, photos: Path, tmp_path: Path) -> None:
    token = CancelToken()

    def on_event(event: TrainEvent) -> None:
        if event.progress == 1:
            token.cancel()

    options = RunOptions(photos, tmp_path / "run", device="cpu")
    with pytest.raises(Cancelled):
        TrainingSession(heat_config(), options, on_event, cancel=token).check()
