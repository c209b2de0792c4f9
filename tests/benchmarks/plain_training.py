"""LIIF's training as the paper's authors published it, written from the paper: the baseline of throughput.

Chen, Liu and Wang, CVPR 2021, section 5.1. Each patch is cut, reduced by Pillow and taken apart into pixels on its own,
in the processes of a `DataLoader`; the decoder runs as in `plain_liif`, all in float32, without anything fused.
"""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
import PIL.Image
import torch
import torch.nn.functional as F
from numpy.typing import NDArray
from torch import Tensor
from torch.utils.data import DataLoader, Dataset

from liif_core.coords import make_coord
from liif_core.models.build import build_model
from liif_core.models.decoders.liif import Liif
from liif_core.training.config import TrainConfig
from tests.benchmarks.plain_liif import predicted

# As published; more processes than cores only wait for each other.
MOST_WORKERS = 8

Sample = tuple[Tensor, Tensor, Tensor, Tensor]


class PlainPairs(Dataset[Sample]):
    """One patch an index: its input, and the coordinates, cells and colours of some pixels of its target."""

    def __init__(self, photos: list[NDArray[np.uint8]], config: TrainConfig) -> None:
        self._photos, self._config = photos, config

    def __len__(self) -> int:
        return 1 << 20

    def __getitem__(self, index: int) -> Sample:
        """Input (3, p, p), coord (Q, 2), cell (Q, 2) and normalised RGB (Q, 3) of a patch drawn by its index."""
        rng = np.random.default_rng(index)
        patch, config = self._config.patch, self._config
        side = round(patch * rng.uniform(config.min_scale, config.max_scale))
        photo = self._photos[rng.integers(len(self._photos))]
        top, left = (rng.integers(length - side + 1) for length in photo.shape[:2])
        gt = photo[top : top + side, left : left + side]
        small = PIL.Image.fromarray(gt).resize((patch, patch), PIL.Image.Resampling.BICUBIC)
        inp, target = _normalised(np.asarray(small)), _normalised(gt)
        for axes in ((-1,), (-2,)):
            if rng.random() < 0.5:
                inp, target = inp.flip(axes), target.flip(axes)
        if rng.random() < 0.5:
            inp, target = inp.mT, target.mT
        coord, rgb = make_coord((side, side)), target.reshape(3, -1).T
        chosen = rng.choice(len(coord), config.queries, replace=False)
        cell = torch.full((config.queries, 2), 2 / side)
        return inp.contiguous(), coord[chosen], cell, rgb[chosen]


def _normalised(pixels: NDArray[np.uint8]) -> Tensor:
    return (torch.from_numpy(pixels.copy()).permute(2, 0, 1) / 255 - 0.5) / 0.5


class PlainLoop:
    """Steps of Adam on plain batches.

    Args:
        photos: uint8 (h, w, 3) each.
        config: Of the paper's recipe.
        device: That trains.
        workers: Processes of the data loader.
    """

    def __init__(
        self, photos: list[NDArray[np.uint8]], config: TrainConfig, *, device: torch.device, workers: int
    ) -> None:
        with torch.random.fork_rng(devices=[]):
            torch.manual_seed(config.seed)
            self._model = build_model(config.model).to(device).train()
        self._device = device
        self._optimiser = torch.optim.Adam(self._model.parameters(), lr=config.learning_rate)
        loader = DataLoader(
            PlainPairs(photos, config),
            batch_size=config.batch,
            num_workers=workers,
            pin_memory=device.type == "cuda",
            multiprocessing_context="fork" if workers else None,
        )
        self._batches: Iterator[list[Tensor]] = iter(loader)

    def step(self) -> float:
        """One step; its mean absolute error."""
        inp, coord, cell, target = (tensor.to(self._device) for tensor in next(self._batches))
        decoder = self._model.decoder
        assert isinstance(decoder, Liif)
        loss = F.l1_loss(predicted(decoder, self._model.encoder(inp), coord, cell), target)
        self._optimiser.zero_grad()
        loss.backward()
        self._optimiser.step()
        return float(loss.detach())
