"""Where a run reads and writes, and when it ends: what is not part of its recipe."""

from __future__ import annotations

import math
from dataclasses import dataclass
from pathlib import Path

from liif_core.errors import RequestError


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
        recipe: What the configuration is called, for the model card; empty if it has no name, or the saved one.
    """

    data: Path
    out: Path
    resume: bool = False
    minutes: float | None = None
    device: str = "auto"
    licence: str = "unknown"
    validation: Path | None = None
    start_from: Path | None = None
    recipe: str = ""

    def __post_init__(self) -> None:
        if self.minutes is not None and not 0 < self.minutes < math.inf:
            raise RequestError(f"a run cannot last {self.minutes:g} minutes: expected a positive number")
        if self.resume and self.start_from is not None:
            raise RequestError("a run that is resumed has weights already: give either --resume or --start-from")
