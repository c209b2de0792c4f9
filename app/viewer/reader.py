"""Reads photos on threads of their own, the newest wish first: what an older one still brings is not heard of."""

from __future__ import annotations

from pathlib import Path

from PySide6.QtCore import QObject, Signal

from app.viewer.document import open_document
from app.workers.tasks import Task
from liif_core.cancel import CancelToken


class PhotoReader(QObject):
    """Lives on the GUI thread and never waits there.

    Signals:
        previewed: A `Preview` of the photo asked for last, if there is one.
        read: Its `Document`, after that.
        failed: A `LiifError`, and whether it is about the photo asked for last.
    """

    previewed = Signal(object)
    read = Signal(object)
    failed = Signal(object, bool)

    def __init__(self) -> None:
        super().__init__()
        self._task: Task | None = None
        self._cancel = CancelToken()

    def open(self, path: Path) -> None:
        """Read this photo, and no other any more."""
        self._cancel.cancel()
        self._cancel = cancel = CancelToken()
        task = Task(lambda: open_document(path, cancel=cancel, on_preview=task.progress.emit), name=f"read {path.name}")
        task.progress.connect(lambda preview: self.previewed.emit(preview) if self._task is task else None)
        task.done.connect(lambda document: self.read.emit(document) if self._task is task else None)
        task.failed.connect(lambda error: self.failed.emit(error, self._task is task))
        self._task = task
        task.start()

    def stop(self, *, timeout_s: float) -> bool:
        """End the thread, when the program ends; whether it ended in time."""
        self._cancel.cancel()
        return self._task is None or self._task.wait(timeout_s=timeout_s)
