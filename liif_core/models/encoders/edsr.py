"""EDSR without its upsampling tail (Lim et al., "Enhanced Deep Residual Networks", CVPRW 2017, section 3).

Module names are those of the published LIIF checkpoints (`head.0`, `body.i.body.j`). Their `sub_mean` and `add_mean`
layers are in the files but never used there, so they do not exist here.
"""

from __future__ import annotations

import math

from torch import Tensor, nn

from liif_core.models.encoders.blocks import ResBlock, conv3x3


class Edsr(nn.Module):
    """Head, residual blocks with a long skip, no tail. EDSR-baseline by default."""

    def __init__(self, *, n_resblocks: int = 16, n_feats: int = 64, res_scale: float = 1.0) -> None:
        super().__init__()
        if not isinstance(res_scale, int | float) or not math.isfinite(res_scale):
            raise ValueError(f"res_scale must be a number, not {res_scale!r}")
        self.head = nn.Sequential(conv3x3(3, n_feats))
        blocks: list[nn.Module] = [ResBlock(n_feats, res_scale=res_scale) for _ in range(n_resblocks)]
        self.body = nn.Sequential(*blocks, conv3x3(n_feats, n_feats))
        self.out_dim = n_feats
        # One pixel per 3x3 convolution: the head, two in every block, the last of the body.
        self.halo = 1 + 2 * n_resblocks + 1

    def forward(self, inp: Tensor) -> Tensor:
        """inp: normalised RGB (B, 3, H, W) to feat (B, n_feats, H, W)."""
        x = self.head(inp)
        feat: Tensor = self.body(x) + x
        return feat


class EdsrFull(Edsr):
    """EDSR with the defaults of the full model: 32 blocks of 256 channels, residuals scaled by 0.1."""

    def __init__(self, *, n_resblocks: int = 32, n_feats: int = 256, res_scale: float = 0.1) -> None:
        super().__init__(n_resblocks=n_resblocks, n_feats=n_feats, res_scale=res_scale)
