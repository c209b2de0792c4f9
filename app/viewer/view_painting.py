"""Paints what a controller shows: one picture of the view, or two that are compared, turned as the person wants."""

from __future__ import annotations

import math

from PySide6.QtCore import QPoint, Qt
from PySide6.QtGui import QBrush, QColor, QImage, QPainter, QRegion, QTransform

from app.painter import painter_on
from app.viewer.comparison import CompareMode
from app.viewer.controller import Position, ViewController
from app.viewer.cross_fade import CrossFade, Look
from app.viewer.painting import paint, qrect
from app.viewer.picture import Picture
from liif_core.geometry import Rect, Size
from liif_core.view.scene import Scene

# Differences of a few levels are what there is to see.
DIFFERENCE_GAIN_LOG2 = 2
# The loupe's diameter, as a part of the canvas' shorter side.
LOUPE_PART = 0.45
# Under transparent photos: squares of this many device-independent pixels.
CHECKER_SIDE = 8
_CHECKER_GREYS = (QColor(0x99, 0x99, 0x99), QColor(0x66, 0x66, 0x66))


def paint_view(
    painter: QPainter,
    controller: ViewController,
    *,
    ratio: float,
    cursor: Position | None,
    checkers: bool = True,
    fade: CrossFade | None = None,
) -> QRegion:
    """Paint the view.

    Args:
        painter: One unit is one device pixel of the canvas.
        controller: Of the view.
        ratio: Device pixels per device-independent one.
        cursor: Device position of the loupe; None without a cursor.
        checkers: Whether transparent photos lie on a pattern.
        fade: Lets what has just become sharp fade in; None to paint it as it will be. Differences never fade.

    Returns:
        Where the photo is, in device pixels.
    """
    document, camera, comparison = controller.document, controller.camera, controller.comparison
    if document is None or camera is None:
        return QRegion()
    transform = QTransform(*controller.orientation.matrix(controller.screen))
    photo = transform.map(QRegion(qrect(camera.visible.shifted(*camera.origin_device))))
    if fade is not None:
        fade.start_painting()

    def paint_beneath(onto: QPainter, where: QRegion) -> None:
        if document.has_alpha and checkers:
            _paint_checkers(onto, photo & where, ratio)

    def paint_picture(picture: Picture, where: QRegion) -> None:
        scene = picture.scene()
        if scene is None or where.isEmpty():
            return
        _paint_scene(painter, controller, scene, transform, where)
        if fade is not None:
            look = Look(document.photo_id, camera, controller.orientation, controller.screen)
            fade.paint(painter, picture, look, scene, where, paint_before)

    def paint_before(onto: QPainter, scene: Scene[QImage], where: QRegion) -> None:
        paint_beneath(onto, where)
        _paint_scene(onto, controller, scene, transform, where)

    whole = QRegion(qrect(controller.screen.rect))
    paint_beneath(painter, whole)
    rival = controller.rival
    if comparison is None or rival is None:
        paint_picture(controller.picture, whole)
    elif comparison.flipped:
        paint_picture(rival, whole)
    elif comparison.mode is CompareMode.DIFFERENCE:
        _paint_difference(painter, controller, rival, transform)
    else:
        if comparison.mode is CompareMode.SPLIT:
            rivals = QRegion(qrect(comparison.split.regions(controller.screen)[1]))
        else:
            rivals = _loupe_region(cursor, controller.screen)
        paint_picture(controller.picture, whole - rivals)
        paint_picture(rival, rivals)
    return photo


def loupe_rect(cursor: Position, screen: Size) -> Rect:
    """About the circle at the cursor in which the rival is shown, in device pixels; it may reach off the canvas."""
    side = round(LOUPE_PART * min(screen.height, screen.width))
    return Rect(round(cursor[0]) - side // 2, round(cursor[1]) - side // 2, side, side)


def _loupe_region(cursor: Position | None, screen: Size) -> QRegion:
    return QRegion() if cursor is None else QRegion(qrect(loupe_rect(cursor, screen)), QRegion.RegionType.Ellipse)


def shown_color(controller: ViewController, pos: Position, *, ratio: float) -> QColor:
    """The colour of one device pixel of the view, without what lies over it."""
    pixel = QImage(1, 1, QImage.Format.Format_RGB32)
    pixel.fill(Qt.GlobalColor.black)
    with painter_on(pixel) as painter:
        painter.translate(-math.floor(pos[1]), -math.floor(pos[0]))
        paint_view(painter, controller, ratio=ratio, cursor=pos)
    return pixel.pixelColor(0, 0)


def _paint_scene(
    painter: QPainter, controller: ViewController, scene: Scene[QImage], transform: QTransform, where: QRegion
) -> None:
    """Paint what there is of one picture inside a region of the canvas."""
    if controller.camera is None or controller.document is None:
        return
    painter.save()
    painter.setTransform(transform, combine=True)
    back, _ = transform.inverted()
    paint(painter, controller.camera, scene, controller.document.overview, within=back.map(where))
    painter.restore()


def _paint_difference(painter: QPainter, controller: ViewController, rival: Picture, transform: QTransform) -> None:
    """The absolute difference of both pictures in each channel, times a power of 2."""
    screen = controller.screen
    whole = QRegion(qrect(screen.rect))
    pictures = []
    for picture in (controller.picture, rival):
        pictures.append(QImage(screen.width, screen.height, QImage.Format.Format_RGB32))
        pictures[-1].fill(Qt.GlobalColor.black)
        scene = picture.scene()
        if scene is not None:
            with painter_on(pictures[-1]) as one:
                _paint_scene(one, controller, scene, transform, whole)
    difference, other = pictures
    with painter_on(difference) as both:
        both.setCompositionMode(QPainter.CompositionMode.CompositionMode_Difference)
        both.drawImage(0, 0, other)
    for _ in range(DIFFERENCE_GAIN_LOG2):
        same = difference.copy()
        with painter_on(difference) as doubled:
            doubled.setCompositionMode(QPainter.CompositionMode.CompositionMode_Plus)
            doubled.drawImage(0, 0, same)
    painter.drawImage(0, 0, difference)


def _paint_checkers(painter: QPainter, where: QRegion, ratio: float) -> None:
    """Squares of two greys, which tell a transparent photo from a grey one."""
    side = max(1, round(CHECKER_SIDE * ratio))
    pattern = QImage(2 * side, 2 * side, QImage.Format.Format_RGB32)
    pattern.fill(_CHECKER_GREYS[0])
    with painter_on(pattern) as squares:
        for corner in (QPoint(side, 0), QPoint(0, side)):
            squares.fillRect(corner.x(), corner.y(), side, side, _CHECKER_GREYS[1])
    painter.save()
    painter.setClipRegion(where)
    painter.fillRect(where.boundingRect(), QBrush(pattern))
    painter.restore()
