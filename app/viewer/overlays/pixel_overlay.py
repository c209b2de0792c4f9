"""What was measured and what is shown: the borders of the photo's own pixels, and both values under the cursor."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import QCoreApplication, QRectF
from PySide6.QtGui import QColor, QPainter, QPen, QTransform

from app.viewer.controller import ViewController
from app.viewer.document import Document
from app.viewer.overlays.overlay import LINE, Overlay, Position, label_size, paint_label
from app.viewer.trained_range import TrainedRange
from app.viewer.view_painting import shown_color
from liif_core.view.pixel_grid import pixel_lines

# Seen on white and on black, and no louder than the photo.
_GRID = QColor(0x80, 0x80, 0x80, 0x70)
_MARGIN = 10.0


class PixelOverlay(Overlay):
    """Shown when a person asks for it.

    Args:
        controller: Of the view.

    Attributes:
        visible: Whether it is shown.
        model_name: Of the model at work; empty without one.
        trained: The scales that it was trained at; None while they are not known.
    """

    def __init__(self, controller: ViewController) -> None:
        self._controller = controller
        self.visible = False
        self.model_name = ""
        self.trained: TrainedRange | None = None

    def paint(self, painter: QPainter, *, ratio: float, cursor: Position | None) -> None:
        """See `Overlay`."""
        if not self.visible or self._controller.camera is None:
            return
        pixel = self._controller.pixel_at(cursor) if cursor is not None else None
        self._paint_grid(painter, pixel)
        lines = [self._model_line()]
        if cursor is not None and pixel is not None:
            lines += self._value_lines(pixel, cursor, ratio)
        text = "\n".join(lines)
        height, _ = label_size(text, ratio)
        margin = _MARGIN * ratio
        paint_label(painter, text, (self._controller.screen.height - height - margin, margin), ratio)

    def _paint_grid(self, painter: QPainter, pixel: tuple[int, int] | None) -> None:
        camera = self._controller.camera
        if camera is None:
            return
        rows, columns = pixel_lines(camera)
        if not rows and not columns:
            return
        visible = camera.visible.shifted(*camera.origin_device)
        painter.save()
        painter.setTransform(QTransform(*self._controller.orientation.matrix(self._controller.screen)), combine=True)
        for y in rows:
            painter.fillRect(visible.x, y, visible.width, 1, _GRID)
        for x in columns:
            painter.fillRect(x, visible.y, 1, visible.height, _GRID)
        if pixel is not None:
            (top, left), (bottom, right) = (camera.to_device(pixel), camera.to_device((pixel[0] + 1, pixel[1] + 1)))
            painter.setPen(QPen(LINE, 0))
            painter.drawRect(QRectF(left + 0.5, top + 0.5, right - left, bottom - top))
        painter.restore()

    def _model_line(self) -> str:
        camera = self._controller.camera
        zoom = camera.zoom if camera is not None else 1.0
        if zoom <= 1.0:
            return QCoreApplication.translate("PixelOverlay", "All pixels are the photo's own")
        if not self.model_name:
            return QCoreApplication.translate("PixelOverlay", "Bicubic, no model")
        if self.trained is None:
            return self.model_name
        text = QCoreApplication.translate("PixelOverlay", "{model}, trained from ×{low} to ×{high}, shown at ×{zoom}")
        low, high = f"{self.trained.low:.3g}", f"{self.trained.high:.3g}"
        return text.format(model=self.model_name, low=low, high=high, zoom=f"{zoom:.3g}")

    def _value_lines(self, pixel: tuple[int, int], cursor: Position, ratio: float) -> list[str]:
        document = self._controller.document
        if not isinstance(document, Document):
            return []
        own = QCoreApplication.translate("PixelOverlay", "Pixel {x}, {y} of the photo: {value}")
        shown = QCoreApplication.translate("PixelOverlay", "Shown: {value}")
        color = shown_color(self._controller, cursor, ratio=ratio)
        return [
            own.format(x=pixel[1], y=pixel[0], value=value_text(document.value_at(*pixel))),
            shown.format(value=value_text((color.red(), color.green(), color.blue()))),
        ]


def value_text(value: Sequence[int | float]) -> str:
    """The channels of a pixel: whole numbers as they are, fractions to four digits."""
    return "  ".join(str(channel) if isinstance(channel, int) else f"{channel:.4f}" for channel in value)
