"""Runs that cannot go on: no photos, a diverging loss, a full disk. The last good state is never lost."""

from __future__ import annotations

import errno
import os
import shutil
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import torch

from liif_core.checkpoint.load import load_model
from liif_core.errors import Cancelled, DatasetError, RequestError, TrainingError
from liif_core.training import loop, run_folder
from liif_core.training.control import RunControl
from liif_core.training.distributed import ConnectionLost, Place, Team
from liif_core.training.events import TrainEvent
from liif_core.training.run_files import MODEL_FILE, RESCUED, STATE_FILE
from liif_core.training.run_options import RunOptions
from liif_core.training.session import TrainingSession
from liif_core.training.state import RunPosition, save_state
from liif_core.training.trainer import Trainer
from tests.checkpoint.disk import file_size_limit
from tests.training.configs import MakeConfig
from tests.training.runs import assert_same_state, run, run_until, saved_state, stepping

pytestmark = pytest.mark.usefixtures("one_thread", "log_every_step")


def test_data_without_usable_photos_is_refused(heat_config: MakeConfig, photos: Path, tmp_path: Path) -> None:
    (tmp_path / "empty").mkdir()
    with pytest.raises(DatasetError, match="no photo"):
        run(heat_config(), tmp_path / "empty", tmp_path / "run")
    with pytest.raises(DatasetError, match="at least 96"):
        run(heat_config(patch=24, max_scale=4.0), photos, tmp_path / "other")


@pytest.mark.parametrize("loss", [float("nan"), float("inf")])
def test_diverged_run_stops_and_keeps_its_good_state(
    loss: float, heat_config: MakeConfig, photos: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    run_until(3, heat_config(), photos, tmp_path)
    before = (tmp_path / STATE_FILE).read_bytes()
    monkeypatch.setattr(Trainer, "train_step", stepping(lambda step: loss if step == 6 else 0.1))
    with pytest.raises(TrainingError, match="at step 6") as failure:
        run(heat_config(), photos, tmp_path, resume=True)
    assert str(tmp_path / STATE_FILE) in str(failure.value)
    assert (tmp_path / STATE_FILE).read_bytes() == before


def test_run_that_diverges_at_once_names_no_state(
    heat_config: MakeConfig, photos: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(Trainer, "train_step", stepping(lambda _: float("nan")))
    with pytest.raises(TrainingError) as failure:
        run(heat_config(), photos, tmp_path)
    assert not (tmp_path / STATE_FILE).exists()
    assert STATE_FILE not in str(failure.value)


def test_weights_that_are_no_numbers_are_never_saved(
    heat_config: MakeConfig, photos: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The gradient of the last step is infinite while its loss is not."""

    def infinite(parameters: Any, *_: object) -> torch.Tensor:
        for parameter in parameters:
            parameter.grad.fill_(float("inf"))
        return torch.tensor(float("inf"))

    monkeypatch.setattr(torch.nn.utils, "clip_grad_norm_", infinite)
    with pytest.raises(TrainingError):
        run(heat_config(iterations=1), photos, tmp_path)
    assert not {STATE_FILE, MODEL_FILE} & {path.name for path in tmp_path.iterdir()}


def test_run_that_goes_astray_stops_and_keeps_its_good_state(
    heat_config: MakeConfig, photos: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Every loss is a number; the clock would have it saved at every step."""
    config = heat_config(iterations=10_000, validate_every=10_000)
    astray = 500
    monkeypatch.setattr(Trainer, "train_step", stepping(lambda step: 0.1 if step < astray else 2.0))
    monkeypatch.setattr(loop, "SAVE_EVERY_S", 0.0)
    monkeypatch.setattr(loop, "LOG_EVERY", 10_000)
    saved_steps: list[int] = []

    def saved(path: Path, trainer: Trainer, position: RunPosition) -> None:
        saved_steps.append(trainer.step)
        if trainer.step > astray - 20:
            save_state(path, trainer, position)

    monkeypatch.setattr(run_folder, "save_state", saved)
    monkeypatch.setattr(run_folder, "save_native", lambda *_: None)
    with pytest.raises(TrainingError, match=r"the loss rose to 2\.0000, after 0\.1000 at step \d+") as failure:
        run(config, photos, tmp_path)
    assert str(tmp_path / STATE_FILE) in str(failure.value)
    assert astray <= max(saved_steps) < astray + 20
    assert saved_state(tmp_path)["step"] == max(saved_steps)


def test_run_that_comes_back_is_not_given_up(
    heat_config: MakeConfig, photos: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The median of few steps comes back before that of many."""
    monkeypatch.setattr(Trainer, "train_step", stepping(lambda step: 2.0 if 500 < step <= 560 else 0.1))
    monkeypatch.setattr(loop, "SAVE_EVERY_S", 0.0)
    monkeypatch.setattr(loop, "LOG_EVERY", 10_000)
    monkeypatch.setattr(run_folder, "save_state", lambda *_: None)
    monkeypatch.setattr(run_folder, "save_native", lambda *_: None)
    events = run(heat_config(iterations=700, validate_every=10_000), photos, tmp_path)
    saved = [event.step for event in events if event.kind == "saved"]
    assert saved[0] == 1 and 100 <= saved[1] <= 101
    assert not any(520 < step < 590 for step in saved)
    assert saved[-1] == 700


def test_model_is_not_replaced_by_one_that_is_measured_while_the_loss_is_high(
    heat_config: MakeConfig, photos: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(Trainer, "train_step", stepping(lambda step: 2.0 if 120 < step <= 140 else 0.1))
    monkeypatch.setattr(loop, "LOG_EVERY", 10_000)
    saved: list[int] = []
    monkeypatch.setattr(run_folder, "save_native", lambda _path, _model, card: saved.append(card.iterations))
    events = run(heat_config(iterations=195, validate_every=65), photos, tmp_path)
    assert [event.step for event in events if event.kind == "validated"] == [65, 130, 195]
    assert set(saved) == {65, 195}


def test_pause_while_the_loss_is_high_saves_nothing(
    heat_config: MakeConfig, photos: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(Trainer, "train_step", stepping(lambda step: 2.0 if step > 120 else 0.1))
    control, kinds = RunControl(), list[str]()

    def on_event(event: TrainEvent) -> None:
        kinds.append(event.kind)
        if event.kind == "step" and event.step == 140:
            control.obey("pause")
        elif event.kind == "paused":
            assert not (tmp_path / STATE_FILE).exists()
            control.obey("stop")

    options = RunOptions(photos, tmp_path, device="cpu")
    with pytest.raises(Cancelled):
        TrainingSession(heat_config(iterations=10_000), options, on_event, control=control).run()
    assert "paused" in kinds


@pytest.mark.parametrize("after", [0, 3])
def test_memory_that_runs_out_is_told_in_one_sentence(
    after: int, heat_config: MakeConfig, photos: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    if after:
        run_until(after, heat_config(), photos, tmp_path)

    def step(*_: object, **__: object) -> float:
        raise torch.OutOfMemoryError("CUDA out of memory")

    monkeypatch.setattr(Trainer, "train_step", step)
    kept = "the last good state is in" if after else "nothing was saved yet"
    with pytest.raises(TrainingError, match=f"raise 'accumulate' or lower 'batch' in the recipe; {kept}"):
        run(heat_config(), photos, tmp_path, resume=bool(after))


@pytest.mark.parametrize(
    ("loss", "is_full", "told"),
    [
        (0.1, False, "^another process is gone; step 140 is saved, go on with --resume$"),
        (0.1, True, "^another process is gone, and .*No space left on device"),
        (2.0, False, "^another process is gone$"),
    ],
)
def test_process_that_is_left_alone_saves_what_is_of_use(
    loss: float,
    is_full: bool,
    told: str,
    heat_config: MakeConfig,
    photos: Path,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    def left_alone(step: int) -> float:
        if step == 140:
            raise ConnectionLost("another process is gone")
        return loss if step > 120 else 0.1

    monkeypatch.setattr(Trainer, "train_step", stepping(left_alone))
    if is_full:
        monkeypatch.setattr(run_folder, "save_state", no_space)
    with pytest.raises(ConnectionLost, match=told):
        run(heat_config(iterations=10_000), photos, tmp_path)
    assert (tmp_path / STATE_FILE).exists() == (loss < 1 and not is_full)


def test_run_that_is_stopped_while_astray_keeps_its_good_state(
    heat_config: MakeConfig, photos: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    config = heat_config(iterations=300, validate_every=10_000)
    run_until(3, config, photos, tmp_path)
    monkeypatch.setattr(Trainer, "train_step", stepping(lambda step: 0.1 if step < 200 else 2.0))
    with pytest.raises(TrainingError, match="diverged"):
        run(config, photos, tmp_path, resume=True)
    assert saved_state(tmp_path)["step"] == 3


def removing(folder: Path, monkeypatch: pytest.MonkeyPatch, *, then: Callable[[], object] = lambda: None) -> None:
    """At step 5 of a run."""

    def gone(step: int) -> float:
        if step == 5:
            shutil.rmtree(folder)
            then()
        return 0.1

    monkeypatch.setattr(Trainer, "train_step", stepping(gone))


@pytest.mark.skipif(sys.platform == "win32", reason="open files keep their folder there")
def test_folder_that_vanishes_ends_the_run_in_one_sentence(
    heat_config: MakeConfig, photos: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    out = tmp_path / "run"
    removing(out, monkeypatch)
    with pytest.raises(TrainingError, match="is gone") as failure:
        run(heat_config(), photos, out)
    assert str(out) in str(failure.value)
    assert not out.exists()
    rescued = tmp_path / "run-rescued"
    assert f"is saved in {rescued}" in str(failure.value)
    step = saved_state(rescued)["step"]
    assert step >= 5 and f"step {step} " in str(failure.value)
    load_model(rescued / MODEL_FILE)
    monkeypatch.undo()
    run(heat_config(), photos, rescued, resume=True)


@pytest.mark.skipif(sys.platform == "win32", reason="open files keep their folder there")
def test_nothing_is_rescued_of_a_run_that_was_astray(
    heat_config: MakeConfig, photos: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    out = tmp_path / "run"

    def astray_and_gone(step: int) -> float:
        if step == 140:
            shutil.rmtree(out)
        return 2.0 if step > 120 else 0.1

    monkeypatch.setattr(Trainer, "train_step", stepping(astray_and_gone))
    with pytest.raises(TrainingError, match="is gone") as failure:
        run(heat_config(iterations=10_000), photos, out)
    assert "is saved" not in str(failure.value)
    assert not list(tmp_path.iterdir())


@pytest.mark.skipif(sys.platform == "win32", reason="open files keep their folder there")
def test_run_with_all_its_surroundings_gone_is_among_the_data_of_the_user(
    heat_config: MakeConfig, photos: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    work, data = tmp_path / "work", tmp_path / "data"
    shutil.copytree(photos, work / "mine")
    monkeypatch.chdir(work)
    monkeypatch.setattr(run_folder, "data_folder", lambda: data)
    removing(work, monkeypatch)
    with pytest.raises(TrainingError, match="is saved in"):
        run(heat_config(), Path("mine"), Path("run"))
    assert load_model(data / "rescued" / "run-rescued" / MODEL_FILE)[1].training_data == '2 photos in the folder "mine"'


@pytest.mark.skipif(sys.platform == "win32", reason="open files keep their folder there")
def test_run_is_not_saved_where_its_disk_was_to_be_seen(
    heat_config: MakeConfig, photos: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    out, data = tmp_path / "mounted" / "run", tmp_path / "data"
    monkeypatch.setattr(run_folder, "data_folder", lambda: data)
    monkeypatch.setattr(run_folder, "_disk_of", lambda folder: 1 if folder == out else 2)
    removing(out, monkeypatch)
    with pytest.raises(TrainingError, match="is saved in"):
        run(heat_config(), photos, out)
    assert saved_state(data / "rescued" / "run-rescued")["step"] >= 5
    assert not list((tmp_path / "mounted").iterdir())


@pytest.mark.skipif(sys.platform == "win32", reason="open files keep their folder there")
def test_launcher_that_starts_again_does_not_begin_anew_beside_what_was_saved(
    heat_config: MakeConfig, photos: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    out = tmp_path / "run"
    removing(out, monkeypatch)
    with pytest.raises(TrainingError, match="is saved in"):
        run(heat_config(), photos, out)
    with pytest.raises(RequestError, match="go on there") as failure:
        run(heat_config(), photos, out, team=Team(Place(launch="mine", restarts=1)))
    assert str(tmp_path / "run-rescued") in str(failure.value)
    assert not out.exists()


def test_launcher_that_starts_again_is_told_the_newest_of_what_was_saved(
    heat_config: MakeConfig, photos: Path, tmp_path: Path
) -> None:
    out = tmp_path / "run"
    for suffix, saved_at in (("", 1000), ("-2", 3000), ("-3", 2000)):
        place = out.with_name(f"run{RESCUED}{suffix}")
        place.mkdir()
        (place / STATE_FILE).touch()
        os.utime(place / STATE_FILE, (saved_at, saved_at))
    # Of another run, and one in which nothing could be saved.
    for name in (f"run-b{RESCUED}", f"run{RESCUED}-4"):
        (tmp_path / name).mkdir()
    with pytest.raises(RequestError, match=f"the run is in .*run{RESCUED}-2, go on there"):
        run(heat_config(), photos, out, team=Team(Place(launch="mine", restarts=1)))


@pytest.mark.skipif(sys.platform == "win32", reason="open files keep their folder there")
@pytest.mark.parametrize("is_data_writable", [True, False])
def test_disk_that_vanishes_leaves_the_run_among_the_data_of_the_user(
    heat_config: MakeConfig, photos: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, is_data_writable: bool
) -> None:
    disk, data = tmp_path / "disk", tmp_path / "data"
    disk.mkdir()
    if not is_data_writable:
        data.write_text("a file", encoding="utf-8")
    monkeypatch.setattr(run_folder, "data_folder", lambda: data)
    removing(disk, monkeypatch, then=lambda: disk.write_text("nothing can be made here", encoding="utf-8"))
    with pytest.raises(TrainingError, match="is gone") as failure:
        run(heat_config(), photos, disk / "run")
    if is_data_writable:
        assert saved_state(data / "rescued" / "run-rescued")["step"] >= 5
    else:
        assert "cannot be made" in str(failure.value) and str(data) in str(failure.value)


def no_space(*_: object, **__: object) -> None:
    raise OSError(errno.ENOSPC, "No space left on device")


def test_full_disk_keeps_the_last_good_state(
    heat_config: MakeConfig, photos: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    config = heat_config()
    run_until(3, config, photos, tmp_path)
    before = (tmp_path / STATE_FILE).read_bytes()
    with monkeypatch.context() as patch:
        patch.setattr(torch, "save", no_space)
        with pytest.raises(TrainingError, match="No space left") as failure:
            run(config, photos, tmp_path, resume=True)
    assert str(tmp_path) in str(failure.value)
    assert (tmp_path / STATE_FILE).read_bytes() == before
    run(config, photos, tmp_path / "through")
    run(config, photos, tmp_path, resume=True)
    assert_same_state(tmp_path / "through", tmp_path)


@pytest.mark.parametrize(("what", "step"), [("save_preview", 4), ("save_native", 4), ("log", 1)])
def test_step_that_there_is_room_for_is_saved_where_there_is_none_for_anything_else(
    what: str, step: int, heat_config: MakeConfig, photos: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    config = heat_config(validate_every=4)
    run(config, photos, tmp_path / "through")
    append = run_folder.RunFolder._append

    def full_for_steps(folder: run_folder.RunFolder, line: bytes) -> None:
        if b'"step": 1' in line:
            no_space()
        append(folder, line)

    with monkeypatch.context() as patch:
        if what == "log":
            patch.setattr(run_folder.RunFolder, "_append", full_for_steps)
        else:
            patch.setattr(run_folder, what, no_space)
        told = rf"\(No space left on device\); step {step} is, and the run can be resumed once there is room"
        with pytest.raises(TrainingError, match=told):
            run(config, photos, tmp_path / "full")
    assert saved_state(tmp_path / "full")["step"] == step
    assert (tmp_path / "full" / MODEL_FILE).exists() == (what == "save_preview")
    run(config, photos, tmp_path / "full", resume=True)
    assert_same_state(tmp_path / "through", tmp_path / "full")


def test_folder_that_may_not_be_written_to_is_not_said_to_be_full(
    heat_config: MakeConfig, photos: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def closed(*_: object, **__: object) -> None:
        raise PermissionError(errno.EACCES, "Permission denied")

    monkeypatch.setattr(run_folder, "save_state", closed)
    reason = r"\(Permission denied\); nothing was saved yet, start again once files can be written there"
    with pytest.raises(TrainingError, match=reason):
        run(heat_config(), photos, tmp_path)


def test_model_that_cannot_be_written_ends_the_run_in_one_sentence(
    heat_config: MakeConfig, photos: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(run_folder, "save_native", no_space)
    with pytest.raises(TrainingError, match="No space left"):
        run(heat_config(), photos, tmp_path)


@pytest.mark.parametrize("limit_bytes", [4_000, 20_000], ids=["model", "state"])
def test_disk_that_is_really_full_ends_the_run_in_one_sentence(
    limit_bytes: int, heat_config: MakeConfig, photos: Path, tmp_path: Path
) -> None:
    config = heat_config()
    run_until(3, config, photos, tmp_path)
    before = (tmp_path / STATE_FILE).read_bytes()
    assert len(before) > limit_bytes
    try:
        with file_size_limit(limit_bytes), pytest.raises(TrainingError):
            run(config, photos, tmp_path, resume=True)
    finally:
        assert (tmp_path / STATE_FILE).read_bytes() == before
