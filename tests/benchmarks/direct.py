"""Pictures without any of the quick ways: what the benchmark's rows are compared with.

The heat field by its equation, for each query in float64, from the parameters alone; LIIF and Meta-SR by `query`, which
gathers and computes everything anew for each query in float32.
"""

from __future__ import annotations

import numpy as np
import torch
from numpy.typing import NDArray

from liif_core.coords import cell_of, rect_coord
from liif_core.geometry import OutputGrid, Rect
from liif_core.models.decoders.heat_field import HeatField
from liif_core.models.decoders.query import QueryDecoder
from liif_core.models.decoders.window import FeatureWindow
from liif_core.models.implicit import ImplicitModel


@torch.inference_mode()
def direct_picture(model: ImplicitModel, window: FeatureWindow, grid: OutputGrid, rect: Rect) -> NDArray[np.float64]:
    """Pixel values (3, rect.height, rect.width), around [0, 1], not clamped, from features of any dtype."""
    decoder = model.decoder
    if isinstance(decoder, HeatField):
        pred = heat_field(decoder, window, grid, rect)
    else:
        assert isinstance(decoder, QueryDecoder)
        pred = _queried(decoder, window, grid, rect)
    return pred * model.spec.norm.std + model.spec.norm.mean


def _queried(decoder: QueryDecoder, window: FeatureWindow, grid: OutputGrid, rect: Rect) -> NDArray[np.float64]:
    feat = decoder.unfolded(window.feat.float().contiguous())
    coord = rect_coord(grid, rect).flatten(0, 1)[None].to(feat.device)
    cell = cell_of(grid).to(feat.device).expand_as(coord)
    rgb = decoder.query(feat, coord, cell, window=window)[0]
    return np.asarray(rgb.T.reshape(3, rect.height, rect.width).cpu().double().numpy())


def heat_field(decoder: HeatField, window: FeatureWindow, grid: OutputGrid, rect: Rect) -> NDArray[np.float64]:
    """Normalised RGB: bilinear base plus, of the four latents around a query, their fields, blended bilinearly."""
    latent, image = np.split(window.feat[0].cpu().double().numpy(), [decoder.in_dim])
    freq, coef = (part.detach().cpu().double().numpy() for part in (decoder.frequencies, decoder.coef))
    kappa = float(np.exp(decoder.log_kappa.item()))
    cell = np.array([1 / grid.scale_y, 1 / grid.scale_x])
    decay = np.exp(-kappa * ((freq * np.maximum(cell, decoder.field.finest_cell)) ** 2).sum(1))
    # The field of each latent in the window: factors of sines, then of cosines.
    fields = np.tensordot(coef, latent, 1).transpose(2, 3, 0, 1)
    pos_y = (np.arange(rect.y, rect.bottom) + 0.5) * cell[0] - 0.5
    pos_x = (np.arange(rect.x, rect.right) + 0.5) * cell[1] - 0.5
    rgb = np.zeros((rect.height, rect.width, 3))
    for corner_y in (0, 1):
        latent_y = np.floor(pos_y) + corner_y
        index_y = np.clip(latent_y, 0, grid.source.height - 1).astype(int) - window.rect.y
        for corner_x in (0, 1):
            latent_x = np.floor(pos_x) + corner_x
            index_x = np.clip(latent_x, 0, grid.source.width - 1).astype(int) - window.rect.x
            off_y, off_x = (pos_y - latent_y)[:, None], (pos_x - latent_x)[None]
            angle = off_y[..., None] * freq[:, 0] + off_x[..., None] * freq[:, 1]
            basis = np.concatenate([decay * np.sin(angle), decay * np.cos(angle)], axis=-1)
            place = np.ix_(index_y, index_x)
            value = np.einsum("yxk,yxok->yxo", basis, fields[place]) + image.transpose(1, 2, 0)[place]
            rgb += ((1 - np.abs(off_y)) * (1 - np.abs(off_x)))[..., None] * value
    return rgb.transpose(2, 0, 1)
