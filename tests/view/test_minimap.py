"""The map in the corner."""

from __future__ import annotations

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from liif_core.geometry import Rect, Size
from liif_core.orientation import UPRIGHT, Orientation
from liif_core.view.camera import Camera
from liif_core.view.minimap import LONGEST_SIDE, MARGIN, Minimap
from tests.view.strategies import cameras, unit

orientations = st.builds(Orientation, st.integers(0, 3), st.booleans())
ratios = st.sampled_from([1.0, 1.25, 2.0])
VIEW = Camera(Size(3000, 4000), Size(800, 1200), 1.0, 1500, 2000)


def map_of(camera: Camera, *, ratio: float = 1.0, orientation: Orientation = UPRIGHT) -> Minimap:
    minimap = Minimap.of(camera, ratio=ratio, orientation=orientation)
    assert minimap is not None
    return minimap


def test_it_lies_at_the_lower_right_with_a_margin() -> None:
    assert map_of(VIEW).rect == Rect(800 - MARGIN - 135, 1200 - MARGIN - LONGEST_SIDE, 135, LONGEST_SIDE)
    fine = map_of(VIEW.resized(Size(1600, 2400)), ratio=2.0)
    assert fine.rect == Rect(1600 - 2 * MARGIN - 270, 2400 - 2 * MARGIN - 360, 270, 360)


def test_it_is_smaller_in_a_small_window_and_missing_in_a_tiny_one() -> None:
    assert map_of(VIEW.resized(Size(300, 400))).rect.width == 90
    assert Minimap.of(VIEW.resized(Size(100, 1000))) is None
    assert Minimap.of(VIEW.resized(Size(200, 1000)), ratio=2.0) is None


def test_there_is_none_when_all_is_visible() -> None:
    assert Minimap.of(VIEW.fitted()) is None
    assert Minimap.of(VIEW.fitted().zoomed(1.1, (0, 0))) is not None


@given(cameras(), ratios, orientations)
def test_the_frame_holds_what_is_visible(camera: Camera, ratio: float, orientation: Orientation) -> None:
    minimap = Minimap.of(camera, ratio=ratio, orientation=orientation)
    assume(minimap is not None)
    assert minimap is not None
    screen = orientation.size_on_screen(camera.viewport)
    assert screen.rect.contains(minimap.rect)
    assert minimap.rect.contains(minimap.frame) and not minimap.frame.is_empty
    # Corners and middle of what is visible, by way of the frame on screen.
    frame, grid = minimap.frame, camera.grid
    ends = [minimap.to_image(pos) for pos in ((frame.y, frame.x), (frame.bottom, frame.right))]
    (low_y, high_y), (low_x, high_x) = (sorted(values) for values in zip(*ends, strict=True))
    slack_y, slack_x = 1e-6 * camera.photo.height, 1e-6 * camera.photo.width
    assert low_y - slack_y <= camera.visible.y / grid.scale_y
    assert camera.visible.bottom / grid.scale_y <= high_y + slack_y
    assert low_x - slack_x <= camera.visible.x / grid.scale_x
    assert camera.visible.right / grid.scale_x <= high_x + slack_x
    # And no more than one pixel of the map beyond it on each side.
    upright = orientation.size_of_photo(Size(minimap.rect.height, minimap.rect.width))
    seen = camera.visible.height / grid.scale_y
    assert high_y - low_y <= seen + 2 * camera.photo.height / upright.height + slack_y


@given(orientations, unit, unit)
def test_a_point_of_the_map_is_the_place_that_is_painted_there(
    orientation: Orientation, share_y: float, share_x: float
) -> None:
    minimap = map_of(VIEW, orientation=orientation)
    upright = orientation.size_of_photo(Size(minimap.rect.height, minimap.rect.width))
    y, x = orientation.to_screen((share_y * upright.height, share_x * upright.width), upright)
    pos_image = minimap.to_image((minimap.rect.y + y, minimap.rect.x + x))
    assert pos_image == pytest.approx((share_y * VIEW.photo.height, share_x * VIEW.photo.width), abs=1e-9 * 4000)


def test_points_beside_the_map_are_at_its_border() -> None:
    minimap = map_of(VIEW)
    assert minimap.to_image((-1e5, 1e5)) == (0.0, 4000.0)
    assert minimap.hit((minimap.rect.y, minimap.rect.x))
    assert not minimap.hit((minimap.rect.bottom, minimap.rect.x))
    assert not minimap.hit((minimap.rect.y, minimap.rect.x - 0.5))


def test_a_narrow_photo_can_still_be_pointed_at() -> None:
    minimap = map_of(Camera(Size(20000, 10), VIEW.viewport, 8.0, 10000, 5))
    assert (minimap.rect.height, minimap.rect.width) == (180, 8)
    assert minimap.to_image((minimap.rect.y + 90.0, minimap.rect.x + 4.0)) == (10000.0, 5.0)
