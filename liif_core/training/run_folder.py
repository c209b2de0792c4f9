"""The files of a run, each of which is either the old one or the whole new one.

`state.pt` (the complete state, see `state`), `model.safetensors` (the averaged weights of the last validation, with a
card: an interrupted run leaves a usable model), `log.jsonl` (every event), `dataset.json` (what was found in the folder
of photos, with every file that is not used) and `previews` (see there).
"""

from __future__ import annotations

import contextlib
import errno
import json
import os
from collections.abc import Iterator, Sequence
from dataclasses import asdict
from pathlib import Path

from liif_core.atomic import atomic_path, patiently
from liif_core.checkpoint.card import ModelCard
from liif_core.checkpoint.native import save_native
from liif_core.errors import ImageWriteError, RequestError, TrainingError, system_errors_as
from liif_core.models.implicit import ImplicitModel
from liif_core.paths import data_folder
from liif_core.training.dataset_report import DatasetReport
from liif_core.training.events import TrainEvent
from liif_core.training.folder_claim import FolderClaim
from liif_core.training.photo_cache import Pixels
from liif_core.training.previews import save_preview
from liif_core.training.run_files import (
    DATASET_FILE,
    LOG_FILE,
    MODEL_FILE,
    STATE_FILE,
    preview_file,
    rescue_folders,
    rescued_runs,
)
from liif_core.training.state import RunPosition, save_state
from liif_core.training.trainer import Trainer

# What a system says of a folder that may not be written to. Anything else is most likely a full disk.
_CLOSED = (errno.EACCES, errno.EPERM, errno.EROFS)


class FolderGone(TrainingError):
    """The folder of a run is not there any more, or its disk is not."""


class NotWritten(TrainingError):
    """A file of a run cannot be written; what was there before is untouched.

    Args:
        folder: Of the run.
        reason: Why it cannot.
        remedy: What has to come before the next attempt.
        has_state: Whether there is a state to go on with.
    """

    def __init__(self, folder: Path, reason: str, *, remedy: str, has_state: bool) -> None:
        self._folder, self._reason, self._remedy = folder, reason, remedy
        rest = (
            "what was saved last is kept, and the run can be resumed"
            if has_state
            else "nothing was saved yet, start again"
        )
        super().__init__(f"{folder}: the run cannot be saved ({reason}); {rest} once {remedy}")

    def but_saved(self, step: int) -> TrainingError:
        """The same where there is room for the state of a step nonetheless."""
        return TrainingError(
            f"{self._folder}: not everything can be saved ({self._reason}); step {step} is, and the run can be resumed "
            f"once {self._remedy}"
        )


class RunFolder:
    """Writes what a run leaves behind; every failure is a `TrainingError` that says what is kept and what to do."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self.state_file = path / STATE_FILE
        self.model_file = path / MODEL_FILE
        self.log_file = path / LOG_FILE
        self._report_file = path / DATASET_FILE
        self._disk: int | None = None
        self._claim = FolderClaim()

    @property
    def has_state(self) -> bool:
        """Whether there is a run to go on with."""
        return self.state_file.exists()

    @property
    def has_foreign_report(self) -> bool:
        """Whether a file that is called as the report is of something else, as folders of photos may have one."""
        return self._report_file.exists() and not self.log_file.exists()

    def make(self) -> None:
        """Make the folder if it is missing.

        Raises:
            RequestError: It cannot be made.
        """
        with system_errors_as(RequestError, f"{self.path}: this folder cannot be made"):
            self.path.mkdir(parents=True, exist_ok=True)
            self._disk = _disk_of(self.path)

    def claim(self) -> None:
        """Keep other processes from training in the folder, if it is there, until `close`.

        Raises:
            RequestError: One does.
        """
        if not self._claim.made(self.path):
            raise RequestError(f"{self.path}: another process trains in this folder; let it end, or choose another")

    def close(self) -> None:
        """Let others train here."""
        self._claim.give_up()

    def substitutes(self) -> Iterator[RunFolder]:
        """New folders to save to where this one is gone: beside it and, as its disk may be, among the user's data."""
        for parent in self._places_of_substitutes():
            places = rescue_folders(parent, self.path.name)
            yield RunFolder(next(place for place in places if not os.path.lexists(place)))

    def rescued(self) -> Path | None:
        """The substitute of this folder that was saved last; None if there is none."""
        found = (rescued_runs(parent, self.path.name) for parent in self._places_of_substitutes())
        return next((runs[0] for runs in found if runs), None)

    def _places_of_substitutes(self) -> Iterator[Path]:
        """Beside the folder, unless that is where its disk was to be seen; and among the user's data."""
        if self._disk is None or _disk_of(self.path.parent) == self._disk:
            yield self.path.parent
        yield data_folder() / "rescued"

    def kept(self) -> str:
        """What is left of a run that cannot go on."""
        return f"the last good state is in {self.state_file}" if self.has_state else "nothing was saved yet"

    def last_good(self) -> str:
        """What is left of a run that diverged, and what to do."""
        return f"{self.kept()}, {'resume it' if self.has_state else 'start again'} with a lower learning rate"

    def save_state(self, trainer: Trainer, position: RunPosition) -> None:
        """Replace the state."""
        with self._writing():
            save_state(self.state_file, trainer, position)

    def save_model(self, model: ImplicitModel, card: ModelCard) -> None:
        """Replace the model."""
        with self._writing():
            save_native(self.model_file, model, card)

    def save_preview(self, step: int, model: ImplicitModel, photos: Sequence[Pixels]) -> None:
        """Add the picture of a step."""
        with self._writing():
            save_preview(preview_file(self.path, step), model, photos)

    def save_report(self, report: DatasetReport) -> None:
        """Replace what is known of the photos."""
        with self._writing(), atomic_path(self._report_file) as temporary:
            temporary.write_text(json.dumps(report.to_dict(), indent=2) + "\n", encoding="utf-8")

    def log(self, event: TrainEvent) -> None:
        """Add a line to the log; one that was cut off, as by a power cut, does not take it along."""
        line = json.dumps(asdict(event)).encode() + b"\n"
        with self._writing():
            patiently(lambda: self._append(line))

    def _append(self, line: bytes) -> None:
        with self.log_file.open("a+b") as log:
            if log.tell():
                log.seek(-1, os.SEEK_END)
                if log.read(1) != b"\n":
                    line = b"\n" + line
            log.write(line)

    @contextlib.contextmanager
    def _writing(self) -> Iterator[None]:
        """A failure to write, and nothing else, as the sentence that tells what to do."""
        try:
            yield
        except (OSError, ImageWriteError) as exc:
            # Not of `Path`, which raises most errors of a disk that went away.
            if not os.path.isdir(self.path):  # noqa: PTH112
                raise FolderGone(f"{self.path}: this folder is gone, or cannot be reached any more") from exc
            reason = (exc.strerror if isinstance(exc, OSError) else None) or str(exc)
            is_closed = isinstance(exc, OSError) and exc.errno in _CLOSED
            remedy = "files can be written there" if is_closed else "there is room"
            raise NotWritten(self.path, reason, remedy=remedy, has_state=self.has_state) from exc


def _disk_of(folder: Path) -> int | None:
    """Number of the disk that a folder is on; None if it cannot be reached."""
    try:
        return folder.stat().st_dev
    except OSError:
        return None
