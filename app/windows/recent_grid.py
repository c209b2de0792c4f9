"""The photos opened last, as pictures to press."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from PySide6.QtCore import QEvent, QPointF, QRect, QRectF, QSize, Qt, Signal
from PySide6.QtGui import (
    QColor,
    QFontMetrics,
    QHideEvent,
    QImage,
    QKeyEvent,
    QPainter,
    QPainterPath,
    QPaintEvent,
    QPalette,
    QPen,
    QShowEvent,
)
from PySide6.QtWidgets import QAbstractButton, QGridLayout, QSizePolicy, QWidget

from app.painter import painter_on
from app.windows.elided_label import plain_tooltip
from liif_core.geometry import Size

PICTURE = QSize(160, 120)
MOST_COLUMNS = 4
MOST_ROWS = 2
_SPACE = 12
_MARGIN = 4
_RADIUS = 6.0


class RecentButton(QAbstractButton):
    """One photo: its picture, and its name beneath.

    Args:
        path: The photo.
        parent: As for every widget.
    """

    def __init__(self, path: Path, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.path = path
        self._image: QImage | None = None
        # Not the button's text, in which an "&" would be a mnemonic.
        self.setAccessibleName(path.name)
        self.setToolTip(plain_tooltip(str(path)))
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setAttribute(Qt.WidgetAttribute.WA_Hover)
        self.setCursor(Qt.CursorShape.PointingHandCursor)
        self.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Fixed)

    def set_image(self, image: QImage) -> None:
        """Show the photo's picture, in device pixels."""
        self._image = image
        self.update()

    def sizeHint(self) -> QSize:
        """See `cell_size`."""
        return cell_size(self.fontMetrics())

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Enter opens, as Space does in every button."""
        if event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
            self.click()
        else:
            super().keyPressEvent(event)

    def paintEvent(self, event: QPaintEvent) -> None:
        """Draw the picture, or its place while it is being read."""
        with painter_on(self) as painter:
            painter.setRenderHint(QPainter.RenderHint.Antialiasing)
            colors = self.palette()
            place = QRectF(_MARGIN, _MARGIN, PICTURE.width(), PICTURE.height())
            shape = QPainterPath()
            shape.addRoundedRect(place, _RADIUS, _RADIUS)
            faint = QColor(colors.color(QPalette.ColorRole.WindowText))
            faint.setAlphaF(0.08)
            painter.fillPath(shape, faint)
            if self._image is not None:
                self._draw_picture(painter, place, shape, self._image)
            if self.hasFocus() or self.underMouse():
                role = QPalette.ColorRole.Highlight if self.hasFocus() else QPalette.ColorRole.Mid
                painter.setPen(QPen(colors.color(role), 2))
                painter.drawRoundedRect(place.adjusted(-2, -2, 2, 2), _RADIUS + 2, _RADIUS + 2)
            painter.setPen(colors.color(QPalette.ColorRole.WindowText))
            line = QRect(_MARGIN, 2 * _MARGIN + PICTURE.height(), PICTURE.width(), self.fontMetrics().height())
            text = self.fontMetrics().elidedText(self.path.name, Qt.TextElideMode.ElideMiddle, line.width())
            painter.drawText(line, Qt.AlignmentFlag.AlignHCenter | Qt.AlignmentFlag.AlignVCenter, text)

    def _draw_picture(self, painter: QPainter, place: QRectF, shape: QPainterPath, image: QImage) -> None:
        ratio = self.devicePixelRatioF()
        width, height = image.width() / ratio, image.height() / ratio
        corner = QPointF(place.center().x() - width / 2, place.center().y() - height / 2)
        painter.save()
        painter.setClipPath(shape)
        painter.setRenderHint(QPainter.RenderHint.SmoothPixmapTransform)
        painter.drawImage(QRectF(corner, corner + QPointF(width, height)), image)
        painter.restore()


class RecentGrid(QWidget):
    """Up to eight photos in as many columns and rows as there is room for; pictures are read only while it is seen.

    Signals:
        chosen: The path of a photo.
        changed: More or fewer photos are offered.
        pictures_asked: Paths of photos and the `Size` of their pictures in pixels, for `Thumbnails.ask`; what comes of
            it goes to `set_picture` and `leave_out`.
    """

    chosen = Signal(object)
    changed = Signal()
    pictures_asked = Signal(object, object)

    def __init__(self) -> None:
        super().__init__()
        self._buttons: dict[Path, RecentButton] = {}
        self._failed: set[Path] = set()
        self._columns, self._rows = MOST_COLUMNS, MOST_ROWS
        self._layout = QGridLayout(self)
        self._layout.setSpacing(_SPACE)
        self._layout.setContentsMargins(0, 0, 0, 0)
        self._layout.setAlignment(Qt.AlignmentFlag.AlignLeading)

    @property
    def offered(self) -> list[Path]:
        """The photos that are not left out, whether there is room for them or not."""
        return [path for path in self._buttons if path not in self._failed]

    @property
    def shown(self) -> list[Path]:
        """The photos that can be pressed at present."""
        return self.offered[: self._columns * self._rows]

    def set_paths(self, paths: Sequence[Path]) -> None:
        """Offer these photos, the first eight of them."""
        wanted = list(dict.fromkeys(paths))[: MOST_COLUMNS * MOST_ROWS]
        if wanted == list(self._buttons):
            return
        for button in self._buttons.values():
            self._layout.removeWidget(button)
            button.hide()
            button.deleteLater()
        self._buttons = {path: self._new_button(path) for path in wanted}
        self._arrange()
        if self.isVisible():
            self._ask()

    def set_room(self, width: int, height: int) -> None:
        """Use at most this much, in device-independent pixels, but at least one photo's place."""
        cell = cell_size(self.fontMetrics())
        columns = max(1, min(MOST_COLUMNS, (width + _SPACE) // (cell.width() + _SPACE)))
        rows = max(1, min(MOST_ROWS, (height + _SPACE) // (cell.height() + _SPACE)))
        if (columns, rows) != (self._columns, self._rows):
            self._columns, self._rows = columns, rows
            self._arrange()

    def minimumSizeHint(self) -> QSize:
        """One photo, if there is any: how many there are follows from the room, and must not hold it."""
        return cell_size(self.fontMetrics()) if self.offered else QSize(0, 0)

    def set_picture(self, path: Path, image: QImage) -> None:
        """Show a photo's picture; what is not offered any more is ignored."""
        if path in self._buttons:
            self._buttons[path].set_image(image)

    def leave_out(self, path: Path) -> None:
        """Do not offer a photo that cannot be read, until the page is shown again."""
        if path in self._buttons:
            self._failed.add(path)
            self._arrange()

    def showEvent(self, event: QShowEvent) -> None:
        """Read the pictures; what failed before may be there again."""
        super().showEvent(event)
        self._ask()

    def hideEvent(self, event: QHideEvent) -> None:
        """Nobody sees the pictures: the disk is for the photo."""
        super().hideEvent(event)
        self.pictures_asked.emit([], Size(1, 1))

    def event(self, event: QEvent) -> bool:
        """On a screen of another device pixel ratio the pictures are of another size."""
        if event.type() == QEvent.Type.DevicePixelRatioChange and self.isVisible():
            self._ask()
        return super().event(event)

    def _new_button(self, path: Path) -> RecentButton:
        button = RecentButton(path, self)
        button.clicked.connect(lambda: self.chosen.emit(path))
        return button

    def _ask(self) -> None:
        self._failed.clear()
        self._arrange()
        ratio = self.devicePixelRatioF()
        box = Size(round(PICTURE.height() * ratio), round(PICTURE.width() * ratio))
        self.pictures_asked.emit(list(self._buttons), box)

    def _arrange(self) -> None:
        """Put what is shown into rows."""
        shown = self.shown
        for path, button in self._buttons.items():
            self._layout.removeWidget(button)
            button.setVisible(path in shown)
        for index, path in enumerate(shown):
            self._layout.addWidget(self._buttons[path], index // self._columns, index % self._columns)
        self.updateGeometry()
        self.changed.emit()


def cell_size(metrics: QFontMetrics) -> QSize:
    """What one photo takes: the picture, a line of text, and room for the frame of the focus."""
    return QSize(PICTURE.width() + 2 * _MARGIN, PICTURE.height() + metrics.height() + 3 * _MARGIN)
