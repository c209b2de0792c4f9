"""What a caller wants of each decoded pixel: values to compute with, or bytes to show."""

from __future__ import annotations

from dataclasses import dataclass

import torch
from torch import Tensor

from liif_core.models.spec import DataNorm


@dataclass(frozen=True, slots=True)
class PixelForm:
    """An affine map from normalised RGB to the channels of a pixel, which linear decoders fold into their kernels.

    Attributes:
        matrix: A row of three factors for each channel of the pixel.
        offset: Added to each channel.
        as_bytes: Whether values are cut to [0, 255] and their fractions dropped, so that `offset` holds the 1/2 of
            rounding; otherwise they stay float32.
    """

    matrix: tuple[tuple[float, float, float], ...]
    offset: tuple[float, ...]
    as_bytes: bool

    @property
    def channels(self) -> int:
        """Of one pixel."""
        return len(self.offset)

    def converted(self, rgb: Tensor) -> Tensor:
        """Normalised RGB (3, h, w) as pixels (h, w, channels), uint8 or float32."""
        matrix = torch.tensor(self.matrix, dtype=torch.float32, device=rgb.device)
        offset = torch.tensor(self.offset, dtype=torch.float32, device=rgb.device)
        return self.finished(rgb.float().permute(1, 2, 0) @ matrix.T + offset)

    def finished(self, values: Tensor) -> Tensor:
        """float32 values after matrix and offset, of any shape, in their final type; they may be overwritten."""
        return values.clamp_(0, 255).to(torch.uint8) if self.as_bytes else values


def rgb_values(norm: DataNorm) -> PixelForm:
    """Red, green and blue around [0, 1], not clamped."""
    std = norm.std
    return PixelForm(((std, 0.0, 0.0), (0.0, std, 0.0), (0.0, 0.0, std)), (norm.mean,) * 3, as_bytes=False)


def display_bytes(norm: DataNorm) -> PixelForm:
    """Blue, green, red, 255: in memory the words 0xffRRGGBB of little-endian machines, which displays take."""
    std, offset = 255 * norm.std, 255 * norm.mean + 0.5
    rows = ((0.0, 0.0, std), (0.0, std, 0.0), (std, 0.0, 0.0), (0.0, 0.0, 0.0))
    # Cut to 255, and so far above it that no rounding of bfloat16 comes below.
    return PixelForm(rows, (offset, offset, offset, 512.0), as_bytes=True)
