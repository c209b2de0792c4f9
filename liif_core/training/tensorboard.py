"""A run's events for TensorBoard, where it is installed (`pip install tensorboard`)."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Protocol, cast

import numpy as np
import PIL.Image
from numpy.typing import NDArray

from liif_core.errors import RequestError
from liif_core.training.events import TrainEvent
from liif_core.training.run_files import preview_file

FOLDER = "tensorboard"
# Values of events that are curves, by the name they get; seconds left are none.
_CURVES = {"loss": "train/loss", "learning_rate": "train/learning_rate"}


class _Writer(Protocol):
    """What is used of TensorBoard's `SummaryWriter`."""

    def add_scalar(self, tag: str, value: float, step: int) -> None: ...

    def add_image(self, tag: str, pixels: NDArray[np.uint8], step: int, *, dataformats: str) -> None: ...

    def close(self) -> None: ...


class TensorBoardLog:
    """Takes `TrainEvent`s of a run and writes curves and previews into `tensorboard` in its folder."""

    def __init__(self, run: Path) -> None:
        """Begin nothing yet.

        Raises:
            RequestError: TensorBoard is not installed.
        """
        self._run = run
        self._new_writer = _writer_class()
        self._writer: _Writer | None = None
        self._baseline: dict[str, float] = {}

    def __call__(self, event: TrainEvent) -> None:
        """Take an event."""
        if event.kind == "started":
            # Of an interrupted run, what was logged after its last saved step is trained and logged again.
            self.close()
            self._writer = self._new_writer(str(self._run / FOLDER), purge_step=event.step)
        elif self._writer is not None and event.kind == "step":
            for name, tag in _CURVES.items():
                self._writer.add_scalar(tag, event.values[name], event.step)
        elif event.kind == "baseline":
            self._baseline = dict(event.values)
        elif self._writer is not None and event.kind == "validated":
            # A line for comparison needs as many points as the curve.
            for name, value in {**event.values, **self._baseline}.items():
                self._writer.add_scalar(f"psnr/{name}", value, event.step)
            self._add_preview(self._writer, event.step)

    def close(self) -> None:
        """Write what is still waiting."""
        if self._writer is not None:
            self._writer.close()
            self._writer = None

    def _add_preview(self, writer: _Writer, step: int) -> None:
        path = preview_file(self._run, step)
        if path.is_file():
            with PIL.Image.open(path) as picture:
                pixels = np.asarray(picture)
            writer.add_image("preview", pixels, step, dataformats="HWC")


def _writer_class() -> Callable[..., _Writer]:
    try:
        from torch.utils.tensorboard import SummaryWriter
    except ImportError as exc:
        raise RequestError(
            "TensorBoard is not installed: leave out --tensorboard, or install it with pip install tensorboard"
        ) from exc
    return cast(Callable[..., _Writer], SummaryWriter)
