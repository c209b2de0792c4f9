"""A decoder made ready for one output grid."""

from __future__ import annotations

from typing import Protocol

from torch import Tensor

from liif_core.geometry import Rect
from liif_core.models.decoders.window import FeatureWindow


class GridDecoder(Protocol):
    """Decodes rectangles of the grid that it was made for; holds what all of them share, nothing of the photo."""

    def __call__(self, window: FeatureWindow, rect: Rect) -> Tensor:
        """Pixels (rect.height, rect.width, channels) in the form that it was made for.

        Args:
            window: Features of one photo (B = 1) that cover `grid.footprint(rect, margin=decoder.margin + grid.reach)`,
                in the dtype of its arithmetic.
            rect: Inside the grid.
        """
        ...
