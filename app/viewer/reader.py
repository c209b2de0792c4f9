"""Reads photos on threads of their own, the newest wish first: what an older one still brings is not heard of."""

from __future__ import annotations

from pathlib import Path

from PySide6.QtCore import QObject, Signal

from app.display_colours import Display, usable_space
from app.viewer.document import open_document
from app.workers.tasks import RunningTasks, Task
from liif_core.cancel import CancelToken

SRGB = "srgb"


class PhotoReader(QObject):
    """Lives on the GUI thread and never waits there.

    Attributes:
        display: The display's colours; see `usable_space`.
        photo_bytes: The largest photo that is held in memory; None for what suits the machine.

    Signals:
        previewed: A `Preview` of the photo asked for last, if there is one.
        read: Its `Document`, after that.
        failed: A `LiifError`, the photo's path, and whether it is the photo asked for last.
        display_failed: A `RequestError`: the display's profile cannot be used, and the photo is shown in sRGB.
    """

    previewed = Signal(object)
    read = Signal(object)
    failed = Signal(object, object, bool)
    display_failed = Signal(object)

    def __init__(self) -> None:
        super().__init__()
        self._task: Task | None = None
        self._path: Path | None = None
        self._page = 0
        self._running = RunningTasks()
        self._cancel = CancelToken()
        self.display: Display = SRGB
        self.photo_bytes: int | None = None

    @property
    def path(self) -> Path | None:
        """The photo that is being read."""
        return self._path if self._task is not None else None

    @property
    def page(self) -> int:
        """Which of the pages of `path`."""
        return self._page

    def open(self, path: Path, *, page: int = 0) -> None:
        """Read this photo, and no other any more."""
        self.forget()
        self._path, self._page = path, page
        self._cancel = cancel = CancelToken()
        display, photo_bytes = self.display, self.photo_bytes
        task = Task(
            lambda: open_document(
                path,
                page=page,
                # A profile is a file: on the thread.
                display=usable_space(display, self.display_failed.emit),
                photo_bytes=photo_bytes,
                cancel=cancel,
                on_preview=task.progress.emit,
            ),
            name=f"read {path.name}",
        )
        task.progress.connect(lambda preview: self.previewed.emit(preview) if self._task is task else None)
        task.done.connect(lambda document: self.read.emit(document) if self._ends(task) else None)
        task.failed.connect(lambda error: self.failed.emit(error, path, self._ends(task)))
        self._task = task
        self._running.start(task)

    def begin_again(self) -> None:
        """Read what is being read from its beginning, in the display's colours of now."""
        if self.path is not None:
            self.open(self.path, page=self._page)

    def _ends(self, task: Task) -> bool:
        """Whether the photo asked for last is the one that has come, or failed: nothing is being read then."""
        is_newest = self._task is task
        if is_newest:
            self._task = None
        return is_newest

    def forget(self) -> None:
        """Read no photo any more."""
        self._cancel.cancel()
        self._task = None

    def stop(self, *, timeout_s: float) -> bool:
        """End the threads, when the program ends; whether they ended in time."""
        self._cancel.cancel()
        return self._running.stop(timeout_s=timeout_s)
