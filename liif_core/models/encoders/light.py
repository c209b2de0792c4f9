"""A light encoder of plain 3x3 convolutions for machines without a GPU.

EDSR's structure (Lim et al., CVPRW 2017) with fewer and narrower blocks and a long skip around all of them; the last
convolution maps to the latent channels of the heat-field decoder. Plain 3x3 stacks reach the highest share of a CPU's
peak of all light designs, which is why there is no depthwise convolution and no attention that looks further than the
pixel itself.
"""

from __future__ import annotations

import torch
from torch import Tensor, nn

from liif_core.models.encoders.blocks import ResBlock, conv3x3


class AttentiveBlock(ResBlock):
    """x + 2 sigmoid(attention(r)) r, r = conv(relu(conv(x))), attention a 1x1 convolution.

    Pixel attention (Zhao et al., "Efficient Image Super-Resolution Using Pixel Attention", ECCVW 2020, section 3.2).
    Deliberate deviation: doubled and starting from 0, so that an untrained block is a plain `ResBlock`, and weights of
    plain blocks keep their meaning in this one.
    """

    def __init__(self, channels: int) -> None:
        super().__init__(channels)
        self.attention = nn.Conv2d(channels, channels, 1)
        nn.init.zeros_(self.attention.weight)
        nn.init.zeros_(self.attention.bias)  # type: ignore[arg-type]  # there is one

    def forward(self, x: Tensor) -> Tensor:
        """x: (B, C, H, W) to the same shape."""
        residual: Tensor = self.body(x)
        return torch.add(x, torch.sigmoid(self.attention(residual)) * residual, alpha=2)


class LightEncoder(nn.Module):
    """Stem, residual blocks with a long skip, tail to `out_dim` latent channels.

    Args:
        n_resblocks: Blocks of two convolutions each.
        n_feats: Channels of the blocks.
        out_dim: Latent channels.
        pixel_attention: Whether the blocks weigh their residual by an attention of its own pixel.
    """

    def __init__(
        self, *, n_resblocks: int = 6, n_feats: int = 48, out_dim: int = 48, pixel_attention: bool = False
    ) -> None:
        super().__init__()
        block = AttentiveBlock if pixel_attention else ResBlock
        self.stem = conv3x3(3, n_feats)
        self.blocks = nn.Sequential(*(block(n_feats) for _ in range(n_resblocks)))
        self.tail = conv3x3(n_feats, out_dim)
        self.out_dim = out_dim
        self.halo = 1 + 2 * n_resblocks + 1

    def forward(self, inp: Tensor) -> Tensor:
        """inp: normalised RGB (B, 3, H, W) to latents (B, out_dim, H, W)."""
        x = self.stem(inp)
        latent: Tensor = self.tail(self.blocks(x) + x)
        return latent
