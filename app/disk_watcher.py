"""When to look at files and folders again: a moment after the system tells that they have changed."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path

from PySide6.QtCore import QFileSystemWatcher, QObject, QTimer, Signal

# Programs that save a photo touch its folder and file several times.
LOOK_DELAY_MS = 300


class DiskWatcher(QFileSystemWatcher):
    """Without the system's help, nothing is noticed and nothing fails.

    Signals:
        due: A moment has passed since the first change that was not told yet.
    """

    due = Signal()

    def __init__(self, parent: QObject) -> None:
        super().__init__(parent)
        self._timer = QTimer(self, singleShot=True, interval=LOOK_DELAY_MS)
        self._timer.timeout.connect(self.due)
        self.directoryChanged.connect(self.tell_soon)
        self.fileChanged.connect(self.tell_soon)

    @property
    def is_pending(self) -> bool:
        """Whether there was a change, and `due` follows."""
        return self._timer.isActive()

    def tell_soon(self) -> None:
        """Tell `due` in a moment."""
        # Not started again by each change: a folder that changes all the time is looked at now and then, too.
        if not self._timer.isActive():
            self._timer.start()

    def follow(self, paths: Iterable[Path], *, anew: Iterable[Path] = ()) -> None:
        """Notice changes of these files and folders, and of no others any more.

        The disk should have answered about them already. A file that is gone is no longer followed by itself.

        Args:
            paths: The files and folders.
            anew: Those of them whose names may lead to another file than before. Some systems follow the file, which
                may live on under another name, or as what a link led to.
        """
        wanted = set(map(str, paths))
        watched = {*self.files(), *self.directories()}
        kept = wanted & watched - set(map(str, anew))
        if watched - kept:
            self.removePaths(list(watched - kept))
        if wanted - kept:
            self.addPaths(list(wanted - kept))

    def stop(self) -> None:
        """Notice nothing until the next `follow`."""
        self._timer.stop()
        self.follow(())
