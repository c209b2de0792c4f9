"""How the real window answers to a hand: from an input event to the painting that shows it.

A recorded path of wheel and mouse events is replayed in real time in an off-screen window, once with nothing to compute
(`idle`: the workers get no jobs) and once as people use it (`busy`). Each event's latency ends with the first painting
after it. While the path runs in `busy`, live frames are counted; after each gesture the time until the view is sharp.
"""

from __future__ import annotations

import os
import statistics
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")

from PySide6.QtCore import QEvent, QEventLoop, QPoint, QPointF, Qt, QTimer
from PySide6.QtGui import QMouseEvent, QWheelEvent
from PySide6.QtWidgets import QApplication

from app.composition import Viewer, ViewerOptions
from app.workers.tile_worker import FrameResult, TileResult
from liif_core.geometry import Size
from liif_core.paths import sample_photo
from liif_core.view.camera import Camera

TITLE = "Interaction: input to paint, live frames, and time to sharp"
COLUMNS = (
    *("model", "size", "gesture", "worker", "p50_ms", "p95_ms", "p99_ms"),
    *("frames_per_s", "sharp_ms", "tiles", "wasted"),
)
FULL_HD, ULTRA_HD = Size(1080, 1920), Size(2160, 3840)
EVENT_MS = 1000 / 60
SHARP_TIMEOUT_MS = 60_000
# After a jump: the settle timer, and the first tiles.
PAUSE_MS = 300
# Zooms between which the gestures move.
LOW, HIGH = 3.0, 12.0

_END = object()


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


GESTURES = (
    Gesture("pinch in and out", LOW, wheel=(18,) * 60 + (-18,) * 60),
    Gesture("wheel notches", LOW, wheel=((120,) + (0,) * 5) * 8 + ((-120,) + (0,) * 5) * 8),
    Gesture("drag", HIGH / 2, drag=((3, 8),) * 45 + ((-3, -8),) * 45),
)


@dataclass
class Measured:
    """What one replay gave."""

    latencies_ms: list[float] = field(default_factory=list)
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
        self._viewer = Viewer(ViewerOptions(model=model, device=device, precision=precision, show_errors=False))
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
        self._until_sharp(at_least_ms=PAUSE_MS)

    def close(self) -> None:
        """End the threads."""
        self._viewer.window.close()
        self._viewer.stop()

    def measured(self, gesture: Gesture, *, busy: bool) -> Measured:
        """Replay a gesture once."""
        controller = self._viewer.controller
        controller.fit()
        controller.zoom_to(gesture.zoom)
        self._until_sharp(at_least_ms=PAUSE_MS)
        workers = dict(controller._workers)
        if not busy:
            controller._workers = dict.fromkeys(workers)
        self._measured = Measured()
        start = time.perf_counter()
        self._play(gesture)
        self._measured.seconds = time.perf_counter() - start
        if busy:
            self._until_sharp()
            self._measured.sharp_ms = (time.perf_counter() - start - self._measured.seconds) * 1000
        controller._workers = workers
        return self._measured

    def painted_ms(self, zoom: float, moved_to: float, *, repeats: int = 30) -> list[float]:
        """Milliseconds of paintings at a zoom, after the view at another was sharp and nothing better came yet."""
        controller = self._viewer.controller
        controller.fit()
        controller.zoom_to(zoom)
        self._until_sharp(at_least_ms=PAUSE_MS)
        workers = dict(controller._workers)
        controller._workers = dict.fromkeys(workers)
        controller.zoom_to(moved_to)
        times = []
        for _ in range(repeats):
            start = time.perf_counter()
            self._canvas.repaint()
            times.append((time.perf_counter() - start) * 1000)
        controller._workers = workers
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

    def _until_sharp(self, *, at_least_ms: int = 0) -> None:
        """Run Qt's loop until the view is complete, and for some time before that is asked."""
        controller = self._viewer.controller
        if at_least_ms:
            pause = QEventLoop()
            QTimer.singleShot(at_least_ms, pause.quit)
            pause.exec()
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
        self._pending.clear()

    def _on_frame(self, result: FrameResult) -> None:
        self._measured.frames += result.frame is not None

    def _on_tile(self, result: TileResult) -> None:
        self._measured.tiles += 1
        camera: Camera | None = self._viewer.controller.camera
        seen = camera is not None and result.key.grid == camera.grid
        if camera is None or not seen or result.key.rect.intersected(camera.visible).is_empty:
            self._measured.wasted += 1


def rows(
    *,
    models: Sequence[str | None] = (None,),
    device: str = "auto",
    precision: str = "auto",
    size: Size = FULL_HD,
    paint_size: Size = ULTRA_HD,
    repeats: int = 5,
    photo: Path | None = None,
) -> list[dict[str, Any]]:
    """Replay every gesture `repeats` times, idle and busy in turn, after one replay that encodes the features."""
    table = []
    for model in models:
        replay = Replay(photo or sample_photo(), model, size, device=device, precision=precision)
        try:
            for gesture in GESTURES:
                replay.measured(gesture, busy=True)
                runs: dict[str, list[Measured]] = {"idle": [], "busy": []}
                for _ in range(repeats):
                    for worker, measured in runs.items():
                        measured.append(replay.measured(gesture, busy=worker == "busy"))
                table += [_row(model, size, gesture, worker, measured) for worker, measured in runs.items()]
        finally:
            replay.close()
        table += _paint_rows(photo or sample_photo(), model, paint_size, device=device, precision=precision)
    return table


def _paint_rows(photo: Path, model: str | None, size: Size, *, device: str, precision: str) -> list[dict[str, Any]]:
    """How long the GUI thread paints a sharp view, and one that is a stretched live frame."""
    replay = Replay(photo, model, size, device=device, precision=precision)
    try:
        sharp = replay.painted_ms(LOW, LOW)
        moving = replay.painted_ms(LOW, LOW * 1.1)
    finally:
        replay.close()
    names = {"paint a sharp view": sharp, "paint a stretched view": moving}
    return [
        {"model": model or "default", "size": f"{size.width}x{size.height}", "gesture": name, "worker": "idle"}
        | _quantiles(times)
        for name, times in names.items()
    ]


def _quantiles(values: Sequence[float]) -> dict[str, float]:
    cut = statistics.quantiles(values, n=100, method="inclusive")
    return {"p50_ms": cut[49], "p95_ms": cut[94], "p99_ms": cut[98]}


def _row(model: str | None, size: Size, gesture: Gesture, worker: str, measured: Sequence[Measured]) -> dict[str, Any]:
    return {
        "model": model or "default",
        "size": f"{size.width}x{size.height}",
        "gesture": gesture.name,
        "worker": worker,
        **_quantiles([latency for run in measured for latency in run.latencies_ms]),
        "frames_per_s": statistics.median(run.frames / run.seconds for run in measured),
        "sharp_ms": statistics.median(run.sharp_ms for run in measured),
        "tiles": statistics.median(run.tiles for run in measured),
        "wasted": statistics.median(run.wasted for run in measured),
    }


if __name__ == "__main__":
    for row in rows():
        print(row)
