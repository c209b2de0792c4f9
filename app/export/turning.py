"""Rectangles of a photo as it lies on screen, and back; exact, since pixels fall on pixels."""

from __future__ import annotations

from liif_core.geometry import Rect, Size
from liif_core.view.orientation import Orientation


def rect_on_screen(rect: Rect, photo: Size, orientation: Orientation) -> Rect:
    """Where a rectangle of the upright photo of this size is seen, in pixels of the turned photo."""
    corners = [
        orientation.to_screen((float(y), float(x)), photo) for y in (rect.y, rect.bottom) for x in (rect.x, rect.right)
    ]
    return _around(corners)


def rect_of_photo(rect: Rect, photo: Size, orientation: Orientation) -> Rect:
    """The reverse of `rect_on_screen`; `photo` is the size of the upright photo."""
    turned = orientation.size_on_screen(photo)
    corners = [
        orientation.to_photo((float(y), float(x)), turned) for y in (rect.y, rect.bottom) for x in (rect.x, rect.right)
    ]
    return _around(corners)


def _around(corners: list[tuple[float, float]]) -> Rect:
    ys, xs = [round(y) for y, _ in corners], [round(x) for _, x in corners]
    return Rect.spanning(min(ys), min(xs), max(ys), max(xs))
