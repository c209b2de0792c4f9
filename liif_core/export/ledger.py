"""Which exports were finished: what lets a list that was interrupted go on where it stopped.

That a file is there says that some export of that name was finished, not that it was this one. So each finished export
leaves a line in the user's cache folder: the target, what it was made from and how, and what the file looked like. A
later one is the same if all of that still holds. Lines are appended whole, so that several processes can share the
ledger.
"""

from __future__ import annotations

import contextlib
import hashlib
import json
import logging
import os
from dataclasses import asdict
from enum import Enum
from pathlib import Path
from typing import Any

from liif_core import __version__
from liif_core.atomic import atomic_path
from liif_core.export.job import ExportResult
from liif_core.export.request import Sized
from liif_core.export.sizes import wish_to_dict
from liif_core.export.task import ExportTask
from liif_core.paths import cache_folder

logger = logging.getLogger(__name__)

_NAME = "exports.jsonl"
_MAX_BYTES = 4_000_000


class Ledger:
    """The user's list of finished exports; its methods are safe from any thread and process.

    Args:
        path: Its file; None for that of the user.
    """

    def __init__(self, path: Path | None = None) -> None:
        self._path = path or cache_folder() / _NAME
        self._known = self._read()

    def is_finished(self, task: ExportTask) -> bool:
        """Whether a task was done earlier, its file is as it was left, and its photo and model have not changed."""
        told = self._known.get(_key(task.request.target))
        if told is None:
            return False
        try:
            return bool(told["of"] == _fingerprint(task) and told["file"] == _state(task.request.target))
        except OSError:
            return False

    def note(self, task: ExportTask, result: ExportResult) -> None:
        """Remember that a task was done; a ledger that cannot be written costs no more than work done twice."""
        try:
            line = {"target": _key(task.request.target), "of": _fingerprint(task), "file": _state(result.path)}
            self._path.parent.mkdir(parents=True, exist_ok=True)
            with self._path.open("ab") as file:
                file.write(json.dumps(line).encode() + b"\n")
        except OSError as exc:
            logger.warning("%s: finished exports cannot be remembered: %s", self._path, exc)
            return
        self._known[str(line["target"])] = line

    def _read(self) -> dict[str, dict[str, Any]]:
        """The last line of each target; lines that were cut off by a crash or changed by hand are left out."""
        try:
            content = self._path.read_bytes()
        except OSError:
            return {}
        known: dict[str, dict[str, Any]] = {}
        for line in content.splitlines():
            with contextlib.suppress(ValueError, RecursionError):
                told = json.loads(line)
                if _is_note(told):
                    known[told["target"]] = told
        if len(content) > _MAX_BYTES:
            self._rewrite(known)
        return known

    def _rewrite(self, known: dict[str, dict[str, Any]]) -> None:
        """Leave out what is superseded, and files that are gone."""
        kept = [line for target, line in known.items() if Path(target).exists()]
        with contextlib.suppress(OSError), atomic_path(self._path) as temporary:
            temporary.write_text("".join(json.dumps(line) + "\n" for line in kept), encoding="utf-8")


def _is_note(told: Any) -> bool:
    return isinstance(told, dict) and {"of", "file"} <= told.keys() and isinstance(told.get("target"), str)


def _key(target: Path) -> str:
    return os.path.realpath(target)


def _state(path: Path) -> list[int]:
    """Size and time of a file."""
    facts = path.stat()
    return [facts.st_size, facts.st_mtime_ns]


def _fingerprint(task: ExportTask) -> str:
    """Of everything that decides the pixels and the bytes of a file."""
    request, what = task.request, task.request.what
    asked: Any = {"view": asdict(what)} if not isinstance(what, Sized) else {"wish": wish_to_dict(what.wish)}
    if isinstance(what, Sized) and what.crop is not None:
        asked["crop"] = asdict(what.crop)
    model = task.choice.model
    told = {
        "version": __version__,
        "source": [os.path.realpath(task.source), *_state(task.source), task.page_read],
        "asked": asked,
        "orientation": asdict(request.orientation),
        "options": asdict(request.options),
        # Without its folder: what came with the program lies elsewhere at each start of an AppImage.
        "model": None if model is None else [model.name, *_state(model)],
        "precision": task.choice.precision,
        "self_ensemble": task.choice.self_ensemble,
    }
    text = json.dumps(
        told, sort_keys=True, default=lambda value: value.value if isinstance(value, Enum) else str(value)
    )
    return hashlib.sha256(text.encode()).hexdigest()
