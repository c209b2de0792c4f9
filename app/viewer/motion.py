"""Movements that take time: zooms that ease, and a picture that goes on after it was thrown.

The laws of motion are in `liif_core.view.motion`; here is the clock that asks them where the view is by now. Whatever a
hand does stops a movement at once.
"""

from __future__ import annotations

import time

from PySide6.QtCore import QObject, Qt, QTimer

from app.viewer.controller import Position, ViewController
from liif_core.view.fit import FitMode
from liif_core.view.motion import Flick, Inertia, ZoomEase

# As often as common displays show a new picture; a paint that takes longer skips some.
TICK_MS = 8


class Motion(QObject):
    """Moves a controller's view; lives on the GUI thread.

    Args:
        controller: Of the view.

    Attributes:
        eases: Whether zooms ease; where not, they jump.
        throws: Whether a picture let go in movement goes on.
    """

    def __init__(self, controller: ViewController) -> None:
        super().__init__()
        self._controller = controller
        self.eases = True
        self.throws = True
        self._flick = Flick()
        self._ease: ZoomEase | None = None
        self._then_fit = False
        self._anchor: Position | None = None
        self._inertia: Inertia | None = None
        self._started_s = 0.0
        self._moved: Position = (0.0, 0.0)
        self._timer = QTimer(self, interval=TICK_MS, timerType=Qt.TimerType.PreciseTimer)
        self._timer.timeout.connect(self._tick)
        controller.document_opened.connect(self.stop)

    @property
    def is_moving(self) -> bool:
        """Whether the view moves by itself."""
        return self._timer.isActive()

    # -- zooming

    def zoom_by(self, factor: float, anchor: Position | None = None) -> None:
        """Multiply the zoom that is being gone to about a device position, the canvas' centre by default."""
        camera = self._controller.camera
        if camera is not None:
            going_to = self._ease.target if self._ease is not None else camera.zoom
            self.zoom_to(min(max(going_to * factor, camera.min_zoom), camera.max_zoom), anchor)

    def zoom_to(self, zoom: float, anchor: Position | None = None, *, fit: bool = False) -> None:
        """Go to a zoom; `fit` where that is the one at which the photo fits."""
        camera = self._controller.camera
        if camera is None:
            return
        now_s = time.monotonic()
        self._inertia = None
        self._anchor, self._then_fit = anchor, fit
        if not self.eases or camera.zoom == zoom:
            self._arrive(zoom)
            return
        ease = self._ease
        if ease is not None and ease.target == zoom:
            return
        self._ease = ZoomEase(camera.zoom, zoom) if ease is None else ease.retargeted(zoom, now_s - self._started_s)
        self._started_s = now_s
        self._timer.start()

    def fit(self, mode: FitMode = FitMode.WINDOW) -> None:
        """Fit the photo to the canvas."""
        camera = self._controller.camera
        if camera is not None and mode is FitMode.WINDOW:
            self.zoom_to(camera.fit_zoom, fit=True)
        else:
            # The middle of the photo comes to the middle of the canvas; there is no way there by zooming alone.
            self.stop()
            self._controller.fit(mode)

    # -- throwing

    def grab(self, time_s: float) -> None:
        """A hand takes the picture."""
        self._flick = Flick().moved((0.0, 0.0), time_s)

    def drag(self, moved_device: Position, time_s: float) -> None:
        """It moves the picture by device pixels (dy, dx)."""
        self._flick = self._flick.moved(moved_device, time_s)
        self._controller.pan(*moved_device)

    def release(self, time_s: float) -> None:
        """It lets go, perhaps in movement; not while a zoom eases, which has the clock."""
        velocity = self._flick.velocity(time_s)
        if self._ease is None and self.throws and self.eases and velocity != (0.0, 0.0):
            self._inertia, self._started_s, self._moved = Inertia(velocity), time_s, (0.0, 0.0)
            self._timer.start()

    def stop(self) -> None:
        """Stay where the view is now."""
        self._timer.stop()
        self._ease = self._inertia = None

    # -- the clock

    def _tick(self) -> None:
        elapsed_s = time.monotonic() - self._started_s
        if self._ease is not None:
            if elapsed_s >= self._ease.duration_s:
                self._arrive(self._ease.target)
            else:
                self._controller.zoom_to(self._ease.zoom(elapsed_s), self._anchor)
        elif self._inertia is not None:
            moved = self._inertia.offset(elapsed_s)
            self._controller.pan(moved[0] - self._moved[0], moved[1] - self._moved[1])
            self._moved = moved
            if elapsed_s >= self._inertia.duration_s:
                self.stop()

    def _arrive(self, zoom: float) -> None:
        self.stop()
        if self._then_fit:
            self._controller.fit()
        else:
            self._controller.zoom_to(zoom, self._anchor)
