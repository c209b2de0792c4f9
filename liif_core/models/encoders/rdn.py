"""RDN without its upsampling tail.

Zhang et al., "Residual Dense Network for Image Super-Resolution", CVPR 2018, section 3. Module names are those of the
published LIIF checkpoints (`SFENet1`, `RDBs.i.convs.j.conv.0`, `RDBs.i.LFF`, `GFF.i`). Configuration B is the one of
the LIIF paper: 16 blocks of 8 convolutions, 22 million parameters.
"""

from __future__ import annotations

import torch
from torch import Tensor, nn

from liif_core.models.encoders.blocks import conv3x3

# Number of residual dense blocks D, convolutions in each C, growth rate G.
CONFIGURATIONS = {"A": (20, 6, 32), "B": (16, 8, 64)}


class DenseConv(nn.Module):
    """A convolution whose output is appended to its input's channels."""

    def __init__(self, in_channels: int, growth: int) -> None:
        super().__init__()
        self.conv = nn.Sequential(conv3x3(in_channels, growth), nn.ReLU())

    def forward(self, x: Tensor) -> Tensor:
        """x: (B, C, H, W) to (B, C + growth, H, W)."""
        return torch.cat((x, self.conv(x)), dim=1)


class ResidualDenseBlock(nn.Module):
    """Dense convolutions, fused to the block's own width by a 1x1 convolution, with a skip."""

    def __init__(self, channels: int, growth: int, n_convs: int) -> None:
        super().__init__()
        self.convs = nn.Sequential(*(DenseConv(channels + i * growth, growth) for i in range(n_convs)))
        self.LFF = nn.Conv2d(channels + n_convs * growth, channels, 1)

    def forward(self, x: Tensor) -> Tensor:
        """x: (B, C, H, W) to the same shape."""
        fused: Tensor = self.LFF(self.convs(x))
        return fused + x


class Rdn(nn.Module):
    """Two shallow convolutions, residual dense blocks, global fusion of all their outputs.

    Args:
        G0: Channels between blocks, and of the features.
        RDNkSize: Kernel of the convolutions; 3 is the only published one.
        RDNconfig: "A" or "B".
    """

    def __init__(self, *, G0: int = 64, RDNkSize: int = 3, RDNconfig: str = "B") -> None:
        super().__init__()
        if RDNkSize != 3:
            raise ValueError(f"RDNkSize must be 3, not {RDNkSize}")
        if RDNconfig not in CONFIGURATIONS:
            raise ValueError(f"RDNconfig must be one of {', '.join(CONFIGURATIONS)}, not {RDNconfig}")
        n_blocks, n_convs, growth = CONFIGURATIONS[RDNconfig]
        self.SFENet1 = conv3x3(3, G0)
        self.SFENet2 = conv3x3(G0, G0)
        self.RDBs = nn.ModuleList(ResidualDenseBlock(G0, growth, n_convs) for _ in range(n_blocks))
        self.GFF = nn.Sequential(nn.Conv2d(n_blocks * G0, G0, 1), conv3x3(G0, G0))
        self.out_dim = G0
        # One pixel per 3x3 convolution: two shallow ones, those of the blocks, the last of the fusion.
        self.halo = 2 + n_blocks * n_convs + 1

    def forward(self, inp: Tensor) -> Tensor:
        """inp: normalised RGB (B, 3, H, W) to feat (B, G0, H, W)."""
        shallow = self.SFENet1(inp)
        x = self.SFENet2(shallow)
        outputs = []
        for block in self.RDBs:
            x = block(x)
            outputs.append(x)
        feat: Tensor = self.GFF(torch.cat(outputs, dim=1)) + shallow
        return feat
