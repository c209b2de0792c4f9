"""Movements that take time: where they lead, what ends them, and that they can be switched off."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from pytestqt.qtbot import QtBot

from app.composition import Viewer
from app.viewer import canvas as canvas_module
from app.viewer import motion as motion_module
from liif_core.view.motion import EASE_S
from tests.app.clock import Clock, clock_in
from tests.app.conftest import OpenViewer
from tests.app.real_events import camera_of, device_position, image_position, move, press, release, turn_wheel

HEIGHT, WIDTH = 200, 300


@pytest.fixture
def clock(monkeypatch: pytest.MonkeyPatch) -> Clock:
    return clock_in(monkeypatch, motion_module, canvas_module)


@pytest.fixture
def viewer(open_viewer: OpenViewer, photo: Path) -> Viewer:
    """In which things move, whatever this system says about that."""
    viewer = open_viewer(photo, model="bicubic", moves=True, width=WIDTH, height=HEIGHT)
    viewer.settings.set(replace(viewer.settings.appearance, smooth_motion="on"))
    viewer.controller.zoom_to(4.0)
    return viewer


def tick(viewer: Viewer, clock: Clock, seconds: float) -> None:
    """The time passes and the timer of movements runs out."""
    clock.now_s += seconds
    viewer.motion._tick()


def test_a_key_eases_to_its_zoom_and_arrives_there(qtbot: QtBot, viewer: Viewer, clock: Clock) -> None:
    qtbot.keyClick(viewer.canvas, Qt.Key.Key_Plus)
    assert camera_of(viewer).zoom == 4.0
    zooms = []
    for _ in range(20):
        tick(viewer, clock, EASE_S / 19)
        zooms.append(camera_of(viewer).zoom)
    assert zooms == sorted(zooms)
    assert 4.0 < zooms[0] < zooms[5] < zooms[-1]
    assert zooms[-1] == pytest.approx(4.0 * 2**0.5, rel=1e-12)
    assert not viewer.motion.is_moving


def test_by_the_real_clock_it_arrives_too(qtbot: QtBot, viewer: Viewer) -> None:
    qtbot.keyClick(viewer.canvas, Qt.Key.Key_8)
    assert viewer.motion.is_moving
    qtbot.waitUntil(lambda: not viewer.motion.is_moving, timeout=5000)
    assert camera_of(viewer).zoom == pytest.approx(8.0, rel=1e-12)


def test_keys_in_a_row_add_up(qtbot: QtBot, viewer: Viewer, clock: Clock) -> None:
    for _ in range(4):
        qtbot.keyClick(viewer.canvas, Qt.Key.Key_Plus)
        tick(viewer, clock, 0.02)
    tick(viewer, clock, 1.0)
    assert camera_of(viewer).zoom == pytest.approx(16.0)


def test_a_wheel_that_clicks_eases_about_the_cursor(viewer: Viewer, clock: Clock) -> None:
    pos = (61.0, 222.0)
    point = image_position(viewer, pos)
    turn_wheel(viewer, pos, angle=120)
    turn_wheel(viewer, pos, angle=120)
    for _ in range(10):
        tick(viewer, clock, 0.02)
        assert device_position(viewer, point) == pytest.approx(pos, abs=0.5 + 1e-6)
    assert camera_of(viewer).zoom == pytest.approx(4.0 * 2**0.5)


def test_to_fit_eases_and_then_stays_fitted(qtbot: QtBot, viewer: Viewer, clock: Clock) -> None:
    qtbot.keyClick(viewer.canvas, Qt.Key.Key_0)
    tick(viewer, clock, 0.05)
    assert not camera_of(viewer).is_fitted
    tick(viewer, clock, 1.0)
    assert camera_of(viewer).is_fitted
    assert camera_of(viewer).fit is not None


def throw(viewer: Viewer, clock: Clock) -> None:
    """Along 60 pixels in 60 ms, to the right and a little down."""
    press(viewer, (100.0, 100.0))
    for number in range(1, 7):
        clock.now_s += 0.01
        move(viewer, (100.0 + 3 * number, 100.0 + 10 * number), held=True)
    release(viewer, (118.0, 160.0))


def test_a_thrown_picture_goes_on_in_its_direction_and_comes_to_rest(viewer: Viewer, clock: Clock) -> None:
    throw(viewer, clock)
    point = image_position(viewer, (100.0, 150.0))
    assert viewer.motion.is_moving
    ways = []
    for _ in range(100):
        tick(viewer, clock, 0.02)
        y, x = device_position(viewer, point)
        ways.append(x - 150.0)
    assert ways == sorted(ways)
    assert ways[0] > 5
    assert y > 100
    assert ways[1] - ways[0] > ways[11] - ways[10]
    assert not viewer.motion.is_moving


def test_a_press_stops_it_at_once(viewer: Viewer, clock: Clock) -> None:
    throw(viewer, clock)
    tick(viewer, clock, 0.02)
    press(viewer, (50.0, 50.0))
    before = camera_of(viewer)
    assert not viewer.motion.is_moving
    tick(viewer, clock, 0.02)
    release(viewer, (50.0, 50.0))
    tick(viewer, clock, 0.02)
    assert camera_of(viewer) == before


def test_a_wheel_turned_under_a_dragging_hand_never_goes_back(viewer: Viewer, clock: Clock) -> None:
    press(viewer, (100.0, 100.0))
    zooms = []
    for number in range(1, 7):
        tick(viewer, clock, 0.01)
        move(viewer, (100.0, 100.0 + 10 * number), held=True)
        if number == 1:
            turn_wheel(viewer, (100.0, 110.0), angle=120)
        zooms.append(camera_of(viewer).zoom)
    release(viewer, (100.0, 160.0))
    while viewer.motion.is_moving:
        tick(viewer, clock, 0.01)
        zooms.append(camera_of(viewer).zoom)
    assert zooms == sorted(zooms)
    assert zooms[-1] == pytest.approx(4.0 * 2**0.25)


def test_a_hand_that_rests_before_it_lets_go_throws_nothing(viewer: Viewer, clock: Clock) -> None:
    press(viewer, (100.0, 100.0))
    clock.now_s += 0.03
    move(viewer, (100.0, 150.0), held=True)
    clock.now_s += 0.2
    release(viewer, (100.0, 150.0))
    assert not viewer.motion.is_moving


@pytest.mark.parametrize("switch", ["inertia", "smooth_motion"])
def test_throwing_can_be_switched_off(viewer: Viewer, clock: Clock, switch: str) -> None:
    if switch == "inertia":
        viewer.settings.set(replace(viewer.settings.view, inertia=False))
    else:
        viewer.settings.set(replace(viewer.settings.appearance, smooth_motion="off"))
    throw(viewer, clock)
    assert not viewer.motion.is_moving


def test_without_smooth_motion_zooms_jump(qtbot: QtBot, viewer: Viewer) -> None:
    viewer.settings.set(replace(viewer.settings.appearance, smooth_motion="off"))
    qtbot.keyClick(viewer.canvas, Qt.Key.Key_Plus)
    assert camera_of(viewer).zoom == pytest.approx(4.0 * 2**0.5)
    assert not viewer.motion.is_moving


def test_another_photo_does_not_go_on_with_the_movement(qtbot: QtBot, viewer: Viewer, photo: Path) -> None:
    qtbot.keyClick(viewer.canvas, Qt.Key.Key_8)
    with qtbot.waitSignal(viewer.controller.document_read, timeout=20_000):
        viewer.browsing.open(photo)
    assert not viewer.motion.is_moving
    assert camera_of(viewer).is_fitted


def test_a_picture_that_is_turned_stays_where_it_is(viewer: Viewer, clock: Clock) -> None:
    throw(viewer, clock)
    viewer.window.actions_["rotate_right"].trigger()
    assert not viewer.motion.is_moving


def test_the_photo_is_not_dragged_when_it_changes_under_the_hand(qtbot: QtBot, viewer: Viewer, photo: Path) -> None:
    press(viewer, (100.0, 100.0))
    with qtbot.waitSignal(viewer.controller.document_read, timeout=20_000):
        viewer.browsing.open(photo)
    release(viewer, (100.0, 100.0))
    before = camera_of(viewer)
    move(viewer, (20.0, 20.0))
    assert camera_of(viewer) == before
