"""The camera: limits, snapping, and what stays in place."""

from __future__ import annotations

import itertools

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from liif_core.errors import RequestError
from liif_core.geometry import Size
from liif_core.view.camera import MAX_ZOOM, Camera
from liif_core.view.fit import FitMode
from tests.view.strategies import cameras, inside, log2_zooms, photos, unit, viewports


def distance(one: tuple[float, float], other: tuple[float, float]) -> float:
    return max(abs(a - b) for a, b in zip(one, other, strict=True))


def free_axes(camera: Camera) -> list[int]:
    """The axes along which no clamp decides where the picture lies: larger than the viewport and not at a border."""
    output, viewport, origin = camera.grid.output, camera.viewport, camera.origin_device
    sides = ((output.height, viewport.height), (output.width, viewport.width))
    return [axis for axis, (grid, view) in enumerate(sides) if view - grid < origin[axis] < 0]


@given(cameras(), st.floats(-4, 4), st.tuples(unit, unit))
def test_zoom_keeps_point_under_cursor(camera: Camera, log2_factor: float, share: tuple[float, float]) -> None:
    anchor = inside(camera, share)
    seen = camera.to_image(anchor)
    zoomed = camera.zoomed(2.0**log2_factor, anchor)
    now = zoomed.to_device(seen)
    for axis in free_axes(zoomed):
        assert abs(now[axis] - anchor[axis]) <= 0.5 + 1e-5


@st.composite
def zoom_walks(draw: st.DrawFn) -> tuple[Camera, list[float], tuple[float, float]]:
    """A view, an anchor and zooms that are all above the view's: then no clamp interferes."""
    photo = Size(draw(st.integers(1000, 20000)), draw(st.integers(1000, 20000)))
    viewport = Size(draw(st.integers(1, 400)), draw(st.integers(1, 400)))
    camera = Camera(photo, viewport, draw(st.floats(0.5, 4)), draw(unit) * photo.height, draw(unit) * photo.width)
    zooms = draw(st.lists(st.floats(camera.zoom, MAX_ZOOM), min_size=1, max_size=150))
    return camera, zooms, inside(camera, (draw(unit), draw(unit)))


@given(zoom_walks())
def test_hundreds_of_zooms_and_their_inverses_return(walk: tuple[Camera, list[float], tuple[float, float]]) -> None:
    start, zooms, anchor = walk
    seen = start.to_image(anchor)
    steps = [b / a for a, b in itertools.pairwise([start.zoom, *zooms])]
    camera = start
    for factor in [*steps, *(1 / factor for factor in reversed(steps))]:
        camera = camera.zoomed(factor, anchor)
        for axis in free_axes(camera):
            assert abs(camera.to_device(seen)[axis] - anchor[axis]) <= 0.5 + 1e-5
    assert camera.zoom == pytest.approx(start.zoom, rel=1e-9)
    assert distance(camera.origin_device, start.origin_device) <= 1


def test_wheel_steps_out_and_in_do_not_drift() -> None:
    start = Camera.fitting(Size(4000, 6000), Size(1000, 1400)).at_zoom(40.0).centered_on(1234.5, 2345.6)
    anchor = (311.25, 987.5)
    camera = start
    for _ in range(20):
        for factor in [2**-0.25] * 12 + [2**0.25] * 12:
            camera = camera.zoomed(factor, anchor)
    assert distance(camera.origin_device, start.origin_device) <= 1


def test_a_point_held_before_a_clamp_is_not_taken_up_again() -> None:
    photo, viewport, anchor = Size(1000, 1000), Size(500, 500), (0.0, 0.0)
    corner = Camera(photo, viewport, 2.0, 1000, 1000)
    fitted = corner.zoomed(0.01, anchor)
    assert fitted.is_fitted
    again = fitted.zoomed(4.0, anchor)
    assert distance(again.to_device(fitted.to_image(anchor)), anchor) <= 0.5


@given(cameras())
def test_viewport_never_leaves_the_picture(camera: Camera) -> None:
    output, viewport, origin = camera.grid.output, camera.viewport, camera.origin_device
    for grid, view, start in zip((output.height, output.width), (viewport.height, viewport.width), origin, strict=True):
        if grid >= view:
            assert view - grid <= start <= 0
        else:
            assert 0 <= (view - grid - start) - start <= 1
    assert not camera.visible.is_empty
    assert camera.min_zoom <= camera.zoom <= camera.max_zoom


@given(cameras())
def test_visible_is_what_the_viewport_shows_of_the_grid(camera: Camera) -> None:
    y, x = camera.origin_device
    on_screen = camera.visible.shifted(y, x)
    assert camera.viewport.rect.contains(on_screen)
    output = camera.grid.output
    assert (on_screen.height, on_screen.width) == (
        min(output.height, camera.viewport.height),
        min(output.width, camera.viewport.width),
    )


@given(cameras(), st.tuples(st.floats(-3000, 3000), st.floats(-3000, 3000)))
def test_device_and_image_positions_are_inverse(camera: Camera, pos_device: tuple[float, float]) -> None:
    pos_image = camera.to_image(pos_device)
    assert camera.to_device(pos_image) == pytest.approx(pos_device, abs=1e-6)
    assert camera.to_image(camera.to_device(pos_image)) == pytest.approx(pos_image, abs=1e-6, rel=1e-9)


@given(cameras())
def test_grid_edges_are_the_photos_edges(camera: Camera) -> None:
    y, x = camera.origin_device
    output = camera.grid.output
    assert camera.to_device((0.0, 0.0)) == (y, x)
    photo_end = (float(camera.photo.height), float(camera.photo.width))
    assert camera.to_device(photo_end) == (y + output.height, x + output.width)


@given(photos, viewports)
@example(Size(1, 1), Size(600, 800))
@example(Size(1, 20000), Size(600, 800))
@example(Size(20000, 1), Size(1, 1))
def test_fitting_shows_everything_as_large_as_possible(photo: Size, viewport: Size) -> None:
    camera = Camera.fitting(photo, viewport)
    output = camera.grid.output
    assert camera.is_fitted
    assert camera.visible == output.rect
    assert output.height == viewport.height or output.width == viewport.width


@given(cameras(), st.tuples(unit, unit))
def test_every_zoom_is_within_the_limits(camera: Camera, share: tuple[float, float]) -> None:
    anchor = inside(camera, share)
    smallest, largest = camera.zoomed(1e-9, anchor), camera.zoomed(1e9, anchor)
    assert smallest.zoom == camera.min_zoom == min(camera.fit_zoom, 1.0)
    assert largest.zoom == camera.max_zoom == max(camera.fitted(FitMode.FILL).zoom, MAX_ZOOM)


def test_a_side_never_shrinks_below_one_pixel() -> None:
    camera = Camera.fitting(Size(1, 20000), Size(600, 800))
    assert camera.grid.output == Size(1, 800)
    assert camera.origin_device == (299, 0)
    assert camera.to_image((299.5, 400.0)) == (0.5, 10000.0)


@pytest.mark.parametrize(("dy", "dx"), [(7, -3), (-20, 11)])
def test_pan_moves_the_picture_by_device_pixels(dy: int, dx: int) -> None:
    camera = Camera(Size(3000, 4000), Size(600, 800), 1.7, 1500, 2000)
    y, x = camera.origin_device
    assert camera.panned(dy, dx).origin_device == (y + dy, x + dx)


def test_slow_pans_add_up() -> None:
    start = Camera(Size(3000, 4000), Size(600, 800), 1.7, 1500, 2000)
    camera = start
    for _ in range(100):
        camera = camera.panned(0.1, -0.3)
    assert distance(camera.origin_device, start.panned(10, -30).origin_device) <= 1


@given(cameras(), viewports)
def test_a_fitted_photo_stays_fitted_when_the_window_is_resized(camera: Camera, viewport: Size) -> None:
    resized = camera.fitted().resized(viewport)
    assert resized.is_fitted
    assert resized == Camera.fitting(camera.photo, viewport)


def test_resizing_keeps_zoom_and_centre() -> None:
    camera = Camera(Size(3000, 4000), Size(600, 800), 2.0, 1000, 1200)
    resized = camera.resized(Size(700, 900))
    assert (resized.zoom, resized.center_y, resized.center_x) == (2.0, 1000, 1200)


@given(cameras(), log2_zooms)
def test_at_zoom_keeps_the_centre_unless_clamped(camera: Camera, log2_zoom: float) -> None:
    other = camera.at_zoom(2.0**log2_zoom)
    for axis in free_axes(other):
        assert (other.center_y, other.center_x)[axis] == (camera.center_y, camera.center_x)[axis]


def test_centered_on_shows_the_point_in_the_middle() -> None:
    camera = Camera.fitting(Size(3000, 4000), Size(600, 800)).at_zoom(3.0).centered_on(700.25, 900.5)
    assert distance(camera.to_device((700.25, 900.5)), (300, 400)) <= 0.5


def test_steps_that_should_meet_100_percent_do() -> None:
    camera = Camera(Size(3000, 4000), Size(600, 800), 1.0, 1500, 2000)
    for factor in [1.1] * 30 + [1 / 1.1] * 30:
        camera = camera.zoomed(factor, (100, 100))
    assert camera.zoom == 1.0


def test_slow_pinch_leaves_100_percent() -> None:
    camera = Camera(Size(3000, 4000), Size(600, 800), 1.0, 1500, 2000)
    assert camera.zoomed(1.002, (100, 100)).zoom == pytest.approx(1.002)


def test_cameras_are_equal_by_what_they_show() -> None:
    camera = Camera(Size(3000, 4000), Size(600, 800), 2.0, 1500, 2000)
    zoomed = camera.zoomed(2.0, (10, 10))
    same = Camera(zoomed.photo, zoomed.viewport, zoomed.zoom, zoomed.center_y, zoomed.center_x)
    assert zoomed == same
    assert hash(zoomed) == hash(same)


@pytest.mark.parametrize("zoom", [0.0, -1.0, float("nan")])
def test_a_zoom_that_is_not_positive_is_refused(zoom: float) -> None:
    camera = Camera.fitting(Size(30, 40), Size(600, 800))
    with pytest.raises(RequestError):
        camera.at_zoom(zoom)
    with pytest.raises(RequestError):
        camera.zoomed(zoom, (0, 0))


def test_a_centre_that_is_not_finite_is_refused() -> None:
    with pytest.raises(RequestError):
        Camera.fitting(Size(30, 40), Size(600, 800)).centered_on(float("nan"), 1.0)
