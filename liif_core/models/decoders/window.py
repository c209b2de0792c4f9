"""The piece of a feature map that a decoder works on."""

from __future__ import annotations

from dataclasses import dataclass

from torch import Tensor

from liif_core.geometry import Rect, Size


@dataclass(frozen=True, slots=True)
class FeatureWindow:
    """A rectangle of the feature map of a photo.

    Attributes:
        feat: (B, C, rect.height, rect.width).
        rect: Where it lies in the photo, in source pixels.
        source: Size of the photo, so of the whole feature map.
    """

    feat: Tensor
    rect: Rect
    source: Size

    @staticmethod
    def whole(feat: Tensor) -> FeatureWindow:
        """The window that is the whole feature map (B, C, H, W)."""
        source = Size(feat.shape[-2], feat.shape[-1])
        return FeatureWindow(feat, source.rect, source)
