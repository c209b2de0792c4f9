"""What is known of the trainings: their records, as the disk has them, and where they stand. Lives on the GUI thread.

A training is a folder of the store. The disk is read and written in tasks, one after the other.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

from PySide6.QtCore import QObject, Signal

from app.training.progress import RunProgress
from app.training.run_record import RunRecord
from app.training.run_store import RunStore, StoredRun
from app.workers.tasks import SerialTasks, Task
from liif_core.training.events import TrainEvent


class KnownTrainings(QObject):
    """Owner of what is known; `TrainingQueue` runs them.

    Args:
        store: Where they are kept.

    Signals:
        listed: The trainings on the disk are known; see `runs`.
        weighed: How much room the trainings take is known; see `runs`.
        added: Id of a training that was planned.
        rescued: Id of a training whose folder went away, and the one that it has where it was saved instead; the first
            one is removed then, unless its folder is back.
        changed: Id of a training that stands elsewhere than before.
        ended: Id of a training that does not run any more; its record says how it ended.
        removed: Id of a training that is thrown away.
        failed: A `LiifError`: something could not be kept or removed.
    """

    listed = Signal()
    weighed = Signal()
    added = Signal(str)
    rescued = Signal(str, str)
    changed = Signal(str)
    ended = Signal(str)
    removed = Signal(str)
    failed = Signal(object)

    def __init__(self, store: RunStore) -> None:
        super().__init__()
        self.store = store
        self._runs: dict[str, StoredRun] = {}
        self._progress: dict[str, RunProgress] = {}
        # Thrown away; a list of the disk that was read before still has them.
        self._gone: set[str] = set()
        self._tasks = SerialTasks()

    @property
    def runs(self) -> Mapping[str, StoredRun]:
        """The trainings by their ids, the oldest first."""
        return self._runs

    def progress(self, id_: str) -> RunProgress:
        """Where a training stands."""
        return self._progress.setdefault(id_, RunProgress())

    def that_need(self, model: Path) -> list[str]:
        """Names of the trainings that have yet to begin with a model's weights."""
        runs = [run for run in self._runs.values() if not (run.has_state or run.record.is_over)]
        return [run.record.name for run in runs if run.record.start_from == str(model)]

    # -- looking at the disk

    def load(self) -> None:
        """Look for trainings; `listed` tells of it."""
        self._start(self.store.runs, self._take_list, name="look for trainings")

    def weigh(self) -> None:
        """Look how much room the trainings take; `weighed` tells of it."""
        self._start(self.store.runs, self._take_sizes, name="weigh trainings")

    def recall(self, id_: str) -> None:
        """Read from its log where a training stands that does not run here; `changed` tells of it."""
        before = self.progress(id_)

        def take(events: list[TrainEvent]) -> None:
            # Unless it was thrown away, or began to run, meanwhile.
            if self._progress.get(id_) is before:
                progress = self._progress[id_] = RunProgress()
                progress.take_all(events)
                self.changed.emit(id_)

        self._start(lambda: self.store.events(id_), take, name="read the log of a training")

    def prepare(self, id_: str, ready: Callable[[StoredRun], object]) -> None:
        """Look at a training that is about to run, and hand it to `ready`; it stands where its log ends."""

        def take(found: tuple[StoredRun, list[TrainEvent]]) -> None:
            stored, events = found
            self._runs[id_] = stored
            progress = self._progress[id_] = RunProgress()
            progress.take_all(events)
            ready(stored)

        self._start(lambda: (self.store.stored(id_), self.store.events(id_)), take, name="prepare a training")

    def look_at_end(self, id_: str) -> None:
        """Look at what a training left that does not run any more, which decides what can be done with it.

        `ended` tells of it, and `rescued` if its folder went away and it was saved elsewhere.
        """
        record = self._runs[id_].record
        self._start(
            lambda: (self.store.stored(id_), self.store.adopt_rescued(record)),
            self._take_end,
            name="look at a training",
        )

    # -- changing it

    def create(self, record: RunRecord, recipe: Mapping[str, Any] | None) -> None:
        """Keep a new training; see `RunStore.create`. `added` tells of it."""
        self._start(lambda: self.store.create(record, recipe), self._take_created, name="keep a training")

    def set(self, id_: str, **changes: Any) -> None:
        """Something of its record is another, and whoever shows it is told."""
        self.note(id_, **changes)
        self.changed.emit(id_)

    def note(self, id_: str, **changes: Any) -> None:
        """Something of its record is another; nobody is told yet."""
        stored = self._runs[id_]
        record = replace(stored.record, **changes)
        self._runs[id_] = replace(stored, record=record)
        self._start(lambda: self.store.update(record), lambda _: None, name="note a training")

    def note_installed(self, id_: str, name: str) -> None:
        """The model of a training is in the library now; what it would need to go on is removed."""
        if id_ in self._gone:
            # While the model was written.
            return
        self.set(id_, installed_as=name)
        if self._runs[id_].record.is_over:
            self._start(lambda: self._without_state(id_), self._take_tidied, name="tidy a training")

    def note_renamed(self, name: str, new_name: str) -> None:
        """A model of the library has another name."""
        for id_, stored in list(self._runs.items()):
            record = stored.record
            if record.installed_as == name:
                self.set(id_, installed_as=new_name)
            if record.start_name == name and record.start_from is not None and Path(record.start_from).stem == name:
                # One that waits is going to look for it there.
                file = Path(record.start_from)
                self.set(id_, start_name=new_name, start_from=str(file.with_name(new_name + file.suffix)))

    def remove(self, id_: str) -> None:
        """Throw away a training that does not run; if it cannot be, as one of another window, it is there again."""
        self._gone.add(id_)
        self._runs.pop(id_, None)
        self._progress.pop(id_, None)
        self._start(
            lambda: self.store.remove(id_),
            lambda _: None,
            name="remove a training",
            failed=lambda _: self._look_at_kept(id_),
        )
        self.removed.emit(id_)

    def stop(self, *, timeout_s: float) -> bool:
        """Write what is left to write, when the program ends; whether that was done in time."""
        return self._tasks.stop(timeout_s=timeout_s)

    # -- what the tasks bring

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

    def _look_at_kept(self, id_: str) -> None:
        def take(stored: StoredRun) -> None:
            # Without its record it is none any more.
            if not stored.problem:
                self._gone.discard(id_)
                self._runs[id_] = stored
                self.changed.emit(id_)

        self._start(lambda: self.store.stored(id_), take, name="look at a training")

    def _take_created(self, record: RunRecord) -> None:
        self._runs[record.id] = StoredRun(record, self.store.folder(record.id))
        self.added.emit(record.id)

    def _without_state(self, id_: str) -> StoredRun:
        """On the task's thread."""
        self.store.drop_state(id_)
        return self.store.stored(id_)

    def _take_tidied(self, stored: StoredRun) -> None:
        id_ = stored.record.id
        if id_ in self._runs and not stored.problem:
            self._runs[id_] = stored
            self.changed.emit(id_)

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
            if stored.problem:
                self.remove(id_)

    def _start(
        self,
        work: Callable[[], Any],
        done: Callable[[Any], object],
        *,
        name: str,
        failed: Callable[[object], object] = lambda _: None,
    ) -> None:
        task = Task(work, name=name)
        task.done.connect(done)
        task.failed.connect(self.failed)
        task.failed.connect(failed)
        self._tasks.start(task)
