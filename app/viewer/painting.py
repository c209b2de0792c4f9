"""Paints a scene with QPainter, front to back: what a better picture hides is not painted at all.

QPainter's raster engine. `stepless bench interactive` measures it at 3840 x 2160: exact tiles are copied 1:1, a live
frame is stretched here, on the GUI thread. The other ways were measured and are slower on a machine without a graphics
card (`resources/readme/experiments.md`, "Painting"). Whatever paints otherwise has to offer `paint` only.
"""

from __future__ import annotations

import math
from itertools import groupby

from PySide6.QtCore import QRect, QRectF
from PySide6.QtGui import QImage, QPainter, QRegion

from liif_core.geometry import Rect
from liif_core.view.camera import Camera
from liif_core.view.frame import PlacedFrame
from liif_core.view.scene import Scene
from liif_core.view.store import Placed

# Where pixels are stretched.
_BILINEAR = QPainter.RenderHint.SmoothPixmapTransform


def paint(painter: QPainter, camera: Camera, scene: Scene[QImage], overview: QImage, *, within: QRegion) -> None:
    """Paint a scene.

    Args:
        painter: One unit is one device pixel of the viewport; its clipping is left as it was.
        camera: The view.
        scene: Of this camera.
        overview: The whole photo, for where nothing else is.
        within: Nothing is painted outside of this part of the viewport.
    """
    visible = camera.visible.shifted(*camera.origin_device)
    left_over = within & QRegion(visible.x, visible.y, visible.width, visible.height)
    painter.save()
    painter.setRenderHint(_BILINEAR)
    left_over -= _paint_tiles(painter, scene.above, left_over)
    if scene.frame is not None and not left_over.isEmpty():
        painter.setClipRegion(left_over)
        _paint_frame(painter, scene.frame)
        left_over -= QRegion(_inner(scene.frame))
    for tiles in _by_grid(scene.beneath):
        left_over -= _paint_tiles(painter, tiles, left_over)
    if scene.overview and not left_over.isEmpty():
        painter.setClipRegion(left_over)
        _paint_overview(painter, overview, camera)
    painter.restore()


def qrect(rect: Rect) -> QRect:
    """The same rectangle as Qt counts it."""
    return QRect(rect.x, rect.y, rect.width, rect.height)


def _by_grid(tiles: list[Placed[QImage]]) -> list[list[Placed[QImage]]]:
    """The tiles of each layer and grid, best first; `tiles` are worst first, those of a grid side by side."""
    return [list(group) for _, group in groupby(tiles, key=lambda tile: (tile.key.layer, tile.key.grid))][::-1]


def _paint_tiles(painter: QPainter, tiles: list[Placed[QImage]], where: QRegion) -> QRegion:
    """Paint tiles of one grid, which do not overlap, inside a region; what they cover."""
    covered = QRegion()
    if where.isEmpty():
        return covered
    painter.setClipRegion(where)
    for tile in tiles:
        y, x, height, width = tile.target
        target = QRect(x, y, width, height)
        if not where.intersects(target):
            continue
        if tile.exact:
            # In a turned or mirrored view the hint would blend neighbours, though pixels fall on pixels.
            painter.setRenderHint(_BILINEAR, on=False)
            painter.drawImage(x, y, tile.payload)
            painter.setRenderHint(_BILINEAR)
        elif tile.source is None:
            painter.drawImage(target, tile.payload)
        else:
            part = qrect(tile.source)
            painter.drawImage(target, tile.payload, part)
        covered += target
    return covered


def _paint_frame(painter: QPainter, frame: PlacedFrame[QImage]) -> None:
    (from_y, from_x, from_height, from_width), (y, x, height, width) = frame.source, frame.target
    painter.drawImage(QRectF(x, y, width, height), frame.payload, QRectF(from_x, from_y, from_width, from_height))


def _inner(frame: PlacedFrame[QImage]) -> QRect:
    """The device pixels that a frame covers wholly; at the photo's border nearly wholly is enough."""
    y, x, height, width = frame.target
    # The frame ends where the photo does, to within a rounding: a hair's breadth is no gap.
    slack = 1e-3
    top, left = math.ceil(y - slack), math.ceil(x - slack)
    bottom, right = math.floor(y + height + slack), math.floor(x + width + slack)
    return QRect(left, top, max(0, right - left), max(0, bottom - top))


def _paint_overview(painter: QPainter, overview: QImage, camera: Camera) -> None:
    """The visible part of the whole-photo picture, stretched; cut first, since painters lose precision far outside."""
    visible, grid = camera.visible, camera.grid
    top, left = camera.origin_device
    target = QRectF(visible.x + left, visible.y + top, visible.width, visible.height)
    per_y, per_x = overview.height() / grid.output.height, overview.width() / grid.output.width
    source = QRectF(visible.x * per_x, visible.y * per_y, visible.width * per_x, visible.height * per_y)
    painter.drawImage(target, overview, source)
