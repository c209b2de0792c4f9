"""Batches of single steps, without the thread that draws them ahead."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import torch

from liif_core.cancel import CancelToken
from liif_core.training.config import TrainConfig
from liif_core.training.crops import HostCrops
from liif_core.training.detail import DetailMap
from liif_core.training.draws import Draw, draw
from liif_core.training.photo_cache import PhotoCache, Pixels
from liif_core.training.samples import Batch, QueryBatch, batch_of, pairs_of


def drawn(photos: Sequence[Pixels], config: TrainConfig, step: int = 0) -> Draw:
    """The whole batch's draw."""
    cache = PhotoCache.of(photos)
    detail = DetailMap.of(cache, CancelToken()) if config.detail else None
    return draw(cache.heights, cache.widths, config, step, range(config.batch), detail)


def any_batch(photos: Sequence[Pixels], config: TrainConfig, step: int = 0) -> Batch | QueryBatch:
    """The whole batch of a step, made on the CPU."""
    patches = drawn(photos, config, step)
    crops = HostCrops(PhotoCache.of(photos))(patches)
    return batch_of(pairs_of(crops, patches, config), patches)


def dense_batch(photos: Sequence[Pixels], config: TrainConfig, step: int = 0) -> Batch:
    """Of a heat field."""
    batch = any_batch(photos, config, step)
    assert isinstance(batch, Batch)
    return batch


def query_batch(photos: Sequence[Pixels], config: TrainConfig, step: int = 0) -> QueryBatch:
    """Of LIIF or Meta-SR."""
    batch = any_batch(photos, config, step)
    assert isinstance(batch, QueryBatch)
    return batch


def smooth_photo() -> Pixels:
    """40 x 44 pixels from which there is something to learn."""
    y, x = np.mgrid[0:40, 0:44] / 6
    waves = np.stack([np.sin(x + y), np.cos(2 * x - y), np.sin(3 * y)], -1)
    return (waves * 100 + 128).astype(np.uint8)


def as_bytes(patch: torch.Tensor) -> Pixels:
    """A patch (3, h, w) in [0, 1] as pixels (h, w, 3)."""
    return (patch * 255).round().byte().permute(1, 2, 0).numpy()


def tensors_of(batch: Batch | QueryBatch) -> list[torch.Tensor]:
    if isinstance(batch, Batch):
        return [batch.inp, batch.gt]
    return [batch.inp, batch.coord, batch.cell, batch.target]


def equal(first: Batch | QueryBatch, second: Batch | QueryBatch) -> bool:
    """Whether two batches hold the same, bit for bit."""
    if type(first) is not type(second):
        return False
    same = all(torch.equal(one, other) for one, other in zip(tensors_of(first), tensors_of(second), strict=True))
    return same and getattr(first, "scale", None) == getattr(second, "scale", None)
