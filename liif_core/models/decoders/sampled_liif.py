"""LIIF at the sampled coordinates of a training batch, with its first layer hoisted. Exact, and differentiable.

As in `hoisted_liif`, the first linear layer W [z; rel_coord; rel_cell] + b falls apart: W_z z + b is a 3x3 convolution
of the feature map, once per latent, and each query gathers it at its four corners; what is left for a query and corner
is a product with four numbers. A batch of the paper has as many queries as latents, and four corners each, so that the
work of the first layer is a quarter, and no unfolded latent (576 numbers for each corner) is ever in memory.

Under autocast offsets and cells are rounded to bfloat16, as the paper's form rounds them there; which latents are asked
and how they are blended is float32.
"""

from __future__ import annotations

import torch
import torch.nn.functional as F
from torch import Tensor

from liif_core.models.decoders.mlp import Mlp
from liif_core.models.decoders.nearest import corner_latents
from liif_core.models.decoders.pointwise import linear


def sampled_liif(
    imnet: Mlp,
    feat: Tensor,
    coord: Tensor,
    cell: Tensor,
    *,
    local_ensemble: bool,
    feat_unfold: bool,
    cell_decode: bool,
) -> Tensor:
    """What `Liif.query` gives of `unfolded` features.

    Args:
        imnet: LIIF's MLP.
        feat: Features (B, C, h, w) as the encoder gives them.
        coord: float32 (B, Q, 2) in [-1, 1], y before x.
        cell: float32 (B, Q, 2), in the same units.
        local_ensemble: As of `Liif`.
        feat_unfold: Whether latents are neighbourhoods.
        cell_decode: Whether the MLP sees the size of the pixel.

    Returns:
        Normalised RGB (B, Q, 3).
    """
    photos, channels, height, width = feat.shape
    first, *others = imnet.linears
    side = 3 if feat_unfold else 1
    by_latent, by_place = torch.split(first.weight, [channels * side**2, 2 + 2 * cell_decode], dim=1)
    kernel = by_latent.reshape(-1, channels, side, side)
    feat = feat.contiguous(memory_format=torch.channels_last)
    products = F.conv2d(feat, kernel, first.bias, padding=side // 2).permute(0, 2, 3, 1).flatten(0, 2)

    row, rel_y = corner_latents(coord[..., 0], height, local_ensemble=local_ensemble)
    column, rel_x = corner_latents(coord[..., 1], width, local_ensemble=local_ensemble)
    # For each query k x k corners: (B, Q, k, k).
    shape = (*rel_y.shape, rel_x.shape[-1])
    rel_y, rel_x = rel_y[..., :, None].expand(shape), rel_x[..., None, :].expand(shape)
    photo = torch.arange(photos, device=feat.device)[:, None, None, None]
    latent = (photo * height + row[..., :, None]) * width + column[..., None, :]
    place = [rel_y, rel_x]
    if cell_decode:
        # Not by a tensor of both extents: it would have to be sent to the device, which would be waited for.
        rel_cell = (cell[..., 0] * height, cell[..., 1] * width)
        place += [part[..., None, None].expand(shape) for part in rel_cell]
    x = F.embedding(latent.flatten(), products)
    x = torch.addmm(x, torch.stack(place, dim=-1).flatten(0, 3).to(x.dtype), by_place.T)
    for layer in others[:-1]:
        x = linear(x.relu_(), layer.weight, layer.bias)
    if others:
        x = others[-1](x.relu_())
    preds = x.view(*shape, -1)
    # Each prediction is weighted by the area diagonally opposite to its latent.
    area = (rel_y * rel_x).abs() + 1e-9
    weight = area.flip(-2, -1) / area.sum((-2, -1), keepdim=True)
    rgb: Tensor = (preds * weight[..., None]).sum((-3, -2))
    return rgb
