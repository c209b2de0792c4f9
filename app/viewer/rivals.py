"""The pictures that the own one is compared with: made by a conventional kernel, or by another model."""

from __future__ import annotations

import time
from collections.abc import Callable

from PySide6.QtCore import QObject, QTimer
from PySide6.QtGui import QImage

from app.viewer.picture import Picture
from app.workers.model_slot import ModelChoice, ModelSlot
from app.workers.sources import BaseSource, NeuralSource
from app.workers.tile_worker import TileWorker
from liif_core.imaging.resample import Kernel
from liif_core.memory import Budgets, budgets
from liif_core.view.store import TileStore

Rival = Kernel | ModelChoice

# Between two looks at whether closed threads have ended: they finish the chunk at hand.
SWEEP_MS = 200


class Rivals(QObject):
    """Makes rivals, one at a time, each with threads of its own; the ones before end by themselves.

    Args:
        on_worker: Told of each new worker.
    """

    def __init__(self, on_worker: Callable[[TileWorker], object] = lambda worker: None) -> None:
        super().__init__()
        self._on_worker = on_worker
        self._budgets = budgets()
        self._source: NeuralSource | None = None
        self._workers: list[TileWorker] = []
        self._made: tuple[Rival, Picture] | None = None
        self._closed: list[TileWorker] = []
        self._sweep = QTimer(self, interval=SWEEP_MS)
        self._sweep.timeout.connect(self._forget_ended)

    def picture(self, rival: Rival) -> Picture:
        """The picture of a rival; the same as before for the same rival."""
        if self._made is not None and self._made[0] == rival:
            return self._made[1]
        self.end()
        kernel = rival if isinstance(rival, Kernel) else Kernel.BICUBIC
        base = TileWorker(BaseSource(kernel), name=f"tiles to compare with, {kernel.value}")
        neural = self._source = None
        if isinstance(rival, ModelChoice):
            self._source = NeuralSource(ModelSlot(rival))
            self._source.feature_bytes = self._budgets.feature_bytes
            neural = TileWorker(self._source, name="neural tiles to compare with")
        for worker in (base, neural):
            if worker is not None:
                self._workers.append(worker)
                self._on_worker(worker)
        store: TileStore[QImage] = TileStore(self._budgets.tile_bytes // 2)
        picture = Picture(store, base, neural)
        if isinstance(rival, ModelChoice):
            picture.use_model(rival.model_id)
        self._made = (rival, picture)
        return picture

    def limit(self, budgets: Budgets) -> None:
        """Hold no more than this, from now on; of finished tiles half as much as the own picture."""
        self._budgets = budgets
        if self._source is not None:
            self._source.feature_bytes = budgets.feature_bytes
        if self._made is not None:
            picture = self._made[1]
            picture.limit_tiles(budgets.tile_bytes // 2)
            picture.use_new_limits()

    def end(self) -> None:
        """Nothing is compared any more: let go of the tiles and the model."""
        self._made = self._source = None
        for worker in self._workers:
            worker.close()
        self._closed += self._workers
        self._workers = []
        self._forget_ended()

    def stop(self, *, timeout_s: float) -> bool:
        """End the threads, when the program ends; whether they ended in time."""
        self.end()
        self._sweep.stop()
        deadline_s = time.monotonic() + timeout_s
        ended = [worker.stop(timeout_s=max(0.0, deadline_s - time.monotonic())) for worker in self._closed]
        return all(ended)

    def _forget_ended(self) -> None:
        """A thread that still runs uses what its worker has; after that, nobody else would let go of it."""
        self._closed = [worker for worker in self._closed if not worker.stop(timeout_s=0)]
        if self._closed:
            self._sweep.start()
        else:
            self._sweep.stop()
