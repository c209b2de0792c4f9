"""A thread that makes tiles, one plan at a time, the newest plan first, and live frames while the view moves.

`submit` overwrites a one-slot mailbox that the thread re-reads between two tiles. A tile in work that the newer plan
does not want any more is cancelled between two of its chunks; one that it still wants is finished. A live frame is
finished, since something must be shown of a view that never rests, unless it is late already.
"""

from __future__ import annotations

import contextlib
import logging
import threading
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any, Protocol

from numpy.typing import NDArray
from PySide6.QtCore import QObject, Signal
from PySide6.QtGui import QImage

from app.qimage import to_qimage
from app.viewer.document import Document
from app.workers.mailbox import Mailbox
from app.workers.priority import yield_to_the_gui
from liif_core.cancel import CancelToken
from liif_core.errors import Cancelled, LiifError
from liif_core.geometry import OutputGrid, Rect
from liif_core.view.camera import Camera
from liif_core.view.frame import Frame
from liif_core.view.scheduler import Plan
from liif_core.view.tiles import TileKey, extent_of

logger = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class TileJob:
    """A plan and the photo it is about."""

    plan: Plan
    document: Document


@dataclass(frozen=True, slots=True)
class TileResult:
    """A finished tile.

    Attributes:
        key: Which one.
        image: Its pixels, owned by whoever receives it.
        generation: Of the plan.
        elapsed_ms: Time that it took, with what had to be encoded for it.
    """

    key: TileKey
    image: QImage
    generation: int
    elapsed_ms: float


@dataclass(frozen=True, slots=True)
class FrameJob:
    """A moving view to decode in one go.

    Attributes:
        camera: The view.
        document: The photo.
        model_id: The model, for whoever gets the frame.
        patience_ms: After this time a newer job ends the work on this one.
        coarseness: How much smaller than the view the frame may be, along each axis; at least 1.
    """

    camera: Camera
    document: Document
    model_id: str
    patience_ms: float
    coarseness: float = 1.0


@dataclass(frozen=True, slots=True)
class Rest:
    """Nothing is to be made for now: what was kept for that goes."""


Job = TileJob | FrameJob | Rest


@dataclass(frozen=True, slots=True)
class FrameResult:
    """What became of a `FrameJob`.

    Attributes:
        photo_id: That of its document.
        model_id: Its own.
        frame: None where it was given up.
        pixels: As asked for.
        elapsed_ms: Time that it took.
    """

    photo_id: int
    model_id: str
    frame: Frame[QImage] | None
    pixels: float
    elapsed_ms: float


class TileSource(Protocol):
    """What makes the pixels of tiles; used from the worker's thread only."""

    def prepare(self) -> None:
        """Get ready for tiles; called before each plan, also an empty one."""
        ...

    def order(self, document: Document, plan: Plan) -> Sequence[TileKey]:
        """The plan's tiles in the order that suits the source; it may leave out those `ahead`."""
        ...

    def tile(self, document: Document, key: TileKey, *, around: Rect, cancel: CancelToken) -> NDArray[Any]:
        """The pixels of `key.rect` as `qimage.to_qimage` takes them; those `around` are asked for soon."""
        ...

    def frame(
        self, document: Document, camera: Camera, *, coarseness: float, cancel: CancelToken
    ) -> tuple[OutputGrid, Rect, NDArray[Any]]:
        """All that a camera shows, decoded as quickly as possible: the grid, its rectangle, and the pixels.

        `coarseness` is that of `FrameJob`; whoever has only the view's own pixels makes these.
        """
        ...

    def let_go(self) -> None:
        """Give up what is kept of a photo, since nothing is to be made for now."""
        ...


class TileWorker(QObject):
    """Owner of the thread.

    Signals:
        tile_ready: A `TileResult`.
        frame_ready: A `FrameResult`.
        failed: A `LiifError` that ended the job at hand, and the model that was to do it.
    """

    tile_ready = Signal(object)
    frame_ready = Signal(object)
    failed = Signal(object, str)

    def __init__(self, source: TileSource, *, name: str) -> None:
        super().__init__()
        self._source = source
        self._mailbox: Mailbox[Job] = Mailbox()
        self._lock = threading.Lock()
        self._current: _Work | None = None
        self._thread = threading.Thread(target=self._run, name=name, daemon=True)
        self._thread.start()

    def submit(self, job: Job) -> None:
        """Do this job next; from the GUI thread, returns at once."""
        self._mailbox.put(job)
        with self._lock:
            if self._current is not None and not self._current.is_wanted_by(job):
                self._current.token.cancel()

    def close(self) -> None:
        """Let the thread end after the chunk at hand, without waiting for it."""
        self._mailbox.close()
        with self._lock:
            if self._current is not None:
                self._current.token.cancel()

    def stop(self, *, timeout_s: float = 30.0) -> bool:
        """End the thread after the chunk at hand; whether it ended in time."""
        self.close()
        self._thread.join(timeout_s)
        return not self._thread.is_alive()

    def _run(self) -> None:
        yield_to_the_gui()
        while (job := self._mailbox.take()) is not None:
            self._do(job)
            # The next one may come in an hour; the photo of this one is not kept until then.
            del job

    def _do(self, job: Job) -> None:
        try:
            if isinstance(job, Rest):
                self._source.let_go()
                return
            self._source.prepare()
            if isinstance(job, FrameJob):
                self._make_frame(job)
            else:
                self._make_tiles(job)
        except Cancelled:
            pass  # newer work waits
        except LiifError as exc:
            self.failed.emit(exc, _model_of(job))
        except Exception:  # the thread's entry: a bug must not end it silently
            logger.exception("tile worker %s", self._thread.name)
            told = LiifError("an internal error stopped the rendering; the log file has the details")
            self.failed.emit(told, _model_of(job))

    def _make_tiles(self, job: TileJob) -> None:
        plan = job.plan
        visible = frozenset(plan.keys)
        for key in self._source.order(job.document, plan):
            around = extent_of(plan.keys if key in visible else plan.ahead)
            start = time.perf_counter()
            with self._working_on(_Work(CancelToken(), key=key)) as token:
                # Asked once it is known what is in work: whatever comes later ends that.
                if self._mailbox.has_item:
                    return
                pixels = self._source.tile(job.document, key, around=around, cancel=token)
            image = to_qimage(pixels, job.document.conversion)
            elapsed_ms = (time.perf_counter() - start) * 1000
            self.tile_ready.emit(TileResult(key, image, job.plan.generation, elapsed_ms))

    def _make_frame(self, job: FrameJob) -> None:
        start = time.perf_counter()
        asked = job.camera.visible.area / job.coarseness**2
        frame: Frame[QImage] | None = None
        try:
            with self._working_on(_Work(_Patience(job.patience_ms, self._mailbox))) as token:
                grid, rect, pixels = self._source.frame(
                    job.document, job.camera, coarseness=job.coarseness, cancel=token
                )
            image = to_qimage(pixels, job.document.conversion, quick=True)
            frame = Frame(job.document.photo_id, job.model_id, grid, rect, image)
        except Cancelled:
            pass  # told below, so that the pace is known
        elapsed_ms = (time.perf_counter() - start) * 1000
        self.frame_ready.emit(FrameResult(job.document.photo_id, job.model_id, frame, asked, elapsed_ms))

    @contextlib.contextmanager
    def _working_on(self, work: _Work) -> Iterator[CancelToken]:
        with self._lock:
            self._current = work
        try:
            yield work.token
        finally:
            with self._lock:
                self._current = None


def _model_of(job: Job) -> str:
    if isinstance(job, TileJob):
        return job.plan.model_id
    return job.model_id if isinstance(job, FrameJob) else ""


class _Patience(CancelToken):
    """Ends a live frame that is late as soon as there is newer work, whenever that came."""

    def __init__(self, patience_ms: float, mailbox: Mailbox[Job]) -> None:
        super().__init__()
        self._mailbox = mailbox
        self._deadline = time.perf_counter() + patience_ms / 1000

    def check(self) -> None:
        """See `CancelToken`."""
        if time.perf_counter() >= self._deadline and self._mailbox.has_item:
            self.cancel()
        super().check()


class _Work:
    """What the thread does just now: a tile, or a live frame (`key` is None), whose token knows its time."""

    def __init__(self, token: CancelToken, *, key: TileKey | None = None) -> None:
        self.token = token
        self.key = key

    def is_wanted_by(self, job: Job) -> bool:
        """Whether this is better finished before the newer job."""
        if self.key is None:
            return True
        return isinstance(job, TileJob) and (self.key in job.plan.keys or self.key in job.plan.ahead)
