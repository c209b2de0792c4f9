"""Stopping and going on is as if the run had never stopped, and only its own state is taken."""

from __future__ import annotations

import json
import re
import shutil
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import PIL.Image
import pytest
import torch

from liif_core.cancel import CancelToken
from liif_core.checkpoint.load import load_model
from liif_core.errors import Cancelled, CorruptCheckpoint, OutOfMemory, RequestError
from liif_core.training import loop, steps
from liif_core.training.batches import BatchSource
from liif_core.training.distributed import Place, Team
from liif_core.training.events import TrainEvent
from liif_core.training.optimisers import WeightOptimiser
from liif_core.training.run_files import DATASET_FILE, LOG_FILE, MODEL_FILE, STATE_FILE
from liif_core.training.run_options import RunOptions
from liif_core.training.session import TrainingSession
from liif_core.training.trainer import Trainer
from tests.training.configs import MakeConfig
from tests.training.pictures import scene
from tests.training.runs import assert_same_state, run, run_until, saved_state, stepping

pytestmark = pytest.mark.usefixtures("one_thread", "log_every_step")


@pytest.mark.parametrize("step", [1, 5])
def test_interrupted_run_goes_on_as_if_it_had_never_stopped(
    step: int, make_config: MakeConfig, photos: Path, tmp_path: Path
) -> None:
    config = make_config()
    run(config, photos, tmp_path / "through")
    run_until(step, config, photos, tmp_path / "stopped")
    assert saved_state(tmp_path / "stopped")["step"] == step
    events = run(config, photos, tmp_path / "stopped", resume=True)
    assert [event.step for event in events if event.kind == "step"] == list(range(step + 1, 9))
    assert_same_state(tmp_path / "through", tmp_path / "stopped")
    through, _ = load_model(tmp_path / "through" / MODEL_FILE)
    stopped, card = load_model(tmp_path / "stopped" / MODEL_FILE)
    assert all(torch.equal(value, stopped.state_dict()[name]) for name, value in through.state_dict().items())
    assert card.iterations == 8


def test_run_may_be_interrupted_often(heat_config: MakeConfig, photos: Path, tmp_path: Path) -> None:
    config = heat_config()
    run(config, photos, tmp_path / "through")
    run_until(2, config, photos, tmp_path / "stopped")
    run_until(3, config, photos, tmp_path / "stopped", resume=True)
    run_until(6, config, photos, tmp_path / "stopped", resume=True)
    run(config, photos, tmp_path / "stopped", resume=True)
    assert_same_state(tmp_path / "through", tmp_path / "stopped")


def test_position_of_the_batches_matters(
    heat_config: MakeConfig, photos: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The comparison above would notice batches that begin again."""
    config = heat_config()
    run(config, photos, tmp_path / "through")
    run_until(5, config, photos, tmp_path / "stopped")
    first = {"first_step": 0}
    monkeypatch.setattr(steps, "BatchSource", lambda *args, **options: BatchSource(*args, **(options | first)))
    run(config, photos, tmp_path / "stopped", resume=True)
    with pytest.raises(AssertionError):
        assert_same_state(tmp_path / "through", tmp_path / "stopped")


def test_state_of_the_first_version_is_taken(heat_config: MakeConfig, photos: Path, tmp_path: Path) -> None:
    """It held states of generators as well, and an optimiser with other options."""
    config = heat_config()
    run(config, photos, tmp_path / "through")
    run_until(5, config, photos, tmp_path / "old")
    state = saved_state(tmp_path / "old")
    del state["launch"]
    state["optimiser"]["param_groups"][0].update(fused=None, foreach=None)
    torch.save(
        state | {"format_version": 1, "batch_rng": {}, "query_rng": torch.zeros(3)}, tmp_path / "old" / STATE_FILE
    )
    run(config, photos, tmp_path / "old", resume=True)
    assert_same_state(tmp_path / "through", tmp_path / "old")


@pytest.mark.parametrize(("before", "after"), [("adam", "muon"), ("muon", "adam")])
def test_run_goes_on_with_another_optimiser(
    before: str, after: str, heat_config: MakeConfig, photos: Path, tmp_path: Path
) -> None:
    run_until(3, heat_config(optimiser=before), photos, tmp_path)
    events = run(heat_config(optimiser=after), photos, tmp_path, resume=True)
    assert any(f"optimiser = {after} (was {before})" in event.text for event in events)
    state = saved_state(tmp_path)
    assert state["step"] == 8
    assert ("muon" in state["optimiser"]) == (after == "muon")


def test_finished_run_resumes_to_its_end(heat_config: MakeConfig, photos: Path, tmp_path: Path) -> None:
    run(heat_config(), photos, tmp_path)
    events = run(heat_config(), photos, tmp_path, resume=True)
    assert "step" not in [event.kind for event in events]
    assert saved_state(tmp_path)["step"] == 8


def test_time_of_all_sittings_is_added_up(heat_config: MakeConfig, photos: Path, tmp_path: Path) -> None:
    config = heat_config()
    run_until(3, config, photos, tmp_path)
    first = saved_state(tmp_path)["elapsed_s"]
    torch.save(saved_state(tmp_path) | {"elapsed_s": first + 1000}, tmp_path / STATE_FILE)
    run(config, photos, tmp_path, resume=True)
    assert 1000 < saved_state(tmp_path)["elapsed_s"] < 1000 + first + 100


def test_losses_that_are_told_are_means_since_the_last_ones(
    heat_config: MakeConfig, photos: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    config = heat_config()
    run_until(3, config, photos, tmp_path)
    monkeypatch.setattr(loop, "LOG_EVERY", 4)
    monkeypatch.setattr(Trainer, "train_step", stepping(float))
    events = run(config, photos, tmp_path, resume=True)
    # Of the fourth step alone, and of the four after it.
    assert [event.values["loss"] for event in events if event.kind == "step"] == [4.0, 6.5]


@pytest.mark.parametrize("restarts", [0, 1])
def test_run_that_is_started_again_by_its_launcher_goes_on_by_itself(
    restarts: int, heat_config: MakeConfig, photos: Path, tmp_path: Path
) -> None:
    config, launch = heat_config(), Place(launch="mine")
    place = Place(launch="mine", restarts=restarts)
    run(config, photos, tmp_path / "through", team=Team(launch))
    run_until(3, config, photos, tmp_path / "stopped", team=Team(launch))
    events = run(config, photos, tmp_path / "stopped", team=Team(place))
    assert [event.step for event in events if event.kind == "started"] == [3]
    assert_same_state(tmp_path / "through", tmp_path / "stopped")


def test_restart_before_the_first_save_begins_anew(heat_config: MakeConfig, photos: Path, tmp_path: Path) -> None:
    for resume in (False, True):
        events = run(heat_config(), photos, tmp_path / f"{resume}", team=Team(Place(restarts=1)), resume=resume)
        assert [event.step for event in events if event.kind == "started"] == [0]


def test_run_of_another_launch_is_not_overwritten(heat_config: MakeConfig, photos: Path, tmp_path: Path) -> None:
    run(heat_config(), photos, tmp_path, team=Team(Place(launch="mine")))
    before = (tmp_path / STATE_FILE).read_bytes()
    for place in (Place(), Place(launch="yours"), Place(restarts=1), Place(launch="yours", restarts=1)):
        with pytest.raises(RequestError, match="holds a training run already"):
            run(heat_config(), photos, tmp_path, team=Team(place))
    assert (tmp_path / STATE_FILE).read_bytes() == before


def test_model_of_another_run_is_not_overwritten(heat_config: MakeConfig, photos: Path, tmp_path: Path) -> None:
    (tmp_path / MODEL_FILE).write_bytes(b"precious")
    for place in (Place(), Place(launch="mine", restarts=1)):
        with pytest.raises(RequestError, match="holds a model"):
            run(heat_config(), photos, tmp_path, team=Team(place))
    assert (tmp_path / MODEL_FILE).read_bytes() == b"precious"


def test_file_that_only_has_the_name_of_the_report_is_not_overwritten(
    heat_config: MakeConfig, photos: Path, tmp_path: Path
) -> None:
    (tmp_path / DATASET_FILE).write_bytes(b"precious")
    (tmp_path / "notes.txt").write_bytes(b"precious, too")
    with pytest.raises(RequestError, match=re.escape(f"{tmp_path}: holds a {DATASET_FILE}")):
        run(heat_config(), photos, tmp_path)
    assert (tmp_path / DATASET_FILE).read_bytes() == b"precious"
    # What a run leaves that ended before its first save is no obstacle to the next, nor is any other file.
    (tmp_path / DATASET_FILE).unlink()
    run(heat_config(iterations=1), photos, tmp_path)
    for name in (STATE_FILE, MODEL_FILE):
        (tmp_path / name).unlink()
    run(heat_config(iterations=1), photos, tmp_path)
    assert (tmp_path / "notes.txt").read_bytes() == b"precious, too"


def test_moments_in_another_memory_order_are_the_same(heat_config: MakeConfig, photos: Path, tmp_path: Path) -> None:
    config = heat_config()
    run(config, photos, tmp_path / "through")
    run_until(3, config, photos, tmp_path / "stopped")
    state = saved_state(tmp_path / "stopped")
    moments = [(table, name) for table in state["optimiser"]["state"].values() for name in ("exp_avg", "exp_avg_sq")]
    assert not all(table[name].is_contiguous() for table, name in moments)
    for table, name in moments:
        table[name] = table[name].contiguous()
    torch.save(state, tmp_path / "stopped" / STATE_FILE)
    run(config, photos, tmp_path / "stopped", resume=True)
    assert_same_state(tmp_path / "through", tmp_path / "stopped")


def test_other_photos_and_settings_are_told(heat_config: MakeConfig, photos: Path, tmp_path: Path) -> None:
    out, folder = tmp_path / "run", tmp_path / "photos"
    shutil.copytree(photos, folder)
    run_until(3, heat_config(), folder, out)
    texts = [event.text for event in run(heat_config(iterations=5), folder, out, resume=True)]
    assert "settings that are new: iterations = 5 (was 8)" in texts
    assert not any("not those the run began with" in text for text in texts)
    measured, *_ = saved_state(out)["held_out"]
    (folder / measured).unlink()
    events = run(heat_config(iterations=6), folder, out, resume=True)
    assert [event.values["other_photos"] for event in events if event.kind == "dataset"] == [1]
    texts = [event.text for event in events]
    assert any("the photos for validation are not those the run began with" in text for text in texts)


def test_other_photos_are_told_where_it_is_not_known_which_were_held_out(
    heat_config: MakeConfig, photos: Path, tmp_path: Path
) -> None:
    """As in states of earlier versions."""
    out, folder = tmp_path / "run", tmp_path / "photos"
    shutil.copytree(photos, folder)
    run_until(3, heat_config(), folder, out)
    before = saved_state(out)
    torch.save(before | {"held_out": []}, out / STATE_FILE)
    # First of all, so that each photo has another number.
    PIL.Image.fromarray(scene(20)).save(folder / "00.png")
    events = run(heat_config(iterations=5), folder, out, resume=True)
    after = saved_state(out)
    assert after["held_out"] != before["held_out"] and after["photos"][2:] == before["photos"][2:]
    assert [event.values.get("other_photos") for event in events if event.kind == "dataset"] == [1]


def test_fewer_of_the_photos_held_out_are_no_other_ones(heat_config: MakeConfig, tmp_path: Path) -> None:
    out, folder = tmp_path / "run", tmp_path / "photos"
    folder.mkdir()
    for number in range(16):
        PIL.Image.fromarray(scene(number, 30, 40)).save(folder / f"{number:02}.png")
    run(heat_config(iterations=1), folder, out)
    gone, *left = saved_state(out)["held_out"]
    (folder / gone).unlink()
    events = run(heat_config(iterations=2), folder, out, resume=True)
    assert saved_state(out)["held_out"] == left != []
    assert [event.values.get("other_photos") for event in events if event.kind == "dataset"] == [None]


def test_only_the_folder_for_validation_says_whether_its_photos_are_other_ones(
    heat_config: MakeConfig, photos: Path, tmp_path: Path
) -> None:
    out, folder, apart = tmp_path / "run", tmp_path / "photos", tmp_path / "apart"
    shutil.copytree(photos, folder)
    apart.mkdir()
    PIL.Image.fromarray(scene(20, 50, 60)).save(apart / "a.png")
    run(heat_config(iterations=1), folder, out, validation=apart)
    PIL.Image.fromarray(scene(21, 50, 60)).save(folder / "more.png")
    told = run(heat_config(iterations=2), folder, out, resume=True, validation=apart)
    PIL.Image.fromarray(scene(22, 60, 60)).save(apart / "a.png")
    told += run(heat_config(iterations=3), folder, out, resume=True, validation=apart)
    assert [event.values.get("other_photos") for event in told if event.kind == "dataset"] == [None, 1]


def test_photos_held_out_stay_so_when_others_come_and_go(heat_config: MakeConfig, photos: Path, tmp_path: Path) -> None:
    out, folder, moved = tmp_path / "run", tmp_path / "photos", tmp_path / "elsewhere"
    shutil.copytree(photos, folder)
    run_until(3, heat_config(), folder, out)
    measured = saved_state(out)["held_out"]
    # First of all, so that each photo has another number.
    for number in range(3):
        PIL.Image.fromarray(scene(20 + number)).save(folder / f"0{number}.png")
    folder.rename(moved)
    events = run(heat_config(iterations=5), moved, out, resume=True)
    assert saved_state(out)["held_out"] == measured
    report = next(event for event in events if event.kind == "dataset")
    assert "other_photos" not in report.values
    assert report.values["photos"] == len(list(moved.iterdir())) - len(measured)


def test_measured_model_stays_until_the_next_is_measured(heat_config: MakeConfig, photos: Path, tmp_path: Path) -> None:
    config = heat_config(validate_every=4)
    run_until(5, config, photos, tmp_path, recipe="mine")
    measured = (tmp_path / MODEL_FILE).read_bytes()
    run_until(7, config, photos, tmp_path, resume=True)
    assert (tmp_path / MODEL_FILE).read_bytes() == measured
    card = load_model(tmp_path / MODEL_FILE)[1]
    assert card.iterations == 4 and card.psnr
    run(config, photos, tmp_path, resume=True)
    card = load_model(tmp_path / MODEL_FILE)[1]
    assert card.iterations == 8 and card.psnr and card.recipe == "mine"


def test_cancelled_while_reading_photos_nothing_is_trained(
    heat_config: MakeConfig, photos: Path, tmp_path: Path
) -> None:
    token, out = CancelToken(), tmp_path / "run"
    token.cancel()
    with pytest.raises(Cancelled):
        TrainingSession(heat_config(), RunOptions(photos, out, device="cpu"), lambda _: None, cancel=token).run()
    assert not (out / STATE_FILE).exists()


@pytest.mark.skipif(sys.platform == "win32", reason="Windows has no locks of folders")
@pytest.mark.parametrize("resume", [False, True], ids=["new", "to be resumed"])
def test_folder_that_another_run_trains_in_is_left_to_it(
    resume: bool, heat_config: MakeConfig, photos: Path, tmp_path: Path
) -> None:
    config, out, alone = heat_config(iterations=4), tmp_path / "run", tmp_path / "alone"
    run(config, photos, alone)
    if resume:
        run_until(2, config, photos, out)
    refused: list[int] = []

    def on_event(event: TrainEvent) -> None:
        if event.kind == "step":
            for again in (False, True):
                with pytest.raises(RequestError, match="another process trains in this folder"):
                    run(config, photos, out, resume=again)
            refused.append(event.step)

    TrainingSession(config, RunOptions(photos, out, resume=resume, device="cpu"), on_event).run()
    assert refused == ([3, 4] if resume else [1, 2, 3, 4])
    assert_same_state(out, alone)
    # Afterwards it is free again.
    run(config, photos, out, resume=True)


def test_line_of_the_log_that_was_cut_off_takes_no_other_along(
    heat_config: MakeConfig, photos: Path, tmp_path: Path
) -> None:
    config, out = heat_config(iterations=4), tmp_path / "run"
    run_until(2, config, photos, out)
    log = out / LOG_FILE
    log.write_bytes(log.read_bytes()[:-20])
    before = len(log.read_text(encoding="utf-8").splitlines())
    events = run(config, photos, out, resume=True)
    lines = log.read_text(encoding="utf-8").splitlines()[before:]
    assert [json.loads(line)["kind"] for line in lines] == [event.kind for event in events if event.kind != "reading"]


def test_run_that_was_made_meanwhile_is_not_overwritten(heat_config: MakeConfig, photos: Path, tmp_path: Path) -> None:
    config, out = heat_config(iterations=2), tmp_path / "run"

    def on_event(event: TrainEvent) -> None:
        if event.kind == "reading" and not out.exists():
            run(config, photos, out)

    with pytest.raises(RequestError, match="holds a training run already"):
        TrainingSession(config, RunOptions(photos, out, device="cpu"), on_event).run()
    assert saved_state(out)["step"] == 2


def test_run_is_not_overwritten(heat_config: MakeConfig, photos: Path, tmp_path: Path) -> None:
    run(heat_config(), photos, tmp_path)
    before = (tmp_path / STATE_FILE).read_bytes()
    with pytest.raises(RequestError, match="holds a training run already") as refusal:
        run(heat_config(), photos, tmp_path)
    assert str(tmp_path) in str(refusal.value)
    assert (tmp_path / STATE_FILE).read_bytes() == before


def test_nothing_to_resume_is_refused(heat_config: MakeConfig, photos: Path, tmp_path: Path) -> None:
    for out in (tmp_path, tmp_path / "absent"):
        with pytest.raises(RequestError, match="no run to resume") as refusal:
            run(heat_config(), photos, out, resume=True)
        assert str(out) in str(refusal.value)
    assert not (tmp_path / "absent").exists()


def test_folder_that_cannot_be_made_is_refused(heat_config: MakeConfig, photos: Path, tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    for out in (tmp_path / "file", tmp_path / "file" / "run"):
        with pytest.raises(RequestError, match="cannot be made"):
            run(heat_config(), photos, out)


def test_state_of_another_model_is_refused(
    heat_config: MakeConfig, liif_config: MakeConfig, photos: Path, tmp_path: Path
) -> None:
    run(heat_config(), photos, tmp_path)
    with pytest.raises(RequestError, match="another model") as refusal:
        run(liif_config(), photos, tmp_path, resume=True)
    assert str(tmp_path / STATE_FILE) in str(refusal.value)


def test_other_settings_may_change_on_the_way(heat_config: MakeConfig, photos: Path, tmp_path: Path) -> None:
    run_until(3, heat_config(), photos, tmp_path)
    run(heat_config(iterations=5, batch=3, learning_rate=1e-4), photos, tmp_path, resume=True)
    assert saved_state(tmp_path)["step"] == 5
    assert saved_state(tmp_path)["config"]["train"]["batch"] == 3


@pytest.mark.parametrize("share", [0.0, 0.001, 0.5, 0.999])
def test_cut_off_state_is_refused(share: float, heat_config: MakeConfig, photos: Path, tmp_path: Path) -> None:
    run(heat_config(iterations=1), photos, tmp_path)
    path = tmp_path / STATE_FILE
    path.write_bytes(path.read_bytes()[: int(share * path.stat().st_size)])
    with pytest.raises(CorruptCheckpoint) as refusal:
        run(heat_config(), photos, tmp_path, resume=True)
    assert str(path) in str(refusal.value)


@pytest.mark.filterwarnings("ignore:Using a non-tuple sequence")
@pytest.mark.parametrize(
    "change",
    [
        lambda found: [1, 2],
        lambda found: {"weights": 3},
        lambda found: {key: value for key, value in found.items() if key != "optimiser"},
        lambda found: found | {"ema": {}},
        lambda found: found | {"model": {key: value[:1] for key, value in found["model"].items() if value.ndim}},
        lambda found: {key: value for key, value in found.items() if key != "elapsed_s"},
        lambda found: {key: value for key, value in found.items() if key != "format_version"},
        lambda found: torch.zeros(3),
        lambda found: found | {"model": None},
        lambda found: found | {"optimiser": None},
        lambda found: found | {"step": "x"},
        lambda found: found | {"elapsed_s": None},
        lambda found: found | {"psnr": [1.0]},
        lambda found: found | {"optimiser": found["optimiser"] | {"param_groups": []}},
    ],
)
def test_incomplete_state_is_refused(
    change: Callable[[dict[str, Any]], Any], heat_config: MakeConfig, photos: Path, tmp_path: Path
) -> None:
    run(heat_config(iterations=1), photos, tmp_path)
    path = tmp_path / STATE_FILE
    torch.save(change(saved_state(tmp_path)), path)
    with pytest.raises(CorruptCheckpoint) as refusal:
        run(heat_config(), photos, tmp_path, resume=True)
    assert str(path) in str(refusal.value)


def test_state_of_another_version_is_refused(heat_config: MakeConfig, photos: Path, tmp_path: Path) -> None:
    run(heat_config(iterations=1), photos, tmp_path)
    torch.save(saved_state(tmp_path) | {"format_version": 9}, tmp_path / STATE_FILE)
    with pytest.raises(RequestError, match="version 9, this program reads 2"):
        run(heat_config(), photos, tmp_path, resume=True)


def test_memory_that_is_too_small_for_a_state_is_not_its_fault(
    heat_config: MakeConfig, photos: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    run_until(2, heat_config(), photos, tmp_path)

    def full(*_: object) -> None:
        raise torch.OutOfMemoryError("CUDA out of memory")

    monkeypatch.setattr(WeightOptimiser, "load_state_dict", full)
    with pytest.raises(OutOfMemory, match="memory is too small to go on") as failure:
        run(heat_config(), photos, tmp_path, resume=True)
    assert "damaged" not in str(failure.value)


def test_code_in_a_state_is_not_run(heat_config: MakeConfig, photos: Path, tmp_path: Path) -> None:
    run(heat_config(iterations=1), photos, tmp_path)
    touched = tmp_path / "touched"

    class Command:
        def __reduce__(self) -> tuple[Any, tuple[str, str]]:
            return open, (str(touched), "w")

    torch.save(saved_state(tmp_path) | {"extra": Command()}, tmp_path / STATE_FILE)
    with pytest.raises(CorruptCheckpoint):
        run(heat_config(), photos, tmp_path, resume=True)
    assert not touched.exists()
