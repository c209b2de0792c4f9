"""Wishes for sizes: the shape is kept to half a pixel, nonsense is refused, settings keep them."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from liif_core.errors import RequestError
from liif_core.export.presets import BUILT_IN, SizePreset
from liif_core.export.sizes import (
    Exact,
    Height,
    LongSide,
    Megapixels,
    Print,
    Scale,
    Width,
    Wish,
    Within,
    dpi_of,
    percent,
    wish_from_dict,
    wish_to_dict,
)
from liif_core.geometry import Size

PHOTO = Size(300, 400)

sizes = st.builds(Size, st.integers(1, 5000), st.integers(1, 5000))
wishes = st.one_of(
    st.builds(Scale, st.floats(0.01, 50)),
    st.builds(Width, st.integers(1, 50_000)),
    st.builds(Height, st.integers(1, 50_000)),
    st.builds(LongSide, st.integers(1, 50_000)),
    st.builds(Megapixels, st.floats(0.01, 900)),
    st.builds(Exact, sizes),
    st.builds(Within, sizes, st.one_of(st.none(), st.floats(1, 2400))),
    st.builds(Print, st.floats(1, 3000), st.one_of(st.none(), st.floats(1, 3000)), st.floats(20, 2400)),
)


@pytest.mark.parametrize(
    ("wish", "size"),
    [
        (Scale(2.5), Size(750, 1000)),
        (percent(50), Size(150, 200)),
        (Width(1000), Size(750, 1000)),
        (Height(1000), Size(1000, 1333)),
        (LongSide(1000), Size(750, 1000)),
        (Megapixels(12), Size(3000, 4000)),
        (Exact(Size(5, 6)), Size(5, 6)),
        (Within(Size(1080, 1920)), Size(1080, 1440)),
        (Within(Size(1920, 1080)), Size(1080, 1440)),
        (Print(254, None, 300), Size(2250, 3000)),
        (Print(None, 254, 300), Size(3000, 4000)),
        (Print(254, 254, 100), Size(1000, 1000)),
    ],
)
def test_a_wish_gives_a_size(wish: Wish, size: Size) -> None:
    assert wish.size_of(PHOTO) == size


def test_an_upright_photo_turns_the_frame() -> None:
    assert Within(Size(2160, 3840)).size_of(Size(400, 300)) == Size(2880, 2160)
    assert Within(Size(2160, 3840)).size_of(Size(400, 200)) == Size(3840, 1920)


@given(sizes, st.integers(1, 20_000))
def test_linked_sides_keep_the_shape_to_half_a_pixel(photo: Size, side: int) -> None:
    wide, high = Width(side).size_of(photo), Height(side).size_of(photo)
    assert (wide.width, high.height) == (side, side)
    assert wide.height == 1 or abs(wide.height - side * photo.height / photo.width) <= 0.5001
    assert high.width == 1 or abs(high.width - side * photo.width / photo.height) <= 0.5001


@given(sizes, sizes)
def test_what_fits_into_a_frame_touches_it_and_does_not_leave_it(photo: Size, frame: Size) -> None:
    size = Within(frame).size_of(photo)
    sides, limits = sorted((size.height, size.width)), sorted((frame.height, frame.width))
    assert sides[0] <= limits[0] and sides[1] <= limits[1]
    assert sides[0] == limits[0] or sides[1] == limits[1]


@given(st.builds(Size, st.integers(200, 5000), st.integers(200, 5000)), st.floats(1, 500))
def test_megapixels_are_met(photo: Size, millions: float) -> None:
    area = Megapixels(millions).size_of(photo).area
    assert abs(area - millions * 1e6) <= 0.02 * millions * 1e6


@given(wishes)
def test_a_wish_survives_a_settings_file(wish: Wish) -> None:
    assert wish_from_dict(wish_to_dict(wish)) == wish


@pytest.mark.parametrize(
    "wish",
    [
        *(Scale(0), Scale(-1), Scale(float("nan")), Scale(float("inf")), Width(0), Height(-3), LongSide(0)),
        *(Megapixels(0), Print(None, None, 300), Print(10, None, 0), Print(-1, None, 300), Print(0.001, None, 72)),
    ],
)
def test_nonsense_is_refused_in_a_sentence(wish: Wish) -> None:
    with pytest.raises(RequestError) as refusal:
        wish.size_of(PHOTO)
    assert 10 < len(str(refusal.value)) < 100


@pytest.mark.parametrize(
    "told",
    [
        *(
            {},
            {"kind": "furlong"},
            {"kind": "width"},
            {"kind": "width", "pixels": "many"},
            {"kind": "width", "pixels": 0},
        ),
        *({"kind": "width", "pixels": 3, "more": 1}, {"kind": "exact", "size": [1]}, {"kind": "exact", "size": [0, 5]}),
        *({"kind": "scale", "factor": True}, {"kind": "print", "dpi": 300.0}),
    ],
)
def test_a_damaged_settings_file_gives_no_wish(told: dict[str, Any]) -> None:
    with pytest.raises(RequestError):
        wish_from_dict(told)


def test_only_paper_and_frames_tell_a_resolution() -> None:
    assert [dpi_of(wish) for wish in (Print(1, 1, 300), Within(Size(1, 1), 72.0), Scale(2))] == [300, 72.0, None]


@pytest.mark.parametrize("preset", BUILT_IN, ids=lambda preset: preset.name)
def test_presets_give_sizes_and_survive_a_settings_file(preset: SizePreset) -> None:
    assert preset.wish.size_of(Size(4000, 6000)).area > 1_000_000
    assert SizePreset.from_dict(preset.to_dict()) == preset


def test_paper_of_a4_at_300_dpi_is_2480_by_3508() -> None:
    a4 = next(preset for preset in BUILT_IN if preset.name == "A4, 300 dpi")
    assert a4.wish == Within(Size(2480, 3508), 300.0)


@pytest.mark.parametrize("told", [{}, {"name": " ", "size": {}}, {"name": "a"}, {"name": "a", "size": {"kind": "x"}}])
def test_a_damaged_preset_is_refused(told: dict[str, Any]) -> None:
    with pytest.raises(RequestError):
        SizePreset.from_dict(told)
