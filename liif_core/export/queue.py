"""Several exports, one after the other: a failed one is told and does not stop the rest."""

from __future__ import annotations

import enum
import itertools
import logging
import os
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Protocol

from liif_core.errors import Cancelled, LiifError, RequestError
from liif_core.export.control import JobControl, OnProgress, Progress
from liif_core.export.enlarger import Enlarger
from liif_core.export.job import ExportResult
from liif_core.export.names import free_name, place_of
from liif_core.export.report import QueueReport
from liif_core.export.task import ExportTask, run_task

logger = logging.getLogger(__name__)

_TOLD_EVERY_S = 0.1


class QueueState(enum.Enum):
    """Where a task of a queue is."""

    WAITING = "waiting"
    RUNNING = "running"
    DONE = "done"
    FAILED = "failed"
    CANCELLED = "cancelled"
    SKIPPED = "skipped"
    """It was done before, and its file is as it was left."""

    @property
    def is_finished(self) -> bool:
        """Whether nothing more happens to it."""
        return self not in (QueueState.WAITING, QueueState.RUNNING)


@dataclass(frozen=True, slots=True)
class QueueEntry:
    """A task and what has become of it.

    Attributes:
        id: Of the entry in its queue.
        task: What is to be done.
        state: Where it is.
        progress: How far it is, while it runs.
        result: The file, once it is done.
        error: Why it failed.
        is_retried: Whether it is tried once more. Then it replaces no file: what has its name may be a later one.
    """

    id: int
    task: ExportTask
    state: QueueState = QueueState.WAITING
    progress: Progress | None = None
    result: ExportResult | None = None
    error: LiifError | None = None
    is_retried: bool = False


class RunTask(Protocol):
    """What carries out a task: `task.run_task`."""

    def __call__(
        self, task: ExportTask, enlarger: Enlarger, *, control: JobControl, on_progress: OnProgress
    ) -> ExportResult:
        """See `task.run_task`."""
        ...


class ExportQueue:
    """A list of tasks; `run` works through it on the thread that calls it, everything else is for any thread.

    Args:
        on_change: Called after every change of an entry, on the thread that made it: for a progress that of `run`, at
            most ten times a second. It must not wait for the queue's other threads.
        is_finished: Tells before a task begins that it was done earlier.
        on_done: Called with each task that was done, on the thread of `run`.
        run_one: Carries out a task.
    """

    def __init__(
        self,
        on_change: Callable[[QueueEntry], None] = lambda entry: None,
        *,
        is_finished: Callable[[ExportTask], bool] = lambda task: False,
        on_done: Callable[[ExportTask, ExportResult], None] = lambda task, result: None,
        run_one: RunTask = run_task,
    ) -> None:
        self._on_change = on_change
        self._is_finished = is_finished
        self._on_done = on_done
        self._run_one = run_one
        self._lock = threading.RLock()
        self._ids = itertools.count(1)
        # By id, in the order of work.
        self._entries: dict[int, QueueEntry] = {}
        self._current: tuple[int, JobControl] | None = None
        self._paused = False
        self._is_running = False
        self._resumed = threading.Condition(self._lock)
        self._enlarger: Enlarger | None = None

    def add(self, task: ExportTask) -> int:
        """Put a task at the end; its id."""
        with self._lock:
            entry = QueueEntry(next(self._ids), task)
            self._entries[entry.id] = entry
        self._on_change(entry)
        return entry.id

    def entries(self) -> tuple[QueueEntry, ...]:
        """All of them as they are now, in the order of work."""
        with self._lock:
            return tuple(self._entries.values())

    @property
    def paused(self) -> bool:
        """Whether `pause` was called, and not yet `resume`."""
        return self._paused

    @property
    def is_running(self) -> bool:
        """Whether `run` is at work, or held by a pause."""
        return self._is_running

    def pause(self) -> None:
        """Hold the task at work, and begin no other one."""
        with self._lock:
            self._paused = True
            if self._current is not None:
                self._current[1].pause()

    def resume(self) -> None:
        """Go on."""
        with self._resumed:
            self._paused = False
            if self._current is not None:
                self._current[1].resume()
            self._resumed.notify_all()

    def cancel(self, entry_id: int) -> None:
        """Do not begin a task, or stop it within half a second; nothing happens to one that is finished."""
        with self._resumed:
            if self._current is not None and self._current[0] == entry_id:
                self._current[1].cancel()
                self._resumed.notify_all()
                return
            entry = self._find(entry_id)
            if entry.state is not QueueState.WAITING:
                return
            cancelled = self._replaced(entry_id, state=QueueState.CANCELLED)
            # A paused queue of which nothing is left need not wait for its end.
            self._resumed.notify_all()
        self._on_change(cancelled)

    def cancel_all(self) -> None:
        """Begin no more tasks, and stop the one at work."""
        for entry in reversed(self.entries()):
            if not entry.state.is_finished:
                self.cancel(entry.id)

    def retry(self, entry_id: int) -> None:
        """Let a task that failed or was cancelled wait again, at its place; it replaces no file then."""
        with self._lock:
            if self._find(entry_id).state not in (QueueState.FAILED, QueueState.CANCELLED):
                return
        self._change(entry_id, state=QueueState.WAITING, error=None, progress=None, is_retried=True)

    def remove(self, entry_id: int) -> None:
        """Take an entry out of the list; the one at work is left in it."""
        with self._lock:
            if self._find(entry_id).state is not QueueState.RUNNING:
                del self._entries[entry_id]

    def move(self, entry_id: int, position: int) -> None:
        """Put an entry elsewhere in the order of work."""
        with self._lock:
            moved = self._find(entry_id)
            others = [entry for entry in self._entries.values() if entry.id != entry_id]
            others.insert(max(0, position), moved)
            self._entries = {entry.id: entry for entry in others}

    def clear_finished(self) -> None:
        """Take everything out of the list that waits for nothing."""
        with self._lock:
            self._entries = {id_: entry for id_, entry in self._entries.items() if not entry.state.is_finished}

    def run(self) -> QueueReport:
        """Work until nothing waits any more.

        Returns:
            What has become of each entry of the list.

        Raises:
            RequestError: It is running already, on another thread.
        """
        with self._lock:
            if self._is_running:
                raise RequestError("the exports are being worked on already")
            self._is_running = True
        try:
            while (begun := self._begin()) is not None:
                self._work(*begun)
        finally:
            with self._lock:
                self._is_running = False
                # The model's memory is not kept for a next time that may never come.
                self._enlarger = None
        return QueueReport.of(self.entries())

    def _begin(self) -> tuple[QueueEntry, JobControl] | None:
        """The next task, once there is no pause; its control is known to `pause` and `cancel` from here on."""
        with self._resumed:
            while (entry := self._next()) is not None and self._paused:
                self._resumed.wait()
            if entry is None:
                # Before another thread can add a task and see that somebody is at work.
                self._is_running = False
                return None
            control = JobControl()
            self._current = (entry.id, control)
            started = self._replaced(entry.id, state=QueueState.RUNNING)
        self._on_change(started)
        return started, control

    def _work(self, entry: QueueEntry, control: JobControl) -> None:
        """One task, whatever comes of it."""
        end: dict[str, object]
        try:
            if self._is_finished(entry.task):
                end = {"state": QueueState.SKIPPED}
            else:
                task = self._named(entry)
                result = self._run_one(
                    task, self._enlarger_of(task), control=control, on_progress=self._teller(entry.id)
                )
                self._on_done(task, result)
                end = {"state": QueueState.DONE, "result": result}
        except Cancelled:
            end = {"state": QueueState.CANCELLED}
        except LiifError as exc:
            end = {"state": QueueState.FAILED, "error": exc}
        except Exception:  # the entry of a task: a bug in one must not end the others
            logger.exception("export of %s", entry.task.source)
            told = LiifError(f"{entry.task.source}: an internal error stopped its export; the log has the details")
            end = {"state": QueueState.FAILED, "error": told}
        except BaseException:
            with self._lock:
                self._current = None
            self._change(entry.id, state=QueueState.CANCELLED)
            raise
        with self._lock:
            self._current = None
        self._change(entry.id, progress=None, **end)

    def _named(self, entry: QueueEntry) -> ExportTask:
        """The entry's task, under another name where it would replace what it may not; asks the disk."""
        task = entry.task
        # One that was never tried has its name for itself; that is looked up among all others only where it must be.
        is_free = not entry.is_retried and (task.replaces or not os.path.lexists(task.request.target))
        return task if is_free else self._with_free_name(entry)

    def _with_free_name(self, entry: QueueEntry) -> ExportTask:
        """The entry's task under a name that no file has, and none that waits; asks the disk."""
        others = [other for other in self.entries() if other.id != entry.id and not other.state.is_finished]
        request = entry.task.request
        target = free_name(request.target, {place_of(other.task.request.target) for other in others})
        task = replace(entry.task, request=replace(request, target=target))
        self._change(entry.id, task=task)
        return task

    def _enlarger_of(self, task: ExportTask) -> Enlarger:
        if self._enlarger is None or self._enlarger.choice != task.choice:
            # The old one first, or both models would need room.
            self._enlarger = None
            self._enlarger = Enlarger(task.choice)
        return self._enlarger

    def _teller(self, entry_id: int) -> OnProgress:
        last: list[tuple[float, Progress]] = []

        def tell(progress: Progress) -> None:
            now = time.monotonic()
            if last and progress.phase is last[0][1].phase and now - last[0][0] < _TOLD_EVERY_S:
                return
            last[:] = [(now, progress)]
            self._change(entry_id, progress=progress)

        return tell

    def _next(self) -> QueueEntry | None:
        return next((entry for entry in self._entries.values() if entry.state is QueueState.WAITING), None)

    def _find(self, entry_id: int) -> QueueEntry:
        try:
            return self._entries[entry_id]
        except KeyError:
            raise RequestError(f"there is no export number {entry_id}") from None

    def _change(self, entry_id: int, **values: object) -> None:
        with self._lock:
            entry = self._replaced(entry_id, **values)
        self._on_change(entry)

    def _replaced(self, entry_id: int, **values: object) -> QueueEntry:
        """Put a changed entry into the place of the old one; called with the lock held."""
        entry: QueueEntry = replace(self._find(entry_id), **values)  # type: ignore[arg-type]
        self._entries[entry_id] = entry
        return entry
