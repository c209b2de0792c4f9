"""A real window off screen, and a hand that moves in it: what `interactive` and `moving` measure with."""

from __future__ import annotations

import math
import os
import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")

from PySide6.QtCore import QEvent, QEventLoop, QPoint, QPointF, Qt, QTimer
from PySide6.QtGui import QImage, QMouseEvent, QWheelEvent
from PySide6.QtWidgets import QApplication

from app.composition import Viewer, ViewerOptions
from app.viewer.controller import ViewController
from app.viewer.document import Document
from app.workers.tile_worker import FrameJob, FrameResult, TileResult, TileWorker
from liif_core.geometry import Size
from liif_core.view.camera import Camera
from liif_core.view.frame import Frame

EVENT_MS = 1000 / 60
SHARP_TIMEOUT_MS = 60_000
# After a jump: the settle timer, and the first tiles.
PAUSE_MS = 300

_END = object()
# In the place of a model's name, for frames that are made here.
_OWN = "benchmark"


@dataclass(frozen=True)
class Gesture:
    """Events sixty times a second.

    Attributes:
        name: What the hand does.
        zoom: To begin at.
        wheel: Angle of each wheel event, in eighths of a degree; 120 is a notch.
        drag: Movement of the mouse for each event, in pixels (y, x), with the button held down.
    """

    name: str
    zoom: float
    wheel: tuple[int, ...] = ()
    drag: tuple[tuple[int, int], ...] = ()


@dataclass
class Measured:
    """What one replay gave.

    Attributes:
        latencies_ms: From each event to the painting after it.
        paintings: After events.
        exact: Those of a view that was complete.
        frames: Live ones that were made.
        seconds: Of the gesture.
        sharp_ms: From its end until the view is complete.
        tiles: That were made, from the beginning of the gesture.
        wasted: Those that were not visible any more.
    """

    latencies_ms: list[float] = field(default_factory=list)
    paintings: int = 0
    exact: int = 0
    frames: int = 0
    seconds: float = 0.0
    sharp_ms: float = 0.0
    tiles: int = 0
    wasted: int = 0


class Replay:
    """A window, and the path through it.

    Args:
        photo: To open.
        model: Name, or None for the default.
        size: Of the canvas in pixels.
    """

    def __init__(self, photo: Path, model: str | None, size: Size, *, device: str, precision: str) -> None:
        self._application = QApplication.instance() or QApplication(["stepless"])
        # What lies over the photo would count as an error of live frames, and eased wheel steps as late paintings.
        options = ViewerOptions(
            model=model, device=device, precision=precision, show_errors=False, overlays=False, moves=False
        )
        self._viewer = Viewer(options)
        self._canvas = self._viewer.window.canvas
        self._canvas.setFixedSize(size.width, size.height)
        self._size = size
        self._pending: list[float] = []
        self._measured = Measured()
        self._canvas.photo_painted.connect(self._on_painted)
        for worker in (self._viewer.base_worker, self._viewer.neural_worker):
            if worker is not None:
                worker.tile_ready.connect(self._on_tile)
                worker.frame_ready.connect(self._on_frame)
        self._viewer.start(photo)
        self.until_sharp(at_least_ms=PAUSE_MS)

    @property
    def controller(self) -> ViewController:
        """The window's."""
        return self._viewer.controller

    @property
    def neural_worker(self) -> TileWorker | None:
        """The decoder's thread."""
        return self._viewer.neural_worker

    def settle_at(self, zoom: float) -> None:
        """Zoom in on the middle of the photo and wait until the view is complete."""
        self.controller.fit()
        self.controller.zoom_to(zoom)
        self.until_sharp(at_least_ms=PAUSE_MS)

    def jump_to(self, zoom: float, down: float, across: float) -> None:
        """Show another place at once; both are shares of the photo's sides."""
        document = self.controller.document
        assert document is not None
        self.controller.zoom_to(zoom)
        self.controller.center_on(down * document.size.height, across * document.size.width)

    def live_frame(self, camera: Camera, document: Document, *, coarseness: float = 1.0) -> Frame[QImage]:
        """The frame of a moving view, made by the decoder's thread."""
        worker, frames = self.neural_worker, list[Frame[QImage]]()
        assert worker is not None
        loop = QEventLoop()

        def take(result: FrameResult) -> None:
            # One of the gesture before may still be on its way.
            if result.frame is not None and result.frame.model_id == _OWN:
                frames.append(result.frame)
                loop.quit()

        worker.frame_ready.connect(take)
        worker.submit(FrameJob(camera, document, _OWN, math.inf, coarseness))
        loop.exec()
        worker.frame_ready.disconnect(take)
        return frames[0]

    def picture(self) -> NDArray[np.float64]:
        """What the canvas shows now."""
        return self.values_of(self._canvas.grab().toImage())

    @staticmethod
    def values_of(image: QImage) -> NDArray[np.float64]:
        """Red, green and blue in 0 to 255, (h, w, 3)."""
        bgrx = image.convertToFormat(QImage.Format.Format_RGB32)
        flat = np.frombuffer(bgrx.constBits(), np.uint8).reshape(bgrx.height(), bgrx.bytesPerLine() // 4, 4)
        return flat[:, : bgrx.width(), 2::-1].astype(np.float64)

    def close(self) -> None:
        """End the threads."""
        self._viewer.window.close()
        self._viewer.stop()
        # What the threads sent before they ended must not arrive when this is gone.
        QApplication.processEvents()

    def measured(self, gesture: Gesture, *, busy: bool) -> Measured:
        """Replay a gesture once."""
        controller = self._viewer.controller
        self.settle_at(gesture.zoom)
        workers = dict(controller.picture._orders.workers)
        if not busy:
            controller.picture._orders.workers = dict.fromkeys(workers)
        self._measured = Measured()
        start = time.perf_counter()
        self._play(gesture)
        self._measured.seconds = time.perf_counter() - start
        if busy:
            self.until_sharp()
            self._measured.sharp_ms = (time.perf_counter() - start - self._measured.seconds) * 1000
        controller.picture._orders.workers = workers
        return self._measured

    def painted_ms(self, zoom: float, moved_to: float, *, repeats: int = 30) -> list[float]:
        """Milliseconds of paintings at a zoom, after the view at another was sharp and nothing better came yet."""
        controller = self._viewer.controller
        self.settle_at(zoom)
        workers = dict(controller.picture._orders.workers)
        controller.picture._orders.workers = dict.fromkeys(workers)
        controller.zoom_to(moved_to)
        times = []
        for _ in range(repeats):
            start = time.perf_counter()
            self._canvas.repaint()
            times.append((time.perf_counter() - start) * 1000)
        controller.picture._orders.workers = workers
        return times

    def _play(self, gesture: Gesture) -> None:
        """Send the gesture's events in Qt's own loop, as a hand would; nothing polls meanwhile."""
        middle = QPointF(self._size.width / 2, self._size.height / 2)
        if gesture.drag:
            self._mouse(QEvent.Type.MouseButtonPress, middle)
        events = self._events(gesture, middle)
        loop, timer = QEventLoop(), QTimer(timerType=Qt.TimerType.PreciseTimer, singleShot=True)
        due = time.perf_counter()

        def step() -> None:
            nonlocal due
            event = next(events, None)
            if event is _END:
                loop.quit()
                return
            due += EVENT_MS / 1000
            timer.start(max(0, round((due - time.perf_counter()) * 1000)))
            if isinstance(event, QEvent):
                self._pending.append(time.perf_counter())
                QApplication.sendEvent(self._canvas, event)

        timer.timeout.connect(step)
        timer.start(0)
        loop.exec()

    def _events(self, gesture: Gesture, position: QPointF) -> Iterator[object]:
        """An event, or None to wait for one interval; in the end `_END`."""
        for angle in gesture.wheel:
            yield self._wheel(position, angle) if angle else None
        for dy, dx in gesture.drag:
            position += QPointF(dx, dy)
            yield self._mouse_event(QEvent.Type.MouseMove, position)
        yield None
        if gesture.drag:
            self._mouse(QEvent.Type.MouseButtonRelease, position)
        yield _END

    def _wheel(self, position: QPointF, angle: int) -> QWheelEvent:
        modifiers, phase = Qt.KeyboardModifier.NoModifier, Qt.ScrollPhase.NoScrollPhase
        button = Qt.MouseButton.NoButton
        return QWheelEvent(position, position, QPoint(), QPoint(0, angle), button, modifiers, phase, False)

    def _mouse(self, kind: QEvent.Type, position: QPointF) -> None:
        QApplication.sendEvent(self._canvas, self._mouse_event(kind, position))

    def _mouse_event(self, kind: QEvent.Type, position: QPointF) -> QMouseEvent:
        left = Qt.MouseButton.LeftButton
        return QMouseEvent(kind, position, position, left, left, Qt.KeyboardModifier.NoModifier)

    def pause(self, ms: int) -> None:
        """Run Qt's loop for some time."""
        loop = QEventLoop()
        QTimer.singleShot(ms, loop.quit)
        loop.exec()

    def until_sharp(self, *, at_least_ms: int = 0) -> None:
        """Run Qt's loop until the view is complete, and for some time before that is asked."""
        controller = self._viewer.controller
        if at_least_ms:
            self.pause(at_least_ms)
        if controller.is_sharp:
            return
        loop = QEventLoop()
        controller.became_sharp.connect(loop.quit)
        QTimer.singleShot(SHARP_TIMEOUT_MS, loop.quit)
        loop.exec()
        controller.became_sharp.disconnect(loop.quit)

    def _on_painted(self) -> None:
        now = time.perf_counter()
        self._measured.latencies_ms += [(now - sent) * 1000 for sent in self._pending]
        self._measured.paintings += bool(self._pending)
        self._measured.exact += bool(self._pending) and self.controller.is_sharp
        self._pending.clear()

    def _on_frame(self, result: FrameResult) -> None:
        self._measured.frames += result.frame is not None

    def _on_tile(self, result: TileResult) -> None:
        self._measured.tiles += 1
        camera: Camera | None = self._viewer.controller.camera
        seen = camera is not None and result.key.grid == camera.grid
        if camera is None or not seen or result.key.rect.intersected(camera.visible).is_empty:
            self._measured.wasted += 1
