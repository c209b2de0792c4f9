"""`stepless train --events`: events out, commands in, as the window follows and steers a training."""

from __future__ import annotations

import io
import json
import os
import subprocess
import sys
import threading
from contextlib import AbstractContextManager
from pathlib import Path

import numpy as np
import pytest

from liif_core.checkpoint.card import read_card
from liif_core.cli import background
from liif_core.cli.background import background_threads
from liif_core.cli.event_stream import EventLines, steered_by
from liif_core.imaging.write import write_image
from liif_core.training.control import RunControl
from liif_core.training.events import TrainEvent
from tests.cli.terminal import ROOT, Stepless, started
from tests.cli.test_train import recipe


@pytest.fixture
def photos(tmp_path: Path) -> Path:
    folder = tmp_path / "photos"
    folder.mkdir()
    rng = np.random.default_rng(1)
    for index in range(3):
        write_image(folder / f"{index}.png", rng.integers(0, 255, (40, 50, 3), np.uint8))
    return folder


def child(photos: Path, run: Path, config: Path, *more: str) -> AbstractContextManager[subprocess.Popen[str]]:
    return started("train", "--events", "--data", photos, "--out", run, "--config", config, *more)


def until(process: subprocess.Popen[str], kind: str) -> list[dict[str, object]]:
    """Events up to the first of a kind."""
    assert process.stdout is not None
    events = []
    for line in process.stdout:
        events.append(json.loads(line))
        if events[-1]["kind"] == kind:
            return events
    raise AssertionError(f"no {kind} among {[event['kind'] for event in events]}")


def send(process: subprocess.Popen[str], command: str) -> None:
    assert process.stdin is not None
    process.stdin.write(command + "\n")
    process.stdin.flush()


def test_output_is_events_and_nothing_else(stepless: Stepless, photos: Path, tmp_path: Path) -> None:
    config = recipe(tmp_path, iterations=2)
    outcome = stepless("train", "--data", photos, "--out", tmp_path / "run", "--config", config, "--events")
    assert (outcome.code, outcome.err) == (0, "")
    events = [json.loads(line) for line in outcome.out.splitlines()]
    assert events[0]["kind"] == "reading" and events[-1]["kind"] == "finished"
    assert {"kind", "step", "progress", "elapsed_s", "values", "text"} == set(events[-1])


@pytest.mark.slow
def test_child_pauses_goes_on_and_finishes_by_commands(photos: Path, tmp_path: Path) -> None:
    with child(photos, tmp_path / "run", recipe(tmp_path, iterations=10**7), "--background") as process:
        until(process, "step")
        send(process, "no command")
        send(process, "pause")
        paused = until(process, "paused")[-1]
        send(process, "resume")
        assert until(process, "resumed")[-1]["step"] == paused["step"]
        until(process, "step")
        send(process, "finish")
        until(process, "finished")
        assert process.wait(timeout=200) == 0
        assert process.stderr is not None and process.stderr.read() == "not a command: 'no command'\n"
    assert read_card(tmp_path / "run" / "model.safetensors")[1].iterations > 0


@pytest.mark.slow
@pytest.mark.parametrize("how", ["stop", "the end of the pipe"])
def test_child_saves_and_ends_when_told_or_left_alone(photos: Path, tmp_path: Path, how: str) -> None:
    with child(photos, tmp_path / "run", recipe(tmp_path, iterations=10**7)) as process:
        until(process, "step")
        if how == "stop":
            send(process, "stop")
        elif process.stdin is not None:
            process.stdin.close()
        until(process, "saved")
        assert process.wait(timeout=200) == 130
    assert (tmp_path / "run" / "state.pt").is_file() and (tmp_path / "run" / "model.safetensors").is_file()


def test_failure_is_one_sentence_beside_the_events(stepless: Stepless, tmp_path: Path) -> None:
    config = recipe(tmp_path, iterations=2)
    outcome = stepless("train", "--data", tmp_path / "none", "--out", tmp_path / "run", "--config", config, "--events")
    assert outcome.code == 2 and outcome.out == ""
    assert outcome.err.count("\n") == 1 and "no such folder" in outcome.err


def test_numbers_that_json_lacks_are_null() -> None:
    stream = io.StringIO()
    EventLines(stream)(TrainEvent("step", values={"loss": float("nan"), "clip": float("inf"), "rate": 0.5}))
    assert json.loads(stream.getvalue())["values"] == {"loss": None, "clip": None, "rate": 0.5}


def test_events_go_quiet_when_nobody_reads_them() -> None:
    class Closed(io.StringIO):
        def write(self, text: str) -> int:
            raise BrokenPipeError

    lines = EventLines(Closed())
    lines(TrainEvent("step"))
    lines(TrainEvent("step"))


def test_commands_may_come_in_pieces() -> None:
    reading, writing = os.pipe()
    control = RunControl()
    with os.fdopen(reading) as stream, steered_by(stream, control):
        for piece in (b"pa", b"use\nres", b"ume\r\nfin"):
            os.write(writing, piece)
        os.write(writing, b"ish\n")
        os.close(writing)
        for thread in threading.enumerate():
            if thread.name == "commands":
                thread.join(timeout=200)
    assert control.is_finishing and control.cancel.cancelled and not control.is_paused


@pytest.mark.parametrize("stream", [None, io.StringIO("stop\n")])
def test_only_a_pipe_steers(stream: io.StringIO | None) -> None:
    control = RunControl()
    with steered_by(stream, control), Path(os.devnull).open() as null, steered_by(null, control):
        pass
    assert not control.cancel.cancelled


@pytest.mark.parametrize(("usual", "processors", "threads"), [(2, 2, 2), (4, 8, 4), (8, 8, 7), (1, 1, 1), (16, 2, 2)])
def test_background_leaves_a_processor_where_there_are_several(usual: int, processors: int, threads: int) -> None:
    assert background_threads(usual, processors) == threads


@pytest.mark.skipif(sys.platform == "win32", reason="priorities are others there")
def test_background_is_the_last_to_run() -> None:
    code = "import os\nfrom liif_core.cli import background\nbackground.give_way()\n"
    code += "print(os.getpriority(os.PRIO_PROCESS, 0))"
    outcome = subprocess.run([sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, check=True)
    assert outcome.stdout.strip() == str(background.NICENESS)
