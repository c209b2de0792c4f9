"""Turned and mirrored views: the same pixels, laid otherwise, and hands that move what they see."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from numpy.typing import NDArray
from pytestqt.qtbot import QtBot

from app.composition import Viewer
from app.viewer.comparison import CompareMode
from liif_core.imaging.write import write_image
from liif_core.orientation import ORIENTATIONS, UPRIGHT, Orientation
from liif_core.view.camera import Camera
from tests.app.conftest import OpenViewer
from tests.app.real_events import (
    camera_of,
    device_position,
    document_of,
    drag,
    image_position,
    move,
    pinch,
    turn_wheel,
    wait_until_sharp,
)
from tests.app.test_view_pixels import grabbed

ALL = ORIENTATIONS
# Odd and even, so that no half pixel hides.
HEIGHT, WIDTH = 211, 330

Picture = NDArray[np.uint8]


def laid(picture: Picture, orientation: Orientation) -> Picture:
    """What an upright picture becomes, by numpy: mirrored first, then turned clockwise."""
    mirrored = picture[:, ::-1] if orientation.mirrored else picture
    return np.rot90(mirrored, -orientation.quarter_turns)


def show(qtbot: QtBot, viewer: Viewer, orientation: Orientation, camera: Camera) -> Picture:
    """A view of the upright photo, turned, in a canvas that is turned as well."""
    side = (HEIGHT, WIDTH) if orientation.swaps_sides else (WIDTH, HEIGHT)
    viewer.canvas.setFixedSize(*side)
    qtbot.waitUntil(lambda: (viewer.canvas.width(), viewer.canvas.height()) == side)
    viewer.controller.orient(orientation)
    viewer.controller.look(camera)
    assert camera_of(viewer) == camera
    wait_until_sharp(qtbot, viewer)
    return grabbed(viewer)


@pytest.mark.parametrize("model", ["bicubic", "fast"])
@pytest.mark.parametrize("zoom", [5.3, 0.47])
def test_a_turned_view_has_the_very_pixels_of_the_upright_one(
    qtbot: QtBot, open_viewer: OpenViewer, tmp_path: Path, model: str, zoom: float
) -> None:
    rng = np.random.default_rng(5)
    path = tmp_path / "noise.png"
    write_image(path, rng.integers(0, 256, (701, 997, 3), dtype=np.uint8))
    viewer = open_viewer(path, model=model, width=WIDTH, height=HEIGHT)
    viewer.controller.zoom_to(zoom)
    viewer.controller.center_on(300.0, 401.0)
    camera = camera_of(viewer)
    upright = show(qtbot, viewer, UPRIGHT, camera)
    for orientation in ALL:
        shown = show(qtbot, viewer, orientation, camera)
        assert np.array_equal(shown, laid(upright, orientation)), orientation


@pytest.mark.parametrize("zoom", [1.0, 2.0])
def test_the_pixel_under_the_cursor_is_that_which_is_seen(
    qtbot: QtBot, open_viewer: OpenViewer, tmp_path: Path, zoom: float
) -> None:
    path = tmp_path / "noise.png"
    write_image(path, np.random.default_rng(6).integers(0, 256, (97, 61, 3), dtype=np.uint8))
    viewer = open_viewer(path, model="bicubic", width=WIDTH, height=HEIGHT)
    controller, document = viewer.controller, document_of(viewer)
    controller.zoom_to(zoom)
    camera = camera_of(viewer)
    upright = show(qtbot, viewer, UPRIGHT, camera)
    for orientation in ALL:
        shown = show(qtbot, viewer, orientation, camera)
        # In the photo, at its edges, and beside it.
        rows, columns = (range(0, side, 7) for side in shown.shape[:2])
        pixels = {(y, x): controller.pixel_at((float(y), float(x))) for y in rows for x in columns}
        assert len({pixel for pixel in pixels.values() if pixel is not None}) > 100
        numbers = laid(np.arange(upright.shape[0] * upright.shape[1]).reshape(upright.shape[:2]), orientation)
        for (y, x), pixel in pixels.items():
            device = divmod(int(numbers[y, x]), upright.shape[1])
            place = camera.to_image((device[0] + 0.5, device[1] + 0.5))
            inside = 0 <= place[0] < 97 and 0 <= place[1] < 61
            assert pixel == ((int(place[0]), int(place[1])) if inside else None)
            if pixel is not None and zoom == 1.0:
                assert document.value_at(*pixel) == tuple(shown[y, x])


def test_a_photo_smaller_than_the_canvas_is_turned_in_its_middle(
    qtbot: QtBot, open_viewer: OpenViewer, photo: Path
) -> None:
    viewer = open_viewer(photo, model="bicubic", width=WIDTH, height=HEIGHT)
    viewer.controller.zoom_to(1.0)
    camera = camera_of(viewer)
    upright = show(qtbot, viewer, UPRIGHT, camera)
    for orientation in ALL:
        assert np.array_equal(show(qtbot, viewer, orientation, camera), laid(upright, orientation)), orientation


@pytest.fixture
def viewer(open_viewer: OpenViewer, photo: Path) -> Viewer:
    viewer = open_viewer(photo, model="bicubic", width=WIDTH, height=HEIGHT)
    viewer.controller.zoom_to(9.0)
    return viewer


@pytest.mark.parametrize("orientation", ALL)
def test_the_picture_follows_the_hand(viewer: Viewer, orientation: Orientation) -> None:
    viewer.controller.orient(orientation)
    point = image_position(viewer, (100.0, 150.0))
    drag(viewer, (100.0, 150.0), (110.0, 160.0), (77.0, 201.0))
    assert device_position(viewer, point) == pytest.approx((77.0, 201.0), abs=1)


@pytest.mark.parametrize("orientation", ALL)
def test_wheel_and_pinch_zoom_about_the_cursor(viewer: Viewer, orientation: Orientation) -> None:
    viewer.controller.orient(orientation)
    pos = (60.0, 250.0)
    point = image_position(viewer, pos)
    for _ in range(4):
        turn_wheel(viewer, pos, angle=120)
        pinch(viewer, pos, 0.11)
        assert device_position(viewer, point) == pytest.approx(pos, abs=0.5 + 1e-6)
    assert camera_of(viewer).zoom > 18


@pytest.mark.parametrize("orientation", ALL)
def test_keys_show_more_of_the_side_they_name(viewer: Viewer, orientation: Orientation) -> None:
    viewer.controller.orient(orientation)
    center = (HEIGHT / 2, WIDTH / 2)
    sides = {"pan_left": (0, 1), "pan_right": (0, -1), "pan_up": (1, 0), "pan_down": (-1, 0)}
    for name, (down, right) in sides.items():
        point = image_position(viewer, center)
        viewer.window.actions_[name].trigger()
        y, x = device_position(viewer, point)
        assert (np.sign(round(y - center[0])), np.sign(round(x - center[1]))) == (down, right), name


def test_keys_turn_clockwise_and_mirror_what_is_seen(viewer: Viewer) -> None:
    actions, controller = viewer.window.actions_, viewer.controller
    actions["rotate_right"].trigger()
    assert controller.orientation == Orientation(1)
    actions["mirror_horizontal"].trigger()
    assert controller.orientation == Orientation(3, mirrored=True)
    actions["rotate_left"].trigger()
    actions["mirror_vertical"].trigger()
    actions["upright"].trigger()
    assert controller.orientation == UPRIGHT


def test_fit_width_means_the_width_on_screen(viewer: Viewer) -> None:
    viewer.window.actions_["rotate_right"].trigger()
    viewer.window.actions_["fit_width"].trigger()
    # The photo lies on its side.
    assert camera_of(viewer).grid.output.height == WIDTH
    viewer.window.actions_["fit_height"].trigger()
    assert camera_of(viewer).grid.output.width == HEIGHT


def test_another_photo_is_upright_again(qtbot: QtBot, viewer: Viewer, photo: Path, tmp_path: Path) -> None:
    viewer.window.actions_["rotate_right"].trigger()
    other = tmp_path / "other.png"
    write_image(other, np.zeros((40, 30, 3), np.uint8))
    with qtbot.waitSignal(viewer.controller.document_read):
        viewer.browsing.open(other)
    assert viewer.controller.orientation == UPRIGHT


@pytest.mark.parametrize("orientation", ALL)
def test_a_turned_loupe_and_split_leave_no_pixel_out_and_paint_none_twice(
    qtbot: QtBot, viewer: Viewer, orientation: Orientation
) -> None:
    viewer.controller.orient(orientation)
    viewer.comparing.set_rival("nearest")
    wait_until_sharp(qtbot, viewer)
    move(viewer, (91.0, 140.0))
    viewer.comparing.flip(True)
    rival = grabbed(viewer)
    viewer.comparing.set_comparing(False)
    own = grabbed(viewer)
    for mode in (CompareMode.SPLIT, CompareMode.LOUPE):
        viewer.comparing.set_mode(mode)
        wait_until_sharp(qtbot, viewer)
        shown = grabbed(viewer)
        is_own = (shown == own).all(2)
        is_rival = (shown == rival).all(2)
        assert (is_own | is_rival).all()
        assert (is_rival & ~is_own).any() and (is_own & ~is_rival).any()
