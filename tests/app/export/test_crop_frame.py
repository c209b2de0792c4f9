from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.export.crop_frame import Grip, dragged, drawn, grip_at, resized
from liif_core.export.crops import Aspect
from liif_core.geometry import Rect, Size
from tests.app.export.photos import rects_in, sizes

PHOTO, CROP = Size(100, 200), Rect(20, 40, 40, 60)
movements = st.tuples(st.floats(-900, 900), st.floats(-900, 900))
aspects = st.sampled_from([Aspect(1, 1), Aspect(3, 2), Aspect(9, 16), Aspect(297, 210)])


@st.composite
def held_crops(draw: st.DrawFn) -> tuple[Size, Rect, Grip]:
    photo = draw(sizes)
    return photo, draw(rects_in(photo)), draw(st.sampled_from(Grip))


@given(held_crops(), movements, st.none() | aspects)
def test_a_crop_stays_inside_whatever_the_hand_does(held, moved, aspect):
    photo, crop, grip = held
    new = dragged(photo, crop, grip, moved, aspect=aspect)
    assert not new.is_empty and photo.rect.contains(new)


@given(held_crops(), movements)
def test_a_free_crop_keeps_the_sides_that_are_not_held(held, moved):
    photo, crop, grip = held
    new = dragged(photo, crop, grip, moved)
    down, right = grip.value
    if grip is not Grip.INSIDE:
        assert down < 0 or new.y == crop.y
        assert down > 0 or new.bottom == crop.bottom
        assert right < 0 or new.x == crop.x
        assert right > 0 or new.right == crop.right
    else:
        assert (new.height, new.width) == (crop.height, crop.width)


@given(held_crops(), movements, aspects)
def test_an_aspect_is_kept_to_half_a_pixel_wherever_it_finds_room(held, moved, aspect):
    photo, crop, grip = held
    new = dragged(photo, crop, grip, moved, aspect=aspect)
    if grip is not Grip.INSIDE and min(new.width, new.height) > 1:
        off = abs(new.width - new.height * aspect.ratio)
        assert off <= 0.5 + 0.5 * aspect.ratio + 1e-9


@given(st.data())
def test_a_crop_that_is_drawn_begins_where_the_hand_began(data):
    photo = data.draw(sizes)
    y, x = data.draw(st.floats(0, photo.height - 1)), data.draw(st.floats(0, photo.width - 1))
    new = drawn(photo, (y, x), (y + data.draw(st.floats(-500, 500)), x + data.draw(st.floats(-500, 500))))
    assert photo.rect.contains(new) and new.y - 1 <= y <= new.bottom + 1 and new.x - 1 <= x <= new.right + 1


def test_a_corner_of_an_aspect_follows_the_side_that_wants_more():
    assert dragged(PHOTO, CROP, Grip.BOTTOM_RIGHT, (0, 15), aspect=Aspect(3, 2)) == Rect(20, 40, 50, 75)
    assert dragged(PHOTO, CROP, Grip.BOTTOM_RIGHT, (20, 0), aspect=Aspect(3, 2)) == Rect(20, 40, 60, 90)


def test_a_side_of_an_aspect_grows_the_others_about_the_middle():
    assert dragged(PHOTO, CROP, Grip.RIGHT, (0, 30), aspect=Aspect(3, 2)) == Rect(10, 40, 60, 90)


@pytest.mark.parametrize(
    "pos, grip",
    [
        ((20, 40), Grip.TOP_LEFT),
        ((60, 100), Grip.BOTTOM_RIGHT),
        ((40, 38), Grip.LEFT),
        ((58, 70), Grip.BOTTOM),
        ((40, 70), Grip.INSIDE),
        ((40, 10), None),
    ],
)
def test_what_is_under_the_hand(pos, grip):
    assert grip_at(CROP, pos, slack=5) is grip


def test_a_tiny_crop_can_still_be_moved():
    assert grip_at(Rect(10, 10, 6, 6), (13, 13), slack=8) is Grip.INSIDE


@given(st.data(), st.none() | aspects)
def test_keys_change_a_crop_by_single_pixels_and_never_leave_the_photo(data, aspect):
    photo = data.draw(sizes)
    crop = data.draw(rects_in(photo))
    for by in ((0, 1), (0, -1), (1, 0), (-1, 0)):
        new = resized(photo, crop, by, aspect=aspect)
        assert photo.rect.contains(new)
        assert aspect is not None or (new.y, new.x) == (crop.y, crop.x)
    wider = resized(PHOTO, CROP, (0, 1))
    assert wider == Rect(20, 40, 40, 61) and resized(PHOTO, wider, (0, -1)) == CROP
