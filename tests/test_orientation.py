"""Turned and mirrored views: the laws of the group, and agreement with arrays that are turned in truth."""

from __future__ import annotations

import itertools
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from numpy.typing import NDArray

from liif_core.errors import RequestError
from liif_core.geometry import Rect, Size
from liif_core.imaging.turning import turned_pixels, upright_pixels
from liif_core.orientation import ORIENTATIONS, UPRIGHT, Orientation
from tests.view.strategies import sizes

ALL = list(ORIENTATIONS)
orientations = st.sampled_from(ALL)
positions = st.tuples(st.integers(-4000, 4000), st.integers(-4000, 4000)).map(lambda pos: (pos[0] / 4, pos[1] / 4))


def seen(orientation: Orientation, photo: NDArray[Any]) -> NDArray[Any]:
    """The photo as it lies on screen, by numpy."""
    return np.rot90(np.fliplr(photo) if orientation.mirrored else photo, -orientation.quarter_turns)


def numbered(size: Size) -> NDArray[Any]:
    return np.arange(size.area).reshape(size.height, size.width)


def test_there_are_eight_and_all_look_different() -> None:
    photo = numbered(Size(3, 3))
    looks = {seen(orientation, photo).tobytes() for orientation in ALL}
    assert len(set(ALL)) == len(looks) == 8
    assert ALL[0] == UPRIGHT


@pytest.mark.parametrize("orientation", ALL)
def test_turns_and_mirrors_are_those_of_what_is_seen(orientation: Orientation) -> None:
    photo = numbered(Size(3, 5))
    now = seen(orientation, photo)
    np.testing.assert_array_equal(seen(orientation.turned(clockwise=True), photo), np.rot90(now, -1))
    np.testing.assert_array_equal(seen(orientation.turned(clockwise=False), photo), np.rot90(now))
    np.testing.assert_array_equal(seen(orientation.mirrored_horizontally(), photo), np.fliplr(now))
    np.testing.assert_array_equal(seen(orientation.mirrored_vertically(), photo), np.flipud(now))


@pytest.mark.parametrize("orientation", ALL)
def test_laws_of_the_group(orientation: Orientation) -> None:
    turned = orientation
    for _ in range(4):
        turned = turned.turned(clockwise=True)
    assert turned == orientation
    assert orientation.turned(clockwise=True).turned(clockwise=False) == orientation
    assert orientation.mirrored_horizontally().mirrored_horizontally() == orientation
    assert orientation.mirrored_vertically().mirrored_vertically() == orientation
    half = orientation.turned(clockwise=True).turned(clockwise=True)
    assert orientation.mirrored_horizontally().mirrored_vertically() == half
    mirrored_then_turned = orientation.mirrored_horizontally().turned(clockwise=True)
    assert mirrored_then_turned == orientation.turned(clockwise=False).mirrored_horizontally()


def test_all_are_reached_from_upright() -> None:
    reached = {UPRIGHT}
    for _ in range(4):
        reached |= {one.turned(clockwise=True) for one in reached} | {one.mirrored_horizontally() for one in reached}
    assert reached == set(ALL)
    assert [orientation for orientation in ALL if orientation.is_upright] == [UPRIGHT]


@pytest.mark.parametrize("orientation", ALL)
@pytest.mark.parametrize("size", [Size(1, 1), Size(3, 5), Size(4, 2)])
def test_pixels_go_where_numpy_puts_them(orientation: Orientation, size: Size) -> None:
    photo = numbered(size)
    screen = seen(orientation, photo)
    on_screen = Size(*screen.shape)
    assert orientation.size_on_screen(size) == on_screen
    assert orientation.size_of_photo(on_screen) == size
    m11, m12, m21, m22, dx, dy = orientation.matrix(on_screen)
    for y, x in itertools.product(range(size.height), range(size.width)):
        row, column = (value - 0.5 for value in orientation.to_screen((y + 0.5, x + 0.5), size))
        assert screen[int(row), int(column)] == photo[y, x]
        assert (row, column) == (int(row), int(column))
        assert orientation.to_photo((row + 0.5, column + 0.5), on_screen) == (y + 0.5, x + 0.5)
        assert m11 * (x + 0.5) + m21 * (y + 0.5) + dx == column + 0.5
        assert m12 * (x + 0.5) + m22 * (y + 0.5) + dy == row + 0.5


@given(orientations, sizes(9), st.data())
def test_a_rectangle_comes_to_lie_where_its_pixels_do(
    orientation: Orientation, size: Size, data: st.DataObject
) -> None:
    top, left = data.draw(st.integers(0, size.height - 1)), data.draw(st.integers(0, size.width - 1))
    bottom, right = data.draw(st.integers(top + 1, size.height)), data.draw(st.integers(left + 1, size.width))
    rect, photo = Rect.spanning(top, left, bottom, right), numbered(size)
    on_screen = orientation.rect_on_screen(rect, size)
    np.testing.assert_array_equal(seen(orientation, photo)[on_screen.slices], seen(orientation, photo[rect.slices]))
    assert orientation.rect_of_photo(on_screen, size) == rect


@pytest.mark.parametrize("orientation", ALL)
def test_pixels_are_turned_as_they_are_seen(orientation: Orientation) -> None:
    photo = np.arange(30).reshape(3, 5, 2)
    turned = turned_pixels(photo, orientation)
    np.testing.assert_array_equal(turned, seen(orientation, photo))
    np.testing.assert_array_equal(upright_pixels(turned, orientation), photo)


@given(orientations, sizes(2000), positions)
def test_positions_return_exactly(orientation: Orientation, size: Size, pos: tuple[float, float]) -> None:
    on_screen = orientation.size_on_screen(size)
    assert orientation.to_photo(orientation.to_screen(pos, size), on_screen) == pos
    assert orientation.to_screen(orientation.to_photo(pos, on_screen), size) == pos


@given(orientations, sizes(2000), positions, positions)
def test_movements_on_screen_are_differences_of_positions(
    orientation: Orientation, on_screen: Size, start: tuple[float, float], end: tuple[float, float]
) -> None:
    y0, x0 = orientation.to_photo(start, on_screen)
    y1, x1 = orientation.to_photo(end, on_screen)
    assert orientation.vector_to_photo((end[0] - start[0], end[1] - start[1])) == (y1 - y0, x1 - x0)


def test_the_matrix_is_made_of_whole_numbers() -> None:
    assert Orientation(1).matrix(Size(600, 800)) == (0, 1, -1, 0, 800, 0)
    assert Orientation(0, True).matrix(Size(600, 800)) == (-1, 0, 0, 1, 800, 0)
    assert UPRIGHT.matrix(Size(600, 800)) == (1, 0, 0, 1, 0, 0)
    assert all(isinstance(value, int) for one in ALL for value in one.matrix(Size(600, 800)))


@pytest.mark.parametrize("turns", [-1, 4])
def test_other_numbers_of_turns_are_refused(turns: int) -> None:
    with pytest.raises(RequestError, match="0 to 3"):
        Orientation(turns)
