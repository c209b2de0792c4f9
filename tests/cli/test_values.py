"""Values of options."""

from __future__ import annotations

from argparse import ArgumentTypeError

import pytest
from hypothesis import given
from hypothesis import strategies as st

from liif_core.cli import values
from liif_core.evaluation.scale import Scale
from liif_core.geometry import Rect, Size

numbers = st.integers(1, 10**6)


@given(numbers, numbers)
def test_size_is_width_before_height(width: int, height: int) -> None:
    assert values.size(f"{width}x{height}") == values.size(f" {width}X{height} ") == Size(height, width)


@given(numbers, numbers, numbers, numbers)
def test_crop_is_x_before_y(x: int, y: int, width: int, height: int) -> None:
    assert values.crop(f"{x},{y},{width},{height}") == Rect(y, x, height, width)


def test_scales_are_x_before_y() -> None:
    assert values.scales("2,2.5,2x3") == [Scale(2, 2), Scale(2.5, 2.5), Scale(3, 2)]


def test_point_is_x_before_y() -> None:
    assert values.point("1.5,-2") == (-2.0, 1.5)


@given(st.text(max_size=12))
def test_any_text_is_a_value_or_refused_by_name(text: str) -> None:
    for parse in (values.size, values.crop, values.point, values.positive, values.scales):
        refused = ""
        try:
            assert parse(text) is not None
        except ArgumentTypeError as refusal:
            refused = str(refusal)
        assert not refused or f"'{text}'" in refused


@pytest.mark.parametrize("text", ["0", "-1", "inf", "nan", "1e999", "", "1,5"])
def test_positive_is_above_0_and_finite(text: str) -> None:
    with pytest.raises(ArgumentTypeError):
        values.positive(text)
    assert values.positive("0.25") == 0.25


@pytest.mark.parametrize(
    ("system", "text", "typed"),
    [
        ("linux", "my runs/it's", """'my runs/it'"'"'s'"""),
        ("linux", "runs/mine", "runs/mine"),
        ("win32", r"C:\runs\mine", r"C:\runs\mine"),
        ("win32", r"C:\my runs\mine", r'"C:\my runs\mine"'),
    ],
)
def test_an_argument_is_shown_as_it_is_typed_on_the_system(system: str, text: str, typed: str) -> None:
    assert values.as_typed(text, system=system) == typed
