"""Gives freed memory back to the system when nothing has been made for a moment."""

from __future__ import annotations

from PySide6.QtCore import QObject, QTimer

from app.workers.tasks import Task
from app.workers.tile_worker import TileWorker
from liif_core.memory import release_free_memory

# After the last tile or frame: longer than the pauses within a gesture.
IDLE_MS = 500


class MemoryRelease(QObject):
    """Waits until the workers that it watches rest; what it then does is not done on the GUI thread."""

    def __init__(self) -> None:
        super().__init__()
        self._idle = QTimer(self, singleShot=True, interval=IDLE_MS)
        self._idle.timeout.connect(self._release)
        self._releasing: Task | None = None
        self._has_stopped = False

    def watch(self, worker: TileWorker) -> None:
        """Wait for this one, too."""
        worker.tile_ready.connect(self._note_work)
        worker.frame_ready.connect(self._note_work)

    def stop(self, *, timeout_s: float) -> bool:
        """Wait for no work any more, when the program ends; whether memory was released in time."""
        self._has_stopped = True
        self._idle.stop()
        return self._releasing is None or self._releasing.wait(timeout_s=timeout_s)

    def _note_work(self, _result: object) -> None:
        # The last results of a stopped worker may arrive later.
        if not self._has_stopped:
            self._idle.start()

    def _release(self) -> None:
        if self._releasing is not None and not self._releasing.wait(timeout_s=0):
            return
        self._releasing = Task(release_free_memory, name="release memory")
        self._releasing.start()
