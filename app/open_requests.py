"""Photos that the system asks the running program to open: macOS does not start it again for a double click."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path

from PySide6.QtCore import QCoreApplication, QEvent, QObject
from PySide6.QtGui import QFileOpenEvent


class OpenRequests(QObject):
    """Watches the application for such requests as long as it lives.

    Args:
        application: Where they arrive.
        open_all: Opens photos.
    """

    def __init__(self, application: QCoreApplication, open_all: Callable[[Sequence[Path]], object]) -> None:
        super().__init__(application)
        self._application = application
        self._open_all = open_all
        application.installEventFilter(self)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Of Qt; takes what is a file."""
        if isinstance(event, QFileOpenEvent) and event.file():
            self._open_all([Path(event.file())])
            return True
        return False

    def stop(self) -> None:
        """Watch no more."""
        self._application.removeEventFilter(self)
