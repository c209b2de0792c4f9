"""Sharpening that fades in: over tiles that have just come lies, for a moment and ever fainter, what was there before.

The picture itself is painted as without a fade, and what is painted over it ends with the fade: the last painting has
the exact pixels. What was there before is painted once, from the scene painted last, when tiles come; while the view
moves nothing is, since every view is another one then.
"""

from __future__ import annotations

import time
import weakref
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from typing import cast

from PySide6.QtCore import QObject, QRect, Qt, QTimer
from PySide6.QtGui import QImage, QPainter, QRegion, QTransform

from app.painter import painter_on
from app.viewer.painting import qrect
from app.viewer.picture import Picture
from liif_core.geometry import Size
from liif_core.orientation import Orientation
from liif_core.view.camera import Camera
from liif_core.view.scene import Scene
from liif_core.view.tiles import TileKey

FADE_S = 0.08
# As often as common displays show a new picture.
TICK_MS = 16
# Device pixels that come at once: to paint what was there before would hold up the frame by about 10 ms.
MOST_PIXELS = 1 << 22
# Regions of more rectangles than this (a circle) are cheaper to clip than to paint one by one.
_MOST_RECTS = 64

PaintScene = Callable[[QPainter, Scene[QImage], QRegion], object]
"""Paints a scene of the view at hand, and what lies beneath it, inside a region of the canvas."""


@dataclass(frozen=True, slots=True)
class Look:
    """How a photo is looked at; fades end with it.

    Attributes:
        photo_id: Whose pixels.
        camera: The view.
        orientation: How it is turned on screen.
        screen: The canvas in device pixels.
    """

    photo_id: int
    camera: Camera
    orientation: Orientation
    screen: Size

    def region_of(self, keys: frozenset[TileKey]) -> QRegion:
        """Where exact tiles are on the canvas, in device pixels."""
        region = QRegion()
        for key in keys:
            region += qrect(key.rect.shifted(*self.camera.origin_device))
        return QTransform(*self.orientation.matrix(self.screen)).map(region) & qrect(self.screen.rect)


@dataclass(frozen=True, slots=True)
class _Batch:
    """Tiles that came between two paintings."""

    region: QRegion
    started_s: float


@dataclass(slots=True)
class _Fading:
    """What was painted last of one picture, and what of it is still seen."""

    look: Look
    scene: Scene[QImage]
    painting: int
    before: QImage | None = None
    batches: list[_Batch] = field(default_factory=list)

    def drop_ended(self, now_s: float) -> None:
        self.batches = [batch for batch in self.batches if now_s - batch.started_s < FADE_S]
        if not self.batches:
            self.before = None


class CrossFade(QObject):
    """The fades on one canvas; lives on the GUI thread.

    Args:
        repaint: Called with the part of the canvas, in device pixels, that has to be painted again.
        parent: The canvas; fades end with it.

    Attributes:
        enabled: Whether anything fades.
    """

    def __init__(self, repaint: Callable[[QRegion], object], parent: QObject) -> None:
        super().__init__(parent)
        self.enabled = False
        self._repaint = repaint
        self._painting = 0
        self._fadings: weakref.WeakKeyDictionary[Picture, _Fading] = weakref.WeakKeyDictionary()
        self._timer = QTimer(self, interval=TICK_MS, timerType=Qt.TimerType.PreciseTimer)
        self._timer.timeout.connect(self._tick)

    @property
    def is_fading(self) -> bool:
        """Whether anything of what was there before is seen."""
        return any(fading.batches for fading in self._fadings.values())

    def forget(self) -> None:
        """Nothing is shown any more: let go of what was painted."""
        self._fadings.clear()

    def start_painting(self) -> None:
        """The canvas is painted once more."""
        self._painting += 1
        if not self.enabled:
            self._fadings.clear()

    def paint(
        self,
        painter: QPainter,
        picture: Picture,
        look: Look,
        scene: Scene[QImage],
        where: QRegion,
        paint_scene: PaintScene,
    ) -> None:
        """Paint what was there before over a picture that was just painted.

        Args:
            painter: One unit is one device pixel of the canvas.
            picture: The picture.
            look: How it is looked at.
            scene: What was painted.
            where: The part of the canvas that is the picture's.
            paint_scene: Paints the scene of before.
        """
        if not self.enabled:
            return
        fading = self._fadings.get(picture)
        if fading is None or fading.look != look or fading.painting != self._painting - 1:
            self._fadings[picture] = _Fading(look, scene, self._painting)
            return
        now_s = time.monotonic()
        fading.drop_ended(now_s)
        came = _keys(scene) - _keys(fading.scene)
        if came:
            _note(fading, look.region_of(came), now_s, paint_scene)
            self._timer.start()
        fading.scene, fading.painting = scene, self._painting
        if fading.before is not None:
            for batch in fading.batches:
                _paint_over(painter, fading.before, batch.region & where, 1 - (now_s - batch.started_s) / FADE_S)

    def _tick(self) -> None:
        now_s = time.monotonic()
        region = QRegion()
        for fading in self._fadings.values():
            for batch in fading.batches:
                region += batch.region
            fading.drop_ended(now_s)
        if not self.is_fading:
            self._timer.stop()
        if not region.isEmpty():
            self._repaint(region)


def _keys(scene: Scene[QImage]) -> frozenset[TileKey]:
    return frozenset(tile.key for tile in scene.above)


def _note(fading: _Fading, region: QRegion, now_s: float, paint_scene: PaintScene) -> None:
    """Paint what was there, in one picture for all tiles of a view: each place of it is painted at most once."""
    if region.isEmpty() or sum(rect.width() * rect.height() for rect in rects_of(region)) > MOST_PIXELS:
        return
    if fading.before is None:
        screen = fading.look.screen
        fading.before = QImage(screen.width, screen.height, QImage.Format.Format_RGB32)
    with painter_on(fading.before) as painter:
        paint_scene(painter, fading.scene, region)
    fading.batches.append(_Batch(region, now_s))


def rects_of(region: QRegion) -> list[QRect]:
    """The rectangles of a region, which do not overlap."""
    # Qt's own way to go through them, which PySide6's types leave out.
    return list(cast(Iterable[QRect], region))


def _paint_over(painter: QPainter, before: QImage, region: QRegion, opacity: float) -> None:
    painter.save()
    painter.setOpacity(min(1.0, max(0.0, opacity)))
    rects = rects_of(region)
    if len(rects) > _MOST_RECTS:
        painter.setClipRegion(region)
        rects = [region.boundingRect()]
    for rect in rects:
        painter.drawImage(rect.topLeft(), before, rect)
    painter.restore()
