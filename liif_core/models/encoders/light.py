"""A light encoder of plain 3x3 convolutions for machines without a GPU.

EDSR's structure (Lim et al., CVPRW 2017) with fewer and narrower blocks and a long skip around all of them; the last
convolution maps to the latent channels of the heat-field decoder. Plain 3x3 stacks reach the highest share of a CPU's
peak of all light designs, which is why there is no attention and no depthwise convolution.
"""

from __future__ import annotations

from torch import Tensor, nn

from liif_core.models.encoders.blocks import ResBlock, conv3x3


class LightEncoder(nn.Module):
    """Stem, residual blocks with a long skip, tail to `out_dim` latent channels."""

    def __init__(self, *, n_resblocks: int = 6, n_feats: int = 48, out_dim: int = 48) -> None:
        super().__init__()
        self.stem = conv3x3(3, n_feats)
        self.blocks = nn.Sequential(*(ResBlock(n_feats) for _ in range(n_resblocks)))
        self.tail = conv3x3(n_feats, out_dim)
        self.out_dim = out_dim
        self.halo = 1 + 2 * n_resblocks + 1

    def forward(self, inp: Tensor) -> Tensor:
        """inp: normalised RGB (B, 3, H, W) to latents (B, out_dim, H, W)."""
        x = self.stem(inp)
        latent: Tensor = self.tail(self.blocks(x) + x)
        return latent
