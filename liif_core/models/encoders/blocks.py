"""The residual block without normalisation that EDSR introduced, shared by the encoders here."""

from __future__ import annotations

from torch import Tensor, nn


def conv3x3(in_channels: int, out_channels: int) -> nn.Conv2d:
    """A 3x3 convolution that keeps the size, zero padded."""
    return nn.Conv2d(in_channels, out_channels, 3, padding=1)


class ResBlock(nn.Module):
    """x + scale * conv(relu(conv(x))); Lim et al., "Enhanced Deep Residual Networks", CVPRW 2017, figure 2c."""

    def __init__(self, channels: int, *, res_scale: float = 1.0) -> None:
        super().__init__()
        self.body = nn.Sequential(conv3x3(channels, channels), nn.ReLU(inplace=True), conv3x3(channels, channels))
        self.res_scale = res_scale

    def forward(self, x: Tensor) -> Tensor:
        """x: (B, C, H, W) to the same shape."""
        residual: Tensor = self.body(x)
        return x + (residual if self.res_scale == 1.0 else residual * self.res_scale)
