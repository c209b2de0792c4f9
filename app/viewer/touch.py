"""Fingers on a touch screen: one takes the picture, two pinch it, a tap stops it, and so on.

For screens on which the platform reports fingers and no gestures. What fingers do becomes what a hand does (`Hand`).
"""

from __future__ import annotations

import math
from collections.abc import Mapping

from PySide6.QtCore import QObject, QTimer, Signal
from PySide6.QtGui import QGuiApplication

from app.viewer.controller import Position
from app.viewer.hand import Hand

# Fingers closer than this, in device-independent pixels, tell their distance too badly to zoom by it.
_LEAST_SPREAD = 16.0
# A finger that goes no farther, in device-independent pixels, has tapped; drag distances of mice are too short for it.
TAP_SLACK = 12.0


class Touch(QObject):
    """Turns the places of fingers into what a hand does; lives on the GUI thread.

    Args:
        hand: Does it.
        parent: The canvas.

    Signals:
        held: A finger has stayed where it is, which asks for the menu there: its device position.
    """

    held = Signal(object)

    def __init__(self, hand: Hand, parent: QObject) -> None:
        super().__init__(parent)
        self._hand = hand
        self._fingers: dict[int, Position] = {}
        # Of the finger that may become a tap: where it came down. None once it is something else.
        self._down: Position | None = None
        self._tapped: tuple[Position, float] | None = None
        self._ratio = 1.0
        self._hold = QTimer(self, singleShot=True, interval=QGuiApplication.styleHints().mousePressAndHoldInterval())
        self._hold.timeout.connect(self._tell_held)

    def follow(self, fingers: Mapping[int, Position], time_s: float, *, ratio: float) -> None:
        """Fingers have come, moved or gone.

        Args:
            fingers: Those on the screen now: device positions (y, x) by their ids.
            time_s: When.
            ratio: Device pixels per device-independent one.
        """
        before, self._fingers, self._ratio = self._fingers, dict(fingers), ratio
        if set(before) != set(fingers):
            self._take(before, time_s)
        elif len(fingers) == 1:
            self._drag(time_s)
        elif fingers:
            self._pinch(before, time_s)

    def cancel(self) -> None:
        """The system has taken the fingers for something else."""
        self._hold.stop()
        self._fingers, self._down = {}, None
        self._hand.let_go()

    def _take(self, before: Mapping[int, Position], time_s: float) -> None:
        """Another number of fingers."""
        self._hold.stop()
        if not self._fingers:
            down, self._down = self._down, None
            self._hand.release(time_s)
            if down is not None:
                self._tap(down, time_s)
            return
        places = list(self._fingers.values())
        if len(places) == 1 and not before:
            self._down = places[0]
            self._hold.start()
            self._hand.press(places[0], time_s)
        else:
            self._down = self._tapped = None
            self._hand.let_go()
            self._hand.take(_center(places), time_s)

    def _drag(self, time_s: float) -> None:
        (place,) = self._fingers.values()
        if self._down is not None:
            if math.dist(place, self._down) <= TAP_SLACK * self._ratio:
                return
            # From here on: what lies within the slack would be a jump.
            self._down = None
            self._hold.stop()
            self._hand.move_from(place)
            return
        self._hand.move(place, time_s)

    def _pinch(self, before: Mapping[int, Position], time_s: float) -> None:
        old, new = list(before.values()), [self._fingers[finger] for finger in before]
        least = _LEAST_SPREAD * self._ratio
        factor = max(_spread(new), least) / max(_spread(old), least)
        self._hand.pinch(factor, _center(new), time_s)

    def _tap(self, place: Position, time_s: float) -> None:
        """The second of two taps at the same place is a double click."""
        tapped, self._tapped = self._tapped, (place, time_s)
        soon_s = QGuiApplication.styleHints().mouseDoubleClickInterval() / 1000
        near = 4 * TAP_SLACK * self._ratio
        if tapped is not None and time_s - tapped[1] <= soon_s and math.dist(place, tapped[0]) <= near:
            self._tapped = None
            self._hand.double_click(place)

    def _tell_held(self) -> None:
        if self._down is not None:
            place, self._down = self._down, None
            self._hand.let_go()
            self.held.emit(place)


def _center(places: list[Position]) -> Position:
    return sum(y for y, _ in places) / len(places), sum(x for _, x in places) / len(places)


def _spread(places: list[Position]) -> float:
    """How far fingers are from their centre on average, in device pixels."""
    center = _center(places)
    return 2 * sum(math.dist(place, center) for place in places) / len(places)
