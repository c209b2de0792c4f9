"""The trainings in the user's data folder. All functions touch the disk: call them on a worker thread."""

from __future__ import annotations

import contextlib
import json
import logging
import os
import re
import secrets
import shutil
import stat
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from app.training.run_record import FAILED, RECORD_FILE, RunRecord
from liif_core.atomic import atomic_path, patiently
from liif_core.errors import RequestError
from liif_core.toml_writer import toml_text
from liif_core.training.events import TrainEvent
from liif_core.training.folder_claim import FolderClaim
from liif_core.training.run_files import LOG_FILE, MODEL_FILE, STATE_FILE, rescued_runs

logger = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class StoredRun:
    """A training on the disk.

    Attributes:
        record: What is known of it.
        folder: Its folder.
        problem: Why it cannot go on, in one sentence; empty if it can.
        has_state: Whether there is something to go on with; without it, it begins again.
        has_model: Whether there is a usable model.
        size_bytes: Of all its files, when it was last looked at.
    """

    record: RunRecord
    folder: Path
    problem: str = ""
    has_state: bool = False
    has_model: bool = False
    size_bytes: int = 0


class RunStore:
    """A folder with one folder for each training.

    Args:
        root: Made when the first training is.
    """

    def __init__(self, root: Path) -> None:
        self.root = root

    def runs(self) -> list[StoredRun]:
        """All trainings, the oldest first; those that cannot be read have a problem instead of a name."""
        try:
            # Not of `Path`, which raises where a folder is not to be looked into: the others would not be listed.
            folders = sorted(path for path in self.root.iterdir() if os.path.isfile(path / RECORD_FILE))  # noqa: PTH113
        except OSError:
            return []
        return sorted(map(self._stored, folders), key=lambda run: run.record.created)

    def folder(self, id_: str) -> Path:
        """Where a training is."""
        return self.root / id_

    def stored(self, id_: str) -> StoredRun:
        """One training as it is on the disk now."""
        return self._stored(self.folder(id_))

    def create(self, record: RunRecord, recipe: Mapping[str, Any] | None) -> RunRecord:
        """Make the folder of a training.

        Args:
            record: Its `id` and `recipe_file` are chosen here.
            recipe: Its own recipe; None for the preset as it is.

        Raises:
            RequestError: The folder cannot be written.
        """
        id_ = f"{_file_name(record.name)}-{secrets.token_hex(3)}"
        # The trainer tells the file's name as the recipe on the model card.
        file = None if recipe is None else f"{record.preset}, changed"
        made = replace(record, id=id_, recipe_file=file)
        folder = self.folder(id_)
        try:
            folder.mkdir(parents=True)
            if recipe is not None and file is not None:
                (folder / file).write_text(toml_text(recipe), encoding="utf-8")
            self._write(made)
        except OSError as exc:
            with contextlib.suppress(OSError):
                shutil.rmtree(folder)
            raise RequestError(f"{folder}: the training cannot be kept there: {exc.strerror or exc}") from exc
        return made

    def adopt_rescued(self, record: RunRecord) -> StoredRun | None:
        """The training that a trainer saved beside its folder when that went away; from now on one like any other.

        Args:
            record: Of the one whose folder is gone, and why it stopped.

        Returns:
            The same training in its new folder; None if there is none. (The old folder may be back by now.)
        """
        id_ = self._newest_rescued(record.id)
        if id_ is None:
            return None
        # The recipe's own file went away as well, but its state holds all of it.
        adopted = replace(record, id=id_, recipe_file=None)
        try:
            self._write(adopted)
        except OSError as exc:
            logger.warning("the record of %s cannot be written: %s", id_, exc)
            return None
        return self.stored(id_)

    def update(self, record: RunRecord) -> None:
        """Write down what changed; a folder that is gone or full is logged, the training itself tells of it."""
        try:
            if self.folder(record.id).is_dir():
                self._write(record)
        except OSError as exc:
            logger.warning("the record of %s cannot be written: %s", record.id, exc)

    def drop_state(self, id_: str) -> None:
        """Remove what only going on would need; the largest of its files."""
        try:
            patiently(lambda: (self.folder(id_) / STATE_FILE).unlink(missing_ok=True))
        except OSError as exc:
            logger.warning("the state of %s cannot be removed: %s", id_, exc)

    def remove(self, id_: str) -> None:
        """Throw a training away.

        Raises:
            RequestError: Another window trains in it, or something of it cannot be removed.
        """
        folder = self.folder(id_)
        claim = FolderClaim()
        if not claim.made(folder):
            raise RequestError(f"{folder}: another window trains in this folder; let it end first")
        try:
            self._remove(folder)
        finally:
            claim.give_up()

    @staticmethod
    def _remove(folder: Path) -> None:
        try:
            # Without its record it is no training any more, whatever happens after.
            patiently(lambda: (folder / RECORD_FILE).unlink(missing_ok=True))
            # On Windows a process that was killed a moment ago may still have some of it open.
            patiently(lambda: shutil.rmtree(folder))
        except FileNotFoundError:
            return
        except OSError as exc:
            raise RequestError(f"{folder}: cannot be removed: {exc.strerror or exc}") from exc

    def events(self, id_: str) -> list[TrainEvent]:
        """What its log tells; lines that are damaged, as after a power cut, are left out."""
        try:
            lines = (self.folder(id_) / LOG_FILE).read_text(encoding="utf-8", errors="replace").splitlines()
        except OSError:
            return []
        return [event for line in lines if (event := parsed_event(line)) is not None]

    def _newest_rescued(self, id_: str) -> str | None:
        """Of the folders that a training was saved to beside its own, and that are none of a training yet."""
        found = (run.name for run in rescued_runs(self.root, id_) if not (run / RECORD_FILE).exists())
        return next(found, None)

    def _write(self, record: RunRecord) -> None:
        with atomic_path(self.folder(record.id) / RECORD_FILE) as temporary:
            temporary.write_text(record.text(), encoding="utf-8")

    def _stored(self, folder: Path) -> StoredRun:
        path = folder / RECORD_FILE
        has_state = has_model = False
        size_bytes = 0
        try:
            has_state, has_model = ((folder / name).is_file() for name in (STATE_FILE, MODEL_FILE))
            size_bytes = _size_bytes(folder)
            record = RunRecord.parse(path.read_text(encoding="utf-8"), source=path)
        except OSError as exc:
            problem = f"{path}: the record of this training cannot be read: {exc.strerror or exc}"
            return StoredRun(_unknown(folder), folder, problem, has_state, has_model, size_bytes)
        except (UnicodeDecodeError, RequestError) as exc:
            return StoredRun(_unknown(folder), folder, str(exc), has_state, has_model, size_bytes)
        return StoredRun(replace(record, id=folder.name), folder, "", has_state, has_model, size_bytes)


def interrupted(runs: Sequence[StoredRun]) -> list[StoredRun]:
    """Those that are not over; a person may go on with them or throw them away."""
    return [run for run in runs if not run.record.is_over]


def parsed_event(line: str) -> TrainEvent | None:
    """A line of events; None if it is none."""
    try:
        data = json.loads(line)
        event = TrainEvent(
            str(data["kind"]),
            int(data["step"]),
            float(data["progress"]),
            float(data["elapsed_s"]),
            {str(name): float("nan") if value is None else float(value) for name, value in data["values"].items()},
            str(data["text"]),
        )
    except (ValueError, TypeError, OverflowError, KeyError, AttributeError, RecursionError):
        return None
    return event


def _size_bytes(folder: Path) -> int:
    """Of all files in a folder; those that come and go meanwhile do not matter."""
    total = 0
    for path in folder.rglob("*"):
        with contextlib.suppress(OSError):
            found = path.lstat()
            total += found.st_size if stat.S_ISREG(found.st_mode) else 0
    return total


def _unknown(folder: Path) -> RunRecord:
    return RunRecord(folder.name, folder.name, "", "", "", status=FAILED)


def _file_name(name: str) -> str:
    """A name that every file system takes."""
    return re.sub(r"[^\w-]+", "-", name).strip("-_")[:40] or "run"
