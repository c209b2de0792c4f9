"""`stepless train`: from photos to a model that exports, stopped and resumed on the way."""

from __future__ import annotations

import importlib.util
import io
import json
import shutil
import signal
import sys
import time
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
import torch
from rich.console import Console
from rich.progress import Progress

from liif_core.cancel import CancelToken
from liif_core.checkpoint.card import ModelCard, read_card
from liif_core.checkpoint.native import save_native
from liif_core.cli import train_options
from liif_core.cli.main import build_parser
from liif_core.cli.presets import preset_names
from liif_core.cli.train import PROGRESS_COLUMNS, StopColumn, _Report
from liif_core.errors import Cancelled
from liif_core.imaging.read import read_image
from liif_core.imaging.write import write_image
from liif_core.library.defaults import write_default
from liif_core.models.implicit import ImplicitModel
from liif_core.training import expected_time, session
from liif_core.training.events import TrainEvent
from liif_core.training.photo_folder import DIV2K_TRAIN, DIV2K_VALID
from liif_core.training.run_options import RunTerms
from liif_core.training.warm_start import NEARLY_NEW
from tests.cli.terminal import Stepless, assert_refused, files_in, started
from tests.models.builders import heat_model, liif_model

pytestmark = pytest.mark.usefixtures("one_thread")

# Windows has none.
HANGUP = [signal.SIGHUP] if sys.platform != "win32" else []

RECIPE = """
[model.encoder]
name = "light"
args = {{ n_resblocks = 1, n_feats = 6, out_dim = 6 }}

[model.decoder]
name = "heat-field"
args = {{ n_frequencies = 4 }}

[train]
patch = 12
batch = 2
max_scale = 2.0
iterations = {iterations}
warmup = 0
validate_every = {validate_every}
bf16 = false
"""


def recipe(folder: Path, *, iterations: int, validate_every: int = 1000) -> Path:
    path = folder / f"{iterations} steps.toml"
    path.write_text(RECIPE.format(iterations=iterations, validate_every=validate_every), encoding="utf-8")
    return path


@pytest.fixture
def photos(tmp_path: Path) -> Path:
    """Three photos, one of them in a sub-folder."""
    folder = tmp_path / "my photos"
    (folder / "more").mkdir(parents=True)
    y, x = np.mgrid[0:40, 0:56]
    for index, name in enumerate(["a.png", "b.jpg", "more/c.webp"]):
        waves = [np.sin(x / (3 + index)), np.cos(y / 4 + index), np.sin((x + (1 + index) * y) / (5 + index))]
        write_image(folder / name, (128 + 100 * np.stack(waves, -1)).astype(np.uint8))
    return folder


def log(run: Path) -> list[dict[str, object]]:
    return [json.loads(line) for line in (run / "log.jsonl").read_text(encoding="utf-8").splitlines()]


def contents(folder: Path) -> dict[Path, bytes]:
    """Of every file below a folder."""
    return {path: path.read_bytes() for path in folder.rglob("*") if path.is_file()}


def last_step(run: Path) -> object:
    return log(run)[-1]["step"]


def has_stepped(run: Path) -> bool:
    """Whether a run that is going on has done a step."""
    file = run / "log.jsonl"
    return file.exists() and '"step": 1' in file.read_text(encoding="utf-8")


def test_photos_become_a_model_that_exports(stepless: Stepless, photos: Path, tmp_path: Path) -> None:
    run = tmp_path / "runs" / "first run"
    config = recipe(tmp_path, iterations=4, validate_every=2)
    outcome = stepless("train", "--data", photos, "--out", run, "--config", config, "--licence", "CC0-1.0")
    assert (outcome.code, outcome.err) == (0, "")
    assert outcome.out.splitlines()[-1] == str(run / "model.safetensors")
    assert "step 2: " in outcome.out and "step 4: " in outcome.out
    assert "bicubic x2" in outcome.out
    assert files_in(run) == {"model.safetensors", "state.pt", "log.jsonl", "dataset.json", "previews"}
    spec, card = read_card(run / "model.safetensors")
    assert spec.encoder.name == "light"
    assert (card.licence, card.iterations, card.max_scale) == ("CC0-1.0", 4, 2.0)
    assert "my photos" in card.training_data
    # What photos are enlarged by here already.
    assert "fast x2" in outcome.out
    out = tmp_path / "out.png"
    assert stepless("export", photos / "a.png", out, "--scale", "2.5", "--model", run / "model.safetensors").code == 0
    assert read_image(out).pixels.shape == (100, 140, 3)


def test_resume_goes_on_where_the_run_ended(stepless: Stepless, photos: Path, tmp_path: Path) -> None:
    run = tmp_path / "run"
    assert stepless("train", "--data", photos, "--out", run, "--config", recipe(tmp_path, iterations=2)).code == 0
    longer = recipe(tmp_path, iterations=5)
    outcome = stepless("train", "--data", photos, "--out", run, "--config", longer, "--resume")
    assert (outcome.code, outcome.err) == (0, "")
    events = log(run)
    starts = [event["step"] for event in events if event["kind"] == "started"]
    assert starts == [0, 2]
    assert events[-1]["kind"] == "finished"
    assert last_step(run) == 5
    assert read_card(run / "model.safetensors")[1].iterations == 5


def test_resume_without_a_recipe_takes_the_saved_one(stepless: Stepless, photos: Path, tmp_path: Path) -> None:
    command = ("train", "--data", photos, "--out", tmp_path / "run")
    config = recipe(tmp_path, iterations=2)
    assert stepless(*command, "--config", config).code == 0
    outcome = stepless(*command, "--resume")
    assert (outcome.code, outcome.err) == (0, "")
    assert outcome.out.startswith("this run has done its 2 steps: a recipe with more iterations goes on\n")
    card = read_card(tmp_path / "run" / "model.safetensors")[1]
    assert (card.iterations, card.recipe) == (2, config.name)
    outcome = stepless(*command, "--resume", "--config", recipe(tmp_path, iterations=3))
    assert "settings that are new: iterations = 3 (was 2)" in outcome.out


def test_resume_goes_on_as_the_run_was_told(stepless: Stepless, photos: Path, tmp_path: Path) -> None:
    run, apart = tmp_path / "run", tmp_path / "apart"
    apart.mkdir()
    write_image(apart / "z.png", np.random.default_rng(1).integers(0, 256, (64, 64, 3), dtype=np.uint8))
    config = recipe(tmp_path, iterations=10_000_000)
    begun = ("--data", photos, "--config", config, "--minutes", 0.01, "--licence", "CC0-1.0", "--validation", apart)
    assert stepless("train", "--out", run, *begun).code == 0
    steps = last_step(run)
    outcome = stepless("train", "--out", run, "--resume")
    assert (outcome.code, outcome.err) == (0, ""), "the minutes of the run are over, its iterations are not"
    assert "settings that are new" not in outcome.out
    assert (run / "log.jsonl").read_text(encoding="utf-8").count('"validation_photos": 1') == 2
    assert last_step(run) == steps
    outcome = stepless("train", "--out", run, "--resume", "--minutes", 0.02, "--licence", "CC BY 4.0")
    assert "settings that are new: minutes = 0.02 (was 0.01), licence = CC BY 4.0 (was CC0-1.0)" in outcome.out
    card = read_card(run / "model.safetensors")[1]
    assert (card.licence, card.recipe) == ("CC BY 4.0", config.name)


def test_recipe_that_is_given_anew_says_how_long_it_is(stepless: Stepless, photos: Path, tmp_path: Path) -> None:
    run, config = tmp_path / "run", recipe(tmp_path, iterations=10_000_000)
    assert stepless("train", "--data", photos, "--out", run, "--config", config, "--minutes", 0.01).code == 0
    steps = int(str(last_step(run)))
    outcome = stepless("train", "--out", run, "--resume", "--config", recipe(tmp_path, iterations=steps + 2))
    assert "minutes = none (was 0.01)" in outcome.out
    assert last_step(run) == steps + 2


def test_photos_are_named_unless_a_run_says_which(stepless: Stepless, photos: Path, tmp_path: Path) -> None:
    assert_refused(stepless("train", "--out", tmp_path / "run"), "--data")
    assert_refused(stepless("train", "--check", "--resume"), "--data")
    assert_refused(stepless("train", "--out", tmp_path / "run", "--resume"), tmp_path / "run", "no run to resume")
    config, run = recipe(tmp_path, iterations=1), tmp_path / "run"
    assert stepless("train", "--data", photos, "--out", run, "--config", config).code == 0
    state = torch.load(run / "state.pt", weights_only=True)
    torch.save({name: value for name, value in state.items() if name != "terms"}, run / "state.pt")
    assert_refused(stepless("train", "--out", run, "--resume"), run, "give --data")
    assert stepless("train", "--data", photos, "--out", run, "--resume").code == 0
    torch.save({**state, "terms": {"minutes": "long"}}, run / "state.pt")
    assert_refused(stepless("train", "--out", run, "--resume"), run / "state.pt", "damaged")


def test_bar_says_how_long_it_takes_and_that_a_stop_was_heard() -> None:
    console, cancel = Console(file=io.StringIO(), width=120), CancelToken()
    progress = Progress(*PROGRESS_COLUMNS, StopColumn(cancel), console=console, disable=True)
    _Report(progress)(TrainEvent("step", 7, 0.25, values={"loss": 0.5, "eta_s": 4 * 3600.0}))

    def drawn() -> str:
        with console.capture() as capture:
            console.print(progress.get_renderable())
        return capture.get()

    assert "25.0%  step 7  loss 0.5000  4.0 h left" in drawn() and "stopping" not in drawn()
    cancel.cancel()
    assert "4.0 h left stopping" in drawn()


def test_report_goes_quiet_when_nobody_reads_it() -> None:
    class Closed(io.StringIO):
        def write(self, text: str) -> int:
            raise BrokenPipeError

    progress = Progress(console=Console(file=Closed()), disable=True)
    report = _Report(progress)
    for _ in range(2):
        report(TrainEvent("dataset", text="three photos"))
    assert progress.console.quiet


def test_minutes_end_a_run_before_its_iterations(stepless: Stepless, photos: Path, tmp_path: Path) -> None:
    run = tmp_path / "run"
    config = recipe(tmp_path, iterations=10_000_000)
    outcome = stepless("train", "--data", photos, "--out", run, "--config", config, "--minutes", "0.01")
    assert (outcome.code, outcome.err) == (0, "")
    assert 0 < int(str(last_step(run))) < 10_000_000
    again = stepless("train", "--out", run, "--resume")
    assert again.out.startswith("this run has done its 0.01 minutes: --minutes with a larger number")
    assert (run / "model.safetensors").is_file()


@pytest.mark.skipif(sys.platform == "win32", reason="Ctrl+C reaches whole groups of processes there")
@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM, *HANGUP])
def test_signal_saves_and_the_run_can_be_resumed(
    stepless: Stepless, photos: Path, tmp_path: Path, number: signal.Signals
) -> None:
    run = tmp_path / "run"
    config = recipe(tmp_path, iterations=10_000_000)
    with started("train", "--data", photos, "--out", run, "--config", config) as process:
        deadline = time.monotonic() + 200
        while not has_stepped(run) and time.monotonic() < deadline and process.poll() is None:
            time.sleep(0.05)
        process.send_signal(number)
        _, err = process.communicate(timeout=240)
    assert process.returncode == 130, err
    assert err == f"stepless: stopped and saved; go on with: stepless train --out {run} --resume\n"
    assert files_in(run) == {"state.pt", "log.jsonl", "dataset.json", "model.safetensors"}
    steps = int(str(last_step(run)))
    assert steps > 0
    config = recipe(tmp_path, iterations=steps + 3)
    outcome = stepless("train", "--data", photos, "--out", run, "--config", config, "--resume")
    assert (outcome.code, outcome.err) == (0, "")
    assert last_step(run) == steps + 3
    assert (run / "model.safetensors").is_file()


def test_stop_while_photos_are_read_does_not_claim_to_have_saved(
    stepless: Stepless, photos: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def stopped(*_: object, **__: object) -> None:
        raise Cancelled

    monkeypatch.setattr(session, "load_photos", stopped)
    run = tmp_path / "run"
    outcome = stepless("train", "--data", photos, "--out", run, "--config", recipe(tmp_path, iterations=2))
    assert outcome.code == 130
    assert outcome.err == "stepless: stopped before training\n"
    assert not (run / "state.pt").exists()


def test_signals_mean_afterwards_what_they_meant_before(stepless: Stepless, photos: Path, tmp_path: Path) -> None:
    before = [signal.getsignal(number) for number in (signal.SIGINT, signal.SIGTERM)]
    command = ("train", "--data", photos, "--config", recipe(tmp_path, iterations=1))
    assert stepless(*command, "--out", tmp_path / "run").code == 0
    assert stepless(*command, "--out", tmp_path / "run").code == 2
    assert [signal.getsignal(number) for number in (signal.SIGINT, signal.SIGTERM)] == before


def test_run_that_exists_is_not_overwritten(stepless: Stepless, photos: Path, tmp_path: Path) -> None:
    run = tmp_path / "run"
    command = ("train", "--data", photos, "--out", run, "--config", recipe(tmp_path, iterations=1))
    assert stepless(*command).code == 0
    before = contents(run)
    assert_refused(stepless(*command), run, "--resume")
    assert contents(run) == before


def test_nothing_to_resume_is_refused(stepless: Stepless, photos: Path, tmp_path: Path) -> None:
    command = ("train", "--data", photos, "--config", recipe(tmp_path, iterations=1), "--resume")
    assert_refused(stepless(*command, "--out", tmp_path / "run"), tmp_path / "run", "no run to resume")
    assert not (tmp_path / "run").exists()


@pytest.mark.parametrize("content", [b"", b"no state of a run"])
def test_damaged_state_is_refused_and_kept(stepless: Stepless, photos: Path, tmp_path: Path, content: bytes) -> None:
    run = tmp_path / "run"
    run.mkdir()
    (run / "state.pt").write_bytes(content)
    config = recipe(tmp_path, iterations=1)
    outcome = stepless("train", "--data", photos, "--out", run, "--config", config, "--resume")
    assert_refused(outcome, run / "state.pt")
    assert (run / "state.pt").read_bytes() == content


def test_run_of_another_model_is_not_resumed(stepless: Stepless, photos: Path, tmp_path: Path) -> None:
    run = tmp_path / "run"
    config = recipe(tmp_path, iterations=1)
    assert stepless("train", "--data", photos, "--out", run, "--config", config).code == 0
    config.write_text(config.read_text(encoding="utf-8").replace("n_feats = 6", "n_feats = 8"), encoding="utf-8")
    outcome = stepless("train", "--data", photos, "--out", run, "--config", config, "--resume")
    assert_refused(outcome, run / "state.pt", "another model")


def test_help_says_what_each_preset_is_for(stepless: Stepless) -> None:
    lines = stepless("train", "--help").out.partition("presets:\n")[2].splitlines()
    assert [line.split()[0] for line in lines] == preset_names()
    assert all(len(line.split()) > 3 and len(line) < 80 for line in lines)


@pytest.mark.parametrize("name", ["nope", "", "../presets/fast", "fast.toml"])
def test_unknown_preset_lists_the_known_ones(stepless: Stepless, photos: Path, tmp_path: Path, name: str) -> None:
    outcome = stepless("train", "--data", photos, "--out", tmp_path / "run", "--preset", name)
    assert_refused(outcome, repr(name), ", ".join(preset_names()))
    assert not (tmp_path / "run").exists()


def test_photos_that_cannot_be_used_are_named(stepless: Stepless, photos: Path, tmp_path: Path) -> None:
    (photos / "cut.jpg").write_bytes(b"\xff\xd8\xff\xe0 and no more")
    write_image(photos / "narrow [1].png", np.zeros((10, 90, 3), np.uint8))
    config = recipe(tmp_path, iterations=1)
    outcome = stepless("train", "--data", photos, "--out", tmp_path / "run", "--config", config)
    assert (outcome.code, outcome.err) == (0, "")
    lines = outcome.out.splitlines()
    [unreadable] = [index for index, line in enumerate(lines) if line == "1 file skipped, unreadable:"]
    assert str(photos / "cut.jpg") in lines[unreadable + 1]
    [small] = [index for index, line in enumerate(lines) if line == "1 photo skipped, too small:"]
    assert str(photos / "narrow [1].png") in lines[small + 1] and "90 x 10" in lines[small + 1]


@pytest.mark.parametrize("content", ["missing", "empty", "small"])
def test_folder_without_usable_photos_is_refused(stepless: Stepless, tmp_path: Path, content: str) -> None:
    data = tmp_path / "data"
    if content != "missing":
        data.mkdir()
    if content == "small":
        write_image(data / "small.png", np.zeros((8, 8, 3), np.uint8))
    config = recipe(tmp_path, iterations=1)
    outcome = stepless("train", "--data", data, "--out", tmp_path / "run", "--config", config)
    assert outcome.code == 2
    assert outcome.err.startswith(f"stepless: {data}: ") and outcome.err.count("\n") == 1
    assert not (tmp_path / "run" / "state.pt").exists()


@pytest.mark.parametrize(
    ("change", "part"),
    [
        (("iterations = 1", "iterations = 0"), "iterations"),
        (("patch = 12", "patch = 13"), "patch"),
        (("batch = 2", "photos = 2"), "photos"),
        (('"light"', '"heavy"'), "heavy"),
        (("n_feats", "n_feets"), "n_feets"),
        (("[train]", "[train"), "no training configuration"),
    ],
)
def test_wrong_recipe_is_refused_by_name(
    stepless: Stepless, photos: Path, tmp_path: Path, change: tuple[str, str], part: str
) -> None:
    config = recipe(tmp_path, iterations=1)
    text = config.read_text(encoding="utf-8")
    assert change[0] in text
    config.write_text(text.replace(*change), encoding="utf-8")
    outcome = stepless("train", "--data", photos, "--out", tmp_path / "run", "--config", config)
    assert outcome.code == 2
    assert part in outcome.err and outcome.err.count("\n") == 1
    assert not (tmp_path / "run" / "model.safetensors").exists()


def test_file_in_place_of_the_photos_does_not_stand_for_its_folder(
    stepless: Stepless, photos: Path, tmp_path: Path
) -> None:
    config = recipe(tmp_path, iterations=1)
    for file in (config, photos / "a.png"):
        outcome = stepless("train", "--data", file, "--out", tmp_path / "run", "--config", config)
        assert_refused(outcome, file, "expected a folder")
        assert not (tmp_path / "run").exists()


def test_recipe_that_is_not_there_is_refused(stepless: Stepless, photos: Path, tmp_path: Path) -> None:
    config = tmp_path / "none.toml"
    assert_refused(stepless("train", "--data", photos, "--out", tmp_path / "run", "--config", config), config)


def test_run_folder_that_is_a_file_is_refused(stepless: Stepless, photos: Path, tmp_path: Path) -> None:
    (tmp_path / "run").write_text("a file", encoding="utf-8")
    config = recipe(tmp_path, iterations=1)
    outcome = stepless("train", "--data", photos, "--out", tmp_path / "run", "--config", config)
    assert_refused(outcome, tmp_path / "run")
    assert (tmp_path / "run").read_text(encoding="utf-8") == "a file"


@pytest.mark.parametrize("minutes", ["0", "-1", "nan", "soon"])
def test_minutes_are_positive(stepless: Stepless, photos: Path, tmp_path: Path, minutes: str) -> None:
    outcome = stepless("train", "--data", photos, "--out", tmp_path / "run", f"--minutes={minutes}")
    assert outcome.code == 2
    assert repr(minutes) in outcome.err.splitlines()[-1]


def test_unknown_device_is_refused(stepless: Stepless, photos: Path, tmp_path: Path) -> None:
    config = recipe(tmp_path, iterations=1)
    outcome = stepless("train", "--data", photos, "--out", tmp_path / "run", "--config", config, "--device", "nonsense")
    assert_refused(outcome, "nonsense")


def test_check_tells_of_the_photos_and_the_time(
    stepless: Stepless, photos: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(expected_time, "MEASURED_S", 0.0)
    (photos / "cut.jpg").write_bytes(b"\xff\xd8\xff\xe0 and no more")
    config = recipe(tmp_path, iterations=1000)
    before = contents(tmp_path)
    outcome = stepless("train", "--data", photos, "--config", config, "--check")
    assert (outcome.code, outcome.err) == (0, "")
    lines = outcome.out.splitlines()
    assert lines[0].startswith("to learn from: 2 photos")
    assert any(line.startswith("expected time: ") for line in lines)
    assert "1 file skipped, unreadable:" in lines and str(photos / "cut.jpg") in outcome.out
    assert contents(tmp_path) == before


def test_run_without_a_folder_is_refused(stepless: Stepless, photos: Path, tmp_path: Path) -> None:
    assert_refused(stepless("train", "--data", photos, "--config", recipe(tmp_path, iterations=1)), "--out", "--check")


def test_run_starts_from_another_model(stepless: Stepless, photos: Path, tmp_path: Path) -> None:
    config = recipe(tmp_path, iterations=1)
    assert stepless("train", "--data", photos, "--out", tmp_path / "one", "--config", config).code == 0
    config.write_text(config.read_text(encoding="utf-8").replace("n_resblocks = 1", "n_resblocks = 3"), "utf-8")
    model = tmp_path / "one" / "model.safetensors"
    command = ("train", "--data", photos, "--out", tmp_path / "two", "--config", config, "--start-from")
    outcome = stepless(*command, model)
    assert (outcome.code, outcome.err) == (0, "")
    [said] = [line for line in outcome.out.splitlines() if line.startswith(f"starts from {model}: ")]
    assert NEARLY_NEW not in said
    assert_refused(stepless(*command, tmp_path / "none.pth", "--out", tmp_path / "three"), tmp_path / "none.pth")
    assert stepless(*command, model, "--resume").code == 2


@pytest.mark.parametrize(
    ("made", "name", "is_taken"),
    [(heat_model, "mine", True), (heat_model, "start", False), (liif_model, "mine", False), (None, "mine", False)],
)
def test_default_model_is_compared_with_where_it_is_quick(
    made: Callable[[], ImplicitModel] | None,
    name: str,
    is_taken: bool,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    path = tmp_path / f"{name}.safetensors"
    if made is not None:
        save_native(path, made(), ModelCard())
    monkeypatch.setattr(train_options, "find_model", lambda *_, **__: path)
    assert train_options.default_model_file("cpu") == (path if is_taken else None)


def test_div2k_is_measured_with_its_own_photos(stepless: Stepless, photos: Path, tmp_path: Path) -> None:
    div2k, own = tmp_path / "DIV2K", tmp_path / "own"
    shutil.copytree(photos, div2k / DIV2K_TRAIN)
    for seed, folder in enumerate((div2k / DIV2K_VALID, own)):
        folder.mkdir()
        write_image(folder / "d.png", np.random.default_rng(seed).integers(0, 255, (48, 60, 3), np.uint8))
    command = ("train", "--config", recipe(tmp_path, iterations=1), "--check")
    for chosen in (div2k, div2k / DIV2K_TRAIN):
        found = stepless(*command, "--data", chosen)
        assert found.err == "" and f"for validation, in {div2k / DIV2K_VALID}: 1 photo" in found.out
    assert f"for validation, in {own}: " in stepless(*command, "--data", div2k / DIV2K_TRAIN, "--validation", own).out
    assert "for validation, held out: 1 photo" in stepless(*command, "--data", div2k, "--hold-out").out


def test_photos_to_measure_with_may_have_a_folder(stepless: Stepless, photos: Path, tmp_path: Path) -> None:
    command = ("train", "--data", photos, "--config", recipe(tmp_path, iterations=1), "--out", tmp_path / "run")
    assert_refused(stepless(*command, "--validation", tmp_path / "none"), tmp_path / "none")
    apart = tmp_path / "apart"
    apart.mkdir()
    write_image(apart / "d.png", np.random.default_rng(1).integers(0, 255, (48, 60, 3), np.uint8))
    outcome = stepless(*command, "--validation", apart)
    assert (outcome.code, outcome.err) == (0, "")
    assert log(tmp_path / "run")[0]["values"] == {"photos": 3, "validation_photos": 1}


@pytest.mark.skipif(importlib.util.find_spec("tensorboard") is not None, reason="TensorBoard is installed")
def test_missing_tensorboard_is_told_before_training(stepless: Stepless, photos: Path, tmp_path: Path) -> None:
    command = ("train", "--data", photos, "--config", recipe(tmp_path, iterations=1), "--out", tmp_path / "run")
    assert_refused(stepless(*command, "--tensorboard"), "TensorBoard is not installed")
    assert not (tmp_path / "run").exists()


def test_run_on_a_graphics_card_begins_with_the_default_of_one(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("liif_core.device.choose_device", torch.device)
    write_default("gpu", "liif")
    starts = [
        train_options.options_of(
            build_parser()[0].parse_args(
                ["train", "--data", str(tmp_path), "--out", "run", "--start-from", "auto", "--device", device]
            ),
            RunTerms(),
        ).start_from
        for device in ("cuda", "cpu")
    ]
    assert [start.stem for start in starts if start is not None] == ["liif", "fast"]
