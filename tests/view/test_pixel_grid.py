"""Lines between the photo's own pixels."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from liif_core.geometry import Size
from liif_core.view.camera import Camera
from liif_core.view.pixel_grid import pixel_lines
from tests.view.strategies import unit


@st.composite
def close_views(draw: st.DrawFn) -> Camera:
    photo = Size(draw(st.integers(1, 3000)), draw(st.integers(1, 3000)))
    viewport = Size(draw(st.integers(1, 300)), draw(st.integers(1, 300)))
    center_y, center_x = draw(unit) * photo.height, draw(unit) * photo.width
    return Camera(photo, viewport, draw(st.floats(8.0, 256.0)), center_y, center_x)


def by_hand(side_image: int, side_grid: int, origin: int, side_viewport: int) -> list[int]:
    """The source pixel of every device pixel of the viewport; a line where it changes."""
    inside = [device for device in range(side_viewport) if 0 <= device - origin < side_grid]
    sources = [(2 * (device - origin) + 1) * side_image // (2 * side_grid) for device in inside]
    return [device for device, before, here in zip(inside[1:], sources, sources[1:], strict=False) if before != here]


@given(close_views())
def test_lines_are_where_the_nearest_source_pixel_changes(camera: Camera) -> None:
    output, (top, left) = camera.grid.output, camera.origin_device
    rows, columns = pixel_lines(camera)
    assert list(rows) == by_hand(camera.photo.height, output.height, top, camera.viewport.height)
    assert list(columns) == by_hand(camera.photo.width, output.width, left, camera.viewport.width)


def test_lines_follow_the_picture_and_spare_its_outer_border() -> None:
    camera = Camera(Size(4, 3), Size(100, 100), 10.0, 2, 1.5)
    assert camera.origin_device == (30, 35)
    assert pixel_lines(camera) == ((40, 50, 60), (45, 55))


def test_there_are_none_below_eight_times() -> None:
    camera = Camera(Size(400, 300), Size(100, 100), 4.0, 200, 150)
    assert pixel_lines(camera.at_zoom(7.99)) == ((), ())
    for _ in range(4):
        camera = camera.zoomed(2**0.25, (50, 50))
    assert camera.zoom == pytest.approx(8.0)
    rows, columns = pixel_lines(camera)
    assert len(rows) in (12, 13) and len(columns) in (12, 13)
