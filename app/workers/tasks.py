"""One-shot work on a thread of its own, its outcome handed back by a queued signal."""

from __future__ import annotations

import logging
import threading
import time
from collections import deque
from collections.abc import Callable
from typing import Any

from PySide6.QtCore import QObject, Signal

from liif_core.cancel import CancelToken
from liif_core.errors import Cancelled, LiifError

logger = logging.getLogger(__name__)


class Task(QObject):
    """Runs `work` once.

    Signals:
        progress: Whatever `work` hands over before its end.
        done: What `work` returned.
        failed: The `LiifError` that it raised.
        ended: After all others, in any case.
    """

    progress = Signal(object)
    done = Signal(object)
    failed = Signal(object)
    ended = Signal()

    def __init__(self, work: Callable[[], Any], *, name: str) -> None:
        super().__init__()
        self._work = work
        self._thread = threading.Thread(target=self._run, name=name, daemon=True)

    def start(self) -> None:
        """Begin; connect the signals before."""
        self._thread.start()

    def wait(self, *, timeout_s: float) -> bool:
        """Wait for the end of the thread; whether it came in time."""
        self._thread.join(timeout_s)
        return not self._thread.is_alive()

    def _run(self) -> None:
        try:
            self.done.emit(self._work())
        except LiifError as exc:
            self.failed.emit(exc)
        except Cancelled:
            pass
        except Exception:  # the thread's entry: a bug must reach the user and the log
            logger.exception("task %s", self._thread.name)
            self.failed.emit(LiifError("an internal error stopped this; the log file has the details"))
        finally:
            self.ended.emit()


class RunningTasks(QObject):
    """The tasks of one owner whose outcome is still to come, so that they can be waited for when the program ends.

    They are let go of on the owner's thread, after their last signal: signals of an object that is gone reach nobody.
    """

    def __init__(self) -> None:
        super().__init__()
        self._tasks: set[Task] = set()
        self._has_stopped = False

    @property
    def is_empty(self) -> bool:
        """Whether the outcome of all has been handed over."""
        return not self._tasks

    def start(self, task: Task) -> None:
        """Begin one more; none after `stop`, whatever signal or timer still asks for it."""
        if self._has_stopped:
            return
        self._tasks.add(task)
        task.ended.connect(self._let_go)
        task.start()

    def stop(self, *, timeout_s: float) -> bool:
        """Wait for all, when the program ends; whether they ended in time."""
        self._has_stopped = True
        deadline_s = time.monotonic() + timeout_s
        left = [not task.wait(timeout_s=max(0.0, deadline_s - time.monotonic())) for task in self._tasks]
        return not any(left)

    def _let_go(self) -> None:
        self._tasks.discard(self.sender())


class NewestTask(QObject):
    """The one task that an owner waits for: an older one is cancelled, and what it still brings is not heard of.

    Signals:
        done: What the work returned.
        failed: The `LiifError` that it raised.
    """

    done = Signal(object)
    failed = Signal(object)

    def __init__(self) -> None:
        super().__init__()
        self._task: Task | None = None
        self._cancel = CancelToken()
        self._running = RunningTasks()

    @property
    def is_awaited(self) -> bool:
        """Whether an outcome is still to come."""
        return self._task is not None

    def start(self, work: Callable[[CancelToken], Any], *, name: str) -> None:
        """Begin this work, and wait for no other any more."""
        self.drop()
        self._cancel = cancel = CancelToken()
        task = Task(lambda: work(cancel), name=name)
        task.done.connect(lambda outcome: self.done.emit(outcome) if self._ends(task) else None)
        task.failed.connect(lambda error: self.failed.emit(error) if self._ends(task) else None)
        self._task = task
        self._running.start(task)

    def drop(self) -> None:
        """Wait for nothing any more."""
        self._cancel.cancel()
        self._task = None

    def stop(self, *, timeout_s: float) -> bool:
        """End the threads, when the program ends; whether they ended in time."""
        self.drop()
        return self._running.stop(timeout_s=timeout_s)

    def _ends(self, task: Task) -> bool:
        """Whether this is the newest one, whose outcome is here now."""
        is_newest = self._task is task
        if is_newest:
            self._task = None
        return is_newest


class SerialTasks(QObject):
    """The tasks of one owner one after the other, in the order given: of two writes to a file, the later one counts."""

    def __init__(self) -> None:
        super().__init__()
        self._waiting: deque[Task] = deque()
        self._running: Task | None = None
        # Has told of its end; its thread may not be gone yet.
        self._last: Task | None = None

    def start(self, task: Task) -> None:
        """Begin one more, after those before it."""
        task.ended.connect(self._on_ended)
        self._waiting.append(task)
        if self._running is None:
            self._next()

    def stop(self, *, timeout_s: float) -> bool:
        """Do what is left, when the program ends; whether that was done in time."""
        deadline_s = time.monotonic() + timeout_s
        while (task := self._running) is not None:
            if not task.wait(timeout_s=max(0.0, deadline_s - time.monotonic())):
                return False
            self._next()
        return self._last is None or self._last.wait(timeout_s=max(0.0, deadline_s - time.monotonic()))

    def _on_ended(self) -> None:
        # What was waited for in `stop` tells of its end once more.
        if self.sender() is self._running:
            self._next()

    def _next(self) -> None:
        self._last = self._running
        self._running = self._waiting.popleft() if self._waiting else None
        if self._running is not None:
            self._running.start()
