"""Working through a list of exports in a terminal: bars, Ctrl+C, and what one would take."""

from __future__ import annotations

import contextlib
import sys
import threading
from collections.abc import Callable, Iterator, Sequence

from rich.markup import escape
from rich.progress import BarColumn, Progress, TaskID, TextColumn

from liif_core.cancel import CancelToken
from liif_core.cli.stopping import cancelled_by_signals
from liif_core.export.control import Phase
from liif_core.export.enlarger import Enlarger
from liif_core.export.estimate import estimate
from liif_core.export.ledger import Ledger
from liif_core.export.queue import ExportQueue, QueueEntry
from liif_core.export.task import ExportTask, check_task
from liif_core.imaging.metadata import read_metadata
from liif_core.imaging.read import read_image
from liif_core.memory import budgets

_POLL_S = 0.05
_MEGA = 1_000_000
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
            left = _PHASES[progress.phase] if progress.left_s is None else f"{_time(progress.left_s)} left"
            self._progress.update(self._tasks[key], completed=progress.share, left=left)


def print_estimate(task: ExportTask) -> None:
    """Tell what an export would take.

    Raises:
        LiifError: It cannot be done.
    """
    plan = check_task(task)
    image = read_image(task.source, page=task.page, keep_alpha=True, max_memory_bytes=budgets().photo_bytes)
    metadata = read_metadata(task.source, exif=image.exif, page=task.page)
    found = estimate(plan, image, Enlarger(task.choice).renderer_of, metadata=metadata)
    size = found.size
    print(
        f"{task.request.target}: {size.width} x {size.height} pixels ({found.pixels / _MEGA:.1f} megapixels), "
        f"about {found.file_bytes / _MEGA:.1f} MB, {_time(found.seconds)}, "
        f"{found.memory_bytes / _MEGA:.0f} MB of memory"
    )


def _time(seconds: float) -> str:
    if seconds < 90:
        return f"{max(1, round(seconds))} s"
    return f"{seconds / 60:.0f} min" if seconds < 5400 else f"{seconds / 3600:.1f} h"
