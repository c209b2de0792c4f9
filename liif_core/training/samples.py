"""Batches of patches: a low-resolution input and its ground truth, made on a thread of their own.

As in the paper (Chen et al., CVPR 2021, section 4.1): a crop of `patch * scale` pixels is reduced by Pillow's
antialiased bicubic to `patch` pixels, and both are flipped and transposed at random. One scale is drawn for a whole
batch, so that heat fields can be trained on dense patches.

With `TrainConfig.size_varied` (section 4.4) all inputs of a photo share one size of targets, and a batch holds sampled
pixels of targets of several sizes. The paper pairs whole faces; here a pair is made of a crop of the photo, as large as
the largest target, and turned in all eight ways instead of mirrored only.
"""

from __future__ import annotations

import queue
import threading
from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction
from types import TracebackType

import numpy as np
import PIL.Image
import torch
from torch import Tensor

from liif_core.coords import axis_coord
from liif_core.training.config import TrainConfig
from liif_core.training.datasets import Pixels


@dataclass(frozen=True, slots=True)
class Batch:
    """One step's patches.

    Attributes:
        inp: float32 (B, 3, patch, patch) in [0, 1].
        gt: float32 (B, 3, patch * scale, patch * scale) in [0, 1].
        scale: Of both sides.
    """

    inp: Tensor
    gt: Tensor
    scale: Fraction


@dataclass(frozen=True, slots=True)
class QueryBatch:
    """One step's inputs, and sampled pixels of targets that need not have one size.

    Attributes:
        inp: float32 (B, 3, patch, patch) in [0, 1].
        coord: float32 (B, Q, 2), centres of the pixels in [-1, 1], y before x.
        cell: float32 (B, Q, 2), their sizes in the same units: 2 / side of each patch's target.
        target: float32 (B, Q, 3) in [0, 1], their colours.
    """

    inp: Tensor
    coord: Tensor
    cell: Tensor
    target: Tensor


def draw_batch(photos: Sequence[Pixels], config: TrainConfig, rng: np.random.Generator) -> Batch:
    """One batch; the same generator state gives the same batch."""
    scale = config.scales()[rng.integers(len(config.scales()))]
    side = int(config.patch * scale)
    inp = np.empty((config.batch, config.patch, config.patch, 3), np.uint8)
    gt = np.empty((config.batch, side, side, 3), np.uint8)
    for slot in range(config.batch):
        photo = photos[int(rng.integers(len(photos)))]
        crop = _crop(photo, side, rng)
        gt[slot] = crop
        inp[slot] = resized(crop, config.patch)
    return Batch(_to_tensor(inp), _to_tensor(gt), scale)


def draw_queries(photos: Sequence[Pixels], config: TrainConfig, rng: np.random.Generator) -> QueryBatch:
    """One batch of size-varied targets; the same generator state gives the same batch.

    Every patch gives the same number of pixels: `queries`, or all of the smallest target if it has fewer.
    """
    fixed = config.size_varied.resize_targets_to if config.size_varied else None
    count = min(config.queries, (fixed or config.target_side(0, len(photos))) ** 2)
    # Pixels are chosen by a generator of their own, so that one seed gives one sequence of crops whatever their sizes.
    pixel_rng = np.random.default_rng(rng.integers(2**63))
    inp = np.empty((config.batch, config.patch, config.patch, 3), np.uint8)
    coord, cell = torch.empty(config.batch, count, 2), torch.empty(config.batch, count, 2)
    target = np.empty((config.batch, count, 3), np.uint8)
    for slot in range(config.batch):
        index = int(rng.integers(len(photos)))
        crop = _crop(photos[index], config.crop_side, rng)
        inp[slot] = resized(crop, config.patch)
        gt = resized(crop, config.target_side(index, len(photos)))
        gt = gt if fixed is None else resized(gt, fixed)
        side = gt.shape[0]
        rows, columns = np.divmod(pixel_rng.choice(side * side, count, replace=False), side)
        centres = axis_coord(side)
        coord[slot] = torch.stack([centres[rows], centres[columns]], dim=-1)
        cell[slot] = 2 / side
        target[slot] = gt[rows, columns]
    return QueryBatch(_to_tensor(inp), coord, cell, torch.from_numpy(target).float().div_(255))


def resized(pixels: Pixels, side: int) -> Pixels:
    """A square patch at `side` pixels by Pillow's bicubic, antialiased where it reduces; uint8 (side, side, 3)."""
    patch = PIL.Image.fromarray(np.ascontiguousarray(pixels)).resize((side, side), PIL.Image.Resampling.BICUBIC)
    return np.asarray(patch)


def _crop(photo: Pixels, side: int, rng: np.random.Generator) -> Pixels:
    """A square of a photo, anywhere in it and in any of its eight orientations."""
    top = rng.integers(photo.shape[0] - side + 1)
    left = rng.integers(photo.shape[1] - side + 1)
    return _turned(photo[top : top + side, left : left + side], int(rng.integers(8)))


def _turned(pixels: Pixels, turn: int) -> Pixels:
    """One of the eight symmetries of the square."""
    pixels = pixels[::-1] if turn & 1 else pixels
    pixels = pixels[:, ::-1] if turn & 2 else pixels
    return pixels.transpose(1, 0, 2) if turn & 4 else pixels


def _to_tensor(patches: Pixels) -> Tensor:
    return torch.from_numpy(patches).permute(0, 3, 1, 2).float().div_(255)


class BatchSource:
    """Draws batches ahead on a thread, so that the device never waits for Pillow.

    Every batch carries the generator's state from before the next one was drawn, so that a resumed run goes on with the
    very batch that an interrupted one would have drawn. Use as a context manager.
    """

    def __init__(self, photos: Sequence[Pixels], config: TrainConfig, rng_state: object | None = None) -> None:
        self._photos = photos
        self._config = config
        self._rng = np.random.default_rng(config.seed)
        if rng_state is not None:
            self._rng.bit_generator.state = rng_state  # type: ignore[assignment]  # numpy types it as its own dict
        self._ready: queue.Queue[tuple[Batch | QueryBatch, object] | BaseException] = queue.Queue(maxsize=3)
        self._stop = threading.Event()
        self._thread = threading.Thread(target=self._draw, name="batches", daemon=True)
        self.rng_state: object = self._rng.bit_generator.state

    def __enter__(self) -> BatchSource:
        self._thread.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._stop.set()
        while self._thread.is_alive():
            try:
                self._ready.get_nowait()
            except queue.Empty:
                self._thread.join(timeout=0.05)

    def next(self) -> Batch | QueryBatch:
        """The next batch; `rng_state` is then the state that the one after it is drawn from."""
        item = self._ready.get()
        if isinstance(item, BaseException):
            raise item
        batch, self.rng_state = item
        return batch

    def _next_batch(self) -> Batch | QueryBatch:
        draw = draw_queries if self._config.size_varied else draw_batch
        return draw(self._photos, self._config, self._rng)

    def _draw(self) -> None:
        try:
            while not self._stop.is_set():
                batch = self._next_batch()
                self._ready.put((batch, self._rng.bit_generator.state))
        except Exception as exc:  # the thread's entry: handed to the trainer's thread by `next`
            self._ready.put(exc)
