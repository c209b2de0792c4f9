"""One training loop in a process of its own, which takes as many steps as it is told and answers with their time.

Loops would otherwise share what a process has only once: how the C library keeps memory, which the product's training
sets and the published one does not.
"""

from __future__ import annotations

import contextlib
import multiprocessing
import os
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from multiprocessing.connection import Connection
from types import TracebackType
from typing import Any

import numpy as np
import torch

from liif_core import openmp
from liif_core.errors import RequestError
from liif_core.imaging.read import read_image
from liif_core.memory import keep_all_freed_memory
from liif_core.paths import sample_photo
from liif_core.training.batches import BatchSource
from liif_core.training.config import TrainConfig
from liif_core.training.photo_cache import PhotoCache
from liif_core.training.trainer import Trainer
from tests.benchmarks.plain_training import MOST_WORKERS, PlainLoop

PLAIN, STEPLESS = "plain", "stepless"
END = 0
END_S = 20.0


@dataclass(frozen=True, slots=True)
class Loop:
    """Which loop, and what it trains.

    Attributes:
        name: `PLAIN` or `STEPLESS`.
        precision: "fp32" or "bf16"; the plain loop has the first only.
        recipe: As `TrainConfig.to_dict`.
        device: That trains.
    """

    name: str
    precision: str
    recipe: dict[str, Any]
    device: str


@dataclass(frozen=True, slots=True)
class Timing:
    """Of some steps.

    Attributes:
        seconds: All of them.
        utilisation: Share of the last moments in which a GPU was busy; None where that is not known.
    """

    seconds: float
    utilisation: float | None


class LoopProcess:
    """Runs a loop, step by step as asked. Use as a context manager."""

    def __init__(self, loop: Loop) -> None:
        self._name = loop.name
        context = multiprocessing.get_context("spawn")
        self._connection, other = context.Pipe()
        # Children of the plain loop read its photos, which a daemon could not have.
        self._process = context.Process(target=_serve, args=(other, loop))
        self._other = other

    def __enter__(self) -> LoopProcess:
        self._process.start()
        # This side's end, or the other process' death would not be noticed.
        self._other.close()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        with contextlib.suppress(OSError):
            self._connection.send(END)
        self._process.join(timeout=END_S if error is None else 0)
        if self._process.is_alive():
            self._process.terminate()
            self._process.join()

    def take(self, steps: int) -> Timing:
        """Some steps; the first ones take longer.

        Raises:
            RequestError: The process has ended; its reason is on the standard error.
        """
        try:
            self._connection.send(steps)
            timing = self._connection.recv()
        except (EOFError, OSError) as exc:
            raise RequestError(f"the loop '{self._name}' ended before it was measured") from exc
        assert isinstance(timing, Timing)
        return timing


def _serve(connection: Connection, loop: Loop) -> None:
    with _running(loop) as step:
        while (steps := connection.recv()) != END:
            start = time.perf_counter()
            for _ in range(steps):
                step()
            seconds = time.perf_counter() - start
            connection.send(Timing(seconds, _utilisation(torch.device(loop.device))))


@contextlib.contextmanager
def _running(loop: Loop) -> Iterator[Callable[[], float]]:
    photos = [np.asarray(read_image(sample_photo()).pixels, dtype=np.uint8)]
    config = TrainConfig.from_dict(loop.recipe, source="benchmark")
    device = torch.device(loop.device)
    if loop.name == PLAIN:
        yield PlainLoop(photos, config, device=device, workers=min(MOST_WORKERS, os.cpu_count() or 1)).step
        return
    # As `stepless train` does.
    openmp.wait_briefly()
    keep_all_freed_memory()
    trainer = Trainer(config, device=device, bf16=loop.precision == "bf16")
    with BatchSource(PhotoCache.of(photos), config, device=device) as source:
        yield lambda: trainer.train_step(source.next(), progress=0.0)


def _utilisation(device: torch.device) -> float | None:
    if device.type != "cuda":
        return None
    try:
        return torch.cuda.utilization(device) / 100
    except Exception:  # NVMLError is one, and its module, the extra "nvidia", may not be there.
        return None
