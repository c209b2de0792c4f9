"""Two figures of a view that moves: how far its pictures are from the settled one, and how soon stale work ends."""

from __future__ import annotations

import itertools
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager

import numpy as np
from numpy.typing import NDArray
from PySide6.QtGui import QImage, QPainter, QRegion

from app.viewer.document import Document
from app.viewer.painting import paint
from app.workers.tile_worker import Job, TileWorker
from liif_core.view.camera import Camera
from liif_core.view.scene import compose
from liif_core.view.tiles import Layer
from tests.benchmarks.replay import Replay

# A zoom at which the photo has room for jumps to places whose features are not there yet, from row to row.
JUMP_ZOOM, JUMPS_A_SIDE, JUMP_EVERY_MS = 4.0, 5, 110


def live_errors(replay: Replay, zooms: Sequence[float], *, coarseness: float = 1.0) -> list[dict[str, float]]:
    """How far a live frame is from the exact picture of the same view: "zoom", "max_error" and "rms_error" in [0, 1].

    Both are what the canvas paints, so bytes; the errors are parts of the full range. `coarseness` is that of
    `FrameJob`.
    """
    found = []
    for zoom in zooms:
        replay.settle_at(zoom)
        difference = (_painted_live(replay, coarseness) - replay.picture()) / 255
        found.append(
            {
                "zoom": zoom,
                "max_error": float(np.abs(difference).max()),
                "rms_error": float(np.sqrt(np.square(difference).mean())),
            }
        )
    return found


def _painted_live(replay: Replay, coarseness: float) -> NDArray[np.float64]:
    """What the canvas shows of the view if nothing is there but its live frame."""
    camera, document = replay.controller.camera, replay.controller.document
    assert isinstance(camera, Camera)
    assert isinstance(document, Document)
    frame = replay.live_frame(camera, document, coarseness=coarseness)
    viewport = camera.viewport
    image = QImage(viewport.width, viewport.height, QImage.Format.Format_RGB32)
    painter = QPainter(image)
    paint(
        painter,
        camera,
        compose(camera, [], frame=frame, final=Layer.NEURAL),
        document.overview,
        within=QRegion(0, 0, viewport.width, viewport.height),
    )
    painter.end()
    return replay.values_of(image)


def stale_ms(replay: Replay, a_side: int = JUMPS_A_SIDE) -> list[float]:
    """Milliseconds from newer work for the decoder's thread until it takes it up, dropping tiles that are stale.

    The view jumps to places that have to be encoded, before the last one is complete. Live frames in work are not
    stale: the pace decides how long they may take.
    """
    waits: list[float] = []
    with _watched(_neural_worker(replay), waits):
        for row, column in itertools.product(range(a_side), repeat=2):
            replay.jump_to(JUMP_ZOOM, (row + 0.5) / a_side, (column + 0.5) / a_side)
            replay.pause(JUMP_EVERY_MS)
    replay.until_sharp()
    return waits


@contextmanager
def _watched(worker: TileWorker, waits: list[float]) -> Iterator[None]:
    """Note for each job that interrupts a tile how long it waits."""
    submit, prepare = worker.submit, worker._source.prepare
    submitted: list[float] = []

    def watched_submit(job: Job) -> None:
        current = worker._current
        if current is not None and current.key is not None and not current.is_wanted_by(job) and not submitted:
            submitted.append(time.perf_counter())
        submit(job)

    def watched_prepare() -> None:
        waits.extend((time.perf_counter() - since) * 1000 for since in submitted)
        submitted.clear()
        prepare()

    worker.submit = watched_submit  # type: ignore[method-assign]
    worker._source.prepare = watched_prepare  # type: ignore[method-assign]
    try:
        yield
    finally:
        worker.submit = submit  # type: ignore[method-assign]
        worker._source.prepare = prepare  # type: ignore[method-assign]


def _neural_worker(replay: Replay) -> TileWorker:
    worker = replay.neural_worker
    assert worker is not None
    return worker
