"""Where a run reads and writes, and when it ends: what is not part of its recipe."""

from __future__ import annotations

import math
import os
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from liif_core.errors import RequestError

UNKNOWN_LICENCE = "unknown"


@dataclass(frozen=True, slots=True)
class RunTerms:
    """What a run that goes on need not be told again; kept in its state.

    Attributes:
        data, minutes, licence, validation: See `RunOptions`; the folders are absolute. A state that was saved before
            these were kept has nothing to say of any.
    """

    data: Path | None = None
    minutes: float | None = None
    licence: str = UNKNOWN_LICENCE
    validation: Path | None = None

    def to_dict(self) -> dict[str, Any]:
        """As it is saved; paths are texts."""
        data, validation = (None if path is None else str(path) for path in (self.data, self.validation))
        return {"data": data, "minutes": self.minutes, "licence": self.licence, "validation": validation}

    @staticmethod
    def from_dict(saved: Mapping[str, Any]) -> RunTerms:
        """The opposite of `to_dict`; what is missing is not known.

        Raises:
            ValueError, TypeError: Something else is in its place.
        """
        data, validation = (None if saved.get(name) is None else Path(saved[name]) for name in ("data", "validation"))
        minutes = saved.get("minutes")
        return RunTerms(
            data,
            None if minutes is None else float(minutes),
            str(saved.get("licence", UNKNOWN_LICENCE)),
            validation,
        )

    def changes(self, now: RunTerms) -> tuple[str, ...]:
        """What of it is new, each in words; nothing if it is not known how it was."""
        if self.data is None:
            return ()
        old, new = self.to_dict(), now.to_dict()
        return tuple(
            f"{name} = {new[name] or 'none'} (was {old[name] or 'none'})" for name in old if old[name] != new[name]
        )


@dataclass(frozen=True, slots=True)
class RunOptions:
    """Where a run reads and writes, and when it ends.

    Attributes:
        data: Folder of photos.
        out: Folder of the run; made if missing.
        resume: Go on with the state in `out`.
        minutes: Length of the run in minutes of training instead of the configuration's iterations.
        device: See `device.choose_device`; several processes each take one of their own of that kind.
        licence: Licence of the photos, for the model card.
        validation: Folder of photos to measure with; None to hold out some of `data`.
        start_from: Model file whose weights a new run begins with; None for random ones.
        beside: Model file that a new run from random weights is measured beside, under the file's name.
        recipe: What the configuration is called, for the model card; empty if it has no name, or the saved one.
    """

    data: Path
    out: Path
    resume: bool = False
    minutes: float | None = None
    device: str = "auto"
    licence: str = UNKNOWN_LICENCE
    validation: Path | None = None
    start_from: Path | None = None
    beside: Path | None = None
    recipe: str = ""

    def __post_init__(self) -> None:
        if self.minutes is not None and not 0 < self.minutes < math.inf:
            raise RequestError(f"a run cannot last {self.minutes:g} minutes: expected a positive number")
        if self.resume and self.start_from is not None:
            raise RequestError("a run that is resumed has weights already: give either --resume or --start-from")

    @property
    def terms(self) -> RunTerms:
        """What is kept of it for a sitting that goes on."""
        validation = None if self.validation is None else _absolute(self.validation)
        return RunTerms(_absolute(self.data), self.minutes, self.licence, validation)


def _absolute(path: Path) -> Path:
    """Without links; one that leads to itself stays (`Path.resolve` raises), and whoever opens it says so."""
    return Path(os.path.realpath(path))
