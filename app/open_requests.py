"""Photos that the system asks the running program to open: macOS does not start it again for a double click.

Of several photos that are opened together, each comes in an event of its own, one right after the other.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path

from PySide6.QtCore import QCoreApplication, QEvent, QObject, QTimer
from PySide6.QtGui import QFileOpenEvent


class OpenRequests(QObject):
    """Watches the application for such requests as long as it lives.

    Args:
        application: Where they arrive.
        open_all: Opens photos; called once for those that come together.
    """

    def __init__(self, application: QCoreApplication, open_all: Callable[[Sequence[Path]], object]) -> None:
        super().__init__(application)
        self._application = application
        self._open_all = open_all
        self._asked: list[Path] = []
        self._timer = QTimer(self, singleShot=True, interval=0)
        self._timer.timeout.connect(self._open)
        application.installEventFilter(self)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Of Qt; takes what is a file."""
        if isinstance(event, QFileOpenEvent) and event.file():
            self._asked.append(Path(event.file()))
            self._timer.start()
            return True
        return False

    def stop(self) -> None:
        """Watch no more."""
        self._application.removeEventFilter(self)
        self._timer.stop()

    def _open(self) -> None:
        asked, self._asked = self._asked, []
        self._open_all(asked)
