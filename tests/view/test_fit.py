"""Photos that fit, stay fitted, and are shown at the same place elsewhere."""

from __future__ import annotations

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from liif_core.errors import RequestError
from liif_core.geometry import Size
from liif_core.orientation import Orientation
from liif_core.view.camera import Camera, Place
from liif_core.view.fit import FitMode
from tests.view.strategies import cameras, inside, photos, unit, viewports

modes = st.sampled_from(list(FitMode))
PHOTO, WINDOW = Size(3000, 4000), Size(600, 900)


@given(photos, viewports, modes)
@example(Size(1, 20000), Size(600, 800), FitMode.HEIGHT)
@example(Size(1, 1), Size(1, 2000), FitMode.FILL)
def test_every_mode_is_reached_and_fits_what_it_says(photo: Size, viewport: Size, mode: FitMode) -> None:
    camera = Camera.fitting(photo, viewport, mode)
    output = camera.grid.output
    assert camera.fit is mode
    fits_height, fits_width = output.height == viewport.height, output.width == viewport.width
    match mode:
        case FitMode.WINDOW:
            assert (fits_height or fits_width) and camera.visible == output.rect
        case FitMode.WIDTH:
            assert fits_width
        case FitMode.HEIGHT:
            assert fits_height
        case FitMode.FILL:
            assert fits_height or fits_width
            assert (camera.visible.height, camera.visible.width) == (viewport.height, viewport.width)


@given(cameras(), modes, viewports, viewports)
def test_a_fit_survives_every_resize(camera: Camera, mode: FitMode, first: Size, second: Size) -> None:
    resized = camera.fitted(mode).resized(first).resized(second)
    assert resized.fit is mode
    assert resized.zoom == Camera.fitting(camera.photo, second, mode).zoom


@given(cameras(), modes, st.floats(-500, 500), st.floats(-500, 500), viewports)
def test_panning_keeps_the_fit(camera: Camera, mode: FitMode, dy: float, dx: float, viewport: Size) -> None:
    panned = camera.fitted(mode).panned(dy, dx)
    assert panned.fit is mode
    assert panned.centered_on(panned.center_y + dy, panned.center_x).resized(viewport).fit is mode


@pytest.mark.parametrize("mode", list(FitMode))
def test_zooming_ends_the_fit(mode: FitMode) -> None:
    fitted = Camera.fitting(PHOTO, WINDOW, mode)
    for zoomed in (fitted.zoomed(1.1, (10, 20)), fitted.at_zoom(fitted.zoom * 1.1)):
        assert zoomed.fit is None
        assert zoomed.resized(Size(700, 800)).zoom == zoomed.zoom


def test_a_zoom_that_a_limit_swallows_keeps_the_fit() -> None:
    assert Camera.fitting(PHOTO, WINDOW).zoomed(0.5, (10, 20)).fit is FitMode.WINDOW


@given(cameras())
def test_the_whole_photo_in_the_window_is_fitted_however_it_got_there(camera: Camera) -> None:
    assert camera.at_zoom(camera.fit_zoom).fit is FitMode.WINDOW
    assert (camera.fit is None) != camera.is_fitted


def test_modes_of_one_zoom_differ_when_the_window_is_resized() -> None:
    square, wide = Size(500, 500), Size(500, 800)
    by_width, whole = (Camera.fitting(Size(100, 100), square, mode) for mode in (FitMode.WIDTH, FitMode.WINDOW))
    assert by_width.zoom == whole.zoom
    assert by_width != whole
    assert by_width.is_fitted
    assert (by_width.resized(wide).zoom, whole.resized(wide).zoom) == (8.0, 5.0)


@given(photos, viewports, modes)
def test_a_turned_mode_fits_a_turned_photo(photo: Size, viewport: Size, mode: FitMode) -> None:
    on_side = Orientation(1)
    turned = Camera.fitting(photo, on_side.size_of_photo(viewport), mode.turned)
    as_seen = Camera.fitting(on_side.size_on_screen(photo), viewport, mode)
    assert turned.zoom == as_seen.zoom


def test_a_mode_of_another_zoom_is_not_believed() -> None:
    assert Camera(PHOTO, WINDOW, 2.0, 1500, 2000, fit=FitMode.WIDTH).fit is None


def test_fitting_a_side_keeps_the_place_along_the_other() -> None:
    fitted = Camera(PHOTO, WINDOW, 2.0, 1600, 1000).fitted(FitMode.WIDTH)
    assert (fitted.center_y, fitted.center_x) == (1600, 2000)


@given(cameras(), photos, viewports)
def test_another_photo_is_shown_at_the_same_zoom_and_relative_centre(
    camera: Camera, photo: Size, viewport: Size
) -> None:
    carried = camera.carried_to(photo, viewport)
    center_y, center_x = camera.place.center
    wanted = Camera(photo, viewport, camera.zoom, center_y * photo.height, center_x * photo.width)
    assert carried.zoom == wanted.zoom
    assert carried.center_y == pytest.approx(wanted.center_y, rel=1e-12)
    assert carried.center_x == pytest.approx(wanted.center_x, rel=1e-12)
    assert carried.zoom == min(max(camera.zoom, carried.min_zoom), carried.max_zoom)


@given(cameras())
def test_the_next_photo_of_a_series_is_seen_as_this_one(camera: Camera) -> None:
    assert camera.carried_to(camera.photo, camera.viewport) == camera


def test_carrying_does_not_fit_again() -> None:
    carried = Camera.fitting(PHOTO, WINDOW).carried_to(Size(3010, 3990), WINDOW)
    assert (carried.zoom, carried.fit) == (0.2, None)


@given(cameras(), st.one_of(st.none(), modes), st.tuples(unit, unit))
def test_a_place_brings_the_view_back(camera: Camera, mode: FitMode | None, share: tuple[float, float]) -> None:
    if mode is not None:
        camera = camera.fitted(mode)
    camera = camera.panned(*inside(camera, share))
    back = camera.place.camera(camera.photo, camera.viewport)
    assert (back.zoom, back.fit) == (camera.zoom, camera.fit)
    assert back.origin_device == pytest.approx(camera.origin_device, abs=1)


@given(cameras(), modes, photos, viewports)
def test_a_fitted_place_is_fitted_elsewhere(camera: Camera, mode: FitMode, photo: Size, viewport: Size) -> None:
    assert camera.fitted(mode).place.camera(photo, viewport).fit is mode


@pytest.mark.parametrize("place", [Place(float("nan"), (0.5, 0.5)), Place(0.0, (0.5, 0.5)), Place(1.0, (1e400, 0.5))])
def test_places_that_are_none_are_refused(place: Place) -> None:
    with pytest.raises(RequestError):
        place.camera(PHOTO, WINDOW)


def test_a_place_outside_of_the_photo_is_brought_inside() -> None:
    camera = Place(1e9, (-3.0, 7.0)).camera(PHOTO, WINDOW)
    assert camera.zoom == camera.max_zoom
    assert camera.to_device((0.0, PHOTO.width)) == (0.0, WINDOW.width)
