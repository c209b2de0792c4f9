"""Scales of enlargement as values and as texts."""

from __future__ import annotations

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from liif_core.errors import RequestError
from liif_core.evaluation.scale import Scale

sides = st.one_of(st.integers(2, 1000).map(float), st.floats(1.001, 1000))


@pytest.mark.parametrize(
    ("text", "scale", "value", "shown", "whole"),
    [
        ("2", Scale(2, 2), 2, "x2", True),
        (" 30 ", Scale(30, 30), 30, "x30", True),
        ("2.0", Scale(2, 2), 2, "x2", True),
        ("2.5", Scale(2.5, 2.5), 2.5, "x2.5", False),
        ("2x3", Scale(3, 2), "2x3", "2x3", False),
        ("1X4.5", Scale(4.5, 1), "1x4.5", "1x4.5", False),
        ("4x4", Scale(4, 4), 4, "x4", True),
    ],
)
def test_texts_of_scales(text: str, scale: Scale, value: object, shown: str, whole: bool) -> None:
    parsed = Scale.parse(text)
    assert (parsed, parsed.value, str(parsed), parsed.is_whole) == (scale, value, shown, whole)
    assert type(parsed.value) is type(value)


@given(sides, sides)
def test_unequal_scales_are_written_across_before_down(x: float, y: float) -> None:
    scale = Scale(y, x)
    assert Scale.parse(str(scale).removeprefix("x")) == scale
    if x != y:
        assert str(scale).startswith(str(int(x)))


@given(sides, sides)
def test_border_is_the_scale_rounded_up(y: float, x: float) -> None:
    assert Scale(y, x).border == (math.ceil(y), math.ceil(x))


@pytest.mark.parametrize(
    "text", ["1", "1x1", "0.9", "0x2", "2x-3", "nan", "inf", "2xinf", "", "x", "2x", "2x3x4", "two"]
)
def test_texts_that_are_no_scales_are_refused(text: str) -> None:
    with pytest.raises(RequestError, match="no scale"):
        Scale.parse(text)


def test_numbers_and_scales_are_both_taken() -> None:
    assert Scale.of(2.5) == Scale.of(Scale(2.5, 2.5)) == Scale(2.5, 2.5)
