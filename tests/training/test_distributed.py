"""Several processes train one model as one would, and end together."""

from __future__ import annotations

import json
import os
import signal
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Mapping
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
import torch
import torch.distributed as dist
from torch.distributed import TCPStore  # type: ignore[attr-defined]  # missing in the stubs

from liif_core.cancel import CancelToken
from liif_core.checkpoint.card import ModelCard
from liif_core.checkpoint.native import save_native
from liif_core.errors import Cancelled, DeviceError, RequestError, TrainingError
from liif_core.models.build import build_model
from liif_core.training import joining
from liif_core.training.config import TrainConfig
from liif_core.training.distributed import OtherProcessFailed, Place, Team
from liif_core.training.joining import joined, own_device
from liif_core.training.run_files import LOG_FILE, MODEL_FILE, STATE_FILE
from tests.cli.terminal import ROOT, Outcome, environment
from tests.training.configs import MakeConfig
from tests.training.runs import run, saved_state

pytestmark = pytest.mark.usefixtures("one_thread")

TORCHRUN = {
    "RANK": "3",
    "LOCAL_RANK": "1",
    "WORLD_SIZE": "4",
    "LOCAL_WORLD_SIZE": "2",
    "TORCHELASTIC_RUN_ID": "mine",
    "TORCHELASTIC_RESTART_COUNT": "2",
}
RECIPE = """
[model]
encoder = {{ name = "light", args = {{ n_resblocks = 1, n_feats = 6, out_dim = 5 }} }}
decoder = {decoder}
[train]
patch = 12
batch = 4
accumulate = {accumulate}
max_scale = 2.0
iterations = {iterations}
warmup = 2
optimiser = "{optimiser}"
bf16 = false
"""
HEAT_FIELD = '{ name = "heat-field", args = { n_frequencies = 4 } }'
LIIF = '{ name = "liif", args = { hidden_list = [8, 8] } }'
ITERATIONS = 8

Train = Callable[..., list[Outcome]]


def recipe(
    folder: Path,
    *,
    iterations: int = ITERATIONS,
    accumulate: int = 1,
    optimiser: str = "adam",
    decoder: str = HEAT_FIELD,
) -> Path:
    path = folder / "recipe.toml"
    text = RECIPE.format(iterations=iterations, accumulate=accumulate, optimiser=optimiser, decoder=decoder)
    path.write_text(text, encoding="utf-8")
    return path


def free_port() -> int:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        return int(free.getsockname()[1])


def is_open(port: int) -> bool:
    with socket.socket() as probe:
        return probe.connect_ex(("127.0.0.1", port)) == 0


@pytest.fixture
def train(photos: Path, tmp_path: Path) -> Train:
    """Two processes train into `run` and write their weights to `rank0.pt` and `rank1.pt`."""

    def start(event: str, config: Path, *more: str) -> list[Outcome]:
        command = ["train", "--data", str(photos), "--out", str(tmp_path / "run"), "--config", str(config), *more]
        arguments = ["-W", "error", "-m", "tests.training.rank", event, str(tmp_path), *command, "--device", "cpu"]
        address = {"MASTER_ADDR": "127.0.0.1", "MASTER_PORT": str(free_port())}
        common = {**environment(), **address, "WORLD_SIZE": "2", "LOCAL_WORLD_SIZE": "2"}
        processes = [
            subprocess.Popen(
                [sys.executable, *arguments],
                cwd=ROOT,
                env={**common, "RANK": rank, "LOCAL_RANK": rank},
                stdout=subprocess.PIPE,
                stderr=subprocess.PIPE,
                text=True,
            )
            for rank in ("0", "1")
        ]
        try:
            printed = [process.communicate(timeout=240) for process in processes]
        finally:
            for process in processes:
                process.kill()
                process.wait()
        return [Outcome(process.returncode, *texts) for process, texts in zip(processes, printed, strict=True)]

    return start


def weights(folder: Path, rank: int) -> Mapping[str, torch.Tensor]:
    loaded: Mapping[str, torch.Tensor] = torch.load(folder / f"rank{rank}.pt", weights_only=True)
    return loaded


def largest_difference(first: Mapping[str, torch.Tensor], second: Mapping[str, torch.Tensor]) -> float:
    assert first.keys() == second.keys()
    return max(float((value - second[name]).abs().max()) for name, value in first.items())


def log(out: Path) -> list[dict[str, Any]]:
    return [json.loads(line) for line in (out / LOG_FILE).read_text(encoding="utf-8").splitlines()]


# Muon's matrices are made orthogonal in bfloat16, which rounds gradients that differ in their last digit differently.
@pytest.mark.parametrize(("optimiser", "tolerance"), [("adam", 1e-6), ("muon", 2e-4)])
def test_two_processes_train_what_one_does(
    optimiser: str, tolerance: float, train: Train, heat_config: MakeConfig, photos: Path, tmp_path: Path
) -> None:
    outcomes = train("nothing", recipe(tmp_path, accumulate=2, optimiser=optimiser))
    assert [(outcome.code, outcome.err) for outcome in outcomes] == [(0, ""), (0, "")]
    assert outcomes[0].out.splitlines()[-1] == str(tmp_path / "run" / MODEL_FILE)
    assert "2 processes" in outcomes[0].out
    assert outcomes[1].out == ""
    assert largest_difference(weights(tmp_path, 0), weights(tmp_path, 1)) == 0
    run(heat_config(batch=4, iterations=ITERATIONS, optimiser=optimiser), photos, tmp_path / "alone")
    alone, both = saved_state(tmp_path / "alone"), saved_state(tmp_path / "run")
    assert both["step"] == ITERATIONS
    assert largest_difference(alone["model"], both["model"]) < tolerance
    assert largest_difference(alone["ema"], both["ema"]) < tolerance
    logs = [log(tmp_path / name) for name in ("alone", "run")]
    # Slow machines tell of steps more often.
    kinds = [list(dict.fromkeys(event["kind"] for event in events)) for events in logs]
    assert kinds[0] == kinds[1] == ["dataset", "started", "baseline", "step", "validated", "saved", "finished"]
    losses = [next(event["values"]["loss"] for event in events if event["kind"] == "step") for events in logs]
    assert losses[0] == pytest.approx(losses[1], rel=1e-5)


@pytest.mark.slow
def test_two_processes_share_sampled_pixels_and_the_weights_to_begin_with(
    train: Train, photos: Path, tmp_path: Path
) -> None:
    config, start = recipe(tmp_path, decoder=LIIF), tmp_path / "start.safetensors"
    save_native(start, build_model(TrainConfig.read(config).model), ModelCard())
    outcomes = train("nothing", config, "--start-from", str(start))
    assert [(outcome.code, outcome.err) for outcome in outcomes] == [(0, ""), (0, "")]
    assert largest_difference(weights(tmp_path, 0), weights(tmp_path, 1)) == 0
    run(TrainConfig.read(config), photos, tmp_path / "alone", start_from=start)
    alone, both = saved_state(tmp_path / "alone"), saved_state(tmp_path / "run")
    assert largest_difference(alone["model"], both["model"]) < 1e-6


@pytest.mark.slow
def test_all_stop_where_one_was_told_to(train: Train, tmp_path: Path) -> None:
    outcomes = train("told_to_stop", recipe(tmp_path, iterations=10**6))
    assert [outcome.code for outcome in outcomes] == [130, 130]
    assert outcomes[0].err == "stepless: stopped and saved; go on with the same command and --resume\n"
    assert outcomes[1].err == ""
    assert largest_difference(weights(tmp_path, 0), weights(tmp_path, 1)) == 0
    assert saved_state(tmp_path / "run")["step"] == 6


@pytest.mark.slow
@pytest.mark.parametrize(("event", "reason"), [("full_disk", "No space left"), ("diverging", "the loss became nan")])
def test_all_end_where_one_fails_and_one_says_why(event: str, reason: str, train: Train, tmp_path: Path) -> None:
    outcomes = train(event, recipe(tmp_path))
    assert [outcome.code for outcome in outcomes] == [2, 2]
    assert outcomes[0].err.startswith("stepless: ") and outcomes[0].err.count("\n") == 1
    assert reason in outcomes[0].err
    assert (outcomes[1].out, outcomes[1].err) == ("", "")
    assert not (tmp_path / "run" / STATE_FILE).exists()


@pytest.mark.slow
def test_all_end_where_one_has_no_room_for_the_model(train: Train, tmp_path: Path) -> None:
    outcomes = train("no_room_for_the_model", recipe(tmp_path))
    assert [outcome.code for outcome in outcomes] == [2, 2]
    assert outcomes[1].err == "stepless: the device 'cpu' cannot hold the model: out of memory\n"
    assert (outcomes[0].out, outcomes[0].err) == ("", "")


@pytest.mark.slow
def test_what_was_done_is_saved_when_a_process_is_gone(train: Train, tmp_path: Path) -> None:
    outcomes = train("killed", recipe(tmp_path))
    assert [outcome.code for outcome in outcomes] == [2, -9]
    gone = "stepless: another process of this run is gone; step 5 is saved, go on with --resume\n"
    assert outcomes[0].err == gone
    assert saved_state(tmp_path / "run")["step"] == 5
    assert largest_difference(saved_state(tmp_path / "run")["model"], weights(tmp_path, 0)) == 0


@pytest.mark.slow
@pytest.mark.timeout(400)
def test_torchrun_starts_a_failed_run_again_where_it_was(photos: Path, tmp_path: Path) -> None:
    out = tmp_path / "run"
    torchrun = ["-m", "torch.distributed.run", "--standalone", "--nproc-per-node", "2", "--max-restarts", "1"]
    command = ["train", "--data", photos, "--out", out, "--config", recipe(tmp_path), "--device", "cpu"]
    arguments = [*torchrun, "-m", "tests.training.rank", "killed", tmp_path, *command]
    result = subprocess.run(
        [sys.executable, *map(str, arguments)],
        cwd=ROOT,
        env=environment(),
        capture_output=True,
        text=True,
        check=False,
        timeout=350,
    )
    assert result.returncode == 0, result.stderr
    events = log(out)
    assert [event["step"] for event in events if event["kind"] == "started"] == [0, 5]
    assert (events[-1]["kind"], events[-1]["step"]) == ("finished", ITERATIONS)
    assert saved_state(out)["step"] == ITERATIONS


def test_place_is_what_torchrun_says() -> None:
    assert Place.from_environment(TORCHRUN) == Place(3, 1, 4, 2, "mine", 2)
    assert Place.from_environment({}) == Place()
    nameless = Place.from_environment(TORCHRUN | {"TORCHELASTIC_RUN_ID": "none", "TORCHELASTIC_RESTART_COUNT": "0"})
    assert nameless.launch == f"{socket.gethostname()}-{os.getppid()}"


@pytest.mark.parametrize("name", ["LOCAL_RANK", "WORLD_SIZE", "LOCAL_WORLD_SIZE"])
def test_incomplete_environment_is_refused(name: str) -> None:
    without = {key: value for key, value in TORCHRUN.items() if key != name}
    for wrong in (without, TORCHRUN | {name: "many"}):
        with pytest.raises(RequestError, match="torchrun"):
            Place.from_environment(wrong)


def test_others_that_cannot_be_reached_are_told(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("MASTER_ADDR", raising=False)
    with pytest.raises(TrainingError, match="process 3 of 4"), joined("cpu", TORCHRUN):
        pytest.fail("nobody is there")


def place_of(rank: int, port: int) -> dict[str, str]:
    """The environment of one of two processes."""
    name = str(rank)
    address = {"MASTER_ADDR": "127.0.0.1", "MASTER_PORT": str(port)}
    return {**address, "RANK": name, "LOCAL_RANK": name, "WORLD_SIZE": "2", "LOCAL_WORLD_SIZE": "2"}


@pytest.mark.parametrize(("rank", "is_met"), [(0, False), (1, False), (1, True)])
def test_waiting_for_the_others_can_be_cancelled(rank: int, is_met: bool) -> None:
    """For those that are to come, for the first one to come, and for its answer."""
    met = TCPStore("127.0.0.1", free_port(), 2, True, wait_for_workers=False) if is_met else None
    cancel = CancelToken()
    timer = threading.Timer(0.3, cancel.cancel)
    timer.start()
    try:
        where = place_of(rank, free_port() if met is None else met.port)
        with pytest.raises(Cancelled), joined("cpu", where, cancel=cancel):
            pytest.fail("nobody is there")
    finally:
        timer.join()


@pytest.mark.parametrize(("rank", "reason"), [(0, "not all of them came"), (1, "cannot be reached")])
def test_waiting_for_the_others_has_an_end(monkeypatch: pytest.MonkeyPatch, rank: int, reason: str) -> None:
    monkeypatch.setattr(joining, "JOINING_PATIENCE", timedelta(seconds=0.2))
    with pytest.raises(TrainingError, match=reason), joined("cpu", place_of(rank, free_port())):
        pytest.fail("nobody is there")


@pytest.mark.slow
def test_ctrl_c_is_heard_while_others_are_waited_for(photos: Path, tmp_path: Path) -> None:
    port = free_port()
    command = ["train", "--data", photos, "--out", tmp_path / "run", "--config", recipe(tmp_path), "--device", "cpu"]
    with subprocess.Popen(
        [sys.executable, "-W", "error", "-m", "app", *map(str, command)],
        cwd=ROOT,
        env={**environment(), **place_of(0, port)},
        stderr=subprocess.PIPE,
        text=True,
    ) as process:
        try:
            while process.poll() is None and not is_open(port):
                time.sleep(0.05)
            process.send_signal(signal.SIGINT)
            _, told = process.communicate(timeout=20)
        finally:
            process.kill()
    assert (process.returncode, told) == (130, "stepless: stopped\n")


def test_every_process_has_a_device_of_its_own(monkeypatch: pytest.MonkeyPatch) -> None:
    def choose(name: str) -> torch.device:
        if name == "cuda:7":
            raise DeviceError("no such device")
        return torch.device("cuda" if name == "auto" else name)

    monkeypatch.setattr(joining, "choose_device", choose)
    second = Place(rank=5, local_rank=1, world=8)
    assert own_device("auto", second) == torch.device("cuda:1")
    assert own_device("cuda", second) == torch.device("cuda:1")
    assert own_device("cpu", second) == torch.device("cpu")
    assert own_device("cuda:3", Place()) == torch.device("cuda:3")
    with pytest.raises(RequestError, match="'cuda:3'"):
        own_device("cuda:3", second)
    with pytest.raises(DeviceError):
        own_device("auto", Place(rank=7, local_rank=7, world=8))


def test_no_process_tries_the_card_of_another(monkeypatch: pytest.MonkeyPatch) -> None:
    """A card may be set to take one process only; the others would go on with the CPU."""
    current = [0]
    monkeypatch.setattr(torch.cuda, "is_available", lambda: True)
    monkeypatch.setattr(torch.cuda, "device_count", lambda: 2)
    monkeypatch.setattr(torch.cuda, "set_device", lambda number: current.append(int(number)))

    def choose(name: str) -> torch.device:
        tried = torch.device("cuda" if name == "auto" else name)
        index = current[-1] if tried.index is None else tried.index
        return tried if index == 1 else torch.device("cpu")

    monkeypatch.setattr(joining, "choose_device", choose)
    assert own_device("auto", Place(rank=3, local_rank=1, world=4)) == torch.device("cuda:1")


def test_any_process_may_ask_to_stop_and_the_first_one_has_the_time(monkeypatch: pytest.MonkeyPatch) -> None:
    """A sum of their times would end a run by the clock early."""
    asked = ((False, 5.0), (True, 900.0), (False, 2.0))
    teams = [Team(Place(rank=rank, world=3)) for rank in range(3)]
    sent: list[torch.Tensor] = []
    monkeypatch.setattr(dist, "all_reduce", lambda tensor: sent.append(tensor.clone()))
    for team, (stop, elapsed_s) in zip(teams, asked, strict=True):
        team.agreed(stop=stop, elapsed_s=elapsed_s)
    monkeypatch.setattr(dist, "all_reduce", lambda tensor: tensor.copy_(torch.stack(sent).sum(0)))
    for team, (stop, elapsed_s) in zip(teams, asked, strict=True):
        assert team.agreed(stop=stop, elapsed_s=elapsed_s) == (True, 5.0)


def test_process_that_sees_other_photos_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    def told_by_the_first(values: list[int], **_: object) -> None:
        values[0] = 7

    monkeypatch.setattr(dist, "all_reduce", lambda _tensor: None)
    monkeypatch.setattr(dist, "broadcast_object_list", told_by_the_first)
    team = Team(Place(rank=1, world=2))
    team.check_same(7, "bytes of photos")
    with pytest.raises(RequestError, match="process 1 has 5 bytes of photos, process 0 has 7"):
        team.check_same(5, "bytes of photos")


def test_single_process_agrees_with_itself() -> None:
    team = Team()
    module = torch.nn.Linear(2, 2)
    assert team.is_main and team.alone
    assert team.wrap(module) is module
    assert team.mean(0.25) == 0.25
    assert team.agreed(stop=True, elapsed_s=3.0) == (True, 3.0)
    assert team.of_main(lambda: "done") == "done"
    for error in (TrainingError("full"), Cancelled()):
        with pytest.raises(type(error)) as raised, team.together():
            raise error
        assert not isinstance(raised.value, OtherProcessFailed)
    with pytest.raises(RuntimeError, match="connection closed"), team.in_touch():
        raise RuntimeError("connection closed by whatever this is")
