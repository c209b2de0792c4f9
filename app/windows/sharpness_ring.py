"""The quiet sign that the picture is still becoming sharp."""

from __future__ import annotations

from PySide6.QtCore import QEvent, QRectF, QSize, Qt, QTimer
from PySide6.QtGui import QColor, QPainter, QPaintEvent, QPalette, QPen
from PySide6.QtWidgets import QSizePolicy, QWidget

from app.painter import painter_on

# Work that ends sooner is not worth a movement at the edge of one's sight.
SHOW_AFTER_MS = 300
_SIDE = 14
_STROKE = 2.0
_TRACK_OPACITY = 0.25


class SharpnessRing(QWidget):
    """A ring that fills while tiles arrive, and is gone when the view is exact.

    It keeps its place when it shows nothing, so that nothing beside it moves.
    """

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._done = 0
        self._needed = 0
        self._drawn = False
        self._delay = QTimer(self, singleShot=True, interval=SHOW_AFTER_MS)
        self._delay.timeout.connect(self._begin_drawing)
        self.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Fixed)
        self._tell()

    @property
    def is_drawn(self) -> bool:
        """Whether there is a ring to be seen."""
        return self._drawn

    def set_progress(self, done: int, needed: int) -> None:
        """Show how far the view is.

        Args:
            done: Sharp tiles on screen.
            needed: Tiles on screen; the view is exact when all are sharp.
        """
        if (done, needed) == (self._done, self._needed):
            return
        self._done, self._needed = done, needed
        if done >= needed:
            self._delay.stop()
            self._drawn = False
        elif not self._drawn and not self._delay.isActive():
            self._delay.start()
        self._tell()
        self.update()

    def sizeHint(self) -> QSize:
        """As high as a line of text, and its margins."""
        margins = self.contentsMargins()
        return QSize(_SIDE + margins.left() + margins.right(), _SIDE + margins.top() + margins.bottom())

    def changeEvent(self, event: QEvent) -> None:
        """Speak the language chosen."""
        super().changeEvent(event)
        if event.type() == QEvent.Type.LanguageChange:
            self._tell()

    def paintEvent(self, event: QPaintEvent) -> None:
        """A faint circle, and over it the part that is done, clockwise from the top."""
        if not self._drawn:
            return
        with painter_on(self) as painter:
            painter.setRenderHint(QPainter.RenderHint.Antialiasing)
            inset = _STROKE / 2 + 0.5
            circle = QRectF(self.contentsRect()).adjusted(inset, inset, -inset, -inset)
            track = QColor(self.palette().color(QPalette.ColorRole.WindowText))
            track.setAlphaF(_TRACK_OPACITY)
            painter.setPen(QPen(track, _STROKE))
            painter.drawEllipse(circle)
            color = self.palette().color(QPalette.ColorRole.Highlight)
            painter.setPen(QPen(color, _STROKE, c=Qt.PenCapStyle.RoundCap))
            # Qt counts sixteenths of a degree, anticlockwise from three o'clock.
            painter.drawArc(circle, 90 * 16, round(-360 * 16 * self._done / self._needed))

    def _begin_drawing(self) -> None:
        self._drawn = True
        self.update()

    def _tell(self) -> None:
        if self._done >= self._needed:
            text = self.tr("Every visible pixel is final")
        else:
            text = self.tr("Sharpening: {0} of {1} tiles").format(self._done, self._needed)
        self.setToolTip(text)
        self.setAccessibleName(text)
