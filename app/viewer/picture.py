"""One way to picture the view, by a model or conventionally: its tiles, its live frames, and who makes them.

Where the decoder keeps up (`Pacer`), it is asked for a live frame of each view, and the newest view that it has time
for is shown, or a coarse one of it; while panning, for the tiles that come into view, which are fewer and exact.
Elsewhere the conventional tiles are planned at once (milliseconds, without torch). When the view has settled for a
moment, the decoder is asked for exact tiles, so that a zoom gesture does not fill its thread with views nobody stays
at. Tiles come back one by one through `take_tile`; what is painted is whatever is there (`scene`).
"""

from __future__ import annotations

from PySide6.QtCore import QObject, QTimer, Signal
from PySide6.QtGui import QImage

from app.viewer.document import Document, Preview
from app.viewer.orders import Orders
from app.viewer.status import Progress
from app.workers.tile_worker import FrameResult, TileResult, TileWorker
from liif_core.geometry import Size
from liif_core.view.camera import Camera
from liif_core.view.frame import Frame
from liif_core.view.pacing import COARSE_FROM_ZOOM, COARSENESS, Pace, Pacer
from liif_core.view.scene import Scene, compose
from liif_core.view.scheduler import Scheduler
from liif_core.view.store import TileStore
from liif_core.view.tiles import TILE_SIZE, Layer

SETTLE_MS = 60
# A live frame waits so long for an event that repaints anyway.
SHOW_FRAME_MS = 12
# Device pixels around the view that are made ready for panning once it is sharp.
PREFETCH = TILE_SIZE
# Of a tile. A slower decoder would keep the machine busy for what may never be looked at.
PREFETCH_WITHIN_MS = 50.0
# Share of the view's tiles that are asked for rather than a live frame, which is no quicker and not exact.
MOST_MISSING = 0.5


class Picture(QObject):
    """Lives on the GUI thread and never waits; the owner of its scheduler, tile store and live frame.

    Args:
        store: For its tiles.
        base_worker: Makes the conventional tiles.
        neural_worker: Makes the model's; None for a picture that never has one.

    Signals:
        repaint_needed: What is painted has changed.
        progressed: Its `Progress`, at each tile and each change of the view.
        became_sharp: The view at hand is complete.
        failed: A `LiifError` of conventional tiles; the first one of each photo, since every view asks for tiles again.
        model_failed: A `LiifError` of the model; the picture goes on without one.
    """

    repaint_needed = Signal()
    progressed = Signal(object)
    became_sharp = Signal()
    failed = Signal(object)
    model_failed = Signal(object)

    def __init__(self, store: TileStore[QImage], base_worker: TileWorker, neural_worker: TileWorker | None) -> None:
        super().__init__()
        self._store = store
        self._least_tile_bytes = store.budget_bytes
        self._visible_bytes = 0
        self._scheduler = Scheduler(store)
        self._orders = Orders(self._scheduler, base_worker, neural_worker)
        self._model_id = ""
        self._photo: Preview | None = None
        self._camera: Camera | None = None
        self._focus_device: tuple[float, float] | None = None
        self._may_load_model = False
        self._was_sharp = False
        self._model_asked = False
        self._failure_told = False
        self._pacer = Pacer()
        # Of the model's newest tile.
        self._tile_ms = 0.0
        self._frame: Frame[QImage] | None = None
        self._settle = QTimer(self, singleShot=True, interval=SETTLE_MS)
        self._settle.timeout.connect(self._plan_neural)
        self._show_frame = QTimer(self, singleShot=True, interval=SHOW_FRAME_MS)
        self._show_frame.timeout.connect(self.repaint_needed)
        base_worker.tile_ready.connect(self.take_tile)
        # Methods and not lambdas: a connection to one of these would keep a picture for ever.
        base_worker.failed.connect(self._tell_failure)
        if neural_worker is not None:
            neural_worker.tile_ready.connect(self.take_tile)
            neural_worker.frame_ready.connect(self.take_frame)
            neural_worker.failed.connect(self._go_on_without_model)

    # -- what is pictured

    def use_model(self, model_id: str | None) -> None:
        """Picture by another model from now on, or without one (None); the neural worker's source knows it already."""
        wanted = model_id or ""
        if wanted == self._model_id:
            return
        self._stop_work()
        self._model_id = wanted
        self._scheduler.set_model(model_id)
        self._frame = None
        self._model_asked = False
        self._tile_ms = 0.0
        self._pacer.forget()
        if not wanted:
            self._orders.rest(Layer.NEURAL)
        if self._camera is not None:
            self._follow()

    def show_photo(self, photo: Preview, camera: Camera) -> None:
        """Picture another photo, or at first its preview. The work on the one before ends."""
        self._stop_work()
        self._photo = photo
        self._failure_told = False
        self._frame = None
        self._pacer.forget()
        self._scheduler.set_photo(photo.photo_id)
        self._camera = camera
        self._focus_device = None
        self._follow()

    def read(self, document: Document) -> None:
        """The pixels of the photo that is shown are there: they can be worked with from now on."""
        self._photo = document
        self._follow()

    def forget_photo(self, photo_id: int) -> None:
        """Nobody will come back to a photo."""
        self._store.forget_photo(photo_id)

    def clear(self) -> None:
        """Nothing is open any more, and nobody will come back to what was: its memory is free."""
        self._stop_work()
        for layer in Layer:
            self._orders.rest(layer)
        self._store.clear()
        self._photo = self._camera = self._frame = None

    def set_viewport(self, viewport: Size) -> None:
        """The canvas has another size in device pixels."""
        # Both layers of what is visible must find room, or a view on a large screen would never be complete.
        self._visible_bytes = 4 * (viewport.height + 2 * TILE_SIZE) * (viewport.width + 2 * TILE_SIZE)
        self.limit_tiles(self._least_tile_bytes)

    def limit_tiles(self, tile_bytes: int) -> None:
        """Hold no more finished tiles than this, but those of what is visible."""
        self._least_tile_bytes = tile_bytes
        self._store.limit(max(tile_bytes, 2 * self._visible_bytes))

    def use_new_limits(self) -> None:
        """Let the decoder's thread look at its limits, which an empty plan is enough for; without a model nothing."""
        if self._model_asked:
            self._settle.start(0)

    def move_to(self, camera: Camera) -> None:
        """The view has changed."""
        self._camera = camera
        self._follow()

    def set_focus(self, focus_device: tuple[float, float] | None) -> None:
        """Where the person looks, as a rule at the cursor: tiles there come first."""
        self._focus_device = focus_device

    def allow_model(self) -> None:
        """A photo is on screen: from now on torch may be imported."""
        if not self._may_load_model:
            self._may_load_model = True
            self._settle.start(0)

    def stop_work(self) -> None:
        """End all work; the picture is not looked at for now. `move_to` takes it up again."""
        self._settle.stop()
        self._show_frame.stop()
        self._stop_work()

    # -- what is there

    @property
    def progress(self) -> Progress | None:
        """How far it is; None without a photo."""
        if self._camera is None or self._photo is None:
            return None
        done, needed = self._scheduler.progress(self._camera)
        return Progress(done, needed, self._scheduler.final_layer(self._camera) is Layer.NEURAL)

    @property
    def is_sharp(self) -> bool:
        """Whether nothing better is to come for the view at hand."""
        return self._camera is not None and self._photo is not None and self._scheduler.is_sharp(self._camera)

    def scene(self) -> Scene[QImage] | None:
        """What to paint; None without a photo."""
        if self._camera is None or self._photo is None:
            return None
        cover = self._store.cover(self._camera, photo_id=self._photo.photo_id, model_id=self._model_id)
        return compose(self._camera, cover, frame=self._frame, final=self._scheduler.final_layer(self._camera))

    def take_tile(self, result: TileResult) -> None:
        """A worker has finished a tile."""
        if self._photo is None:
            # On its way when the photo was closed.
            return
        if result.key.layer is Layer.NEURAL and result.key.model_id == self._model_id:
            self._tile_ms = result.elapsed_ms
        visible = self._scheduler.accept(result.key, result.image, result.image.sizeInBytes(), result.generation)
        if visible:
            self.repaint_needed.emit()
            self._report()

    def take_frame(self, result: FrameResult) -> None:
        """A live frame is there, or was given up."""
        if self._photo is None or (result.photo_id, result.model_id) != (self._photo.photo_id, self._model_id):
            # It says nothing of the photo and the model at hand.
            return
        self._pacer.finished(result.pixels, result.elapsed_ms)
        if self._pace() is Pace.STRETCH:
            # The tiles that were spared so far.
            self._submit(Layer.BASE)
        if result.frame is not None:
            self._frame = result.frame
            # The next event of the movement paints it, as a rule sooner than that; two paintings would delay the hand.
            self._show_frame.start()

    # -- asking for work

    def _follow(self) -> None:
        self._was_sharp = False
        self._show_frame.stop()
        self.repaint_needed.emit()
        if self._is_nearly_sharp:
            self._complete()
        else:
            self._follow_anew()
        if self._may_load_model:
            self._settle.start(SETTLE_MS)
        self._report()

    @property
    def _is_nearly_sharp(self) -> bool:
        """Whether the model's tiles that the view needs are there but for some at an edge, as a rule while panning."""
        progress = self.progress
        return (
            progress is not None
            and progress.neural
            and progress.needed - progress.done <= MOST_MISSING * progress.needed
            and self._may_load_model
        )

    def _complete(self) -> None:
        """Ask for what is missing of the view: less than a live frame of it, exact, and soon there at any pace."""
        self._submit(Layer.BASE)
        self._submit(Layer.NEURAL)

    def _follow_anew(self) -> None:
        """Ask for a picture of all of the view."""
        pace = self._pace(next_view=True)
        if pace in (Pace.UNKNOWN, Pace.STRETCH):
            self._submit(Layer.BASE)
        elif isinstance(self._photo, Document):
            self._orders.end_base(self._photo)
        if pace is Pace.STRETCH:
            self._drop_stale()
        elif self._camera is not None and isinstance(self._photo, Document):
            coarseness = COARSENESS if pace is Pace.COARSE else 1.0
            self._orders.frame(self._photo, self._camera, model_id=self._model_id, coarseness=coarseness)

    def _drop_stale(self) -> None:
        """End the decoder's work on what is not visible any more, at once: settled views are planned only later.

        Live frames and tiles need no such word: each takes the place of what is in work.
        """
        if self._camera is not None and isinstance(self._photo, Document):
            self._orders.drop_stale(self._photo, self._camera, focus=self._focus_device)

    def _stop_work(self) -> None:
        """End the work on the photo at hand, whose tiles nobody will see; it would hold up the reading of another."""
        if isinstance(self._photo, Document):
            self._orders.end(self._photo)

    def _pace(self, *, next_view: bool = False) -> Pace:
        """How the decoder takes part while the view moves; `next_view` where it is about to be asked."""
        can_decode = self._may_load_model and isinstance(self._photo, Document)
        if self._camera is None or not can_decode or self._scheduler.final_layer(self._camera) is not Layer.NEURAL:
            return Pace.STRETCH
        ask = self._pacer.next_view if next_view else self._pacer.pace
        # With alpha there are only frames of the view's own pixels.
        may_be_coarse = self._camera.zoom >= COARSE_FROM_ZOOM and self._photo is not None and not self._photo.has_alpha
        return ask(self._camera.visible.area, may_be_coarse=may_be_coarse)

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
        # Of a preview nothing can be made. Its pixels are awaited first; torch, too, would hold them up.
        if self._camera is None or not isinstance(self._photo, Document):
            return
        if layer is Layer.NEURAL and not self._model_id:
            return
        ahead = PREFETCH if layer is Layer.BASE or self._tile_ms <= PREFETCH_WITHIN_MS else 0
        self._orders.tiles(layer, self._photo, self._camera, focus=self._focus_device, ahead=ahead)

    def _report(self) -> None:
        progress = self.progress
        if progress is None:
            return
        self.progressed.emit(progress)
        # Before the first painting the canvas may not have its final size.
        if progress.is_sharp and self._may_load_model and not self._was_sharp:
            self._was_sharp = True
            if progress.neural and self._pace() is Pace.STRETCH:
                # Perhaps it was the encoder that was late; its features are here now.
                self._pacer.try_again()
            if not self._model_asked:
                self._settle.start(0)
            self.became_sharp.emit()

    def _tell_failure(self, error: object, _model_id: str) -> None:
        if not self._failure_told:
            self._failure_told = True
            self.failed.emit(error)

    def _go_on_without_model(self, error: object, model_id: str) -> None:
        """Without its model the picture goes on conventionally."""
        if not model_id or model_id != self._model_id:
            # Of one that was given up meanwhile.
            return
        self._model_id = ""
        self._scheduler.set_model(None)
        # Nothing is left to end, and what would end it would load the model once more.
        self._orders.forget()
        self._orders.rest(Layer.NEURAL)
        # Live frames were to spare these tiles.
        self._submit(Layer.BASE)
        self.model_failed.emit(error)
        self._report()
