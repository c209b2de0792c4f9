"""Where a live frame lies when the camera has moved on."""

from __future__ import annotations

import math
from fractions import Fraction

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from liif_core.geometry import OutputGrid, Rect, Size
from liif_core.view.camera import Camera
from liif_core.view.frame import MAX_STRETCH, Frame, place, rect_under
from tests.view.strategies import cameras


def draft_grid(photo: Size, zoom: float, q: int = 2) -> OutputGrid:
    """As decoders give them: uniform pixels at the next zoom in q-ths, the photo rounded up."""
    quick = Fraction(math.ceil(zoom * q), q)
    source = Size(-(-photo.height // q) * q, -(-photo.width // q) * q)
    return OutputGrid(source, Size(int(source.height * quick), int(source.width * quick)))


def frame_of(camera: Camera, grid: OutputGrid) -> Frame[str]:
    return Frame(1, "m", grid, rect_under(camera, grid), "pixels")


@given(camera=cameras(st.floats(0.01, 8.5)))
def test_a_frame_made_for_a_camera_covers_all_that_it_shows(camera: Camera) -> None:
    assume(camera.zoom > 1 and not camera.visible.is_empty)
    grid = draft_grid(camera.photo, camera.zoom)
    placed = place(frame_of(camera, grid), camera)
    assert placed is not None
    assert placed.covers
    y, x, height, width = placed.target
    shown = camera.visible.shifted(*camera.origin_device)
    assert (y, x) == (shown.y, shown.x)
    assert height == pytest.approx(shown.height, abs=1.0)
    assert width == pytest.approx(shown.width, abs=1.0)


@given(
    camera=cameras(st.floats(0.01, 8.5)),
    factor=st.floats(0.6, 1.6),
    dy=st.integers(-300, 300),
    dx=st.integers(-300, 300),
)
def test_what_is_painted_is_the_same_place_of_the_photo(camera: Camera, factor: float, dy: int, dx: int) -> None:
    assume(camera.zoom > 1 and not camera.visible.is_empty)
    frame = frame_of(camera, draft_grid(camera.photo, camera.zoom))
    moved = camera.zoomed(factor, (10.0, 20.0)).panned(dy, dx)
    placed = place(frame, moved)
    assume(placed is not None)
    assert placed is not None
    # The first painted row: its place in the photo by the frame's grid, and by the camera's.
    by_frame = (frame.rect.y + placed.source[0]) / frame.grid.scale_y
    by_camera = (placed.target[0] - moved.origin_device[0]) / moved.grid.scale_y
    assert by_frame == pytest.approx(by_camera, abs=1e-6 * camera.photo.height)
    height, width = frame.rect.height, frame.rect.width
    assert -1e-6 <= placed.source[0] <= placed.source[0] + placed.source[2] <= height + 1e-6
    assert -1e-6 <= placed.source[1] <= placed.source[1] + placed.source[3] <= width + 1e-6


def test_a_frame_leaves_a_gap_where_the_view_was_moved_far() -> None:
    camera = Camera.fitting(Size(1000, 1000), Size(300, 400)).at_zoom(4.0)
    frame = frame_of(camera, draft_grid(camera.photo, 4.0))
    placed = place(frame, camera.panned(0, -100))
    assert placed is not None
    assert not placed.covers
    assert place(frame, camera.panned(0, -2000)) is None


def test_a_frame_of_a_far_zoom_is_of_no_use() -> None:
    camera = Camera.fitting(Size(1000, 1000), Size(300, 400)).at_zoom(4.0)
    frame = frame_of(camera, draft_grid(camera.photo, 4.0))
    assert place(frame, camera.at_zoom(4.0 * MAX_STRETCH * 1.01)) is None
    assert place(frame, camera.at_zoom(4.0 / MAX_STRETCH / 1.01)) is None


def test_a_frame_at_the_lower_right_border_stays_inside_the_grid() -> None:
    photo = Size(101, 77)
    camera = Camera.fitting(photo, Size(300, 400)).at_zoom(7.3).centered_on(101, 77)
    grid = draft_grid(photo, 7.3)
    rect = rect_under(camera, grid)
    assert grid.output.rect.contains(rect)
    assert rect.bottom == math.ceil(101 * grid.scale_y)
    assert isinstance(rect, Rect)
