"""A quiet word where the zoom is beyond what the model was trained for."""

from __future__ import annotations

from PySide6.QtCore import QCoreApplication
from PySide6.QtGui import QPainter

from app.viewer.controller import ViewController
from app.viewer.overlays.overlay import Overlay, Position, label_size, paint_label
from app.viewer.trained_range import TrainedRange

_MARGIN = 10.0
_OPACITY = 0.75


class RangeBadge(Overlay):
    """Shown while a model makes the picture at a scale that it was not trained at.

    Args:
        controller: Of the view.

    Attributes:
        visible: Whether it is wanted; not where the pixel overlay says the same.
        trained: The scales that the model at work was trained at; None without a model.
    """

    def __init__(self, controller: ViewController) -> None:
        self._controller = controller
        self.visible = True
        self.trained: TrainedRange | None = None

    def paint(self, painter: QPainter, *, ratio: float, cursor: Position | None) -> None:
        """See `Overlay`."""
        camera = self._controller.camera
        if not self.visible or camera is None or self.trained is None or not self.trained.is_left_by(camera.zoom):
            return
        text = QCoreApplication.translate("RangeBadge", "Beyond ×{0}: inferred").format(f"{self.trained.high:.3g}")
        height, _ = label_size(text, ratio)
        margin = _MARGIN * ratio
        painter.setOpacity(_OPACITY)
        paint_label(painter, text, (self._controller.screen.height - height - margin, margin), ratio)
