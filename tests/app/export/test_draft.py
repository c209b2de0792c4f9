from __future__ import annotations

import tempfile
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import assume, example, given
from hypothesis import strategies as st

from app.export.checks import Reason, size_problem
from app.export.draft import (
    FREE,
    ORIGINAL,
    Draft,
    What,
    aspect_of,
    part_of,
    request_of,
    shown_part,
    size_of,
    with_as_seen,
    with_crop_aspect,
    with_format,
    with_shown_crop,
    with_swapped_aspect,
    with_what,
)
from app.export.limits import Limits
from app.export.size_modes import SizeMode, in_mode, is_linked, mode_of, print_sides_mm, with_link
from liif_core.export.plan import plan_export
from liif_core.export.request import View
from liif_core.export.sizes import Exact, Height, LongSide, Megapixels, Print, Scale, Width, Wish
from liif_core.geometry import OutputGrid, Rect, Size
from liif_core.imaging.encoding import format_of
from liif_core.orientation import Orientation
from liif_core.view.camera import Camera
from tests.app.export.photos import draft_of, formats, orientations, photo_of, rects_in, sizes

SIZE = Size(100, 150)


@given(st.data(), orientations)
def test_the_crop_that_is_set_is_the_crop_that_is_shown(data, orientation):
    photo = photo_of(data.draw(sizes), orientation=orientation)
    crop = data.draw(rects_in(orientation.size_on_screen(photo.size)))
    draft = with_shown_crop(draft_of(photo, what=What.CROP), photo, crop)
    assert shown_part(draft, photo) == crop and photo.size.rect.contains(part_of(draft, photo))


wishes = st.one_of(
    st.builds(Scale, st.floats(0.01, 9)),
    st.builds(Width, st.integers(1, 2000)),
    st.builds(Height, st.integers(1, 2000)),
    st.builds(LongSide, st.integers(1, 2000)),
    st.builds(Megapixels, st.floats(0.01, 4)),
    st.builds(Print, st.floats(1, 400), st.none(), st.floats(30, 300)),
    st.none(),
)


@given(st.data(), orientations, wishes, st.sampled_from([What.PHOTO, What.VIEW, What.CROP]))
def test_the_size_that_is_told_is_that_of_the_plan(data, orientation, wish, what):
    photo = photo_of(data.draw(sizes), orientation=orientation)
    what = What.VIEW if wish is None else what
    draft = draft_of(photo, what=what, wish=wish, crop=data.draw(rects_in(photo.size)), form=format_of("a.png"))
    told = size_of(draft, photo)
    assert told is not None
    # Thin parts of the photo can become longer than the format takes, which is refused.
    assume(max(told.height, told.width) <= draft.form.max_side)
    with tempfile.TemporaryDirectory() as folder:
        plan = plan_export(photo.size, request_of(draft, photo, Path(folder) / "a.png"))
    slack = 1 if isinstance(wish, Scale) and what is not What.PHOTO else 0
    assert abs(plan.size.height - told.height) <= slack and abs(plan.size.width - told.width) <= slack


def test_a_view_is_asked_for_as_the_very_pixels_of_the_screen():
    camera = Camera(SIZE, Size(40, 60), 3.3, 50, 70)
    photo = photo_of(SIZE, camera=camera)
    draft = with_what(draft_of(photo), photo, What.VIEW)
    assert draft.wish is None and request_of(draft, photo, Path("a.jpg")).what == View.of(camera)
    larger = replace(draft, wish=LongSide(900))
    part = part_of(larger, photo)
    assert photo.size.rect.contains(part) and part.width == pytest.approx(60 / 3.3, abs=2)


def test_only_a_view_has_the_size_of_the_screen():
    photo = photo_of(SIZE)
    view = with_what(draft_of(photo), photo, What.VIEW)
    assert with_what(view, photo, What.PHOTO).wish is not None


def test_what_is_seen_ends_at_a_border_of_pixels_where_the_view_does():
    size, output = Size(910, 4649), Size(1001, 5114)
    # Row 561 of 1001 begins where row 510 of 910 does.
    view = View(OutputGrid(size, output), Rect(561, 1974, 262, 613))
    photo = replace(photo_of(size), view=view)
    assert photo.seen_part == Rect(510, 1794, 239, 558)


def test_a_crop_begins_as_what_is_seen():
    photo = photo_of(SIZE, camera=Camera(SIZE, Size(40, 60), 4.0, 50, 70))
    draft = with_what(draft_of(photo), photo, What.CROP)
    assert draft.crop == photo.seen_part and draft.crop != SIZE.rect


@given(st.data(), orientations, st.sampled_from([FREE, ORIGINAL, "1:1", "3:2", "16:9"]))
def test_an_aspect_is_that_of_the_picture_as_it_lies_in_the_file(data, orientation, aspect):
    photo = photo_of(Size(301, 400), orientation=orientation)
    draft = draft_of(photo, what=What.CROP, crop=data.draw(rects_in(photo.size)))
    part = shown_part(with_crop_aspect(draft, photo, aspect), photo)
    if aspect not in (FREE, ORIGINAL):
        width, height = (int(side) for side in aspect.split(":"))
        assert abs(part.width * height - part.height * width) <= 0.5 * (width + height) + 1e-6


def test_an_aspect_swapped_is_upright():
    photo = photo_of(SIZE)
    draft = with_crop_aspect(draft_of(photo, what=What.CROP, crop=Rect(10, 10, 20, 30)), photo, "3:2")
    swapped = with_swapped_aspect(draft, photo)
    part = shown_part(swapped, photo)
    assert swapped.aspect == "2:3" and part.height > part.width


def test_another_format_takes_what_it_can_hold():
    photo = photo_of(SIZE)
    draft: Draft = with_format(draft_of(photo, target=Path("/photos/a.jpg")), format_of("a.tif"))
    assert draft.target == Path("/photos/a.tif")
    deep = replace(draft, options=replace(draft.options, bits=16, quality=70))
    back = with_format(deep, format_of("a.jpg"))
    assert back.options.bits == 8 and back.options.quality is None


# -- sizes


@example(Size(3, 1), SizeMode.PIXELS, Size(1, 1))
@given(sizes, st.sampled_from(SizeMode), sizes)
def test_a_size_said_in_another_way_is_nearly_the_same(part, mode, size):
    # Of the same shape, else no linked way could say it; so small a size that a side is cut off at 1 has another.
    size = part.scaled(max(size.height / 100, 1 / min(part.height, part.width)))
    wish = in_mode(mode, size, part)
    assert mode_of(wish) is mode
    if wish is not None:
        made = wish.size_of(part)
        # Half a pixel of the side that is given, and half a pixel of the one that follows.
        slack = 1 + 0.5 * max(part.height, part.width) / min(part.height, part.width)
        assert abs(made.height - size.height) <= slack and abs(made.width - size.width) <= slack


def test_unlinking_keeps_the_pixels_and_linking_the_width():
    free = with_link(Width(300), Size(200, 300), linked=False)
    assert free == Exact(Size(200, 300)) and not is_linked(free)
    assert with_link(Exact(Size(50, 300)), Size(50, 300), linked=True) == Width(300)
    paper = with_link(Print(100.0, None, 254.0), Size(500, 1000), linked=False)
    assert isinstance(paper, Print) and paper.height_mm == pytest.approx(50)
    assert print_sides_mm(paper, Size(500, 1000)) == pytest.approx((100.0, 50.0))


@given(sizes, formats, st.sampled_from(SizeMode))
def test_the_largest_number_that_is_offered_is_allowed_and_not_much_smaller_than_possible(part, form, mode):
    limits = Limits.of(part, form)
    largest = limits.largest(mode)
    wishes: dict[SizeMode, Callable[[], Wish]] = {
        SizeMode.PERCENT: lambda: Scale(largest / 100),
        SizeMode.MEGAPIXELS: lambda: Megapixels(largest),
    }
    wish = wishes.get(mode, lambda: LongSide(int(largest)))()
    size = wish.size_of(part)
    assert limits.allows(size)
    assert not limits.allows(Size(size.height + 1 + size.height // 50, size.width + 1 + size.width // 50))


@given(sizes, formats)
def test_a_largest_side_is_allowed_with_the_other_following(part, form):
    limits = Limits.of(part, form)
    assert limits.allows(Width(limits.max_width).size_of(part))
    assert limits.allows(Height(limits.max_height).size_of(part))
    assert limits.allows(Size(100, limits.max_beside(100)))


def test_too_large_a_size_is_told_with_the_format_and_its_limit():
    photo = photo_of(SIZE)
    side = size_problem(draft_of(photo, wish=Width(70_000)), photo)
    assert side is not None and (side.reason, side.facts) == (Reason.SIDE, ("JPEG", 65500))
    pixels = size_problem(draft_of(photo, wish=Exact(Size(64_000, 65_000))), photo)
    assert pixels is not None and pixels.reason is Reason.PIXELS
    assert size_problem(draft_of(photo, wish=Width(60_000)), photo) is None
    assert size_problem(draft_of(photo, wish=Scale(float("nan"))), photo) is not None


def test_a_turned_photo_is_measured_as_it_lies():
    photo = photo_of(SIZE, orientation=Orientation(1))
    assert size_of(draft_of(photo, wish=Width(200)), photo) == Size(300, 200)
    assert size_of(draft_of(photo, wish=Width(300), as_seen=False), photo) == Size(200, 300)


@pytest.mark.parametrize("aspect", ["16:9", "1:2", FREE, ORIGINAL])
def test_a_crop_keeps_its_aspect_when_the_photo_is_turned_upright(aspect):
    photo = photo_of(Size(300, 480), orientation=Orientation(1))
    draft = with_crop_aspect(draft_of(photo, what=What.CROP, crop=Rect(60, 90, 160, 200)), photo, aspect)
    for as_seen in (False, True):
        before, draft = draft, with_as_seen(draft, photo, as_seen)
        part, wanted = shown_part(draft, photo), aspect_of(draft, photo)
        assert draft.as_seen == as_seen
        if wanted is None:
            assert draft.crop == before.crop
        else:
            assert abs(part.width / part.height - wanted.width / wanted.height) < 0.03
