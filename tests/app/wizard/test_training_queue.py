"""Trainings one at a time, in processes that crash, refuse and wait; the processes are played here."""

from __future__ import annotations

import errno
import json
import shutil
import sys
import threading
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from PySide6.QtCore import QLockFile, QObject, Signal
from pytestqt.qtbot import QtBot

from app.training import run_store
from app.training.run_record import FAILED, FINISHED, RUNNING, STOPPED, WAITING, RunRecord
from app.training.run_store import RunStore, StoredRun
from app.workers import training_queue
from app.workers.child import ChildEnd
from app.workers.training_queue import LOCK_FILE, TrainingQueue
from liif_core.training.events import TrainEvent
from liif_core.training.folder_claim import FolderClaim
from liif_core.training.run_files import LOG_FILE, STATE_FILE


class PlayedChild(QObject):
    """A process that does what the test says."""

    line = Signal(str)
    ended = Signal(object)
    made: list[PlayedChild] = []  # noqa: RUF012

    def __init__(self, arguments: list[str]) -> None:
        super().__init__()
        self.arguments, self.sent, self.pid = arguments, list[str](), 4711
        self.is_killed = self.is_started = False
        PlayedChild.made.append(self)

    def start(self) -> None:
        self.is_started = True

    def send(self, command: str) -> None:
        self.sent.append(command)

    def kill(self) -> None:
        self.is_killed = True
        self.ended.emit(ChildEnd(None, ""))

    def wait(self, *, timeout_s: float) -> bool:
        return True

    def tell(self, kind: str, step: int = 0, progress: float = 0.0, **values: float) -> None:
        data = {"kind": kind, "step": step, "progress": progress, "elapsed_s": 1.0, "values": values, "text": ""}
        self.line.emit(json.dumps(data))

    def end(self, code: int | None, words: str = "") -> None:
        self.ended.emit(ChildEnd(code, words))


@pytest.fixture
def children(monkeypatch: pytest.MonkeyPatch) -> list[PlayedChild]:
    monkeypatch.setattr(training_queue, "Child", PlayedChild)
    monkeypatch.setattr(PlayedChild, "made", [])
    return PlayedChild.made


@pytest.fixture
def queue(qtbot: QtBot, tmp_path: Path, children: list[PlayedChild]) -> Iterator[TrainingQueue]:
    made = TrainingQueue(RunStore(tmp_path / "runs"))
    yield made
    assert made.stop(timeout_s=20)


Plan = Callable[..., str]


@pytest.fixture
def plan(qtbot: QtBot, queue: TrainingQueue) -> Plan:
    """Plans a training; its id."""

    def added(name: str = "mine") -> str:
        record = RunRecord(id="", name=name, created="2026-01-01", data="/photos", preset="quick")
        with qtbot.waitSignal(queue.known.added, timeout=10_000) as told:
            queue.plan(record, None)
        assert told.args is not None
        return str(told.args[0])

    return added


def started(qtbot: QtBot, children: list[PlayedChild], count: int = 1) -> PlayedChild:
    qtbot.waitUntil(lambda: len(children) == count and children[-1].is_started, timeout=10_000)
    return children[-1]


def noted(qtbot: QtBot, queue: TrainingQueue, id_: str, children: list[PlayedChild]) -> PlayedChild:
    """The process of a training, once the disk knows that it runs."""
    child = started(qtbot, children)
    qtbot.waitUntil(lambda: status_on_disk(queue, id_) == RUNNING, timeout=10_000)
    return child


def status_on_disk(queue: TrainingQueue, id_: str) -> str:
    return queue.known.store.stored(id_).record.status


def test_planned_training_runs_and_its_events_are_told(
    qtbot: QtBot, queue: TrainingQueue, plan: Plan, children: list[PlayedChild]
) -> None:
    told: list[str] = []
    queue.happened.connect(lambda _id, event: told.append(event.kind))
    id_ = plan()
    child = started(qtbot, children)
    assert "--resume" not in child.arguments and queue.current == id_
    child.tell("started")
    child.line.emit("no event")
    child.tell("step", 3, 0.3, loss=0.1, eta_s=9.0)
    assert told == ["started", "step"]
    assert queue.known.progress(id_).step == 3
    with qtbot.waitSignal(queue.known.ended, timeout=10_000):
        child.end(0)
    assert queue.known.runs[id_].record.status == FINISHED and queue.current is None
    qtbot.waitUntil(lambda: status_on_disk(queue, id_) == FINISHED, timeout=10_000)


def test_buttons_are_commands_of_the_process(
    qtbot: QtBot, queue: TrainingQueue, plan: Plan, children: list[PlayedChild]
) -> None:
    id_ = plan()
    child = started(qtbot, children)
    queue.pause()
    queue.resume()
    queue.finish()
    queue.keep_for_later(id_)
    assert child.sent == ["pause", "resume", "finish", "stop"]
    with qtbot.waitSignal(queue.known.ended, timeout=10_000):
        child.end(130)
    assert queue.known.runs[id_].record.status == STOPPED


def test_second_training_waits_and_begins_by_itself(
    qtbot: QtBot, queue: TrainingQueue, plan: Plan, children: list[PlayedChild]
) -> None:
    first, second = plan("first"), plan("second")
    child = started(qtbot, children)
    assert queue.current == first and queue.place(second) == 1
    assert queue.known.runs[second].record.status == WAITING
    child.end(0)
    started(qtbot, children, 2)
    assert queue.current == second and queue.place(second) == 0


def test_crash_is_told_with_the_last_words_and_can_go_on(
    qtbot: QtBot, queue: TrainingQueue, plan: Plan, children: list[PlayedChild]
) -> None:
    id_ = plan()
    child = started(qtbot, children)
    (queue.known.store.folder(id_) / STATE_FILE).write_bytes(b"a state")
    with qtbot.waitSignal(queue.known.ended, timeout=10_000):
        child.end(None, "Killed by the system")
    run = queue.known.runs[id_]
    assert run.record.status == FAILED and run.record.last_words == "Killed by the system" and run.has_state
    queue.go_on(id_)
    again = started(qtbot, children, 2)
    assert "--resume" in again.arguments
    assert queue.known.runs[id_].record.status == RUNNING and queue.known.runs[id_].record.last_words == ""


def test_resumed_training_shows_what_was_before(
    qtbot: QtBot, queue: TrainingQueue, plan: Plan, children: list[PlayedChild]
) -> None:
    id_ = plan()
    line = {"kind": "validated", "step": 5, "progress": 0.5, "elapsed_s": 1.0, "values": {"x2": 30.0}, "text": ""}
    (queue.known.store.folder(id_) / LOG_FILE).write_text(json.dumps(line) + "\n", encoding="utf-8")
    started(qtbot, children).end(130)
    qtbot.waitUntil(lambda: queue.current is None, timeout=10_000)
    queue.go_on(id_)
    started(qtbot, children, 2)
    assert queue.known.progress(id_).psnr == {"x2": [(5, 30.0)]}


def test_discarded_training_is_killed_and_its_folder_goes(
    qtbot: QtBot, queue: TrainingQueue, plan: Plan, children: list[PlayedChild]
) -> None:
    first, second = plan("first"), plan("second")
    child = started(qtbot, children)
    queue.discard(second)
    queue.discard(first)
    assert child.is_killed
    qtbot.waitUntil(lambda: not any(queue.known.store.folder(id_).exists() for id_ in (first, second)), timeout=10_000)
    assert not queue.known.runs and len(children) == 1


@pytest.fixture
def may_read(monkeypatch: pytest.MonkeyPatch) -> threading.Event:
    """The disk waits for this before it gives the log of a training."""
    events, may_read = RunStore.events, threading.Event()

    def slow(store: RunStore, id_: str) -> list[TrainEvent]:
        assert may_read.wait(60)
        return events(store, id_)

    monkeypatch.setattr(RunStore, "events", slow)
    return may_read


def test_training_discarded_before_its_process_begins_gets_none(
    qtbot: QtBot, queue: TrainingQueue, plan: Plan, children: list[PlayedChild], may_read: threading.Event
) -> None:
    first = plan("first")
    assert queue.current == first
    queue.discard(first)
    may_read.set()
    second = plan("second")
    started(qtbot, children)
    assert queue.current == second and first not in queue.known.runs
    qtbot.waitUntil(lambda: not queue.known.store.folder(first).exists(), timeout=10_000)


def test_training_kept_for_later_before_its_process_begins_gets_none(
    qtbot: QtBot, queue: TrainingQueue, plan: Plan, children: list[PlayedChild], may_read: threading.Event
) -> None:
    id_ = plan()
    queue.keep_for_later(id_)
    with qtbot.waitSignal(queue.known.ended, timeout=10_000):
        may_read.set()
    assert queue.known.runs[id_].record.status == STOPPED and queue.current is None and not children
    qtbot.waitUntil(lambda: status_on_disk(queue, id_) == STOPPED, timeout=10_000)
    queue.go_on(id_)
    started(qtbot, children)


def test_state_of_a_training_goes_when_its_model_is_installed(
    qtbot: QtBot, queue: TrainingQueue, plan: Plan, children: list[PlayedChild]
) -> None:
    first, second = plan("first"), plan("second")
    folders = {id_: queue.known.store.folder(id_) for id_ in (first, second)}
    for count, (folder, code) in enumerate(zip(folders.values(), (0, 130), strict=True), start=1):
        (folder / STATE_FILE).write_bytes(bytes(5000))
        with qtbot.waitSignal(queue.known.ended):
            started(qtbot, children, count).end(code)
    assert all(run.size_bytes > 5000 for run in queue.known.runs.values())
    for id_ in folders:
        queue.known.note_installed(id_, "model")
    qtbot.waitUntil(lambda: 0 < queue.known.runs[first].size_bytes < 5000)
    assert not queue.known.runs[first].has_state and queue.known.store.stored(first).record.installed_as == "model"
    # The other one can still go on.
    assert (folders[second] / STATE_FILE).exists()


def test_a_training_may_be_thrown_away_while_its_model_is_installed(
    qtbot: QtBot, queue: TrainingQueue, plan: Plan, children: list[PlayedChild]
) -> None:
    id_ = plan()
    with qtbot.waitSignal(queue.known.ended):
        started(qtbot, children).end(0)
    with qtbot.waitSignal(queue.known.removed):
        queue.known.remove(id_)
    with qtbot.assertNotEmitted(queue.known.changed):
        queue.known.note_installed(id_, "model")
    assert id_ not in queue.known.runs


def test_room_is_weighed_again_while_a_training_runs(
    qtbot: QtBot, queue: TrainingQueue, plan: Plan, children: list[PlayedChild]
) -> None:
    id_ = plan()
    child = started(qtbot, children)
    child.tell("saved", 4, 0.4)
    (queue.known.store.folder(id_) / STATE_FILE).write_bytes(bytes(5000))
    with qtbot.waitSignal(queue.known.weighed):
        queue.known.weigh()
    run = queue.known.runs[id_]
    assert run.size_bytes > 5000 and (run.record.status, run.record.progress) == (RUNNING, 0.4)


def test_training_thrown_away_while_the_disk_is_read_stays_away(
    qtbot: QtBot, queue: TrainingQueue, plan: Plan, children: list[PlayedChild]
) -> None:
    _, second = plan("first"), plan("second")
    started(qtbot, children)
    with qtbot.waitSignal(queue.known.listed):
        queue.known.load()
        queue.discard(second)
    assert second not in queue.known.runs


def test_training_that_waits_can_be_kept_for_later(
    qtbot: QtBot, queue: TrainingQueue, plan: Plan, children: list[PlayedChild]
) -> None:
    _, second = plan("first"), plan("second")
    started(qtbot, children)
    with qtbot.waitSignal(queue.known.ended, timeout=10_000):
        queue.keep_for_later(second)
    assert queue.known.runs[second].record.status == STOPPED and queue.place(second) == 0


def test_training_waits_for_that_of_another_window(
    qtbot: QtBot, queue: TrainingQueue, plan: Plan, children: list[PlayedChild], monkeypatch: pytest.MonkeyPatch
) -> None:
    queue._poll.setInterval(50)
    queue.known.store.root.mkdir()
    other = QLockFile(str(queue.known.store.root / LOCK_FILE))
    assert other.tryLock(0)
    id_ = plan()
    assert queue.is_locked_out and queue.place(id_) == 1 and not children
    other.unlock()
    started(qtbot, children)
    assert not queue.is_locked_out


def test_training_that_another_window_finished_meanwhile_is_not_begun_again(
    qtbot: QtBot, queue: TrainingQueue, plan: Plan, children: list[PlayedChild]
) -> None:
    id_ = plan()
    with qtbot.waitSignal(queue.known.ended, timeout=10_000):
        started(qtbot, children).end(130)
    queue._poll.setInterval(50)
    other = QLockFile(str(queue.known.store.root / LOCK_FILE))
    assert other.tryLock(0)
    queue.go_on(id_)
    assert queue.is_locked_out
    qtbot.waitUntil(lambda: status_on_disk(queue, id_) == WAITING, timeout=10_000)
    finished = replace(queue.known.store.stored(id_).record, status=FINISHED, installed_as="mine")
    queue.known.store.update(finished)
    with qtbot.waitSignal(queue.known.ended, timeout=10_000):
        other.unlock()
    assert len(children) == 1 and queue.current is None
    assert queue.known.runs[id_].record == queue.known.store.stored(id_).record == finished


@pytest.mark.skipif(sys.platform == "win32", reason="folders have no locks there")
def test_training_of_another_window_that_cannot_be_thrown_away_is_listed_again(
    qtbot: QtBot, queue: TrainingQueue, plan: Plan, children: list[PlayedChild]
) -> None:
    id_ = plan()
    with qtbot.waitSignal(queue.known.ended, timeout=10_000):
        started(qtbot, children).end(130)
    trainer = FolderClaim()
    assert trainer.made(queue.known.store.folder(id_))
    with qtbot.waitSignals([queue.known.failed, queue.known.changed], timeout=10_000):
        queue.discard(id_)
    assert queue.known.runs[id_].record.status == STOPPED
    trainer.give_up()
    queue.discard(id_)
    qtbot.waitUntil(lambda: not queue.known.store.folder(id_).exists(), timeout=10_000)
    assert id_ not in queue.known.runs


def test_what_was_interrupted_is_found_at_the_next_start(
    qtbot: QtBot, queue: TrainingQueue, plan: Plan, children: list[PlayedChild]
) -> None:
    id_ = plan()
    child = started(qtbot, children)
    child.tell("saved", 4, 0.4)
    qtbot.waitUntil(lambda: queue.known.store.stored(id_).record.progress == 0.4, timeout=10_000)
    later = TrainingQueue(queue.known.store)
    with qtbot.waitSignal(later.known.listed, timeout=10_000):
        later.known.load()
    assert later.known.runs[id_].record.status == RUNNING and later.known.runs[id_].record.progress == 0.4
    assert later.stop(timeout_s=20)


def test_run_with_a_damaged_record_is_listed_and_does_not_go_on(
    qtbot: QtBot, queue: TrainingQueue, children: list[PlayedChild]
) -> None:
    folder = queue.known.store.folder("odd")
    folder.mkdir(parents=True)
    (folder / "run.json").write_text('{"format_version": 7}', encoding="utf-8")
    with qtbot.waitSignal(queue.known.listed, timeout=10_000):
        queue.known.load()
    assert "version 7" in queue.known.runs["odd"].problem
    queue.go_on("odd")
    qtbot.wait(50)
    assert not children


def test_folder_that_cannot_be_written_is_told(qtbot: QtBot, tmp_path: Path, children: list[PlayedChild]) -> None:
    (tmp_path / "runs").write_text("a file", encoding="utf-8")
    queue = TrainingQueue(RunStore(tmp_path / "runs"))
    record = RunRecord(id="", name="a", created="", data="/photos", preset="quick")
    with qtbot.waitSignal(queue.known.failed, timeout=10_000) as told:
        queue.plan(replace(record), None)
    assert told.args is not None and "cannot be kept" in str(told.args[0])
    assert queue.stop(timeout_s=20)


def test_folder_that_is_gone_leaves_the_last_words(
    qtbot: QtBot, queue: TrainingQueue, plan: Plan, children: list[PlayedChild]
) -> None:
    id_ = plan()
    child = noted(qtbot, queue, id_, children)
    shutil.rmtree(queue.known.store.folder(id_))
    with qtbot.waitSignal(queue.known.ended, timeout=10_000):
        child.end(2, "this folder is gone")
    assert queue.known.runs[id_].record.name == "mine" and queue.known.runs[id_].problem == "this folder is gone"
    assert not queue.known.store.folder(id_).exists()


def test_end_is_told_when_it_is_known_whether_the_training_can_go_on(
    qtbot: QtBot, queue: TrainingQueue, plan: Plan, children: list[PlayedChild]
) -> None:
    id_ = plan()
    child = noted(qtbot, queue, id_, children)
    shutil.rmtree(queue.known.store.folder(id_))
    problems: list[str] = []
    queue.known.changed.connect(lambda changed: problems.append(queue.known.runs[changed].problem))
    with qtbot.waitSignal(queue.known.ended, timeout=10_000):
        child.end(2, "this folder is gone")
    assert problems == ["this folder is gone"], "it is never shown as one that can go on"


def test_end_that_the_disk_could_not_take_is_known_all_the_same(
    qtbot: QtBot, queue: TrainingQueue, plan: Plan, children: list[PlayedChild], monkeypatch: pytest.MonkeyPatch
) -> None:
    id_ = plan()
    child = noted(qtbot, queue, id_, children)
    monkeypatch.setattr(RunStore, "update", lambda self, record: None)
    with qtbot.waitSignal(queue.known.ended, timeout=10_000):
        child.end(2, "no space is left")
    assert status_on_disk(queue, id_) == RUNNING
    assert (
        queue.known.runs[id_].record.status == FAILED and queue.known.runs[id_].record.last_words == "no space is left"
    )
    assert not queue.known.runs[id_].problem


def test_record_that_could_not_be_read_for_a_moment_is_not_replaced(
    qtbot: QtBot, queue: TrainingQueue, plan: Plan, children: list[PlayedChild], monkeypatch: pytest.MonkeyPatch
) -> None:
    stored, busy = RunStore.stored, [True]

    def once_busy(store: RunStore, id_: str) -> StoredRun:
        if busy:
            busy.pop()
            return StoredRun(replace(RunRecord(id_, "?", "", "", ""), status=FAILED), store.folder(id_), "it is in use")
        return stored(store, id_)

    monkeypatch.setattr(RunStore, "stored", once_busy)
    with qtbot.waitSignal(queue.known.ended, timeout=10_000):
        id_ = plan()
    run = queue.known.runs[id_]
    assert (run.record.name, run.record.data, run.problem) == ("mine", "/photos", "")


def test_folder_that_cannot_even_be_looked_at_has_a_problem(
    qtbot: QtBot, queue: TrainingQueue, plan: Plan, children: list[PlayedChild], monkeypatch: pytest.MonkeyPatch
) -> None:
    id_ = plan()
    child = started(qtbot, children)

    def broken(_: Path) -> bool:
        raise OSError(errno.EIO, "Input/output error")

    monkeypatch.setattr(run_store, "_size_bytes", broken)
    with qtbot.waitSignal(queue.known.ended, timeout=10_000):
        child.end(2, "the disk is gone")
    assert queue.known.runs[id_].record.status == FAILED and queue.known.runs[id_].problem == "the disk is gone"
