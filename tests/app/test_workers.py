"""Threads, mailboxes and plans."""

from __future__ import annotations

import threading
import time
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from numpy.typing import NDArray
from pytestqt.qtbot import QtBot

from app.viewer.document import Document, open_document
from app.workers import tile_worker
from app.workers.mailbox import Mailbox
from app.workers.tasks import NewestTask, RunningTasks, SerialTasks, Task
from app.workers.tile_worker import FrameJob, FrameResult, Rest, TileJob, TileResult, TileWorker
from liif_core.cancel import CancelToken
from liif_core.errors import LiifError
from liif_core.geometry import OutputGrid, Rect, Size
from liif_core.view.camera import Camera
from liif_core.view.scheduler import Plan
from liif_core.view.tiles import Layer, TileKey, extent_of, tile_key


class GatedSource:
    """Makes a tile when the gate is opened, or gives up when it is cancelled."""

    def __init__(self) -> None:
        self.started: list[TileKey] = []
        self.frames: list[Camera] = []
        self.gate = threading.Semaphore(0)
        self.error: Exception | None = None
        self.at_rest = threading.Event()

    def prepare(self) -> None:
        """Nothing to do."""

    def let_go(self) -> None:
        self.at_rest.set()

    def order(self, document: Document, plan: Plan) -> Sequence[TileKey]:
        return plan.keys + plan.ahead

    def tile(self, document: Document, key: TileKey, *, around: Rect, cancel: CancelToken) -> NDArray[np.float32]:
        self.started.append(key)
        while not self.gate.acquire(timeout=0.01):
            cancel.check()
        if self.error is not None:
            raise self.error
        return np.zeros((key.rect.height, key.rect.width, 3), np.float32)

    def frame(
        self, document: Document, camera: Camera, *, coarseness: float, cancel: CancelToken
    ) -> tuple[OutputGrid, Rect, NDArray[np.uint8]]:
        self.frames.append(camera)
        while not self.gate.acquire(timeout=0.01):
            cancel.check()
        rect = camera.visible
        return camera.grid, rect, np.zeros((rect.height, rect.width, 4), np.uint8)


@pytest.fixture
def document(photo: Path) -> Document:
    return open_document(photo)


def job_of(document: Document, generation: int, *columns: int, zoom: float = 20) -> TileJob:
    grid = OutputGrid(document.image.size, document.image.size.scaled(zoom))
    keys = [
        tile_key(document.photo_id, model_id="m", layer=Layer.NEURAL, grid=grid, row=0, column=column)
        for column in columns
    ]
    return TileJob(Plan(generation, document.photo_id, "m", tuple(keys)), document)


def test_tiles_come_in_the_plans_order(qtbot: QtBot, document: Document) -> None:
    source = GatedSource()
    worker = TileWorker(source, name="test")
    results: list[TileResult] = []
    worker.tile_ready.connect(results.append)
    source.gate.release(3)
    worker.submit(job_of(document, 1, 2, 0, 1))
    qtbot.waitUntil(lambda: len(results) == 3, timeout=5000)
    assert [result.key.column for result in results] == [2, 0, 1]
    assert worker.stop()


class OrderingSource(GatedSource):
    """Wants the tiles in the order of their columns; notes what it is told of their surroundings."""

    def __init__(self) -> None:
        super().__init__()
        self.around: list[Rect] = []

    def order(self, document: Document, plan: Plan) -> Sequence[TileKey]:
        return sorted(plan.keys + plan.ahead, key=lambda key: key.column)

    def tile(self, document: Document, key: TileKey, *, around: Rect, cancel: CancelToken) -> NDArray[np.float32]:
        self.around.append(around)
        return super().tile(document, key, around=around, cancel=cancel)


def test_the_source_chooses_the_order_and_is_told_what_comes_soon(qtbot: QtBot, document: Document) -> None:
    source = OrderingSource()
    worker = TileWorker(source, name="test")
    plan = job_of(document, 1, 4, 2, 3, 1).plan
    results: list[TileResult] = []
    worker.tile_ready.connect(results.append)
    source.gate.release(4)
    worker.submit(TileJob(replace(plan, keys=plan.keys[:2], ahead=plan.keys[2:]), document))
    qtbot.waitUntil(lambda: len(results) == 4, timeout=5000)
    assert [result.key.column for result in results] == [1, 2, 3, 4]
    visible, ahead = extent_of(plan.keys[:2]), extent_of(plan.keys[2:])
    assert source.around == [ahead, visible, ahead, visible]
    assert worker.stop()


def test_a_tile_ahead_that_the_newer_plan_still_wants_is_finished(qtbot: QtBot, document: Document) -> None:
    source = GatedSource()
    worker = TileWorker(source, name="test")
    worker.submit(job_of(document, 1, 0))
    qtbot.waitUntil(lambda: len(source.started) == 1, timeout=5000)
    newer = job_of(document, 2, 0).plan
    worker.submit(TileJob(replace(newer, keys=(), ahead=newer.keys), document))
    assert worker._current is not None
    assert not worker._current.token.cancelled
    worker.submit(job_of(document, 3, 1))
    qtbot.waitUntil(lambda: len(source.started) == 2, timeout=5000)
    assert source.started[-1].column == 1
    assert worker.stop()


def test_the_newest_plan_wins_and_stale_work_is_cancelled(qtbot: QtBot, document: Document) -> None:
    source = GatedSource()
    worker = TileWorker(source, name="test")
    results: list[TileResult] = []
    worker.tile_ready.connect(results.append)
    worker.submit(job_of(document, 1, 0, 1, 2))
    qtbot.waitUntil(lambda: len(source.started) == 1, timeout=5000)
    worker.submit(job_of(document, 2, 3))
    worker.submit(job_of(document, 3, 4))
    qtbot.waitUntil(lambda: source.started[-1].column == 4, timeout=5000)
    source.gate.release()
    qtbot.waitUntil(lambda: len(results) == 1, timeout=5000)
    assert results[0].key.column == 4
    assert results[0].generation == 3
    assert [key.column for key in source.started].count(1) == 0
    assert worker.stop()


def test_a_plan_that_comes_between_two_tiles_is_next(
    qtbot: QtBot, document: Document, monkeypatch: pytest.MonkeyPatch
) -> None:
    source = GatedSource()
    worker = TileWorker(source, name="test")

    def meanwhile(keys: Sequence[TileKey]) -> Rect:
        if keys[0].column == 0:
            worker.submit(job_of(document, 2, 1))
        return extent_of(keys)

    monkeypatch.setattr(tile_worker, "extent_of", meanwhile)
    worker.submit(job_of(document, 1, 0))
    qtbot.waitUntil(lambda: bool(source.started), timeout=5000)
    assert source.started[0].column == 1
    assert worker.stop()


def test_a_tile_that_the_newer_plan_still_wants_is_finished(qtbot: QtBot, document: Document) -> None:
    source = GatedSource()
    worker = TileWorker(source, name="test")
    results: list[TileResult] = []
    worker.tile_ready.connect(results.append)
    worker.submit(job_of(document, 1, 0, 1))
    qtbot.waitUntil(lambda: len(source.started) == 1, timeout=5000)
    worker.submit(job_of(document, 2, 5, 0))
    source.gate.release()
    qtbot.waitUntil(lambda: len(results) == 1, timeout=5000)
    assert results[0].key.column == 0
    source.gate.release(2)
    qtbot.waitUntil(lambda: len(results) == 3, timeout=5000)
    assert worker.stop()


def frame_job(document: Document, zoom: float, *, patience_ms: float) -> FrameJob:
    camera = Camera.fitting(document.size, Size(300, 400)).at_zoom(zoom)
    return FrameJob(camera, document, "m", patience_ms)


def test_a_frame_in_work_is_finished_before_the_newest_one(qtbot: QtBot, document: Document) -> None:
    source = GatedSource()
    worker = TileWorker(source, name="test")
    results: list[FrameResult] = []
    worker.frame_ready.connect(results.append)
    worker.submit(frame_job(document, 5, patience_ms=60_000))
    qtbot.waitUntil(lambda: len(source.frames) == 1, timeout=5000)
    worker.submit(frame_job(document, 6, patience_ms=60_000))
    worker.submit(frame_job(document, 7, patience_ms=60_000))
    source.gate.release(2)
    qtbot.waitUntil(lambda: len(results) == 2, timeout=5000)
    assert [camera.zoom for camera in source.frames] == [5, 7]
    assert all(result.frame is not None for result in results)
    assert worker.stop()


def test_a_coarse_frame_counts_the_pixels_that_were_asked_for(qtbot: QtBot, document: Document) -> None:
    worker = TileWorker(source := GatedSource(), name="test")
    source.gate.release()
    job = replace(frame_job(document, 5, patience_ms=60_000), coarseness=2.0)
    with qtbot.waitSignal(worker.frame_ready, timeout=5000) as made:
        worker.submit(job)
    assert made.args[0].pixels == job.camera.visible.area / 4
    assert worker.stop()


def test_a_late_frame_gives_way_and_tells_how_long_it_took(qtbot: QtBot, document: Document) -> None:
    source = GatedSource()
    worker = TileWorker(source, name="test")
    results: list[FrameResult] = []
    worker.frame_ready.connect(results.append)
    worker.submit(frame_job(document, 5, patience_ms=1))
    qtbot.waitUntil(lambda: len(source.frames) == 1, timeout=5000)
    qtbot.wait(30)
    with qtbot.waitSignal(worker.tile_ready, timeout=5000):
        worker.submit(job_of(document, 1, 0))
        qtbot.waitUntil(lambda: len(results) == 1, timeout=5000)
        source.gate.release()
    assert results[0].frame is None
    assert results[0].elapsed_ms >= 25
    assert worker.stop()


def test_work_that_came_while_a_frame_was_in_time_need_not_wait_for_a_late_one(
    qtbot: QtBot, document: Document
) -> None:
    source = GatedSource()
    worker = TileWorker(source, name="test")
    worker.submit(frame_job(document, 5, patience_ms=150))
    qtbot.waitUntil(lambda: len(source.frames) == 1, timeout=5000)
    with qtbot.waitSignal(worker.frame_ready, timeout=5000) as late:
        worker.submit(job_of(document, 1, 0))
    assert late.args[0].frame is None
    assert late.args[0].elapsed_ms >= 145
    assert worker.stop()


def test_a_tile_gives_way_to_a_frame(qtbot: QtBot, document: Document) -> None:
    source = GatedSource()
    worker = TileWorker(source, name="test")
    worker.submit(job_of(document, 1, 0))
    qtbot.waitUntil(lambda: len(source.started) == 1, timeout=5000)
    with qtbot.waitSignal(worker.frame_ready, timeout=5000):
        worker.submit(frame_job(document, 5, patience_ms=60_000))
        qtbot.waitUntil(lambda: len(source.frames) == 1, timeout=5000)
        source.gate.release()
    assert worker.stop()


def test_a_rest_ends_the_tile_in_work(qtbot: QtBot, document: Document) -> None:
    source = GatedSource()
    worker = TileWorker(source, name="test")
    try:
        worker.submit(job_of(document, 1, 0, 1))
        qtbot.waitUntil(lambda: len(source.started) == 1)
        worker.submit(Rest())
        qtbot.waitUntil(source.at_rest.is_set)
        assert len(source.started) == 1
    finally:
        assert worker.stop()


def test_a_failure_at_rest_is_told_and_the_next_plan_works(
    qtbot: QtBot, document: Document, monkeypatch: pytest.MonkeyPatch
) -> None:
    source = GatedSource()
    worker = TileWorker(source, name="test")

    def fail() -> None:
        raise RuntimeError("the device is gone")

    monkeypatch.setattr(source, "let_go", fail)
    with qtbot.waitSignal(worker.failed, timeout=5000) as told:
        worker.submit(Rest())
    assert told.args[1] == ""
    source.gate.release()
    with qtbot.waitSignal(worker.tile_ready, timeout=5000):
        worker.submit(job_of(document, 1, 0))
    assert worker.stop()


def test_stop_ends_the_thread_in_the_middle_of_a_tile(qtbot: QtBot, document: Document) -> None:
    source = GatedSource()
    worker = TileWorker(source, name="test")
    worker.submit(job_of(document, 1, 0))
    qtbot.waitUntil(lambda: len(source.started) == 1, timeout=5000)
    assert worker.stop(timeout_s=60)


@pytest.mark.parametrize("error", [LiifError("told"), RuntimeError("a bug")])
def test_a_failure_is_told_and_the_next_plan_works(qtbot: QtBot, document: Document, error: Exception) -> None:
    source = GatedSource()
    worker = TileWorker(source, name="test")
    source.error = error
    source.gate.release(2)
    with qtbot.waitSignal(worker.failed, timeout=5000) as failed:
        worker.submit(job_of(document, 1, 0))
    assert isinstance(failed.args[0], LiifError)
    source.error = None
    with qtbot.waitSignal(worker.tile_ready, timeout=5000):
        worker.submit(job_of(document, 2, 1))
    assert worker.stop()


def test_a_mailbox_keeps_only_the_newest() -> None:
    mailbox: Mailbox[int] = Mailbox()
    mailbox.put(1)
    mailbox.put(2)
    assert mailbox.has_item
    assert mailbox.take() == 2
    assert not mailbox.has_item


def test_closing_a_mailbox_lets_its_reader_go() -> None:
    mailbox: Mailbox[int] = Mailbox()
    taken: list[int | None] = []
    reader = threading.Thread(target=lambda: taken.append(mailbox.take()))
    reader.start()
    mailbox.close()
    reader.join(60)
    assert taken == [None]


def test_of_newest_tasks_the_last_one_is_heard_of_and_those_before_it_are_told_to_end(qtbot: QtBot) -> None:
    newest, outcomes = NewestTask(), list[str]()
    newest.done.connect(outcomes.append)
    tokens: list[CancelToken] = []
    go_on = threading.Event()

    def work(cancel: CancelToken) -> str:
        tokens.append(cancel)
        go_on.wait(20)
        return f"number {len(tokens)}"

    newest.start(work, name="first")
    qtbot.waitUntil(lambda: len(tokens) == 1)
    newest.start(lambda cancel: "second", name="second")
    assert tokens[0].cancelled
    qtbot.waitUntil(lambda: outcomes == ["second"])
    assert not newest.is_awaited
    newest.start(work, name="third")
    newest.drop()
    go_on.set()
    assert newest.stop(timeout_s=10)
    qtbot.wait(10)
    assert outcomes == ["second"]


def test_serial_tasks_run_one_after_the_other_in_their_order(qtbot: QtBot) -> None:
    """Threads that are still ending when their signal arrives must not stop the row."""
    tasks, done, running = SerialTasks(), list[int](), list[int]()

    def work(number: int) -> int:
        running.append(number)
        assert len(running) == 1
        time.sleep(0.001 * (number % 3))
        running.remove(number)
        return number

    for number in range(40):
        task = Task(lambda number=number: work(number), name=f"task {number}")  # type: ignore[misc]
        task.done.connect(done.append)
        tasks.start(task)
    qtbot.waitUntil(lambda: len(done) == 40, timeout=20_000)
    assert done == list(range(40))


def test_serial_tasks_are_all_done_before_the_end(qtbot: QtBot) -> None:
    tasks, done = SerialTasks(), list[int]()
    for number in range(5):
        tasks.start(Task(lambda number=number: done.append(number), name=f"task {number}"))  # type: ignore[misc]
    assert tasks.stop(timeout_s=20)
    assert done == list(range(5))
    qtbot.wait(50)
    assert tasks.stop(timeout_s=20) and done == list(range(5))


def test_after_the_end_no_task_begins() -> None:
    """A late signal may still ask for one, whose thread nobody would wait for."""
    tasks, done = RunningTasks(), list[int]()
    assert tasks.stop(timeout_s=0)
    tasks.start(Task(lambda: done.append(1), name="late"))
    assert tasks.is_empty and tasks.stop(timeout_s=60)
    assert not done
