"""What the program remembers from one run to the next without being asked: recent photos, and the last view."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Sequence
from pathlib import Path

from PySide6.QtCore import QObject, Signal

from app.own_file import Document, OwnFile
from app.photo_list import absolute
from app.session import VERSION, Session, json_of, migrated, session_of
from app.workers.tasks import Task
from liif_core.cancel import CancelToken
from liif_core.paths import state_folder

KEPT = 20


def state_file() -> Path:
    """Where the memory is; the file may not exist yet."""
    return state_folder() / "state.json"


class Recent(QObject):
    """Owner of the recent photos and the last session. Lives on the GUI thread.

    Photos that are missing at present, as on a drive that is not there, are hidden but kept until others push them out.
    Whether they are there is asked on another thread, since a network may let it wait.

    Args:
        path: The file; None remembers for this run only.

    Signals:
        changed: `photos` is another list.
        save_failed: A sentence for the user: the file cannot be written.
    """

    changed = Signal()
    save_failed = Signal(str)

    def __init__(self, path: Path | None = None) -> None:
        super().__init__()
        self._kept: tuple[Path, ...] = ()
        self._present: frozenset[Path] = frozenset()
        self._session: Session | None = None
        self._task: Task | None = None
        self._cancel = CancelToken()
        self._file = OwnFile(path, parse=_parse, dump=_dump) if path is not None else None
        if self._file is not None:
            self._file.failed.connect(self.save_failed)

    @property
    def photos(self) -> tuple[Path, ...]:
        """Recent photos that are there, the last one first; those not asked for yet are left out."""
        return tuple(path for path in self._kept if path in self._present)

    @property
    def session(self) -> Session | None:
        """What was open last."""
        return self._session

    def load(self) -> str | None:
        """Read the file and begin to ask for the photos.

        Returns:
            A sentence for the user, if the file cannot be used.
        """
        if self._file is None:
            return None
        document, notice = self._file.load()
        self._kept = tuple(map(Path, document.get("recent", [])))
        self._session = session_of(document.get("session"))
        self.check()
        return notice

    def check(self) -> None:
        """Ask which photos are there; `changed` follows where that is news."""
        self._cancel.cancel()
        self._cancel = cancel = CancelToken()
        paths = self._kept
        task = Task(lambda: _ask(paths, task.progress.emit, cancel), name="ask for recent photos")
        task.progress.connect(lambda found: self._note(*found) if self._task is task else None)
        self._task = task
        task.start()

    def note_opened(self, photo: Path) -> None:
        """A photo was opened: it is the most recent one."""
        photo = absolute(photo)
        self._present |= {photo}
        before, self._kept = self._kept, _pushed(self._kept, photo)
        self._change(lambda document: _recent_after(document, photo))
        if self._kept != before:
            self.changed.emit()

    def clear(self) -> None:
        """Forget all photos and the session."""
        self._kept = ()
        self._change(lambda _document: {"recent": []})
        self.keep_session(None)
        self.changed.emit()

    def keep_session(self, session: Session | None) -> None:
        """Remember what is open."""
        self._session = session
        told = json_of(session)
        self._change(lambda _document: {"session": told})

    def stop(self, *, timeout_s: float) -> bool:
        """Write what waits, when the program ends; whether it was done in time.

        Asking for photos is not waited for: a network that does not answer would hold up the end, and nothing is lost.
        """
        self._cancel.cancel()
        return self._file is None or self._file.stop(timeout_s=timeout_s)

    def _note(self, path: Path, is_there: bool) -> None:
        before = self.photos
        self._present = self._present | {path} if is_there else self._present - {path}
        if self.photos != before:
            self.changed.emit()

    def _change(self, news_for: Callable[[Document], Document]) -> None:
        """Write what is new to the file, soon, given what it holds by then."""
        if self._file is not None:
            self._file.change(lambda document: {"version": VERSION, **document, **news_for(document)})


def _pushed(kept: Iterable[Path], photo: Path) -> tuple[Path, ...]:
    """The list after one more photo was opened."""
    return (photo, *(path for path in kept if path != photo))[:KEPT]


def _recent_after(document: Document, photo: Path) -> Document:
    """The list of a document after one more photo was opened."""
    return {"recent": [str(path) for path in _pushed(map(Path, document.get("recent", [])), photo)]}


def _ask(paths: Sequence[Path], tell: Callable[[object], None], cancel: CancelToken) -> None:
    for path in paths:
        cancel.check()
        try:
            is_there = path.is_file()
        except (OSError, ValueError):
            is_there = False
        tell((path, is_there))


def _parse(text: str) -> Document:
    """The document of a file, checked as far as its form goes.

    Raises:
        ValueError: It is none of ours.
    """
    document = json.loads(text)
    recent = document.get("recent", []) if isinstance(document, dict) else None
    if not isinstance(recent, list) or not all(isinstance(path, str) and "\0" not in path for path in recent):
        raise ValueError("not a memory of recent photos")
    return migrated(document)


def _dump(document: Document) -> str:
    # Escaped throughout: names of files that are no text survive.
    return json.dumps(document, indent=1) + "\n"
