"""Looks through photos and measures how long trainings would take, in a child process. Lives on the GUI thread."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from PySide6.QtCore import QObject, Signal

from app.workers.child import Child, ChildEnd


@dataclass(frozen=True, slots=True)
class PhotoProblem:
    """A photo that is not used, or counts twice.

    Attributes:
        kind: "unreadable", "small", "twin" or "leak".
        path: The photo.
        other: The photo that it is the same as; empty for the first two kinds.
        size: Width and height in pixels, of small ones.
    """

    kind: str
    path: Path
    other: str = ""
    size: tuple[int, int] = (0, 0)


@dataclass(frozen=True, slots=True)
class PhotoReport:
    """What a folder holds.

    Attributes:
        train: Photos to learn from.
        validation: Photos to measure with.
        megapixels: Of both together.
        smallest_side: In pixels, of the usable ones.
        more_would_help: How many more photos would help.
        usable: How many photos each recipe can use.
        problems: What is wrong, in the order of their kinds.
    """

    train: int
    validation: int
    megapixels: float
    smallest_side: int
    more_would_help: int
    usable: dict[str, int] = field(default_factory=dict)
    problems: tuple[PhotoProblem, ...] = ()


class Surveyor(QObject):
    """One survey at a time; a new one ends the one before.

    Signals:
        progress: Share of the photos that are read, in [0, 1].
        devices: Those of this machine, the most powerful first: a list of str.
        reported: A `PhotoReport`.
        timed: A recipe's name, its seconds (-1 where it cannot be trained), and why not.
        ended: How it ended, in one sentence; empty where it came to its end.
    """

    progress = Signal(float)
    devices = Signal(list)
    reported = Signal(object)
    timed = Signal(str, float, str)
    ended = Signal(str)

    def __init__(self) -> None:
        super().__init__()
        self._child: Child | None = None
        # Ended ones, until they are gone.
        self._dying: set[Child] = set()

    @property
    def is_running(self) -> bool:
        """Whether a survey is under way."""
        return self._child is not None

    def look_at(self, data: Path, validation: Path | None, recipes: Sequence[str]) -> None:
        """Read all photos of a folder."""
        more = [] if validation is None else ["--validation", str(validation)]
        self._begin(["--only-photos", "--data", str(data), *more], recipes)

    def time(self, data: Path, recipes: Sequence[str], *, device: str) -> None:
        """Measure recipes: names of presets, or files."""
        self._begin(["--only-times", "--data", str(data), "--device", device], recipes)

    def cancel(self) -> None:
        """End what is under way; nothing more is told of it."""
        child, self._child = self._child, None
        if child is not None:
            child.line.disconnect(self._on_line)
            child.ended.disconnect(self._on_ended)
            self._dying.add(child)
            child.ended.connect(lambda _end: self._dying.discard(child))
            child.kill()

    def stop(self, *, timeout_s: float) -> bool:
        """End everything, when the program ends; whether it ended in time."""
        self.cancel()
        return all(child.wait(timeout_s=timeout_s) for child in list(self._dying))

    def _begin(self, arguments: Sequence[str], recipes: Sequence[str]) -> None:
        self.cancel()
        named = [part for recipe in recipes for part in ("--recipe", recipe)]
        self._child = Child(["survey", "--background", *arguments, *named])
        self._child.line.connect(self._on_line)
        self._child.ended.connect(self._on_ended)
        self._child.start()

    def _on_line(self, line: str) -> None:
        try:
            data = json.loads(line)
            kind = data["kind"]
        except (ValueError, TypeError, KeyError):
            return
        if kind == "reading":
            self.progress.emit(float(data["progress"]))
        elif kind == "devices":
            self.devices.emit(list(data["devices"]))
        elif kind == "report":
            self.reported.emit(_report(data))
        elif kind == "time":
            self.timed.emit(data["recipe"], float(data.get("seconds", -1)), data.get("problem", ""))

    def _on_ended(self, end: ChildEnd) -> None:
        child, self._child = self._child, None
        if child is not None:
            child.deleteLater()
        self.ended.emit("" if end.code == 0 else end.words or self.tr("the process ended without a word"))


def _report(data: dict[str, Any]) -> PhotoReport:
    report = data["report"]
    problems = [
        *(PhotoProblem("unreadable", Path(file["path"])) for file in report["unreadable"]),
        *(
            PhotoProblem("small", Path(file["path"]), size=(file["width"], file["height"]))
            for file in report["too_small"]
        ),
        *(PhotoProblem("leak", Path(leak["path"]), leak["validation"]) for leak in report["leaks"]),
        *(PhotoProblem("twin", Path(one), other) for one, other in report["near_duplicates"]),
    ]
    train, validation = report["train"], report["validation"]
    return PhotoReport(
        train["count"],
        validation["count"],
        train["megapixels"] + validation["megapixels"],
        train["smallest_side"],
        report["more_would_help"],
        data["usable"],
        tuple(problems),
    )
