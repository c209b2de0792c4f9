"""Stretched tiles: neighbours share their edges, and far ones are cut to what is seen."""

from __future__ import annotations

import itertools

from hypothesis import example, given
from hypothesis import strategies as st

from liif_core.view.stretch import MAX_STRETCHED_SIDE, StretchedAxis
from liif_core.view.tiles import TILE_SIZE


@st.composite
def axes(draw: st.DrawFn) -> StretchedAxis:
    shown, viewport = draw(st.integers(1, 5_000_000)), draw(st.integers(1, 4000))
    lowest, highest = sorted((viewport - shown, 0)) if shown >= viewport else (0, viewport - shown)
    return StretchedAxis(draw(st.integers(1, 5_000_000)), shown, draw(st.integers(lowest, highest)), viewport)


def whole_tiles_or_ends(axis: StretchedAxis) -> list[int]:
    """Some of the tiles in view: all of a few, the first and last of many."""
    return sorted({*axis.indices[:20], *axis.indices[-20:]})


@given(axes())
@example(StretchedAxis(1, 1, 0, 1))
@example(StretchedAxis(600, 5_000_000, -2_000_000, 1000))
def test_neighbours_share_their_edge(axis: StretchedAxis) -> None:
    for one, other in itertools.pairwise(whole_tiles_or_ends(axis)):
        if other == one + 1:
            left, right = axis.span(one), axis.span(other)
            assert left is None or right is None or left.end_device == right.start_device


@given(axes())
@example(StretchedAxis(600, 5_000_000, -2_000_000, 1000))
def test_tiles_together_fill_the_visible_picture(axis: StretchedAxis) -> None:
    start = max(0, axis.origin_device)
    end = min(axis.side_viewport, axis.origin_device + axis.side_shown)
    if len(axis.indices) > 2000:
        return
    spans = [span for span in (axis.span(index) for index in axis.indices) if span is not None]
    assert spans[0].start_device <= start
    assert spans[-1].end_device >= end
    assert all(a.end_device == b.start_device for a, b in itertools.pairwise(spans))


@given(axes())
def test_tiles_outside_of_the_indices_are_not_visible(axis: StretchedAxis) -> None:
    last = (axis.side_grid - 1) // TILE_SIZE
    outside = {0, axis.indices.start - 1, axis.indices.stop, last} - set(axis.indices)
    assert all(axis.span(index) is None for index in outside if 0 <= index <= last)


@given(axes())
def test_long_targets_are_cut_but_stay_in_place(axis: StretchedAxis) -> None:
    for index in whole_tiles_or_ends(axis):
        span = axis.span(index)
        if span is None:
            continue
        first = index * TILE_SIZE
        assert 0 <= span.start_tile < span.end_tile <= TILE_SIZE
        assert span.start_device == axis.edge_device(first + span.start_tile)
        assert span.end_device == axis.edge_device(first + span.end_tile)
        pixel_device = axis.side_shown / axis.side_grid
        assert span.end_device - span.start_device <= max(MAX_STRETCHED_SIDE, axis.side_viewport + 6 * pixel_device)
