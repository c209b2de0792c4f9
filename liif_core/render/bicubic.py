"""Conventional enlargement in the place of a model, for comparison."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from liif_core.cancel import CancelToken
from liif_core.geometry import OutputGrid, Rect
from liif_core.imaging.alpha import straight
from liif_core.imaging.image import Image
from liif_core.imaging.resample import Kernel, bicubic, enlarge_with_alpha


class BicubicRenderer:
    """A photo enlarged by the bicubic filter; offers what `render.Renderer` offers, without torch."""

    def __init__(self, image: Image) -> None:
        self._image = image

    def render(self, grid: OutputGrid, rect: Rect, *, cancel: CancelToken | None = None) -> NDArray[np.float32]:
        """RGB (rect.height, rect.width, 3) in [0, 1]; see `imaging.resample.bicubic`.

        Of a photo with alpha, its colours as the viewer shows them, not multiplied by it.
        """
        if cancel is not None:
            cancel.check()
        coverage = self._image.coverage
        if coverage is None:
            return bicubic(self._image, grid, rect)
        pixels = enlarge_with_alpha(self._image, coverage, grid, rect, Kernel.BICUBIC)
        return straight(pixels[..., :3], pixels[..., 3:])
