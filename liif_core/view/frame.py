"""A picture of all that is visible, decoded in one go while the view moves."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Generic, TypeVar

from liif_core.geometry import OutputGrid, Rect
from liif_core.view.camera import Camera

T = TypeVar("T")

MAX_STRETCH = 2.0
"""A frame of a zoom that differs by more than this factor is no better than the conventional tiles."""

Span = tuple[float, float, float, float]
"""Top, left, height and width."""


@dataclass(frozen=True, slots=True)
class Frame(Generic[T]):
    """A decoded rectangle.

    Attributes:
        photo_id: The photo.
        model_id: The model.
        grid: What `rect` counts pixels of; its source may reach a little beyond the photo (`draft_grid`).
        rect: The decoded pixels.
        payload: Whatever the caller paints, of `rect`'s size.
    """

    photo_id: int
    model_id: str
    grid: OutputGrid
    rect: Rect
    payload: T


@dataclass(frozen=True, slots=True)
class PlacedFrame(Generic[T]):
    """A frame under a camera.

    Attributes:
        payload: Of the frame.
        source: The part to paint, in the payload's pixels.
        target: Where to, in device pixels.
        covers: Whether nothing visible of the photo is left out.
    """

    payload: T
    source: Span
    target: Span
    covers: bool


def rect_under(camera: Camera, grid: OutputGrid) -> Rect:
    """The pixels of a grid of the same photo that hold all that a camera shows, and one more on each side."""
    visible, shown = camera.visible, camera.grid
    factor_y, factor_x = grid.scale_y / shown.scale_y, grid.scale_x / shown.scale_x
    rect = Rect.spanning(
        math.floor(visible.y * factor_y),
        math.floor(visible.x * factor_x),
        math.ceil(visible.bottom * factor_y),
        math.ceil(visible.right * factor_x),
    )
    photo = Rect(0, 0, math.ceil(camera.photo.height * grid.scale_y), math.ceil(camera.photo.width * grid.scale_x))
    return rect.grown(1).intersected(photo).intersected(grid.output.rect)


def place(frame: Frame[T], camera: Camera) -> PlacedFrame[T] | None:
    """Where a frame lies under a camera; None if it shows nothing there, or something too far from its zoom."""
    visible = camera.visible
    factor_y = camera.grid.scale_y / frame.grid.scale_y
    factor_x = camera.grid.scale_x / frame.grid.scale_x
    if visible.is_empty or max(factor_y, 1 / factor_y) > MAX_STRETCH:
        return None
    origin_y, origin_x = camera.origin_device
    top, bottom, rows_cover = _axis(frame.rect.y, frame.rect.bottom, factor_y, visible.y, visible.bottom)
    left, right, columns_cover = _axis(frame.rect.x, frame.rect.right, factor_x, visible.x, visible.right)
    if top >= bottom or left >= right:
        return None
    source = (
        top / factor_y - frame.rect.y,
        left / factor_x - frame.rect.x,
        (bottom - top) / factor_y,
        (right - left) / factor_x,
    )
    target = (top + origin_y, left + origin_x, bottom - top, right - left)
    return PlacedFrame(frame.payload, source, target, rows_cover and columns_cover)


def _axis(start: int, stop: int, factor: float, first: int, last: int) -> tuple[float, float, bool]:
    """The visible part of a frame along one axis, in pixels of the camera's grid, and whether it is all."""
    begin, end = start * factor, stop * factor
    # A frame reaches to the whole pixel that holds the border; rounding must not count as a gap.
    return max(begin, first), min(end, last), begin <= first + 0.5 and end >= last - 0.5
