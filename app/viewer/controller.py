"""The sole owner of camera, scheduler and tile store; lives on the GUI thread and never waits.

A gesture replaces the frozen `Camera`, repaints, and plans at once the conventional tiles (milliseconds, without
torch). The decoder is asked when the view has settled for a moment, so that a zoom gesture does not fill the model's
thread with views nobody stays at. Tiles come back one by one through `take_tile`; what is painted is whatever the store
has.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from PySide6.QtCore import QObject, QTimer, Signal
from PySide6.QtGui import QImage

from app.viewer.document import Document, open_document
from app.workers.tasks import Task
from app.workers.tile_worker import TileJob, TileResult, TileWorker
from liif_core.geometry import Size
from liif_core.view.camera import Camera
from liif_core.view.scheduler import Scheduler
from liif_core.view.store import Placed, TileStore
from liif_core.view.tiles import Layer

SETTLE_MS = 60


@dataclass(frozen=True, slots=True)
class ViewStatus:
    """What the status bar shows of the view.

    Attributes:
        zoom: Device pixels per image pixel.
        done: Sharp tiles on screen.
        needed: Tiles on screen.
        neural: Whether the model makes them, or an area average does.
    """

    zoom: float
    done: int
    needed: int
    neural: bool

    @property
    def is_sharp(self) -> bool:
        """Whether nothing better is to come."""
        return self.done == self.needed


class ViewController(QObject):
    """Between the canvas and the workers.

    Signals:
        repaint_needed: What the canvas shows has changed.
        status_changed: A `ViewStatus`.
        document_opened: The new `Document`.
        became_sharp: The view at hand is complete.
        failed: A `LiifError`; what was open stays open.
    """

    repaint_needed = Signal()
    status_changed = Signal(object)
    document_opened = Signal(object)
    became_sharp = Signal()
    failed = Signal(object)

    def __init__(
        self, store: TileStore[QImage], base_worker: TileWorker, neural_worker: TileWorker | None, *, model_id: str
    ) -> None:
        super().__init__()
        self._store = store
        self._scheduler = Scheduler(store)
        self._workers = {Layer.BASE: base_worker, Layer.NEURAL: neural_worker}
        self._model_id = model_id if neural_worker is not None else ""
        self._scheduler.set_model(self._model_id or None)
        self._document: Document | None = None
        self._camera: Camera | None = None
        self._viewport = Size(1, 1)
        self._focus_device: tuple[float, float] | None = None
        self._reading: Task | None = None
        self._first_paint_done = False
        self._was_sharp = False
        self._settle = QTimer(self, singleShot=True, interval=SETTLE_MS)
        self._settle.timeout.connect(self._plan_neural)
        for worker in (base_worker, neural_worker):
            if worker is not None:
                worker.tile_ready.connect(self.take_tile)
                worker.failed.connect(self._model_failed if worker is neural_worker else self.failed)

    @property
    def camera(self) -> Camera | None:
        """The view, once a photo is open."""
        return self._camera

    @property
    def document(self) -> Document | None:
        """The open photo."""
        return self._document

    def open(self, path: Path) -> None:
        """Read a photo on a thread of its own; it replaces the open one when it is there, and only then."""
        task = Task(lambda: open_document(path), name=f"read {path.name}")
        task.done.connect(lambda document: self._show(document) if self._reading is task else None)
        task.failed.connect(self.failed)
        self._reading = task
        task.start()

    def wait_for_reading(self, *, timeout_s: float) -> bool:
        """Wait for the thread that reads a photo, when the program ends."""
        return self._reading is None or self._reading.wait(timeout_s=timeout_s)

    def _show(self, document: Document) -> None:
        if self._document is not None:
            self._store.forget_photo(self._document.photo_id)
        self._document = document
        self._scheduler.set_photo(document.photo_id)
        self._camera = Camera.fitting(document.image.size, self._viewport)
        self._focus_device = None
        self.document_opened.emit(document)
        self._view_changed()

    def set_viewport(self, viewport: Size) -> None:
        """The canvas has another size in device pixels."""
        self._viewport = viewport
        if self._camera is not None:
            self._move_to(self._camera.resized(viewport))

    def zoom(self, factor: float, anchor_device: tuple[float, float] | None = None) -> None:
        """Multiply the zoom about a device position (y, x), the viewport's centre by default."""
        if self._camera is not None:
            center = (self._viewport.height / 2, self._viewport.width / 2)
            self._move_to(self._camera.zoomed(factor, anchor_device or center))

    def zoom_to(self, zoom: float, anchor_device: tuple[float, float] | None = None) -> None:
        """Zoom to a number of device pixels per image pixel."""
        if self._camera is not None:
            self.zoom(zoom / self._camera.zoom, anchor_device)

    def pan(self, dy_device: float, dx_device: float) -> None:
        """Move the picture by device pixels."""
        if self._camera is not None:
            self._move_to(self._camera.panned(dy_device, dx_device))

    def fit(self) -> None:
        """Show the whole photo."""
        if self._camera is not None:
            self._move_to(self._camera.fitted())

    def center_on(self, y_image: float, x_image: float) -> None:
        """Show an image position in the middle."""
        if self._camera is not None:
            self._move_to(self._camera.centered_on(y_image, x_image))

    def toggle_fit(self, anchor_device: tuple[float, float]) -> None:
        """Between the whole photo and 100 % about a device position."""
        if self._camera is None:
            return
        if self._camera.is_fitted and self._camera.zoom != 1.0:
            self.zoom_to(1.0, anchor_device)
        else:
            self.fit()

    def set_focus(self, focus_device: tuple[float, float] | None) -> None:
        """Where the person looks, as a rule at the cursor: tiles there come first."""
        self._focus_device = focus_device

    def cover(self) -> list[Placed[QImage]]:
        """What to paint over the overview, in this order."""
        if self._camera is None or self._document is None:
            return []
        return self._store.cover(self._camera, photo_id=self._document.photo_id, model_id=self._model_id)

    def photo_painted(self) -> None:
        """The canvas has painted a photo for the first time: from now on torch may be imported."""
        if not self._first_paint_done:
            self._first_paint_done = True
            self._settle.start(0)

    def take_tile(self, result: TileResult) -> None:
        """A worker has finished a tile."""
        visible = self._scheduler.accept(result.key, result.image, result.image.sizeInBytes(), result.generation)
        if visible:
            self.repaint_needed.emit()
            self._report()

    def _move_to(self, camera: Camera) -> None:
        if camera != self._camera:
            self._camera = camera
            self._view_changed()

    def _view_changed(self) -> None:
        self._was_sharp = False
        self.repaint_needed.emit()
        self._submit(Layer.BASE)
        if self._first_paint_done:
            self._settle.start(SETTLE_MS)
        self._report()

    def _plan_neural(self) -> None:
        if self._camera is not None:
            self._submit(Layer.NEURAL)
            self._report()

    def _submit(self, layer: Layer) -> None:
        worker = self._workers[layer]
        if worker is not None and self._camera is not None and self._document is not None:
            plan = self._scheduler.plan(self._camera, layer=layer, focus_device=self._focus_device)
            worker.submit(TileJob(plan, self._document))

    def _report(self) -> None:
        if self._camera is None:
            return
        done, needed = self._scheduler.progress(self._camera)
        neural = self._scheduler.final_layer(self._camera) is Layer.NEURAL
        self.status_changed.emit(ViewStatus(self._camera.zoom, done, needed, neural))
        # Before the first painting the canvas may not have its final size.
        if done == needed and self._first_paint_done and not self._was_sharp:
            self._was_sharp = True
            self.became_sharp.emit()

    def _model_failed(self, error: object) -> None:
        """Without its model the viewer goes on with bicubic pictures."""
        self._workers[Layer.NEURAL] = None
        self._model_id = ""
        self._scheduler.set_model(None)
        self.failed.emit(error)
        self._report()
