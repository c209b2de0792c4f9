"""Conventional enlargement in the place of a model, for comparison."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from liif_core.cancel import CancelToken
from liif_core.geometry import OutputGrid, Rect
from liif_core.imaging.image import Image
from liif_core.imaging.resample import bicubic


class BicubicRenderer:
    """A photo enlarged by the bicubic filter; offers what `render.Renderer` offers, without torch."""

    def __init__(self, image: Image) -> None:
        self._image = image

    def render(self, grid: OutputGrid, rect: Rect, *, cancel: CancelToken | None = None) -> NDArray[np.float32]:
        """RGB (rect.height, rect.width, 3) in [0, 1]; see `imaging.resample.bicubic`."""
        if cancel is not None:
            cancel.check()
        return bicubic(self._image, grid, rect)
