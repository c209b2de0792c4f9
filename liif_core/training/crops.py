"""Squares cut from photos, in any of eight orientations: on the host, or as one gather on the training device."""

from __future__ import annotations

import logging
from typing import Protocol

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from liif_core.device import moved
from liif_core.training.draws import Draw
from liif_core.training.photo_cache import PhotoCache, Pixels

logger = logging.getLogger(__name__)

# Of a device's free memory that photos may take; the model, its gradients and activations need the rest.
DEVICE_SHARE = 4
_COPY_BYTES = 1 << 26


class Crops(Protocol):
    """Cuts the squares of a draw out of the photos that it holds."""

    def __call__(self, draw: Draw) -> Tensor:
        """uint8 (n, S, S, 3), S the largest `side` of the draw; what lies beyond a smaller square may be anything."""
        ...


class HostCrops:
    """Cuts in memory, or from the file that holds the photos."""

    def __init__(self, photos: PhotoCache) -> None:
        self._photos = photos

    def __call__(self, draw: Draw) -> Tensor:
        """See `Crops`."""
        largest = int(draw.side.max())
        out = np.zeros((len(draw.photo), largest, largest, 3), np.uint8)
        for index, result in enumerate(out):
            top, left, side = int(draw.top[index]), int(draw.left[index]), int(draw.side[index])
            square = self._photos[int(draw.photo[index])][top : top + side, left : left + side]
            result[:side, :side] = turned(square, int(draw.turn[index]))
        return torch.from_numpy(out)


class DeviceCrops:
    """Holds the photos on a device and gathers all squares at once: their indices are an arithmetic progression each.

    Args:
        photos: All of `flat` is copied.
        device: Where to.
    """

    def __init__(self, photos: PhotoCache, device: torch.device) -> None:
        self._photos = photos
        self._flat = torch.empty(len(photos.flat), dtype=torch.uint8, device=device)
        for start in range(0, len(photos.flat), _COPY_BYTES):
            piece = photos.flat[start : start + _COPY_BYTES]
            # A copy: torch warns of arrays that may not be written.
            self._flat[start : start + len(piece)].copy_(torch.from_numpy(piece.copy()))

    def __call__(self, draw: Draw) -> Tensor:
        """See `Crops`."""
        start, down, right = self._progressions(draw)
        table = np.stack([start, down, right, draw.side - 1])[:, :, None]
        first, by_row, by_column, last = moved(torch.from_numpy(table), self._flat.device)
        along = torch.arange(int(draw.side.max()), device=self._flat.device)
        # Beyond a smaller square its last pixel repeats, so that nothing outside of the photos is read.
        along = torch.minimum(along[None], last)
        pixel = first[:, :, None] + (by_row * along)[:, :, None] + (by_column * along)[:, None, :]
        return self._flat[pixel[..., None] + torch.arange(3, device=pixel.device)]

    def _progressions(self, draw: Draw) -> tuple[NDArray[np.int64], ...]:
        """Where in `flat` the upper left pixel of each turned square lies, and the steps down and to the right."""
        row, column = 3 * self._photos.widths[draw.photo], np.full_like(draw.photo, 3)
        start = self._photos.offsets[draw.photo] + draw.top * row + draw.left * column
        reverses_rows, reverses_columns, transposes = ((draw.turn & bit) > 0 for bit in (1, 2, 4))
        start = start + (draw.side - 1) * (row * reverses_rows + column * reverses_columns)
        row, column = np.where(reverses_rows, -row, row), np.where(reverses_columns, -column, column)
        return start, np.where(transposes, column, row), np.where(transposes, row, column)


def crops_of(photos: PhotoCache, device: torch.device) -> HostCrops | DeviceCrops:
    """What cuts squares for training on a device: on that itself where the photos fit into a share of its memory."""
    if _has_room(device, len(photos.flat)):
        try:
            return DeviceCrops(photos, device)
        except torch.OutOfMemoryError:
            logger.info("the photos found no room on %s: crops are cut on the host", device)
    return HostCrops(photos)


def _has_room(device: torch.device, nbytes: int) -> bool:
    """Whether a device other than the processor tells that it has; others are fed from the host."""
    if device.type != "cuda":
        return False
    free, _ = torch.cuda.mem_get_info(device)
    return nbytes <= free // DEVICE_SHARE


def turned(pixels: Pixels, turn: int) -> Pixels:
    """One of the eight symmetries of the square; see `Draw.turn`."""
    pixels = pixels[::-1] if turn & 1 else pixels
    pixels = pixels[:, ::-1] if turn & 2 else pixels
    return pixels.transpose(1, 0, 2) if turn & 4 else pixels
