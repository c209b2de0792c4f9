"""Zooms that are typed, shown and set by a slider."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from liif_core.view.zoom_entry import format_ratio, format_zoom, parse_zoom, slider_of, zoom_of
from tests.view.strategies import log2_zooms

zooms = log2_zooms.map(lambda log2: 2.0**log2)


@pytest.mark.parametrize(
    ("text", "zoom"),
    [
        ("350", 3.5),
        ("350%", 3.5),
        ("  350 % ", 3.5),
        ("12,5 %", 0.125),
        ("12.5", 0.125),
        (".5%", 0.005),
        ("100.", 1.0),
        ("3.5x", 3.5),
        ("3,5 X", 3.5),
        ("x3.5", 3.5),
        ("× 3.5", 3.5),
        ("3.5:1", 3.5),
        ("3.5 : 1", 3.5),
        ("1:2", 0.5),
        ("1/2", 0.5),
        ("1 / 2,5", 0.4),
        # Full-width digits, point, comma, percent sign, colon.
        ("\uff13\uff15\uff10\uff05", 3.5),
        ("\uff13\uff0e\uff15\uff1a\uff11", 3.5),
        ("\uff13\uff0c\uff15\uff58", 3.5),
        ("350\N{NO-BREAK SPACE}%", 3.5),
    ],
)
def test_what_people_write_is_understood(text: str, zoom: float) -> None:
    assert parse_zoom(text) == pytest.approx(zoom)


@pytest.mark.parametrize(
    "text",
    ["", " ", "%", "x", "fit", "0", "0 %", "0:1", "1:0", "-50", "1:2:3", "3x5", "50%%", "1.2.3", "1e3", "nan", "inf",
     "9" * 400, "1:" + "9" * 400, "3 5", "."],
)  # fmt: skip
def test_anything_else_is_no_zoom(text: str) -> None:
    assert parse_zoom(text) is None


@given(st.text(max_size=12))
def test_no_text_fails(text: str) -> None:
    zoom = parse_zoom(text)
    assert zoom is None or zoom > 0


@pytest.mark.parametrize(
    ("zoom", "percent", "ratio"),
    [
        (1.0, "100 %", "1 : 1"),
        (3.5, "350 %", "3.5 : 1"),
        (0.5, "50 %", "1 : 2"),
        (0.12345, "12.3 %", "1 : 8.1"),
        (1 / 3, "33.3 %", "1 : 3"),
        (256.0, "25600 %", "256 : 1"),
        (1234.56, "123456 %", "1235 : 1"),
        (0.00001, "0.001 %", "1 : 100000"),
    ],
)
def test_zooms_are_shown_shortly(zoom: float, percent: str, ratio: str) -> None:
    assert (format_zoom(zoom), format_ratio(zoom)) == (percent, ratio)


@given(zooms)
def test_what_is_shown_is_understood_again(zoom: float) -> None:
    for shown, digits in ((format_zoom, 3), (format_ratio, 3)):
        again = parse_zoom(shown(zoom))
        assert again is not None
        assert again == pytest.approx(zoom, rel=0.51 * 10.0 ** (1 - digits))
        assert shown(again) == shown(zoom)


@given(zooms, zooms, zooms)
def test_the_slider_is_logarithmic_and_its_ends_are_exact(one: float, other: float, zoom: float) -> None:
    least, largest = sorted((one, other))
    assert zoom_of(0.0, least, largest) == least
    assert zoom_of(1.0, least, largest) == largest
    position = slider_of(zoom, least, largest)
    assert 0 <= position <= 1
    if least < zoom < largest:
        assert zoom_of(position, least, largest) == pytest.approx(zoom)
    assert slider_of(least, least, largest) == 0
    middle = zoom_of(0.5, least, largest)
    assert middle * middle == pytest.approx(least * largest)


def test_a_slider_without_a_range_stays_at_its_beginning() -> None:
    assert slider_of(2.0, 3.0, 3.0) == 0.0
    assert zoom_of(0.7, 3.0, 3.0) == 3.0
