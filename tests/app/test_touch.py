"""Fingers on a touch screen, as Qt delivers them to the real canvas; places are (y, x) in device-independent pixels."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from PySide6.QtCore import QEvent, QPointF, Qt
from PySide6.QtGui import QEventPoint, QInputDevice, QPointingDevice, QTouchEvent
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from app.composition import Viewer
from app.viewer import canvas as canvas_module
from app.viewer import motion as motion_module
from tests.app.clock import Clock, clock_in
from tests.app.conftest import OpenViewer
from tests.app.real_events import Position, camera_of, image_position

HEIGHT, WIDTH = 200, 300


@pytest.fixture(scope="module")
def screen(qapp: QApplication) -> QPointingDevice:
    return QTest.createTouchDevice()


@pytest.fixture
def clock(monkeypatch: pytest.MonkeyPatch) -> Clock:
    return clock_in(monkeypatch, motion_module, canvas_module)


@pytest.fixture
def viewer(open_viewer: OpenViewer, photo: Path) -> Viewer:
    viewer = open_viewer(photo, model="bicubic", moves=True, overlays=True, width=WIDTH, height=HEIGHT)
    viewer.settings.set(replace(viewer.settings.appearance, smooth_motion="on"))
    viewer.settings.set(replace(viewer.settings.view, show_minimap=False))
    viewer.controller.zoom_to(4.0)
    return viewer


class Fingers:
    """Some fingers of one hand."""

    def __init__(self, viewer: Viewer, device: QPointingDevice, clock: Clock) -> None:
        self._viewer = viewer
        self._device = device
        self._clock = clock
        self._down: dict[int, Position] = {}

    def put(self, **places: Position) -> None:
        """Fingers come or go on to places, at the same moment 10 ms later; "a" is the first, "b" the second."""
        self._clock.now_s += 0.01
        sequence = QTest.touchEvent(self._viewer.canvas, self._device, False)
        named = {ord(name) - ord("a"): place for name, place in places.items()}
        for finger, place in {**self._down, **named}.items():
            point = QPointF(place[1], place[0]).toPoint()
            if finger not in self._down:
                sequence.press(finger, point, self._viewer.canvas)
            else:
                sequence.move(finger, point, self._viewer.canvas)
        self._down.update(named)
        sequence.commit()

    def lift(self, *names: str) -> None:
        self._clock.now_s += 0.01
        sequence = QTest.touchEvent(self._viewer.canvas, self._device, False)
        lifted = {ord(name) - ord("a") for name in names} or set(self._down)
        for finger, place in self._down.items():
            point = QPointF(place[1], place[0]).toPoint()
            if finger in lifted:
                sequence.release(finger, point, self._viewer.canvas)
            else:
                sequence.move(finger, point, self._viewer.canvas)
        self._down = {finger: place for finger, place in self._down.items() if finger not in lifted}
        sequence.commit()


@pytest.fixture
def fingers(viewer: Viewer, screen: QPointingDevice, clock: Clock) -> Iterator[Fingers]:
    fingers = Fingers(viewer, screen, clock)
    yield fingers
    if fingers._down:
        fingers.lift()


def test_one_finger_moves_the_picture_with_it(viewer: Viewer, fingers: Fingers) -> None:
    fingers.put(a=(100.0, 150.0))
    fingers.put(a=(120.0, 150.0))
    held = image_position(viewer, (120.0, 150.0))
    for place in ((110.0, 140.0), (95.0, 120.0), (80.0, 130.0)):
        fingers.put(a=place)
        assert image_position(viewer, place) == pytest.approx(held, abs=0.26)
    fingers.lift()


def test_a_tap_moves_nothing(viewer: Viewer, fingers: Fingers) -> None:
    before = viewer.controller.camera
    fingers.put(a=(100.0, 150.0))
    fingers.put(a=(104.0, 146.0))
    fingers.lift()
    assert viewer.controller.camera == before
    assert not viewer.motion.is_moving


@pytest.mark.parametrize("apart", [(40.0, 60.0), (60.0, 40.0), (40.0, 160.0)])
def test_two_fingers_hold_what_is_under_them(viewer: Viewer, fingers: Fingers, apart: tuple[float, float]) -> None:
    start, end = apart
    zoom = camera_of(viewer).zoom
    fingers.put(a=(100.0, 150.0 - start), b=(100.0, 150.0 + start))
    held = image_position(viewer, (100.0, 150.0))
    steps = 8
    for step in range(1, steps + 1):
        spread = start + (end - start) * step / steps
        center = (100.0 + step, 150.0 - 2 * step)
        fingers.put(a=(center[0], center[1] - spread), b=(center[0], center[1] + spread))
        assert image_position(viewer, center) == pytest.approx(held, abs=0.35)
    assert camera_of(viewer).zoom == pytest.approx(zoom * end / start, rel=0.03)
    fingers.lift()


def test_after_a_pinch_the_finger_that_stays_goes_on_without_a_jump(viewer: Viewer, fingers: Fingers) -> None:
    fingers.put(a=(100.0, 100.0), b=(100.0, 200.0))
    fingers.put(a=(100.0, 80.0), b=(100.0, 220.0))
    before = viewer.controller.camera
    fingers.lift("b")
    assert viewer.controller.camera == before
    held = image_position(viewer, (100.0, 80.0))
    fingers.put(a=(110.0, 90.0))
    assert image_position(viewer, (110.0, 90.0)) == pytest.approx(held, abs=0.26)
    fingers.lift()


def test_fingers_that_meet_zoom_by_nothing_absurd(viewer: Viewer, fingers: Fingers) -> None:
    fingers.put(a=(100.0, 148.0), b=(100.0, 152.0))
    fingers.put(a=(100.0, 150.0), b=(100.0, 150.0))
    fingers.put(a=(100.0, 147.0), b=(100.0, 153.0))
    assert camera_of(viewer).zoom == pytest.approx(4.0)


def test_a_flick_goes_on_and_a_touch_stops_it(viewer: Viewer, fingers: Fingers, clock: Clock) -> None:
    viewer.controller.zoom_to(16.0)
    fingers.put(a=(150.0, 150.0))
    for step in range(1, 6):
        fingers.put(a=(150.0 - 20 * step, 150.0))
    fingers.lift()
    assert viewer.motion.is_moving
    before = viewer.controller.camera
    clock.now_s += 0.05
    viewer.motion._tick()
    assert viewer.controller.camera != before
    fingers.put(a=(100.0, 100.0))
    assert not viewer.motion.is_moving
    fingers.lift()
    assert not viewer.motion.is_moving


def test_two_taps_are_a_double_click(viewer: Viewer, fingers: Fingers, clock: Clock) -> None:
    viewer.controller.fit()
    for _ in range(2):
        fingers.put(a=(100.0, 150.0))
        fingers.lift()
    clock.now_s += 1.0
    viewer.motion._tick()
    assert camera_of(viewer).zoom == pytest.approx(1.0)


def test_two_slow_taps_are_none(viewer: Viewer, fingers: Fingers, clock: Clock) -> None:
    viewer.controller.fit()
    before = viewer.controller.camera
    for _ in range(2):
        fingers.put(a=(100.0, 150.0))
        fingers.lift()
        clock.now_s += 2.0
    assert viewer.controller.camera == before
    assert not viewer.motion.is_moving


def test_a_finger_that_stays_asks_for_the_menu(qtbot: QtBot, viewer: Viewer, fingers: Fingers) -> None:
    viewer.canvas.menu_asked.disconnect()
    viewer.canvas._touch._hold.setInterval(20)
    with qtbot.waitSignal(viewer.canvas.menu_asked, timeout=2000) as asked:
        fingers.put(a=(100.0, 150.0))
    assert viewer.canvas.mapFromGlobal(asked.args[0]).toTuple() == (150, 100)
    before = viewer.controller.camera
    fingers.put(a=(60.0, 150.0))
    assert viewer.controller.camera == before, "it holds nothing any more"


@pytest.mark.parametrize("next_finger", ["a", "b"])
def test_after_the_menu_the_next_finger_is_the_first_again(
    qtbot: QtBot, viewer: Viewer, fingers: Fingers, next_finger: str
) -> None:
    """Qt keeps from the canvas what fingers do while a menu is open, also that they go."""
    viewer.comparing.set_rival("nearest")
    viewer.canvas._touch._hold.setInterval(20)
    menu, camera = viewer.window.menus.photo, viewer.controller.camera
    fingers.put(a=(50.0, 60.0))
    qtbot.waitUntil(menu.isVisible)
    # What follows shall be no holding, however slow the machine.
    viewer.canvas._touch._hold.setInterval(60_000)
    fingers.lift()
    menu.close()
    for x in (150.0, 200.0, 210.0):
        fingers.put(**{next_finger: (100.0, x)})
    fingers.lift()
    assert viewer.controller.comparison is not None
    assert viewer.controller.comparison.split.position > 0.5
    assert viewer.controller.camera == camera


def test_a_finger_drags_the_line_of_a_comparison(viewer: Viewer, fingers: Fingers) -> None:
    viewer.comparing.set_rival("nearest")
    comparison = viewer.controller.comparison
    assert comparison is not None
    before = comparison.split.position
    camera = viewer.controller.camera
    fingers.put(a=(100.0, 150.0))
    fingers.put(a=(100.0, 200.0))
    fingers.put(a=(100.0, 210.0))
    fingers.lift()
    comparison = viewer.controller.comparison
    assert comparison is not None
    assert comparison.split.position > before
    assert viewer.controller.camera == camera


def test_what_the_system_takes_over_is_let_go_of(viewer: Viewer, fingers: Fingers, screen: QPointingDevice) -> None:
    fingers.put(a=(100.0, 150.0))
    fingers.put(a=(120.0, 150.0))
    fingers.put(a=(60.0, 150.0))
    QApplication.sendEvent(viewer.canvas, QTouchEvent(QEvent.Type.TouchCancel, screen))
    before = viewer.controller.camera
    assert not viewer.motion.is_moving
    fingers.put(a=(50.0, 150.0))
    fingers.lift()
    assert viewer.controller.camera == before


def test_touches_of_a_trackpad_are_left_to_its_gestures(viewer: Viewer) -> None:
    pad = QTest.createTouchDevice(QInputDevice.DeviceType.TouchPad)
    point = QEventPoint(0, QEventPoint.State.Pressed, QPointF(100, 100), QPointF(100, 100))
    event = QTouchEvent(QEvent.Type.TouchBegin, pad, Qt.KeyboardModifier.NoModifier, [point])
    event.ignore()
    viewer.canvas.event(event)
    assert not event.isAccepted()
    assert not viewer.canvas._touch._fingers
