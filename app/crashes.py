"""Errors that nobody caught: each is written to the log and told to the GUI thread, and the program goes on.

They come from slots and from threads, and from places where Python itself can only note them (`sys.unraisablehook`).
"""

from __future__ import annotations

import logging
import sys
import threading
import traceback
from dataclasses import dataclass
from types import TracebackType
from typing import Any

from PySide6.QtCore import QObject, Qt, Signal

logger = logging.getLogger("stepless")

# Of the same place in the log: a slot that fails at every painting must not push all else out of it.
LOGGED_PER_PLACE = 5


@dataclass(frozen=True, slots=True)
class Crash:
    """An error that nobody caught.

    Attributes:
        place: Where it came from; that of the same error again is equal.
        traceback: As Python prints it.
    """

    place: str
    traceback: str


class Crashes(QObject):
    """Owner of Python's hooks for uncaught errors, from `install` to `uninstall`.

    Signals:
        happened: A `Crash`; always on the thread that this object lives on, and never within what failed.
    """

    happened = Signal(object)
    _noted = Signal(object)

    def __init__(self) -> None:
        super().__init__()
        # Queued in any case: an error may come in the middle of a painting, or while objects are being taken down.
        self._noted.connect(self.happened, Qt.ConnectionType.QueuedConnection)
        # Of the same thread again: collecting garbage in here may note what cannot be raised.
        self._lock = threading.RLock()
        self._counts: dict[str, int] = {}
        self._before: tuple[Any, Any, Any] | None = None

    def install(self) -> None:
        """Take the hooks; what had them is not called any more."""
        if self._before is None:
            self._before = (sys.excepthook, threading.excepthook, sys.unraisablehook)
            sys.excepthook = self._on_uncaught
            threading.excepthook = self._on_thread
            sys.unraisablehook = self._on_unraisable

    def uninstall(self) -> None:
        """Give the hooks back."""
        if self._before is not None:
            sys.excepthook, threading.excepthook, sys.unraisablehook = self._before
            self._before = None

    def _on_uncaught(self, kind: type[BaseException], error: BaseException, trace: TracebackType | None) -> None:
        if issubclass(kind, KeyboardInterrupt):
            sys.__excepthook__(kind, error, trace)
        else:
            self._note(kind, error, trace, "")

    def _on_thread(self, details: threading.ExceptHookArgs) -> None:
        if not issubclass(details.exc_type, SystemExit):
            name = details.thread.name if details.thread is not None else "a thread"
            self._note(details.exc_type, details.exc_value, details.exc_traceback, f"In the thread {name!r}:\n")

    def _on_unraisable(self, details: sys.UnraisableHookArgs) -> None:
        what = details.err_msg or "Exception ignored in"
        self._note(details.exc_type, details.exc_value, details.exc_traceback, f"{what} {_named(details.object)}:\n")

    def _note(
        self, kind: type[BaseException], error: BaseException | None, trace: TracebackType | None, head: str
    ) -> None:
        """On any thread. Nothing gets out of here: what fails in a hook has nobody to tell it to."""
        try:
            text = head + "".join(traceback.format_exception(kind, error, trace))
            crash = Crash(_place(kind, trace), text)
            with self._lock:
                count = self._counts[crash.place] = self._counts.get(crash.place, 0) + 1
            is_logged = count <= LOGGED_PER_PLACE
            if is_logged:
                last = "" if count < LOGGED_PER_PLACE else " (not logged any more)"
                logger.error("uncaught%s\n%s", last, text.rstrip())
            self._noted.emit(crash)
            if is_logged and sys.stderr is not None:  # read where there is no window yet, or none any more
                sys.stderr.write(text)
        except Exception:
            sys.__excepthook__(kind, error or kind(), trace)


def _place(kind: type[BaseException], trace: TracebackType | None) -> str:
    last = traceback.extract_tb(trace)[-1:] if trace is not None else []
    return f"{kind.__name__} " + "".join(f"{frame.filename}:{frame.lineno}" for frame in last)


def _named(thing: object) -> str:
    """The object of an unraisable error: half taken down by then, it may not even have a text."""
    try:
        return repr(thing)
    except Exception:
        return object.__repr__(thing)
