"""The thread that exports: one file at a time, with a low priority, until nothing waits any more."""

from __future__ import annotations

import logging
import threading
from collections.abc import Iterable
from pathlib import Path

from PySide6.QtCore import QObject, Signal

from app.workers.priority import yield_to_the_gui
from liif_core.export.queue import ExportQueue, QueueEntry, RunTask
from liif_core.export.task import ExportTask, run_task

logger = logging.getLogger(__name__)


class ExportWorker(QObject):
    """Owner of the queue and of its thread, which begins with the first task. All methods return at once, but `stop`.

    Args:
        run_one: Carries out a task.

    Signals:
        changed: A `QueueEntry` that is another one now.
        listed: Entries were taken out, or the queue is paused or not any more.
    """

    changed = Signal(object)
    listed = Signal()

    def __init__(self, *, run_one: RunTask = run_task) -> None:
        super().__init__()
        self._queue = ExportQueue(self.changed.emit, run_one=run_one)
        self._wake = threading.Condition()
        self._has_work = self._closed = False
        self._thread: threading.Thread | None = None

    @property
    def entries(self) -> tuple[QueueEntry, ...]:
        """All exports of this run that were not taken out, in the order of work."""
        return self._queue.entries()

    @property
    def paused(self) -> bool:
        """Whether nothing is done for now."""
        return self._queue.paused

    @property
    def unfinished(self) -> int:
        """How many exports run or wait."""
        return sum(not entry.state.is_finished for entry in self.entries)

    @property
    def targets(self) -> frozenset[Path]:
        """The files that will be written."""
        return frozenset(entry.task.request.target for entry in self.entries if not entry.state.is_finished)

    def add(self, tasks: Iterable[ExportTask]) -> None:
        """Export these, too."""
        for task in tasks:
            self._queue.add(task)
        self._go_on()

    def set_paused(self, paused: bool) -> None:
        """Hold all exports, or go on."""
        if paused:
            self._queue.pause()
        else:
            self._queue.resume()
        self.listed.emit()

    def cancel(self, entry_id: int) -> None:
        """Stop an export, or do not begin it."""
        self._queue.cancel(entry_id)

    def retry(self, entry_id: int) -> None:
        """Try an export again that failed or was cancelled."""
        self._queue.retry(entry_id)
        self._go_on()

    def clear_finished(self) -> None:
        """Forget exports that are done, failed or were cancelled."""
        self._queue.clear_finished()
        self.listed.emit()

    def close(self) -> None:
        """Stop everything; what is not whole leaves nothing behind."""
        with self._wake:
            self._closed = True
            self._wake.notify_all()
        self._queue.cancel_all()

    def stop(self, *, timeout_s: float) -> bool:
        """End the thread, when the program ends; whether it ended in time."""
        self.close()
        if self._thread is None:
            return True
        self._thread.join(timeout_s)
        return not self._thread.is_alive()

    def _go_on(self) -> None:
        if self._thread is None:
            self._thread = threading.Thread(target=self._run, name="exports", daemon=True)
            self._thread.start()
        with self._wake:
            self._has_work = True
            self._wake.notify_all()

    def _run(self) -> None:
        yield_to_the_gui()
        while True:
            with self._wake:
                self._wake.wait_for(lambda: self._has_work or self._closed)
                if self._closed:
                    return
                self._has_work = False
            try:
                self._queue.run()
            except Exception:  # the thread's entry: a bug must not end it silently
                logger.exception("export queue")
