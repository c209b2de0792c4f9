"""A decoder made ready for one output grid, and the arithmetic it is made ready for."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Protocol

import torch
from torch import Tensor

from liif_core.geometry import Rect
from liif_core.models.decoders.window import FeatureWindow


@dataclass(frozen=True, slots=True)
class Arithmetic:
    """Where and how convolutions run: in float32, bfloat16 or float64."""

    dtype: torch.dtype
    device: torch.device

    def weight(self, kernel: Tensor) -> Tensor:
        """A kernel (out, in, 2, 2) ready for `conv2d`."""
        return kernel.to(self.device, self.dtype).contiguous(memory_format=torch.channels_last)


class GridDecoder(Protocol):
    """Decodes rectangles of the grid that it was made for; holds what all of them share, nothing of the photo."""

    def __call__(self, window: FeatureWindow, rect: Rect) -> Tensor:
        """Pixels (rect.height, rect.width, channels) in the form that it was made for.

        Args:
            window: Features of one photo (B = 1) that cover `grid.footprint(rect, margin=decoder.margin + grid.reach)`,
                in the dtype of its arithmetic.
            rect: Inside the grid; not empty.

        Raises:
            RequestError: The window does not hold all features that are read, where the decoder can tell.
        """
        ...
