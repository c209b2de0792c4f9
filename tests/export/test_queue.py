"""The queue: order, failures that stop nothing, pause, cancel, and what it tells."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from liif_core.errors import ImageReadError, ImageWriteError, RequestError
from liif_core.export.control import JobControl, OnProgress, Phase, Progress
from liif_core.export.enlarger import Enlarger
from liif_core.export.job import ExportResult
from liif_core.export.queue import ExportQueue, QueueEntry, QueueState
from liif_core.export.request import ExportRequest, Sized
from liif_core.export.sizes import Scale
from liif_core.export.task import ExportTask
from liif_core.geometry import Size

Work = Callable[[ExportTask, JobControl], None]


def task(name: str) -> ExportTask:
    return ExportTask(Path(name), ExportRequest(Path(f"{name}.png"), Sized(Scale(2.0))))


def queue_of(work: Work, *names: str, **how: Any) -> ExportQueue:
    def run_one(task: ExportTask, enlarger: Enlarger, *, control: JobControl, on_progress: OnProgress) -> ExportResult:
        on_progress(Progress(Phase.RENDERING, 1, 2, 0.5))
        work(task, control)
        control.check()
        return ExportResult(task.request.target, Size(2, 3), 6, 1.0)

    queue = ExportQueue(run_one=run_one, **how)
    for name in names:
        queue.add(task(name))
    return queue


def states(queue: ExportQueue) -> list[str]:
    return [entry.state.value for entry in queue.entries()]


def test_tasks_are_done_in_order_and_every_change_is_told() -> None:
    told: list[QueueEntry] = []
    queue = queue_of(lambda task, control: None, "a", "b", on_change=told.append)
    queue.run()
    assert states(queue) == ["done", "done"]
    assert [(entry.id, entry.state) for entry in told] == [
        *((number, QueueState.WAITING) for number in (1, 2)),
        *((number, state) for number in (1, 2) for state in (QueueState.RUNNING, QueueState.RUNNING, QueueState.DONE)),
    ]
    assert told[3].progress is not None and told[3].progress.share == 0.5
    assert told[-1].result is not None and told[-1].progress is None
    assert not queue.is_running


@pytest.mark.parametrize("failure", [ImageReadError("b is damaged"), ZeroDivisionError()])
def test_one_that_fails_does_not_stop_the_rest_and_is_named(failure: Exception) -> None:
    def work(task: ExportTask, control: JobControl) -> None:
        if task.source.name == "b":
            raise failure

    queue = queue_of(work, "a", "b", "c")
    report = queue.run()
    assert states(queue) == ["done", "failed", "done"]
    failed = report.entries[1]
    assert "b" in str(failed.error)
    assert report.to_dict()["failed"] == 1
    assert report.to_dict()["files"][1]["error"] == str(failed.error)
    queue.retry(failed.id)
    failure.args = ()
    assert states(queue) == ["done", "waiting", "done"]


def test_one_that_is_tried_again_replaces_no_file(tmp_path: Path) -> None:
    """Another export may have its name by now, or wait to have it."""
    is_full = [True]
    written: list[str] = []

    def work(task: ExportTask, control: JobControl) -> None:
        if is_full:
            raise ImageWriteError("the disk is full")
        task.request.target.touch()
        written.append(task.request.target.name)

    queue = queue_of(work, str(tmp_path / "a"))
    queue.run()
    is_full.clear()
    (tmp_path / "a.png").touch()
    request = ExportRequest(tmp_path / "a-2.png", Sized(Scale(2.0)))
    queue.add(ExportTask(Path("b"), request))
    queue.retry(1)
    queue.run()
    assert written == ["a-3.png", "a-2.png"]
    assert queue.entries()[0].task.request.target.name == "a-3.png"


def test_one_that_is_tried_again_keeps_a_name_that_is_free(tmp_path: Path) -> None:
    queue = queue_of(lambda task, control: task.request.target.touch(), str(tmp_path / "a"))
    queue.cancel(1)
    queue.retry(1)
    queue.run()
    assert [path.name for path in tmp_path.iterdir()] == ["a.png"]


@pytest.mark.parametrize(("replaces", "name"), [(True, "a.png"), (False, "a-2.png")])
def test_a_file_that_has_come_meanwhile_is_replaced_only_where_that_was_allowed(
    tmp_path: Path, replaces: bool, name: str
) -> None:
    """Another program may have written it, or another window, while the export waited for its turn."""
    written: list[str] = []
    queue = queue_of(lambda task, control: written.append(task.request.target.name))
    queue.add(replace(task(str(tmp_path / "a")), replaces=replaces))
    (tmp_path / "a.png").write_bytes(b"later")
    queue.run()
    assert written == [name]
    assert queue.entries()[0].task.request.target.name == name


def test_cancelling_one_leaves_the_others() -> None:
    queue = queue_of(lambda task, control: queue.cancel(1) or queue.cancel(3), "a", "b", "c")  # type: ignore[func-returns-value]
    queue.run()
    assert states(queue) == ["cancelled", "done", "cancelled"]


def test_cancelling_all_ends_the_work() -> None:
    queue = queue_of(lambda task, control: queue.cancel_all(), "a", "b")
    queue.run()
    assert states(queue) == ["cancelled", "cancelled"]


def test_cancelling_thousands_takes_moments() -> None:
    """The window waits for it when the program ends."""
    queue = queue_of(lambda task, control: None, *(f"{number}" for number in range(4000)))
    begun = time.perf_counter()
    queue.cancel_all()
    assert time.perf_counter() - begun < 1
    assert set(states(queue)) == {"cancelled"}


def test_a_pause_holds_the_task_at_work_and_the_next_ones() -> None:
    seen: list[bool] = []

    def work(task: ExportTask, control: JobControl) -> None:
        if task.source.name == "a":
            queue.pause()
            seen.append(control.paused)
            threading.Timer(0.1, queue.resume).start()

    queue = queue_of(work, "a", "b")
    started = time.monotonic()
    queue.run()
    assert states(queue) == ["done", "done"]
    assert seen == [True]
    assert time.monotonic() - started >= 0.1


def test_a_paused_queue_begins_nothing_and_ends_when_all_is_cancelled() -> None:
    queue = queue_of(lambda task, control: None, "a")
    queue.pause()
    thread = threading.Thread(target=queue.run)
    thread.start()
    while not queue.is_running:
        time.sleep(0.001)
    time.sleep(0.05)
    assert states(queue) == ["waiting"] and queue.is_running
    queue.cancel_all()
    thread.join(60)
    assert not thread.is_alive() and states(queue) == ["cancelled"]


def test_what_is_finished_is_skipped_and_what_is_done_is_noted() -> None:
    noted: list[str] = []
    queue = queue_of(
        lambda task, control: None,
        "a",
        "b",
        is_finished=lambda task: task.source.name == "a",
        on_done=lambda task, result: noted.append(task.source.name),
    )
    queue.run()
    assert states(queue) == ["skipped", "done"]
    assert noted == ["b"]


def test_entries_are_moved_removed_and_cleared() -> None:
    queue = queue_of(lambda task, control: None, "a", "b", "c")
    queue.move(3, 0)
    queue.remove(1)
    assert [entry.task.source.name for entry in queue.entries()] == ["c", "b"]
    queue.run()
    queue.clear_finished()
    assert queue.entries() == ()
    with pytest.raises(RequestError):
        queue.cancel(1)
