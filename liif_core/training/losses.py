"""What beside the difference of pixels a model is trained for."""

from __future__ import annotations

from collections.abc import Callable, Mapping

import torch
import torch.nn.functional as F
from torch import Tensor

from liif_core.evaluation.metrics import LUMA
from liif_core.models.decoders.field import Field

# Phases of a quad along each axis that the slope is taken at: midpoints of equal parts.
SLOPE_PHASES = 3


# Of the difference of pixels, by the names that `TrainConfig.pixel_loss` has for them.
PIXEL_LOSS: Mapping[str, Callable[[Tensor], Tensor]] = {
    "l1": lambda difference: difference.abs().mean(),
    "l2": lambda difference: difference.square().mean(),
}


def luma_of(rgb: Tensor, *, channels: int) -> Tensor:
    """The luma (ITU-R BT.601) of RGB that is normalised by one mean and one deviation, normalised likewise.

    Args:
        rgb: float32, or a difference of two, of any shape with 3 along the axis `channels`.
        channels: That axis; 1 is left of it.
    """
    shape = [1] * rgb.ndim
    shape[channels] = len(LUMA)
    weights = torch.tensor(LUMA, dtype=rgb.dtype, device=rgb.device).view(shape)
    return (rgb * weights).sum(channels, keepdim=True) / sum(LUMA)


def spectral_l1(difference: Tensor) -> Tensor:
    """Mean absolute value of a difference's spectrum: real and imaginary parts of each channel's orthonormal transform.

    A pixel's absolute difference says little about fine texture, where the best of a bad job is a blur; its spectrum
    does (Cho et al., "Rethinking Coarse-to-Fine Approach in Single Image Deblurring", ICCV 2021, section 3.3).

    Args:
        difference: float32 (B, C, H, W), predicted minus true pixels.

    Returns:
        float32 ().
    """
    return torch.view_as_real(torch.fft.rfft2(difference, norm="ortho")).abs().mean()


def field_variation(field: Field, latent: Tensor) -> Tensor:
    """Mean absolute slope of the heat field without its pre-filter: a total-variation prior.

    What the trained scales do not show, since the pre-filter takes it away, is free to become anything, and is seen at
    deep zooms (Thera, Becker et al., arXiv 2311.17643: without the prior x18 loses 1.9 dB). The slope is that of the
    collapsed decoder's kernels, in normalised RGB a source pixel, inside the quads between all latents.

    Args:
        field: With gradients.
        latent: (B, C, h, w), h and w at least 2.

    Returns:
        float32 ().
    """
    # On the CPU: not every device has float64. The field moves it.
    phase = (torch.arange(SLOPE_PHASES, dtype=torch.float64) + 0.5) / SLOPE_PHASES
    kernel = field.slope_kernel(phase, phase).flatten(0, 3)
    return F.conv2d(latent, kernel.to(latent.dtype)).float().abs().mean()
