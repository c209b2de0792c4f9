"""A thread that makes tiles, one plan at a time, the newest plan first.

`submit` overwrites a one-slot mailbox that the thread re-reads between two tiles. A tile in work that the newer plan
does not want any more is cancelled between two of its chunks; one that it still wants is finished.
"""

from __future__ import annotations

import logging
import threading
from dataclasses import dataclass
from typing import Protocol

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import QObject, Signal
from PySide6.QtGui import QImage

from app.qimage import to_qimage
from app.viewer.document import Document
from app.workers.mailbox import Mailbox
from liif_core.cancel import CancelToken
from liif_core.errors import Cancelled, LiifError
from liif_core.view.scheduler import Plan
from liif_core.view.tiles import TileKey

logger = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class TileJob:
    """A plan and the photo it is about."""

    plan: Plan
    document: Document


@dataclass(frozen=True, slots=True)
class TileResult:
    """A finished tile; `image` is owned by whoever receives it."""

    key: TileKey
    image: QImage
    generation: int


class TileSource(Protocol):
    """What makes the pixels of tiles; used from the worker's thread only."""

    def prepare(self) -> None:
        """Get ready for tiles; called before each plan, also an empty one."""
        ...

    def tile(self, document: Document, key: TileKey, *, cancel: CancelToken) -> NDArray[np.float32]:
        """RGB (h, w, 3) in [0, 1] of `key.rect`."""
        ...


class TileWorker(QObject):
    """Owner of the thread.

    Signals:
        tile_ready: A `TileResult`.
        failed: A `LiifError` that ended the plan at hand.
    """

    tile_ready = Signal(object)
    failed = Signal(object)

    def __init__(self, source: TileSource, *, name: str) -> None:
        super().__init__()
        self._source = source
        self._mailbox: Mailbox[TileJob] = Mailbox()
        self._lock = threading.Lock()
        self._current: tuple[TileKey, CancelToken] | None = None
        self._thread = threading.Thread(target=self._run, name=name, daemon=True)
        self._thread.start()

    def submit(self, job: TileJob) -> None:
        """Make this plan's tiles next; from the GUI thread, returns at once."""
        self._mailbox.put(job)
        with self._lock:
            if self._current is not None and self._current[0] not in job.plan.keys:
                self._current[1].cancel()

    def stop(self, *, timeout_s: float = 30.0) -> bool:
        """End the thread after the chunk at hand; whether it ended in time."""
        self._mailbox.close()
        with self._lock:
            if self._current is not None:
                self._current[1].cancel()
        self._thread.join(timeout_s)
        return not self._thread.is_alive()

    def _run(self) -> None:
        while (job := self._mailbox.take()) is not None:
            try:
                self._make_tiles(job)
            except Cancelled:
                continue
            except LiifError as exc:
                self.failed.emit(exc)
            except Exception:  # the thread's entry: a bug must not end it silently
                logger.exception("tile worker %s", self._thread.name)
                self.failed.emit(LiifError("an internal error stopped the rendering; the log file has the details"))

    def _make_tiles(self, job: TileJob) -> None:
        self._source.prepare()
        for key in job.plan.keys:
            if self._mailbox.has_item:
                return
            token = CancelToken()
            with self._lock:
                self._current = (key, token)
            try:
                rgb = self._source.tile(job.document, key, cancel=token)
            finally:
                with self._lock:
                    self._current = None
            image = to_qimage(rgb, job.document.color_space)
            self.tile_ready.emit(TileResult(key, image, job.plan.generation))
