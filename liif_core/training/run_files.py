"""Names of what a run leaves in its folder, and beside it. Without torch: also for those who only look there."""

from __future__ import annotations

import contextlib
import itertools
import re
from collections.abc import Iterator
from pathlib import Path

STATE_FILE, MODEL_FILE, LOG_FILE, DATASET_FILE = "state.pt", "model.safetensors", "log.jsonl", "dataset.json"
PREVIEWS = "previews"
RESCUED = "-rescued"
"""Behind the name of a run whose folder went away while it ran, for the one that it is saved to instead."""


def preview_file(folder: Path, step: int) -> Path:
    """Where the picture of a step lies in the folder of a run."""
    return folder / PREVIEWS / f"step-{step:06d}.png"


def rescue_folders(parent: Path, name: str) -> Iterator[Path]:
    """What a run of that name may be saved to in a folder where its own is gone: "RUN-rescued", "RUN-rescued-2", ..."""
    for number in itertools.count(1):
        yield parent / f"{name}{RESCUED}{'' if number == 1 else f'-{number}'}"


def rescued_runs(parent: Path, name: str) -> list[Path]:
    """Those of them that hold a state to go on with, the one that was saved last first."""
    one_of_them = re.compile(rf"{re.escape(name)}{RESCUED}(-\d+)?")
    found: list[tuple[float, str]] = []
    with contextlib.suppress(OSError):
        for folder in parent.iterdir():
            if one_of_them.fullmatch(folder.name):
                with contextlib.suppress(OSError):
                    found.append(((folder / STATE_FILE).stat().st_mtime, folder.name))
    return [parent / name for _, name in sorted(found, reverse=True)]
