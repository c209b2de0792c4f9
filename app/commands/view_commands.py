"""Zooming, moving, fitting, turning."""

from __future__ import annotations

from functools import partial

from app.commands.wiring import ActionMap, connect
from app.viewer.controller import ViewController
from app.viewer.gestures import FACTOR_PER_KEY
from app.viewer.motion import Motion
from liif_core.orientation import UPRIGHT, Orientation
from liif_core.view.fit import FitMode

# The part of the canvas' side that a key moves the picture by.
PAN_PART = 0.15
_ZOOMS = {"zoom_100": 1.0, "zoom_200": 2.0, "zoom_400": 4.0, "zoom_800": 8.0}
_FITS = {
    "fit_window": FitMode.WINDOW,
    "fit_width": FitMode.WIDTH,
    "fit_height": FitMode.HEIGHT,
    "fill": FitMode.FILL,
}
# Where the picture goes to show more of a side.
_PANS = {"pan_left": (0, 1), "pan_right": (0, -1), "pan_up": (1, 0), "pan_down": (-1, 0)}


class ViewCommands:
    """Connects the actions of the menus Zoom and View that concern the camera.

    Args:
        actions: Of the window.
        controller: Of the view.
        motion: Moves it.
    """

    def __init__(self, actions: ActionMap, controller: ViewController, motion: Motion) -> None:
        self._controller = controller
        self._motion = motion
        connect(
            actions,
            {
                "zoom_in": lambda: motion.zoom_by(FACTOR_PER_KEY),
                "zoom_out": lambda: motion.zoom_by(1 / FACTOR_PER_KEY),
                "rotate_left": lambda: self._orient(controller.orientation.turned(clockwise=False)),
                "rotate_right": lambda: self._orient(controller.orientation.turned(clockwise=True)),
                "mirror_horizontal": lambda: self._orient(controller.orientation.mirrored_horizontally()),
                "mirror_vertical": lambda: self._orient(controller.orientation.mirrored_vertically()),
                "upright": lambda: self._orient(UPRIGHT),
            },
        )
        connect(actions, {name: partial(motion.zoom_to, zoom) for name, zoom in _ZOOMS.items()})
        connect(actions, {name: partial(motion.fit, mode) for name, mode in _FITS.items()})
        connect(actions, {name: partial(self._pan, *direction) for name, direction in _PANS.items()})

    def _pan(self, down: int, right: int) -> None:
        screen = self._controller.screen
        self._motion.stop()
        self._controller.pan(down * PAN_PART * screen.height, right * PAN_PART * screen.width)

    def _orient(self, orientation: Orientation) -> None:
        self._motion.stop()
        self._controller.orient(orientation)
