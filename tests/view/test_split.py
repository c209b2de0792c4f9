"""The line between two pictures that are compared."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from liif_core.errors import RequestError
from liif_core.geometry import Rect, Size
from liif_core.view.split import Split
from tests.view.strategies import viewports

splits = st.builds(Split, st.floats(-2, 3), st.booleans())
VIEWPORT = Size(600, 801)


@given(splits, viewports)
def test_both_parts_tile_the_viewport(split: Split, viewport: Size) -> None:
    first, second = split.regions(viewport)
    assert first.area + second.area == viewport.area
    assert first.intersected(second).is_empty
    assert viewport.rect.contains(first) and viewport.rect.contains(second)


def test_parts_are_left_and_right_or_top_and_bottom() -> None:
    assert Split(0.25).regions(Size(600, 800)) == (Rect(0, 0, 600, 200), Rect(0, 200, 600, 600))
    assert Split(0.25, vertical=False).regions(Size(600, 800)) == (Rect(0, 0, 150, 800), Rect(150, 0, 450, 800))
    assert Split().regions(VIEWPORT)[0] == Rect(0, 0, 600, 401)


@given(splits, viewports, st.tuples(st.floats(-3000, 3000), st.floats(-3000, 3000)))
def test_a_dragged_line_is_under_the_cursor_or_at_the_border(
    split: Split, viewport: Size, pos_device: tuple[float, float]
) -> None:
    dragged = split.dragged(pos_device, viewport)
    side, wanted = (viewport.width, pos_device[1]) if split.vertical else (viewport.height, pos_device[0])
    assert 0 <= dragged.position <= 1
    assert dragged.vertical == split.vertical
    assert abs(dragged.line_device(viewport) - min(max(wanted, 0), side)) <= 0.5 + 1e-9
    if 0 <= wanted <= side:
        assert dragged.hit(pos_device, viewport, slack_device=1.0)


def test_only_near_the_line_it_is_hit() -> None:
    assert Split().hit((3.0, 405.0), VIEWPORT, slack_device=4.0)
    assert not Split().hit((3.0, 405.5), VIEWPORT, slack_device=4.0)
    assert Split(vertical=False).hit((296.0, 3.0), VIEWPORT, slack_device=4.0)
    assert not Split(vertical=False).hit((295.0, 3.0), VIEWPORT, slack_device=4.0)


def test_a_line_keeps_its_share_in_another_window() -> None:
    split = Split().dragged((0.0, 200.25), VIEWPORT)
    assert split.line_device(Size(10, 1602)) == 401


def test_a_position_that_is_no_number_is_refused() -> None:
    with pytest.raises(RequestError):
        Split(float("nan"))
