"""The sole owner of camera, scheduler and tile store; lives on the GUI thread and never waits.

A gesture replaces the frozen `Camera` and repaints. Where the decoder keeps up (`Pacer`), it is asked for a live frame
of each view, and the newest view that it has time for is shown. Elsewhere the conventional tiles are planned at once
(milliseconds, without torch). When the view has settled for a moment, the decoder is asked for exact tiles, so that a
zoom gesture does not fill its thread with views nobody stays at. Tiles come back one by one through `take_tile`; what
is painted is whatever is there (`scene`).
"""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

from PySide6.QtCore import QObject, QTimer, Signal
from PySide6.QtGui import QImage

from app.viewer.document import Document, Preview
from app.viewer.reader import PhotoReader
from app.viewer.status import ViewStatus
from app.workers.tile_worker import FrameJob, FrameResult, TileJob, TileResult, TileWorker
from liif_core.geometry import Size
from liif_core.view.camera import Camera
from liif_core.view.frame import Frame
from liif_core.view.pacing import Pace, Pacer
from liif_core.view.scene import Scene, compose
from liif_core.view.scheduler import Plan, Scheduler
from liif_core.view.store import TileStore
from liif_core.view.tiles import TILE_SIZE, Layer, TileKey

SETTLE_MS = 60
# A live frame waits so long for an event that repaints anyway.
SHOW_FRAME_MS = 12
# Device pixels around the view that are made ready for panning once it is sharp.
PREFETCH = TILE_SIZE


class ViewController(QObject):
    """Between the canvas and the workers.

    Signals:
        repaint_needed: What the canvas shows has changed.
        status_changed: A `ViewStatus`.
        document_opened: Another photo is shown: its `Document`, or a `Preview` with the same size first.
        document_read: The `Document` of the photo that is shown; its pixels can be asked for from now on.
        document_closed: A preview was shown, but the photo cannot be read after all, and nothing was open before.
        became_sharp: The view at hand is complete.
        failed: A `LiifError`; what was open stays open.
    """

    repaint_needed = Signal()
    status_changed = Signal(object)
    document_opened = Signal(object)
    document_read = Signal(object)
    document_closed = Signal()
    became_sharp = Signal()
    failed = Signal(object)

    def __init__(
        self, store: TileStore[QImage], base_worker: TileWorker, neural_worker: TileWorker | None, *, model_id: str
    ) -> None:
        super().__init__()
        self._store = store
        self._least_tile_bytes = store.budget_bytes
        self._scheduler = Scheduler(store)
        self._workers = {Layer.BASE: base_worker, Layer.NEURAL: neural_worker}
        self._model_id = model_id if neural_worker is not None else ""
        self._scheduler.set_model(self._model_id or None)
        self._document: Preview | None = None
        self._camera: Camera | None = None
        self._before_preview: tuple[Document, Camera] | None = None
        self._viewport = Size(1, 1)
        self._focus_device: tuple[float, float] | None = None
        self._reader = PhotoReader()
        self._reader.previewed.connect(self._show)
        self._reader.read.connect(self._show_read)
        self._reader.failed.connect(self._reading_failed)
        self._first_paint_done = False
        self._was_sharp = False
        self._model_asked = False
        # What the decoder was told to make, as far as it is still visible.
        self._asked: frozenset[TileKey] = frozenset()
        self._pacer = Pacer()
        self._frame: Frame[QImage] | None = None
        self._settle = QTimer(self, singleShot=True, interval=SETTLE_MS)
        self._settle.timeout.connect(self._plan_neural)
        self._show_frame = QTimer(self, singleShot=True, interval=SHOW_FRAME_MS)
        self._show_frame.timeout.connect(self.repaint_needed)
        for worker in (base_worker, neural_worker):
            if worker is not None:
                worker.tile_ready.connect(self.take_tile)
                worker.frame_ready.connect(self.take_frame)
                worker.failed.connect(self._model_failed if worker is neural_worker else self.failed)

    @property
    def camera(self) -> Camera | None:
        """The view, once a photo is open."""
        return self._camera

    @property
    def document(self) -> Preview | None:
        """The photo that is shown: a `Document`, or a `Preview` until its pixels are there."""
        return self._document

    def open(self, path: Path) -> None:
        """Read a photo; it replaces the open one when there is something of it to show."""
        self._reader.open(path)

    def wait_for_reading(self, *, timeout_s: float) -> bool:
        """Stop the thread that reads a photo, when the program ends; whether it ended in time."""
        return self._reader.stop(timeout_s=timeout_s)

    def _show(self, photo: Preview) -> None:
        """Put a photo, or at first its preview, in place of the open one."""
        if isinstance(self._document, Document) and self._camera is not None:
            self._before_preview = self._document, self._camera
            self._stop_work()
        self._document = photo
        self._frame = None
        self._pacer.forget()
        self._scheduler.set_photo(photo.photo_id)
        self._camera = Camera.fitting(photo.size, self._viewport)
        self._focus_device = None
        self.document_opened.emit(photo)
        self._view_changed()

    def _show_read(self, document: Document) -> None:
        """All pixels are there. Under a preview the camera stays where the person has moved it meanwhile."""
        shown = self._document
        if shown is None or (shown.photo_id, shown.size) != (document.photo_id, document.size):
            self._show(document)
        if self._before_preview is not None:
            self._store.forget_photo(self._before_preview[0].photo_id)
            self._before_preview = None
        self._document = document
        self.document_read.emit(document)
        self._view_changed()

    def _reading_failed(self, error: object, is_newest: bool) -> None:
        """Bring back what was open.

        A preview only shows that the file begins well: the disk may fail or fill up later. To show it at once is worth
        more than to be sure, so the photo before it is kept until the new one is read, and nothing is lost.
        """
        if is_newest and self._document is not None and not isinstance(self._document, Document):
            before, self._before_preview = self._before_preview, None
            self._document, self._camera = before or (None, None)
            if self._document is None or self._camera is None:
                self.document_closed.emit()
            else:
                camera = self._camera.resized(self._viewport)
                self._scheduler.set_photo(self._document.photo_id)
                self.document_opened.emit(self._document)
                # Whoever listens may have placed the view as for a new photo.
                self._camera = camera
                self._view_changed()
        self.failed.emit(error)

    def set_viewport(self, viewport: Size) -> None:
        """The canvas has another size in device pixels."""
        self._viewport = viewport
        # Both layers of what is visible must find room, or a view on a large screen would never be complete.
        visible_bytes = 4 * (viewport.height + 2 * TILE_SIZE) * (viewport.width + 2 * TILE_SIZE)
        self._store.budget_bytes = max(self._least_tile_bytes, 2 * visible_bytes)
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

    @property
    def is_sharp(self) -> bool:
        """Whether nothing better is to come for the view at hand."""
        return self._camera is not None and self._document is not None and self._scheduler.is_sharp(self._camera)

    def scene(self) -> Scene[QImage] | None:
        """What to paint; None without a photo."""
        if self._camera is None or self._document is None:
            return None
        cover = self._store.cover(self._camera, photo_id=self._document.photo_id, model_id=self._model_id)
        return compose(self._camera, cover, frame=self._frame, final=self._scheduler.final_layer(self._camera))

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

    def take_frame(self, result: FrameResult) -> None:
        """A live frame is there, or was given up."""
        self._pacer.finished(result.pixels, result.elapsed_ms)
        frame = result.frame
        if self._pace() is Pace.STRETCH:
            # The tiles that were spared so far.
            self._submit(Layer.BASE)
        if frame is None or self._document is None:
            return
        if (frame.photo_id, frame.model_id) == (self._document.photo_id, self._model_id):
            self._frame = frame
            # The next event of the movement paints it, as a rule sooner than that; two paintings would delay the hand.
            self._show_frame.start()

    def _move_to(self, camera: Camera) -> None:
        if camera != self._camera:
            self._camera = camera
            self._view_changed()
            self._drop_stale()

    def _view_changed(self) -> None:
        self._was_sharp = False
        self._show_frame.stop()
        self.repaint_needed.emit()
        pace = self._pace(next_view=True)
        if pace is not Pace.LIVE:
            self._submit(Layer.BASE)
        if pace is not Pace.STRETCH:
            self._submit_frame()
        if self._first_paint_done:
            self._settle.start(SETTLE_MS)
        self._report()

    def _drop_stale(self) -> None:
        """End the decoder's work on what is not visible any more, at once: settled views are planned only later.

        It goes on with what it was asked for before and is still visible. Live frames need no such word: each takes the
        place of what is in work.
        """
        worker = self._workers[Layer.NEURAL]
        if self._camera is None or worker is None or not self._asked or self._pace() is not Pace.STRETCH:
            return
        if isinstance(self._document, Document):
            plan = self._scheduler.plan(self._camera, layer=Layer.NEURAL, focus_device=self._focus_device)
            wanted = tuple(key for key in plan.keys if key in self._asked)
            self._asked = frozenset(wanted)
            worker.submit(TileJob(replace(plan, keys=wanted), self._document))

    def _stop_work(self) -> None:
        """End the work on the photo at hand, whose tiles nobody will see; it would hold up the reading of another."""
        self._asked = frozenset()
        for worker in self._workers.values():
            if worker is not None and isinstance(self._document, Document):
                worker.submit(TileJob(Plan(0, self._document.photo_id, "", ()), self._document))

    def _pace(self, *, next_view: bool = False) -> Pace:
        """How the decoder takes part while the view moves; `next_view` where it is about to be asked."""
        can_decode = self._first_paint_done and isinstance(self._document, Document)
        if self._camera is None or not can_decode or self._scheduler.final_layer(self._camera) is not Layer.NEURAL:
            return Pace.STRETCH
        pixels = self._camera.visible.area
        return self._pacer.next_view(pixels) if next_view else self._pacer.pace(pixels)

    def _submit_frame(self) -> None:
        worker = self._workers[Layer.NEURAL]
        if worker is not None and self._camera is not None and isinstance(self._document, Document):
            worker.submit(FrameJob(self._camera, self._document, self._model_id, self._pacer.budget_ms))

    def _plan_neural(self) -> None:
        if self._camera is None:
            return
        if not self._model_asked and self._scheduler.final_layer(self._camera) is Layer.BASE and not self.is_sharp:
            # Loading torch would hold up the conventional tiles, which are all that this view needs; see `_report`.
            return
        self._model_asked = True
        self._submit(Layer.NEURAL)
        self._report()

    def _submit(self, layer: Layer) -> None:
        worker = self._workers[layer]
        # Of a preview nothing can be made. Its pixels are awaited first; torch, too, would hold them up.
        if worker is not None and self._camera is not None and isinstance(self._document, Document):
            # A slow decoder would keep the machine busy for what may never be looked at.
            ahead = 0 if layer is Layer.NEURAL and self._pace() is Pace.STRETCH else PREFETCH
            plan = self._scheduler.plan(self._camera, layer=layer, focus_device=self._focus_device, ahead=ahead)
            if layer is Layer.NEURAL:
                self._asked = frozenset(plan.keys + plan.ahead)
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
            if neural and self._pace() is Pace.STRETCH:
                # Perhaps it was the encoder that was late; its features are here now.
                self._pacer.forget()
            if not self._model_asked:
                self._settle.start(0)
            self.became_sharp.emit()

    def _model_failed(self, error: object) -> None:
        """Without its model the viewer goes on with bicubic pictures."""
        self._workers[Layer.NEURAL] = None
        self._model_id = ""
        self._scheduler.set_model(None)
        # Live frames were to spare these tiles.
        self._submit(Layer.BASE)
        self.failed.emit(error)
        self._report()
