"""Ten thousand gestures of wheel, trackpad and fingers, in all orientations: what lies under the cursor stays there.

Left out of the measurement, along the side concerned, is a gesture after which a limit decides instead: the picture is
smaller than the canvas (it is centred), or its edge lies on the canvas' (no empty part is shown). This is read off the
place of the picture on screen, not off the camera's own reasoning.
"""

from __future__ import annotations

import random
from pathlib import Path

import numpy as np
import pytest
from PySide6.QtCore import Qt

from app.composition import Viewer
from liif_core.imaging.write import write_image
from tests.app.conftest import OpenViewer
from tests.app.real_events import (
    CTRL,
    Position,
    camera_of,
    device_position,
    gesture,
    image_position,
    pinch,
    turn_wheel,
)

GESTURES = 10_000
# Of one gesture at most.
EVENTS = 3
HEIGHT, WIDTH = 90, 120
HALF_A_PIXEL = 0.5 + 1e-6


@pytest.fixture
def viewer(open_viewer: OpenViewer, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Viewer:
    """Only the geometry is looked at: from now on no tile is made."""
    path = tmp_path / "wide.png"
    write_image(path, np.full((601, 799, 3), 128, np.uint8))
    viewer = open_viewer(path, model="bicubic", width=WIDTH, height=HEIGHT)
    for worker in (viewer.base_worker, viewer.neural_worker):
        monkeypatch.setattr(worker, "submit", lambda job: None)
    return viewer


def missed(viewer: Viewer, point: Position, pos: Position) -> Position:
    """How far from a position an image point is seen; NaN along a side of the photo where a limit decides."""
    camera, controller = camera_of(viewer), viewer.controller
    seen = controller.orientation.to_photo(device_position(viewer, point), controller.screen)
    wanted = controller.orientation.to_photo(pos, controller.screen)
    output = camera.grid.output
    sides = ((camera.viewport.height, output.height), (camera.viewport.width, output.width))
    free = [canvas - whole < start < 0 for start, (canvas, whole) in zip(camera.origin_device, sides, strict=True)]
    y, x = (abs(seen[side] - wanted[side]) if free[side] else float("nan") for side in (0, 1))
    return y, x


def one_gesture(viewer: Viewer, rng: random.Random, pos: Position) -> list[Position]:
    """Zoom about a position in one of the ways there are; what was `missed` after each event."""
    kind = rng.choice(("wheel", "fine wheel", "pinch", "scroll with ctrl"))
    inwards = rng.random() < (0.75 if camera_of(viewer).zoom < 8 else 0.35)
    point = image_position(viewer, pos)
    misses: list[Position] = []
    for _ in range(rng.randint(1, EVENTS)):
        amount = rng.random() * (1 if inwards else -1)
        if kind == "wheel":
            turn_wheel(viewer, pos, angle=120 if inwards else -120)
        elif kind == "fine wheel":
            turn_wheel(viewer, pos, angle=round(60 * amount))
        elif kind == "pinch":
            pinch(viewer, pos, 0.08 * amount)
        else:
            turn_wheel(viewer, pos, angle=round(40 * amount), pixels=round(20 * amount), modifiers=CTRL)
        misses.append(missed(viewer, point, pos))
        if not np.isfinite(misses[-1]).all():
            # What the limit moved is another point from here on.
            break
    return misses


def test_the_point_under_the_cursor_stays_within_half_a_device_pixel(viewer: Viewer) -> None:
    rng, controller = random.Random(1), viewer.controller
    worst, counted = 0.0, 0
    for number in range(GESTURES):
        if number % 100 == 0:
            controller.orient(controller.orientation.turned(clockwise=True))
        if number % 400 == 0:
            controller.orient(controller.orientation.mirrored_horizontally())
        if number % 7 == 0:
            # Another place to look at: else the limits would be met all the time.
            controller.center_on(601 * rng.uniform(0.2, 0.8), 799 * rng.uniform(0.2, 0.8))
        misses = np.array(one_gesture(viewer, rng, (HEIGHT * rng.random(), WIDTH * rng.random())))
        counted += bool(np.isfinite(misses).any())
        worst = max(worst, float(np.nanmax(misses, initial=0.0)))
    assert counted > 0.8 * GESTURES
    assert 0.3 < worst <= HALF_A_PIXEL


def test_a_slow_pinch_of_many_events_does_not_creep(viewer: Viewer) -> None:
    viewer.controller.zoom_to(2.0)
    viewer.controller.center_on(300.0, 400.0)
    pos = (20.3, 95.8)
    point = image_position(viewer, pos)
    for value in [0.004] * 500 + [-0.0035] * 500:
        pinch(viewer, pos, value)
        assert max(missed(viewer, point, pos)) <= HALF_A_PIXEL
    assert camera_of(viewer).zoom > 2.0


def test_two_fingers_that_only_scroll_move_the_picture_and_do_not_zoom(viewer: Viewer) -> None:
    viewer.controller.zoom_to(4.0)
    before = camera_of(viewer)
    point = image_position(viewer, (45.0, 60.0))
    turn_wheel(viewer, (45.0, 60.0), angle=30, pixels=17)
    assert camera_of(viewer).zoom == before.zoom
    assert device_position(viewer, point)[0] == pytest.approx(45.0 + 17, abs=1)


def test_a_twist_of_two_fingers_turns_the_photo_by_a_quarter(viewer: Viewer) -> None:
    kinds = Qt.NativeGestureType
    gesture(viewer, kinds.BeginNativeGesture, (45.0, 60.0))
    for _ in range(5):
        gesture(viewer, kinds.RotateNativeGesture, (45.0, 60.0), 10.0)
    assert viewer.controller.orientation.quarter_turns == 1
    gesture(viewer, kinds.BeginNativeGesture, (45.0, 60.0))
    for _ in range(3):
        gesture(viewer, kinds.RotateNativeGesture, (45.0, 60.0), 10.0)
    assert viewer.controller.orientation.quarter_turns == 1, "a small twist is part of a pinch"


def test_a_double_tap_of_two_fingers_goes_between_all_and_full_size(viewer: Viewer) -> None:
    gesture(viewer, Qt.NativeGestureType.SmartZoomNativeGesture, (45.0, 60.0))
    assert camera_of(viewer).zoom == 1.0
    gesture(viewer, Qt.NativeGestureType.SmartZoomNativeGesture, (45.0, 60.0))
    assert camera_of(viewer).is_fitted


def test_a_pinch_follows_the_fingers_at_once_also_where_zooms_ease(viewer: Viewer) -> None:
    viewer.motion.eases = True
    before = camera_of(viewer).zoom
    pinch(viewer, (40.0, 40.0), 0.25)
    assert camera_of(viewer).zoom == pytest.approx(before * 1.25)
    assert not viewer.motion.is_moving
