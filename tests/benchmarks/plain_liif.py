"""LIIF's decoder as the paper describes it and as implementations of it usually run: the baseline of speed.

Chen, Liu and Wang, CVPR 2021, section 3. Everything is done anew for each chunk of queries: the whole feature map is
unfolded, the nearest latents and their coordinates are sampled by `grid_sample`, and for each of four shifts of the
query the whole MLP runs on the concatenation of latent, offset and cell. Written from the paper for comparison; nothing
in the application uses it.
"""

from __future__ import annotations

import torch
import torch.nn.functional as F
from torch import Tensor

from liif_core.coords import make_coord
from liif_core.geometry import OutputGrid
from liif_core.models.decoders.liif import Liif

CHUNK_QUERIES = 30000


@torch.inference_mode()
def decode_plain(decoder: Liif, feat: Tensor, grid: OutputGrid, *, max_chunks: int | None = None) -> tuple[Tensor, int]:
    """Decode an output grid chunk by chunk, or the beginning of it.

    Args:
        decoder: Its weights and flags are used, not its methods.
        feat: float32 (1, C, h, w), of the whole photo.
        grid: The output grid.
        max_chunks: Stop after so many chunks of 30000 queries; decode all by default.

    Returns:
        Normalised RGB (3, Q) of the first Q pixels in reading order, and Q.
    """
    coord = make_coord((grid.output.height, grid.output.width)).to(feat.device)
    size = torch.tensor([2 / grid.output.height, 2 / grid.output.width], device=feat.device)
    chunks = coord.split(CHUNK_QUERIES)[:max_chunks]
    preds = [predicted(decoder, feat, chunk[None], size.expand(1, len(chunk), 2)) for chunk in chunks]
    rgb = torch.cat(preds, dim=1)[0].T
    return rgb, rgb.shape[1]


def predicted(decoder: Liif, feat: Tensor, coord: Tensor, cell: Tensor) -> Tensor:
    """RGB (B, Q, 3) at coord (B, Q, 2) for pixels of size cell (B, Q, 2), by blending up to four predictions.

    feat: (B, C, h, w), as the encoder gives it.
    """
    height, width = feat.shape[-2:]
    centres = make_coord((height, width), flatten=False).to(feat.device).permute(2, 0, 1)
    centres = centres.expand(len(feat), 2, height, width)
    if decoder.feat_unfold:
        feat = F.unfold(feat, 3, padding=1).view(len(feat), -1, height, width)
    extent = torch.tensor([height, width], device=feat.device)
    corners = [(y, x) for y in (-1, 1) for x in (-1, 1)] if decoder.local_ensemble else [(0, 0)]
    preds, areas = [], []
    for corner in corners:
        place = coord
        if decoder.local_ensemble:
            place = coord + torch.tensor(corner, device=feat.device) / extent + 1e-6
        place = place.clamp(-1 + 1e-6, 1 - 1e-6)
        rel_coord = (coord - _nearest(centres, place)) * extent
        parts = [_nearest(feat, place), rel_coord]
        if decoder.cell_decode:
            parts.append(cell * extent)
        preds.append(decoder.imnet(torch.cat(parts, dim=-1)))
        areas.append(rel_coord.prod(-1, keepdim=True).abs() + 1e-9)
    # Opposite corners exchange their areas.
    weighted = [pred * area for pred, area in zip(preds, reversed(areas), strict=True)]
    return torch.stack(weighted).sum(0) / torch.stack(areas).sum(0)


def _nearest(values: Tensor, coord: Tensor) -> Tensor:
    """values (B, D, h, w) at the nearest of their places, for coord (B, Q, 2) in y, x: (B, Q, D)."""
    sampled = F.grid_sample(values, coord.flip(-1)[:, None], mode="nearest", align_corners=False)
    return sampled[:, :, 0].mT
