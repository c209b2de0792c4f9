"""What is written down of a training beside what its trainer writes, so that it can appear again and go on."""

from __future__ import annotations

import json
import math
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from liif_core.errors import RequestError

FORMAT_VERSION = 1
RECORD_FILE = "run.json"

WAITING, RUNNING, STOPPED, FAILED, FINISHED = "waiting", "running", "stopped", "failed", "finished"
STATUSES = (WAITING, RUNNING, STOPPED, FAILED, FINISHED)


@dataclass(frozen=True, slots=True)
class RunRecord:
    """One training.

    Attributes:
        id: Of its folder.
        name: That the model is to have.
        created: When it was planned, as ISO 8601.
        data: Folder of photos to learn from.
        validation: Folder of photos to measure with; None to hold out some.
        preset: That the recipe was made from.
        recipe_file: Name of the recipe's file in the run's folder; None for the preset as it is.
        start_from: The model that it begins with, as `InstalledModel.lasting_reference`; None for random weights.
        start_name: What that model is called.
        minutes: Length instead of the recipe's steps.
        device: See `liif_core.device.choose_device`.
        licence: Of the photos, for the model card.
        status: One of `STATUSES`; a run that is "running" when the program starts was interrupted.
        last_words: Why it failed; empty otherwise.
        installed_as: Name of the installed model; None before.
        progress: Share done, in [0, 1], when it was last written.
    """

    id: str
    name: str
    created: str
    data: str
    preset: str
    validation: str | None = None
    recipe_file: str | None = None
    start_from: str | None = None
    start_name: str | None = None
    minutes: float | None = None
    device: str = "auto"
    licence: str = "unknown"
    status: str = WAITING
    last_words: str = ""
    installed_as: str | None = None
    progress: float = 0.0

    @property
    def is_over(self) -> bool:
        """Whether there is nothing to go on with."""
        return self.status == FINISHED

    def text(self) -> str:
        """As its file holds it."""
        return json.dumps({"format_version": FORMAT_VERSION, **asdict(self)}, indent=1) + "\n"

    @staticmethod
    def parse(text: str, *, source: Path) -> RunRecord:
        """Read it back; what later versions added is left out, what earlier ones lacked has its default.

        Raises:
            RequestError: It is damaged, or of a version that this program cannot read.
        """
        try:
            data = json.loads(text)
            if not isinstance(data, dict):
                raise TypeError("not a table")
            version = data.get("format_version")
            if version != FORMAT_VERSION:
                raise RequestError(
                    f"{source}: a training of version {version!r}, this program reads {FORMAT_VERSION}; "
                    "the version of Stepless that made it can go on with it"
                )
            return _record(data)
        except (ValueError, TypeError, OverflowError, RecursionError) as exc:
            raise RequestError(f"{source}: the record of this training is damaged: {exc}") from exc


def _record(data: Mapping[str, Any]) -> RunRecord:
    known = {name: value for name, value in data.items() if name in RunRecord.__dataclass_fields__}
    record = RunRecord(**known)
    texts = (
        *(record.id, record.name, record.created, record.data),
        *(record.preset, record.device, record.licence, record.last_words),
    )
    own = (record.validation, record.recipe_file, record.start_from, record.start_name, record.installed_as)
    numbers = (record.progress, 0.0 if record.minutes is None else record.minutes)
    if not (
        all(isinstance(text, str) for text in texts)
        and all(text is None or isinstance(text, str) for text in own)
        and all(type(number) in (int, float) and math.isfinite(number) for number in numbers)
        and record.status in STATUSES
    ):
        raise TypeError("a value is of another kind than expected")
    return record


def train_arguments(record: RunRecord, folder: Path, *, resume: bool) -> list[str]:
    """The arguments of `stepless` that run it, or go on with it.

    Args:
        record: The training.
        folder: Its folder.
        resume: Whether its state is there.
    """
    arguments = ["train", "--events", "--background", "--data", record.data, "--out", str(folder)]
    if resume:
        arguments.append("--resume")
    elif record.recipe_file is not None:
        arguments += ["--config", str(folder / record.recipe_file)]
    else:
        arguments += ["--preset", record.preset]
    if record.start_from is not None and not resume:
        arguments += ["--start-from", record.start_from]
    arguments += ["--hold-out"] if record.validation is None else ["--validation", record.validation]
    if record.minutes is not None:
        arguments += ["--minutes", f"{record.minutes:g}"]
    # In one word: a licence may begin with a hyphen.
    return [*arguments, "--device", record.device, f"--licence={record.licence}"]
