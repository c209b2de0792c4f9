"""Runs trainings in child processes, one at a time, and remembers them. Lives on the GUI thread.

A training is a folder of the store and, while it runs, a child process that is `stepless train --events`. The disk is
read and written in tasks, one after the other. A lock file makes trainings of several windows wait for each other.
"""

from __future__ import annotations

import logging
from collections.abc import Callable, Mapping
from dataclasses import replace
from typing import Any

from PySide6.QtCore import QLockFile, QObject, QTimer, Signal

from app.training.progress import PAUSED, RunProgress
from app.training.run_record import FAILED, FINISHED, RUNNING, STOPPED, WAITING, RunRecord, train_arguments
from app.training.run_store import RunStore, StoredRun, parsed_event
from app.workers.child import Child, ChildEnd
from app.workers.tasks import SerialTasks, Task
from liif_core.training.events import TrainEvent

logger = logging.getLogger(__name__)

EXIT_STOPPED = 130
LOCK_FILE = "training.lock"
LOCK_POLL_MS = 2000


class TrainingQueue(QObject):
    """Owner of the trainings.

    Args:
        store: Where they are kept.

    Signals:
        listed: The trainings on the disk are known; see `runs`.
        weighed: How much room the trainings take is known; see `runs`.
        added: Id of a training that was planned.
        rescued: Id of a training whose folder went away, and the one that it has where it was saved instead.
        changed: Id of a training that stands elsewhere than before.
        happened: Id of a training, and its `TrainEvent`.
        ended: Id of a training that does not run any more; its record says how it ended.
        removed: Id of a training that is thrown away.
        failed: A `LiifError`: something could not be kept or removed.
    """

    listed = Signal()
    weighed = Signal()
    added = Signal(str)
    rescued = Signal(str, str)
    changed = Signal(str)
    happened = Signal(str, object)
    ended = Signal(str)
    removed = Signal(str)
    failed = Signal(object)

    def __init__(self, store: RunStore) -> None:
        super().__init__()
        self.store = store
        self._runs: dict[str, StoredRun] = {}
        self._progress: dict[str, RunProgress] = {}
        self._waiting: list[str] = []
        self._discarding: set[str] = set()
        # Thrown away; a list of the disk that was read before still has them.
        self._gone: set[str] = set()
        self._current: str | None = None
        self._child: Child | None = None
        self._lock: QLockFile | None = None
        self._is_locked_out = False
        self._stopping = False
        self._tasks = SerialTasks()
        self._poll = QTimer(self, singleShot=True, interval=LOCK_POLL_MS)
        self._poll.timeout.connect(self._start_next)

    # -- what is known

    @property
    def runs(self) -> Mapping[str, StoredRun]:
        """The trainings by their ids, the oldest first."""
        return self._runs

    @property
    def current(self) -> str | None:
        """Id of the one that runs, or is paused."""
        return self._current

    @property
    def pid(self) -> int:
        """Number of the process that trains; 0 without one."""
        return self._child.pid if self._child is not None else 0

    @property
    def is_locked_out(self) -> bool:
        """Whether another window of the program trains."""
        return self._is_locked_out

    def progress(self, id_: str) -> RunProgress:
        """Where a training stands."""
        return self._progress.setdefault(id_, RunProgress())

    def place(self, id_: str) -> int:
        """How many trainings come before one that waits, with the one that runs; 0 for one that runs or is over."""
        if id_ not in self._waiting:
            return 0
        return self._waiting.index(id_) + (self._current is not None or self._is_locked_out)

    # -- what people do

    def load(self) -> None:
        """Look for trainings on the disk."""
        self._start(lambda: self.store.runs(), self._take_list, name="look for trainings")

    def weigh(self) -> None:
        """Look how much room the trainings take; `weighed` tells of it."""
        self._start(lambda: self.store.runs(), self._take_sizes, name="weigh trainings")

    def recall(self, id_: str) -> None:
        """Read from its log where a training stands that does not run here; `changed` tells of it."""
        if id_ != self._current:
            self._start(lambda: (id_, self.store.events(id_)), self._take_log, name="read the log of a training")

    def plan(self, record: RunRecord, recipe: Mapping[str, Any] | None) -> None:
        """Keep a new training, and run it when no other does; see `RunStore.create`."""
        self._start(lambda: self.store.create(record, recipe), self._take_planned, name="keep a training")

    def go_on(self, id_: str) -> None:
        """Run a training that was interrupted, when no other runs."""
        if id_ not in self._waiting and id_ != self._current and not self._runs[id_].problem:
            self._waiting.append(id_)
            # Its next model is another one than that which may be installed.
            self._set(id_, status=WAITING, last_words="", installed_as=None)
            self._start_next()

    def pause(self) -> None:
        """Let the one that runs wait; its state is saved first."""
        self._send("pause")

    def resume(self) -> None:
        """Let it go on."""
        self._send("resume")

    def finish(self) -> None:
        """End it with a usable model, as if its schedule were over."""
        self._send("finish")

    def keep_for_later(self, id_: str) -> None:
        """Save a training and end its process, or take it out of the queue; it can go on at any time."""
        if id_ == self._current:
            self._send("stop")
        elif id_ in self._waiting:
            self._waiting.remove(id_)
            self._set(id_, status=STOPPED)
            self.ended.emit(id_)

    def discard(self, id_: str) -> None:
        """Throw a training away, with all it has learned."""
        if id_ == self._current and self._child is not None:
            self._discarding.add(id_)
            self._child.kill()
            return
        if id_ in self._waiting:
            self._waiting.remove(id_)
        self._remove(id_)

    def note_installed(self, id_: str, name: str) -> None:
        """The model of a training is in the library now; what it would need to go on is removed."""
        self._set(id_, installed_as=name)
        if self._runs[id_].record.is_over:
            self._start(lambda: self._without_state(id_), self._take_stored, name="tidy a training")

    def stop(self, *, timeout_s: float) -> bool:
        """Save what runs and end it, when the program ends; whether it ended in time."""
        self._stopping = True
        self._poll.stop()
        self._waiting.clear()
        done = True
        if self._child is not None:
            self._child.send("stop")
            done = self._child.wait(timeout_s=timeout_s)
        return self._tasks.stop(timeout_s=timeout_s) and done

    # -- the child process

    def _start_next(self) -> None:
        if self._current is not None or not self._waiting or self._stopping or not self._locked():
            return
        id_ = self._current = self._waiting.pop(0)
        self._start(lambda: (self.store.stored(id_), self.store.events(id_)), self._run, name="prepare a training")

    def _locked(self) -> bool:
        """Whether no other window trains; asked again later where one does."""
        if self._lock is None:
            lock = QLockFile(str(self.store.root / LOCK_FILE))
            lock.setStaleLockTime(0)
            if not lock.tryLock(0):
                self._is_locked_out = lock.error() == QLockFile.LockError.LockFailedError
                if self._is_locked_out:
                    self._poll.start()
                    for id_ in self._waiting:
                        self.changed.emit(id_)
                    return False
                # A folder where no lock can be is told by the trainer.
            self._lock = lock
        self._is_locked_out = False
        return True

    def _run(self, found: tuple[StoredRun, list[TrainEvent]]) -> None:
        stored, events = found
        id_ = stored.record.id
        if stored.problem or id_ in self._discarding or self._stopping:
            self._runs[id_] = stored
            self._after(id_)
            return
        progress = self._progress[id_] = RunProgress()
        progress.take_all(events)
        progress.begin_sitting()
        self._child = Child(train_arguments(stored.record, stored.folder, resume=stored.has_state))
        self._child.line.connect(self._on_line)
        self._child.ended.connect(self._on_ended)
        self._runs[id_] = stored
        self._set(id_, status=RUNNING)
        self._child.start()

    def _send(self, command: str) -> None:
        if self._child is not None:
            self._child.send(command)

    def _on_line(self, line: str) -> None:
        event = parsed_event(line)
        if event is None or self._current is None:
            logger.warning("not an event of a training: %s", line)
            return
        id_ = self._current
        before = self.progress(id_).phase
        self.progress(id_).take(event)
        if event.kind == "saved":
            self._set(id_, progress=event.progress)
        elif PAUSED in (before, self.progress(id_).phase):
            self.changed.emit(id_)
        self.happened.emit(id_, event)

    def _on_ended(self, end: ChildEnd) -> None:
        id_ = self._current
        if id_ is None:
            return
        statuses = {0: FINISHED, EXIT_STOPPED: STOPPED}
        status = FAILED if end.code is None else statuses.get(end.code, FAILED)
        words = end.words if status == FAILED else ""
        logger.info("training %s ended: %s %s", id_, status, words)
        # Not told yet: whether it can go on is known once what it left has been looked at.
        self._note(id_, status=status, last_words=words, progress=self.progress(id_).progress)
        self._after(id_)

    def _after(self, id_: str) -> None:
        """Nothing runs any more."""
        self._current, child, self._child = None, self._child, None
        if child is not None:
            child.deleteLater()
        if self._lock is not None and not self._waiting:
            self._lock.unlock()
            self._lock = None
        if id_ in self._discarding:
            self._discarding.discard(id_)
            self._remove(id_)
        else:
            # What it left decides what can be done with it.
            record = self._runs[id_].record
            self._start(lambda: self._left(record), self._take_end, name="look at a training")
        self._start_next()

    # -- the disk

    def _take_list(self, runs: list[StoredRun]) -> None:
        known = {run.record.id: run for run in runs if run.record.id not in self._gone}
        # Those that were planned or run meanwhile are known better here.
        self._runs = {**known, **self._runs}
        self.listed.emit()

    def _take_sizes(self, runs: list[StoredRun]) -> None:
        for run in runs:
            if run.record.id in self._runs:
                self._runs[run.record.id] = replace(self._runs[run.record.id], size_bytes=run.size_bytes)
        self.weighed.emit()

    def _without_state(self, id_: str) -> StoredRun:
        """On the task's thread."""
        self.store.drop_state(id_)
        return self.store.stored(id_)

    def _take_stored(self, stored: StoredRun) -> None:
        id_ = stored.record.id
        if id_ in self._runs and not stored.problem:
            self._runs[id_] = stored
            self.changed.emit(id_)

    def _take_log(self, found: tuple[str, list[TrainEvent]]) -> None:
        id_, events = found
        if id_ != self._current and id_ in self._runs:
            progress = self._progress[id_] = RunProgress()
            progress.take_all(events)
            self.changed.emit(id_)

    def _take_planned(self, record: RunRecord) -> None:
        self._runs[record.id] = StoredRun(record, self.store.folder(record.id))
        self._waiting.append(record.id)
        self.added.emit(record.id)
        self._start_next()

    def _left(self, record: RunRecord) -> tuple[StoredRun, StoredRun | None]:
        """What a training left, and what it saved elsewhere if its folder went away; on the task's thread."""
        return self.store.stored(record.id), self.store.adopt_rescued(record)

    def _take_end(self, left: tuple[StoredRun, StoredRun | None]) -> None:
        stored, rescued = left
        id_ = stored.record.id
        if id_ in self._gone:
            return
        if id_ in self._runs and not self._runs[id_].problem:
            # How it ended is known here even where a full disk could not take it. If its folder is gone, its last words
            # say more than that its record is.
            record = self._runs[id_].record
            problem = stored.problem and (record.last_words or stored.problem)
            stored = replace(stored, record=record, problem=problem)
        self._runs[id_] = stored
        self.changed.emit(id_)
        self.ended.emit(id_)
        if rescued is not None:
            self._runs[rescued.record.id] = rescued
            self.rescued.emit(id_, rescued.record.id)
            self._remove(id_)

    def _remove(self, id_: str) -> None:
        self._gone.add(id_)
        self._runs.pop(id_, None)
        self._progress.pop(id_, None)
        self._start(lambda: self.store.remove(id_), lambda _: None, name="remove a training")
        self.removed.emit(id_)

    def _set(self, id_: str, **changes: Any) -> None:
        self._note(id_, **changes)
        self.changed.emit(id_)

    def _note(self, id_: str, **changes: Any) -> None:
        stored = self._runs[id_]
        record = replace(stored.record, **changes)
        self._runs[id_] = replace(stored, record=record)
        self._start(lambda: self.store.update(record), lambda _: None, name="note a training")

    def _start(self, work: Callable[[], Any], done: Callable[[Any], object], *, name: str) -> None:
        task = Task(work, name=name)
        task.done.connect(done)
        task.failed.connect(self.failed)
        self._tasks.start(task)
