"""Crops: inside of the photo whatever is asked, of the aspect to half a pixel, as large as there is room."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from liif_core.errors import RequestError
from liif_core.export.crops import ASPECTS, Aspect, Corner, check_crop, largest_crop, moved_inside, with_aspect
from liif_core.geometry import Rect, Size

photos = st.builds(Size, st.integers(1, 3000), st.integers(1, 3000))
aspects = st.one_of(st.sampled_from(ASPECTS), st.builds(Aspect, st.floats(0.2, 5), st.floats(0.2, 5)))


def is_of(crop: Rect, aspect: Aspect, photo: Size) -> bool:
    """To half a pixel of the shorter way round, and a pixel at the borders."""
    wide = abs(crop.width - crop.height * aspect.ratio) <= 0.51 * max(1, aspect.ratio) + 0.51
    return wide or crop.height == 1 or crop.width == 1


@given(photos, aspects, st.floats(-500, 3500), st.floats(-500, 3500))
def test_the_largest_crop_has_a_side_of_the_photo(photo: Size, aspect: Aspect, y: float, x: float) -> None:
    for crop in (largest_crop(photo, aspect), largest_crop(photo, aspect, center=(y, x))):
        check_crop(photo, crop)
        assert crop.height == photo.height or crop.width == photo.width
        assert is_of(crop, aspect, photo)


@given(st.data(), photos, aspects, st.sampled_from(Corner))
def test_a_crop_takes_an_aspect_inside_of_the_photo(
    data: st.DataObject, photo: Size, aspect: Aspect, keep: Corner
) -> None:
    top, left = data.draw(st.integers(0, photo.height - 1)), data.draw(st.integers(0, photo.width - 1))
    height = data.draw(st.integers(1, photo.height - top))
    crop = Rect(top, left, height, data.draw(st.integers(1, photo.width - left)))
    found = with_aspect(photo, crop, aspect, keep=keep)
    check_crop(photo, found)
    assert is_of(found, aspect, photo)
    # Rounding to whole pixels adds at most half a row and half a column.
    assert found.area <= crop.area + found.height + found.width + 1


def test_the_kept_corner_stays() -> None:
    crop = Rect(100, 100, 100, 200)
    square = Aspect(1, 1)
    assert with_aspect(Size(1000, 1000), crop, square, keep=Corner.TOP_LEFT) == Rect(100, 100, 141, 141)
    found = with_aspect(Size(1000, 1000), crop, square, keep=Corner.BOTTOM_RIGHT)
    assert (found.bottom, found.right) == (200, 300)


@given(photos, st.integers(-99, 4000), st.integers(-99, 4000), st.integers(0, 4000), st.integers(0, 4000))
def test_a_crop_moved_inside_keeps_its_size_where_there_is_room(photo: Size, y: int, x: int, h: int, w: int) -> None:
    found = moved_inside(photo, Rect(y, x, h, w))
    check_crop(photo, found)
    assert (found.height, found.width) == (min(max(h, 1), photo.height), min(max(w, 1), photo.width))


@pytest.mark.parametrize(("text", "aspect"), [("3:2", Aspect(3, 2)), ("1.5", Aspect(1.5, 1)), ("16/9", Aspect(16, 9))])
def test_aspects_are_read(text: str, aspect: Aspect) -> None:
    assert Aspect.parse(text) == aspect
    assert Aspect.parse(aspect.text) == aspect


@pytest.mark.parametrize("text", ["", "3:2:1", "a:b", "0:1", "-1:2", "nan", "inf:1"])
def test_other_texts_are_no_aspects(text: str) -> None:
    with pytest.raises(RequestError):
        Aspect.parse(text)


def test_an_aspect_lies_along_the_photo() -> None:
    assert Aspect(3, 2).along(Size(400, 300)) == Aspect(2, 3)
    assert Aspect(2, 3).along(Size(300, 400)) == Aspect(3, 2)
