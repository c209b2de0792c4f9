"""Working through a list of exports in a terminal: bars, Ctrl+C, and what failed."""

from __future__ import annotations

import contextlib
import sys
import threading
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path

from rich.markup import escape
from rich.progress import BarColumn, Progress, TaskID, TextColumn

from liif_core.cancel import CancelToken
from liif_core.cli.stopping import cancelled_by_signals
from liif_core.errors import LiifError
from liif_core.export.control import Phase
from liif_core.export.ledger import Ledger
from liif_core.export.queue import ExportQueue, QueueEntry
from liif_core.export.task import ExportTask

_POLL_S = 0.05
_PHASES = {
    Phase.READING: "reading",
    Phase.RENDERING: "",
    Phase.FINISHING: "encoding",
    Phase.CHECKING: "checking",
}


def work_through(
    tasks: Sequence[ExportTask], *, jobs: int, skip_finished: bool, tell: Callable[[QueueEntry], None]
) -> list[QueueEntry]:
    """Do a list of tasks, several at a time.

    Args:
        tasks: What to do.
        jobs: How many at a time, each on a thread and with a model of its own.
        skip_finished: Leave out what the user's ledger knows to be finished.
        tell: Called for each task when it is finished.

    Returns:
        What has become of them, in their order.
    """
    ledger = Ledger()
    with _Bars() as bars:

        def changed(entry: QueueEntry) -> None:
            bars.show(entry)
            if entry.state.is_finished:
                # Nobody may read any more, or the disk of what is printed be full: the files are wanted all the same,
                # and the command's end, where all of it is to be out, tells.
                with contextlib.suppress(OSError):
                    tell(entry)

        queues = [
            ExportQueue(
                changed,
                is_finished=ledger.is_finished if skip_finished else lambda task: False,
                on_done=ledger.note,
            )
            for _ in range(min(jobs, max(1, len(tasks))))
        ]
        for number, task in enumerate(tasks):
            queues[number % len(queues)].add(task)
        with cancelled_by_signals() as token, _watching(token, queues):
            _run_all(queues)
    entries = [queue.entries() for queue in queues]
    return [entries[number % len(queues)][number // len(queues)] for number in range(len(tasks))]


def _run_all(queues: Sequence[ExportQueue]) -> None:
    """All but the first on threads of their own."""
    threads = [threading.Thread(target=queue.run, name="export") for queue in queues[1:]]
    for thread in threads:
        thread.start()
    try:
        queues[0].run()
    finally:
        for thread in threads:
            thread.join()


@contextlib.contextmanager
def _watching(token: CancelToken, queues: Sequence[ExportQueue]) -> Iterator[None]:
    """Cancels all queues soon after the token was set."""
    over = threading.Event()

    def watch() -> None:
        while not over.wait(_POLL_S):
            if token.cancelled:
                for queue in queues:
                    queue.cancel_all()
                return

    watcher = threading.Thread(target=watch, name="watcher of signals")
    watcher.start()
    try:
        yield
    finally:
        over.set()
        watcher.join()


class _Bars:
    """A bar for each photo at work; in a file or a pipe, where a bar would leave an empty line, none."""

    def __init__(self) -> None:
        columns = (
            TextColumn("{task.description}"),
            BarColumn(),
            TextColumn("{task.percentage:>3.0f} %"),
            TextColumn("{task.fields[left]}"),
        )
        self._progress = Progress(*columns, transient=True, disable=not sys.stdout.isatty())
        self._tasks: dict[tuple[str, str], TaskID] = {}
        self._lock = threading.Lock()

    def __enter__(self) -> _Bars:
        self._progress.start()
        return self

    def __exit__(self, *error: object) -> None:
        self._progress.stop()

    def show(self, entry: QueueEntry) -> None:
        """What is known of an entry now."""
        key = (str(entry.task.source), str(entry.task.request.target))
        with self._lock:
            if entry.state.is_finished:
                if key in self._tasks:
                    self._progress.remove_task(self._tasks.pop(key))
                return
            if entry.progress is None:
                return
            if key not in self._tasks:
                # A name may hold brackets, which rich would take for styles.
                name = escape(entry.task.request.target.name)
                self._tasks[key] = self._progress.add_task(name, total=1.0, left="")
            progress = entry.progress
            left = _PHASES[progress.phase] if progress.left_s is None else f"{time_text(progress.left_s)} left"
            self._progress.update(self._tasks[key], completed=progress.share, left=left)


def tell_failure(source: Path, error: LiifError) -> None:
    """Tell that a photo of a list failed."""
    named = str(source) in str(error)
    print(f"stepless: {error if named else f'{source}: {error}'}", file=sys.stderr, flush=True)


def time_text(seconds: float) -> str:
    """A time as people say it."""
    if seconds < 90:
        return f"{max(1, round(seconds))} s"
    return f"{seconds / 60:.0f} min" if seconds < 5400 else f"{seconds / 3600:.1f} h"
