"""A piece of the export, one pixel of the file on one pixel of the screen."""

from __future__ import annotations

import math

from PySide6.QtCore import QEvent, QPointF, QRectF, QSize, Qt, QTimer, Signal
from PySide6.QtGui import QImage, QMouseEvent, QPaintEvent, QPalette, QResizeEvent
from PySide6.QtWidgets import QSizePolicy, QWidget

from app.painter import painter_on
from liif_core.geometry import Size

# Work that is done sooner is not told of.
BUSY_AFTER_MS = 300


class ExportPreview(QWidget):
    """Shows the newest piece until a newer one is there; can be dragged to see what is beside it.

    Attributes:
        picture: What is shown; null at first.

    Signals:
        dragged: By how many pixels (dy, dx) of the file the hand has moved the picture.
        pane_changed: It has another size in device pixels.
    """

    dragged = Signal(object)
    pane_changed = Signal()

    def __init__(self) -> None:
        super().__init__()
        self.picture = QImage()
        self._text = ""
        self._is_busy = False
        self._busy = QTimer(self, singleShot=True, interval=BUSY_AFTER_MS)
        self._busy.timeout.connect(self._show_busy)
        self._drag_from: QPointF | None = None
        self.setCursor(Qt.CursorShape.OpenHandCursor)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Expanding)
        self._retranslate()

    @property
    def pane(self) -> Size:
        """In device pixels."""
        ratio = self.devicePixelRatioF()
        return Size(max(1, math.floor(self.height() * ratio)), max(1, math.floor(self.width() * ratio)))

    def wait(self) -> None:
        """A newer piece is being made."""
        self._busy.start()

    def show_piece(self, picture: QImage) -> None:
        """Here it is."""
        self.picture = picture
        self._end("")

    def show_problem(self, text: str) -> None:
        """There is none, and why."""
        self._end(text)

    def sizeHint(self) -> QSize:
        """Enough to judge noise and edges."""
        return QSize(520, 220)

    def minimumSizeHint(self) -> QSize:
        """Small enough for a laptop."""
        return QSize(200, 80)

    def paintEvent(self, event: QPaintEvent) -> None:
        """The picture on whole device pixels, and a word where there is none."""
        with painter_on(self) as painter:
            painter.fillRect(self.rect(), self.palette().color(QPalette.ColorRole.Window))
            ratio = self.devicePixelRatioF()
            if not self.picture.isNull():
                width, height = self.picture.width() / ratio, self.picture.height() / ratio
                left = math.floor((self.width() - width) / 2 * ratio) / ratio
                top = math.floor((self.height() - height) / 2 * ratio) / ratio
                painter.setOpacity(0.35 if self._text else 1.0)
                painter.drawImage(QRectF(left, top, width, height), self.picture)
                painter.setOpacity(1.0)
            text = self._text or (self.tr("Rendering…") if self._is_busy else "")
            if text:
                flags = Qt.AlignmentFlag.AlignCenter | Qt.TextFlag.TextWordWrap
                box = painter.boundingRect(self.rect().adjusted(12, 8, -12, -8), flags, text)
                painter.fillRect(box.adjusted(-8, -4, 8, 4), self.palette().color(QPalette.ColorRole.Base))
                painter.drawText(box, flags, text)

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Another piece is needed."""
        super().resizeEvent(event)
        self.pane_changed.emit()

    def mousePressEvent(self, event: QMouseEvent) -> None:
        """Take hold of the picture."""
        if event.button() is Qt.MouseButton.LeftButton:
            self._drag_from = event.position()
            self.setCursor(Qt.CursorShape.ClosedHandCursor)

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        """Move it."""
        if self._drag_from is not None:
            moved = event.position() - self._drag_from
            self._drag_from = event.position()
            ratio = self.devicePixelRatioF()
            self.dragged.emit((moved.y() * ratio, moved.x() * ratio))

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        """Let go."""
        self._drag_from = None
        self.setCursor(Qt.CursorShape.OpenHandCursor)

    def changeEvent(self, event: QEvent) -> None:
        """Speak the language chosen."""
        super().changeEvent(event)
        if event.type() == QEvent.Type.LanguageChange:
            self._retranslate()

    def _end(self, text: str) -> None:
        self._busy.stop()
        self._is_busy, self._text = False, text
        self.setAccessibleDescription(text)
        self.update()

    def _show_busy(self) -> None:
        self._is_busy = True
        self.update()

    def _retranslate(self) -> None:
        self.setAccessibleName(self.tr("Piece of the export at 100 %"))
        self.setToolTip(self.tr("This is what the file will look like at 100 %, compression included; drag to move."))
