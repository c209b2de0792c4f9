"""What the two threads of a picture are told to make: conventional tiles by one, all of a model by the other.

Whatever is told takes the place of what was told before. Nothing is told where there is nothing to end or to begin: a
thread that wakes up for each view of a movement takes time from the others, and one that was never asked for anything
would import torch.
"""

from __future__ import annotations

from dataclasses import replace

from PySide6.QtGui import QImage

from app.viewer.document import Document
from app.workers.tile_worker import FrameJob, Rest, TileJob, TileWorker
from liif_core.view.camera import Camera
from liif_core.view.pacing import PATIENCE_MS
from liif_core.view.scheduler import Plan, Scheduler
from liif_core.view.tiles import Layer, TileKey

Focus = tuple[float, float] | None
"""Device position (y, x) where the person looks."""


class Orders:
    """Lives on the GUI thread and never waits.

    Args:
        scheduler: That of the picture; it knows what is missing.
        base_worker: Makes the conventional tiles.
        neural_worker: Makes the model's; None for a picture that never has one.

    Attributes:
        workers: The two by what they make.
    """

    def __init__(self, scheduler: Scheduler[QImage], base_worker: TileWorker, neural_worker: TileWorker | None) -> None:
        self.workers: dict[Layer, TileWorker | None] = {Layer.BASE: base_worker, Layer.NEURAL: neural_worker}
        self._scheduler = scheduler
        # What the decoder was told to make, as far as it is still visible.
        self._asked: frozenset[TileKey] = frozenset()
        # Whether the decoder was told anything of this photo and model.
        self._may_decode = False
        # Whether conventional tiles may be in work.
        self._base_asked = False

    def tiles(self, layer: Layer, document: Document, camera: Camera, *, focus: Focus, ahead: int) -> None:
        """Make what is missing of a view; see `Scheduler.plan`.

        A plan of the decoder is told also where it is empty: then it looks at its limits, and loads its model.
        """
        worker = self.workers[layer]
        if worker is None:
            return
        plan = self._scheduler.plan(camera, layer=layer, focus_device=focus, ahead=ahead)
        if layer is Layer.NEURAL:
            self._asked = frozenset(plan.keys + plan.ahead)
            self._may_decode = True
        else:
            was_asked, self._base_asked = self._base_asked, bool(plan.keys or plan.ahead)
            if not (was_asked or self._base_asked):
                return
        worker.submit(TileJob(plan, document))

    def frame(self, document: Document, camera: Camera, *, model_id: str, coarseness: float) -> None:
        """Make a live frame of a view."""
        worker = self.workers[Layer.NEURAL]
        if worker is not None:
            self._may_decode = True
            worker.submit(FrameJob(camera, document, model_id, PATIENCE_MS, coarseness))

    def drop_stale(self, document: Document, camera: Camera, *, focus: Focus) -> None:
        """End the decoder's work on what is not visible any more; it goes on with what still is."""
        worker = self.workers[Layer.NEURAL]
        if worker is None or not self._asked:
            return
        plan = self._scheduler.plan(camera, layer=Layer.NEURAL, focus_device=focus)
        wanted = tuple(key for key in plan.keys if key in self._asked)
        self._asked = frozenset(wanted)
        worker.submit(TileJob(replace(plan, keys=wanted), document))

    def end_base(self, document: Document) -> None:
        """End the work on conventional tiles, beside which a live frame takes several times as long on two cores."""
        worker = self.workers[Layer.BASE]
        if self._base_asked and worker is not None:
            self._base_asked = False
            worker.submit(_nothing(document))

    def end(self, document: Document) -> None:
        """End all work on a photo."""
        nothing = _nothing(document)
        for layer, worker in self.workers.items():
            # Where nothing was asked for there is no work, and even an empty plan would load a model.
            if worker is not None and (layer is Layer.BASE or self._may_decode):
                worker.submit(nothing)
        self.forget()

    def forget(self) -> None:
        """What was asked for is not in work any more."""
        self._asked, self._base_asked, self._may_decode = frozenset(), False, False

    def rest(self, layer: Layer) -> None:
        """Give up what is kept of a photo."""
        worker = self.workers[layer]
        if worker is not None:
            worker.submit(Rest())


def _nothing(document: Document) -> TileJob:
    """What ends the work on a photo."""
    return TileJob(Plan(0, document.photo_id, "", ()), document)
