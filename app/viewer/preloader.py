"""Reads the photos that a person will probably look at next, one at a time, while the machine has nothing to do."""

from __future__ import annotations

import logging
from collections.abc import Callable, Sequence
from pathlib import Path

from PySide6.QtCore import QObject

from app.viewer.document import Document
from app.workers.tasks import RunningTasks, Task
from liif_core.cancel import CancelToken

logger = logging.getLogger(__name__)


class Preloader(QObject):
    """Keeps a few read photos; lives on the GUI thread and never waits there.

    Args:
        read: Reads a photo; runs on a thread.
        budget_bytes: What all of them may take together.
    """

    def __init__(self, read: Callable[[Path, CancelToken], Document], *, budget_bytes: int) -> None:
        super().__init__()
        self._read = read
        self._budget_bytes = budget_bytes
        self._kept: dict[Path, Document] = {}
        self._wanted: list[Path] = []
        self._failed: set[Path] = set()
        self._task: Task | None = None
        self._running = RunningTasks()
        self._cancel = CancelToken()

    def limit(self, budget_bytes: int) -> None:
        """Change what all of them may take together; the last ones read are forgotten until that holds."""
        self._budget_bytes = budget_bytes
        while self._kept and self._used_bytes > budget_bytes:
            self._kept.popitem()

    def want(self, paths: Sequence[Path]) -> None:
        """Read these photos, the first one first; forget others."""
        self._wanted = list(paths)
        self._kept = {path: kept for path, kept in self._kept.items() if path in paths}
        self._failed &= set(paths)
        if self._task is None:
            self._read_next()

    def take(self, path: Path) -> Document | None:
        """A photo that was read, whose file may have changed since; None if it has to be read now.

        Whatever is being read meanwhile would hold that up, and is given up.
        """
        self.pause()
        return self._kept.pop(path, None)

    def forget(self) -> None:
        """What was read is of no use any more: it is shown in other colours now."""
        self.pause()
        self._kept.clear()

    def pause(self) -> None:
        """Read nothing until the next `want`."""
        self._cancel.cancel()
        self._task = None
        self._wanted = []

    def stop(self, *, timeout_s: float) -> bool:
        """End the threads, when the program ends; whether they ended in time."""
        self.pause()
        return self._running.stop(timeout_s=timeout_s)

    @property
    def _used_bytes(self) -> int:
        return sum(_bytes_of(kept) for kept in self._kept.values())

    def _read_next(self) -> None:
        missing = [path for path in self._wanted if path not in self._kept and path not in self._failed]
        if not missing or self._used_bytes >= self._budget_bytes:
            return
        path = missing[0]
        self._cancel = cancel = CancelToken()
        task = Task(lambda: self._read(path, cancel), name=f"read ahead {path.name}")
        task.done.connect(lambda document: self._take_read(task, path, document))
        task.failed.connect(lambda error: self._note_failure(task, path, error))
        self._task = task
        self._running.start(task)

    def _take_read(self, task: Task, path: Path, document: Document) -> None:
        if task is not self._task:
            return
        self._task = None
        if document.file_state is not None:
            self._kept[path] = document
        else:
            # Nobody could tell whether it was written again until the person comes there.
            self._failed.add(path)
        self._read_next()

    def _note_failure(self, task: Task, path: Path, error: object) -> None:
        """It is told when the person comes there."""
        logger.info("not read ahead: %s", error)
        if task is self._task:
            self._task = None
            self._failed.add(path)
            self._read_next()


def _bytes_of(document: Document) -> int:
    return int(document.image.pixels.nbytes) + document.overview.sizeInBytes()
