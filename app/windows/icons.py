"""Icons: SVGs of one family (`resources/icons`, a grid of 24 px, `currentColor`), drawn in the palette's colours.

An icon is made for the palette, the layout direction and the screens of the moment: who shows one makes it again when
they change (`LOOK_CHANGES`); `Actions` does that for all actions.
"""

from __future__ import annotations

from functools import cache

from PySide6.QtCore import QByteArray, QEvent, QRectF, QSize, Qt
from PySide6.QtGui import QColor, QGuiApplication, QIcon, QImage, QPainter, QPalette, QPixmap, QTransform
from PySide6.QtSvg import QSvgRenderer

from app.painter import painter_on
from liif_core.paths import resource_path

SIZES_PX = (16, 24)
"""Of menus and of the toolbar, in device-independent pixels."""

MIRRORED = frozenset({"previous", "next", "first", "last", "previous_page", "next_page", "more"})
"""Icons that mean the direction of reading; "left" stays left in every language."""

LOOK_CHANGES = (
    QEvent.Type.PaletteChange,
    QEvent.Type.LayoutDirectionChange,
    QEvent.Type.DevicePixelRatioChange,
)
"""What a window hears of when its icons are to be made again."""

_APPLICATION_SIZES_PX = (16, 24, 32, 48, 64, 128, 256)


def icon(name: str) -> QIcon:
    """An icon in the palette's colours: normal, disabled and switched on.

    Raises:
        FileNotFoundError: There is no icon of that name.
    """
    palette = QGuiApplication.palette()
    colors = (
        (QIcon.Mode.Normal, QIcon.State.Off, palette.color(QPalette.ColorRole.ButtonText)),
        (QIcon.Mode.Normal, QIcon.State.On, palette.color(QPalette.ColorRole.Accent)),
        (QIcon.Mode.Selected, QIcon.State.Off, palette.color(QPalette.ColorRole.HighlightedText)),
        (QIcon.Mode.Selected, QIcon.State.On, palette.color(QPalette.ColorRole.HighlightedText)),
        (QIcon.Mode.Disabled, QIcon.State.Off, palette.color(QPalette.ColorGroup.Disabled, QPalette.ColorRole.Text)),
    )
    made = QIcon()
    for ratio in sorted({screen.devicePixelRatio() for screen in QGuiApplication.screens()}):
        for size_px in SIZES_PX:
            for mode, state, color in colors:
                made.addPixmap(draw(name, size_px, color, ratio=ratio), mode, state)
    return made


def draw(name: str, size_px: int, color: QColor, *, ratio: float = 1.0) -> QPixmap:
    """A square picture of one icon.

    Args:
        name: Of the icon.
        size_px: Side in device-independent pixels.
        color: What `currentColor` is.
        ratio: Device pixels per device-independent one.

    Raises:
        FileNotFoundError: There is no icon of that name.
    """
    right_to_left = QGuiApplication.layoutDirection() == Qt.LayoutDirection.RightToLeft
    side = round(size_px * ratio)
    image = _shape(name, side, right_to_left and name in MIRRORED).copy()
    with painter_on(image) as painter:
        painter.setCompositionMode(QPainter.CompositionMode.CompositionMode_SourceIn)
        painter.fillRect(image.rect(), color)
    pixmap = QPixmap.fromImage(image)
    pixmap.setDevicePixelRatio(ratio)
    return pixmap


def application_icon() -> QIcon:
    """The program's own icon, in its own colours."""
    made = QIcon()
    for side in _APPLICATION_SIZES_PX:
        made.addPixmap(QPixmap.fromImage(_rendered("stepless", side)))
    return made


@cache
def _shape(name: str, side: int, mirrored: bool) -> QImage:
    """Where the icon is, whatever its colour; an image of `side` device pixels a side."""
    image = _rendered(name, side)
    return image.transformed(QTransform.fromScale(-1, 1)) if mirrored else image


def _rendered(name: str, side: int) -> QImage:
    renderer = QSvgRenderer(QByteArray(resource_path("icons", f"{name}.svg").read_bytes()))
    image = QImage(QSize(side, side), QImage.Format.Format_ARGB32_Premultiplied)
    image.fill(Qt.GlobalColor.transparent)
    with painter_on(image) as painter:
        renderer.render(painter, QRectF(0, 0, side, side))
    return image
