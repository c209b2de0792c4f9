"""A small file that the program keeps for itself: never half written, and never lost when it is damaged."""

from __future__ import annotations

import logging
from collections.abc import Callable
from pathlib import Path
from typing import Any

from PySide6.QtCore import QCoreApplication, QObject, QTimer, Signal

from app.workers.tasks import Task
from liif_core.atomic import atomic_path
from liif_core.errors import LiifError
from liif_core.own_text import decoded, encoded

logger = logging.getLogger(__name__)

# Long enough that a slider that is dragged writes once, short enough that little is lost if the power fails.
WRITE_DELAY_MS = 500

Document = dict[str, Any]
Edit = Callable[[Document], Document]


class OwnFile(QObject):
    """Reads a document at the start and writes changes later, on a thread: a busy disk lets `fsync` wait for seconds.

    Several running programs share the file. So a change is an *edit* of what the file holds by then: what others have
    changed in the meantime stays. Each edit is written once; done again with every later one, it would undo what others
    have changed after it. Lives on the GUI thread.

    Args:
        path: The file; its folder is made when it is first written.
        parse: From text to a document; raises ValueError when the text is damaged.
        dump: From a document to text.

    Signals:
        failed: A sentence for the user: a change could not be written. Told once until one is written again.
    """

    failed = Signal(str)

    def __init__(self, path: Path, *, parse: Callable[[str], Document], dump: Callable[[Document], str]) -> None:
        super().__init__()
        self.path = path
        self._parse = parse
        self._dump = dump
        # What the file held when it was last read at the start, or written here.
        self._known: Document = {}
        # Edits that wait, and those that the task writes: they are the task's own until it has ended.
        self._waiting: list[Edit] = []
        self._unwritten: list[Edit] = []
        self._task: Task | None = None
        self._has_failed = False
        self._timer = QTimer(self, singleShot=True, interval=WRITE_DELAY_MS)
        self._timer.timeout.connect(self._write)

    def load(self) -> tuple[Document, str | None]:
        """The document, empty if there is none, and a sentence for the user if something was wrong with the file.

        Reads on the calling thread: the file is tiny, and the window's look depends on it before there is a window.
        """
        try:
            self._known, notice = self._read()
        except OSError as exc:
            text = QCoreApplication.translate("own_file", "{0} cannot be read ({1}); the defaults are used.")
            return {}, text.format(self.path, exc.strerror or exc)
        return self._known, notice

    def change(self, edit: Edit) -> None:
        """Write what `edit` makes of the document, soon.

        Args:
            edit: Called on a worker's thread with what the file holds by then; if it is gone or damaged, with what it
                held before. Called again only if the file could not be written.
        """
        self._waiting.append(edit)
        # Not started again by further changes: an unbroken row of them is written now and then, too.
        if not self._timer.isActive():
            self._timer.start()

    def stop(self, *, timeout_s: float) -> bool:
        """Write what waits, when the program ends; whether it was done in time."""
        self._timer.stop()
        if self._task is not None and not self._task.wait(timeout_s=timeout_s):
            return False
        self._write()
        return self._task is None or self._task.wait(timeout_s=timeout_s)

    def _write(self) -> None:
        if self._task is not None and not self._task.wait(timeout_s=0):
            self._timer.start()
            return
        # Behind those that could not be written.
        self._unwritten, self._waiting = [*self._unwritten, *self._waiting], []
        if not self._unwritten:
            return
        self._task = Task(self._write_edits, name=f"write {self.path.name}")
        self._task.done.connect(self._note_success)
        self._task.failed.connect(self._note_failure)
        self._task.start()

    def _write_edits(self) -> None:
        """On the worker's thread.

        Raises:
            LiifError: The file cannot be written, or holds something that cannot be read and is not to be lost.
        """
        try:
            self.path.parent.mkdir(parents=True, exist_ok=True)
            found, _ = self._read()
            document = found or self._known
            for edit in self._unwritten:
                document = edit(document)
            with atomic_path(self.path) as temporary:
                temporary.write_bytes(encoded(self._dump(document)))
            self._known, self._unwritten = document, []
        except OSError as exc:
            text = QCoreApplication.translate("own_file", "{0} cannot be written: {1}.")
            # At the program's end there is nobody left to tell.
            logger.warning("%s cannot be written: %s", self.path, exc)
            raise LiifError(text.format(self.path, exc.strerror or exc)) from exc

    def _read(self) -> tuple[Document, str | None]:
        """The document and a notice, as for `load`.

        Raises:
            OSError: The file is there and cannot be read, or is damaged and cannot be set aside.
        """
        try:
            return self._parse(decoded(self.path.read_bytes())), None
        except FileNotFoundError:
            return {}, None
        except (ValueError, RecursionError):
            aside = _set_aside(self.path)
        text = QCoreApplication.translate("own_file", "{0} was damaged; it is kept as {1}, and the defaults are used.")
        return {}, text.format(self.path, aside.name)

    def _note_success(self, _outcome: object) -> None:
        self._has_failed = False

    def _note_failure(self, error: object) -> None:
        if not self._has_failed:
            self._has_failed = True
            self.failed.emit(str(error))


def _set_aside(path: Path) -> Path:
    """Rename a damaged file to a name that is free, beside itself.

    Raises:
        OSError: That is not possible.
    """
    number = 1
    while (aside := path.with_name(f"{path.stem}.damaged-{number}{path.suffix}")).exists():
        number += 1
    path.rename(aside)
    return aside
