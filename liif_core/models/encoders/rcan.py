"""RCAN without its upsampling tail.

Zhang et al., "Image Super-Resolution Using Very Deep Residual Channel Attention Networks", ECCV 2018, section 3. Module
names are those of the published LIIF code. Channel attention averages over the whole image, so every feature depends on
every pixel: `halo` is None, and a photo is encoded in one piece. A tile of it would see other averages.
"""

from __future__ import annotations

from torch import Tensor, nn

from liif_core.models.encoders.blocks import conv3x3


class ChannelAttention(nn.Module):
    """Channels scaled by a gate that is computed from their means over the image."""

    def __init__(self, channels: int, reduction: int) -> None:
        super().__init__()
        self.avg_pool = nn.AdaptiveAvgPool2d(1)
        self.conv_du = nn.Sequential(
            nn.Conv2d(channels, channels // reduction, 1),
            nn.ReLU(inplace=True),
            nn.Conv2d(channels // reduction, channels, 1),
            nn.Sigmoid(),
        )

    def forward(self, x: Tensor) -> Tensor:
        """x: (B, C, H, W) to the same shape."""
        gate: Tensor = self.conv_du(self.avg_pool(x))
        return x * gate


class Residual(nn.Module):
    """x + body(x), with the published name of the inner part."""

    def __init__(self, *body: nn.Module) -> None:
        super().__init__()
        self.body = nn.Sequential(*body)

    def forward(self, x: Tensor) -> Tensor:
        """x: (B, C, H, W) to the same shape."""
        residual: Tensor = self.body(x)
        return residual + x


def attention_block(channels: int, reduction: int) -> Residual:
    """A residual channel attention block (figure 4 of the paper)."""
    return Residual(
        conv3x3(channels, channels),
        nn.ReLU(inplace=True),
        conv3x3(channels, channels),
        ChannelAttention(channels, reduction),
    )


class Rcan(nn.Module):
    """Residual groups of channel attention blocks, with a long skip."""

    halo = None

    def __init__(self, *, n_resgroups: int = 10, n_resblocks: int = 20, n_feats: int = 64, reduction: int = 16) -> None:
        super().__init__()
        if reduction > n_feats:
            raise ValueError(f"reduction must be at most n_feats, {n_feats}, not {reduction}")
        groups = [
            Residual(*(attention_block(n_feats, reduction) for _ in range(n_resblocks)), conv3x3(n_feats, n_feats))
            for _ in range(n_resgroups)
        ]
        self.head = nn.Sequential(conv3x3(3, n_feats))
        self.body = nn.Sequential(*groups, conv3x3(n_feats, n_feats))
        self.out_dim = n_feats

    def forward(self, inp: Tensor) -> Tensor:
        """inp: normalised RGB (B, 3, H, W) to feat (B, n_feats, H, W)."""
        x = self.head(inp)
        feat: Tensor = self.body(x) + x
        return feat
