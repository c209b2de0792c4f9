"""Runs trainings in child processes, one at a time. Lives on the GUI thread.

A training that runs is a child process that is `stepless train --events`. A lock file makes trainings of several
windows wait for each other.
"""

from __future__ import annotations

import logging
from collections.abc import Mapping
from typing import Any

from PySide6.QtCore import QLockFile, QObject, QTimer, Signal

from app.training.progress import PAUSED
from app.training.run_record import FAILED, FINISHED, RUNNING, STOPPED, WAITING, RunRecord, train_arguments
from app.training.run_store import RunStore, StoredRun, parsed_event
from app.workers.child import Child, ChildEnd
from app.workers.known_trainings import KnownTrainings
from liif_core.cli.exit_codes import EXIT_STOPPED

logger = logging.getLogger(__name__)

LOCK_FILE = "training.lock"
LOCK_POLL_MS = 2000


class TrainingQueue(QObject):
    """Owner of the process that trains, and of the order in which trainings run.

    Args:
        store: Where they are kept.

    Attributes:
        known: What is known of them, and tells of changes.

    Signals:
        happened: Id of a training, and its `TrainEvent`.
    """

    happened = Signal(str, object)

    def __init__(self, store: RunStore) -> None:
        super().__init__()
        self.known = KnownTrainings(store)
        self.known.added.connect(self._enqueue)
        self._waiting: list[str] = []
        # What became of those meanwhile that are being prepared.
        self._discarding: set[str] = set()
        self._keeping: set[str] = set()
        self._current: str | None = None
        self._child: Child | None = None
        self._lock: QLockFile | None = None
        self._is_locked_out = False
        self._stopping = False
        self._poll = QTimer(self, singleShot=True, interval=LOCK_POLL_MS)
        self._poll.timeout.connect(self._start_next)

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

    def is_active(self, id_: str) -> bool:
        """Whether a training runs here, or waits for its turn."""
        return id_ == self._current or id_ in self._waiting

    def place(self, id_: str) -> int:
        """How many trainings come before one that waits, with the one that runs; 0 for one that runs or is over."""
        if id_ not in self._waiting:
            return 0
        return self._waiting.index(id_) + (self._current is not None or self._is_locked_out)

    # -- what people do

    def plan(self, record: RunRecord, recipe: Mapping[str, Any] | None) -> None:
        """Keep a new training, and run it when no other does; see `RunStore.create`."""
        self.known.create(record, recipe)

    def go_on(self, id_: str) -> None:
        """Run a training that was interrupted, when no other runs."""
        if id_ not in self._waiting and id_ != self._current and not self.known.runs[id_].problem:
            self._waiting.append(id_)
            # Its next model is another one than that which may be installed.
            self.known.set(id_, status=WAITING, last_words="", installed_as=None)
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
        if id_ == self._current and self._child is None:
            self._keeping.add(id_)
        elif id_ == self._current:
            self._send("stop")
        elif id_ in self._waiting:
            self._waiting.remove(id_)
            self.known.set(id_, status=STOPPED)
            self.known.ended.emit(id_)

    def discard(self, id_: str) -> None:
        """Throw a training away, with all it has learned."""
        if id_ == self._current:
            # Without a process it is being prepared, and does not get one.
            self._discarding.add(id_)
            if self._child is not None:
                self._child.kill()
            return
        if id_ in self._waiting:
            self._waiting.remove(id_)
        self.known.remove(id_)

    def stop(self, *, timeout_s: float) -> bool:
        """Save what runs and end it, when the program ends; whether it ended in time."""
        self._stopping = True
        self._poll.stop()
        self._waiting.clear()
        done = True
        if self._child is not None:
            self._child.send("stop")
            done = self._child.wait(timeout_s=timeout_s)
        return self.known.stop(timeout_s=timeout_s) and done

    # -- the child process

    def _enqueue(self, id_: str) -> None:
        self._waiting.append(id_)
        self._start_next()

    def _start_next(self) -> None:
        if self._current is not None or not self._waiting or self._stopping or not self._locked():
            return
        id_ = self._current = self._waiting.pop(0)
        self.known.prepare(id_, self._run)

    def _locked(self) -> bool:
        """Whether no other window trains; asked again later where one does."""
        if self._lock is None:
            lock = QLockFile(str(self.known.store.root / LOCK_FILE))
            lock.setStaleLockTime(0)
            if not lock.tryLock(0):
                self._is_locked_out = lock.error() == QLockFile.LockError.LockFailedError
                if self._is_locked_out:
                    self._poll.start()
                    for id_ in self._waiting:
                        self.known.changed.emit(id_)
                    return False
                # A folder where no lock can be is told by the trainer.
            self._lock = lock
        self._is_locked_out = False
        return True

    def _run(self, stored: StoredRun) -> None:
        id_ = stored.record.id
        is_kept = id_ in self._keeping
        self._keeping.discard(id_)
        # Another window may have finished it while this one waited.
        if stored.problem or stored.record.is_over or id_ in self._discarding or self._stopping:
            self._after(id_)
            return
        if is_kept:
            self.known.note(id_, status=STOPPED)
            self._after(id_)
            return
        self.known.progress(id_).begin_sitting()
        self._child = Child(train_arguments(stored.record, stored.folder, resume=stored.has_state))
        self._child.line.connect(self._on_line)
        self._child.ended.connect(self._on_ended)
        self.known.set(id_, status=RUNNING)
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
        progress = self.known.progress(id_)
        before = progress.phase
        progress.take(event)
        if event.kind == "saved":
            self.known.set(id_, progress=event.progress)
        elif PAUSED in (before, progress.phase):
            self.known.changed.emit(id_)
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
        self.known.note(id_, status=status, last_words=words, progress=self.known.progress(id_).progress)
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
            self.known.remove(id_)
        else:
            self.known.look_at_end(id_)
        self._start_next()
