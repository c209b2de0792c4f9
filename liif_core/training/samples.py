"""Batches: low-resolution inputs and what the model should make of them.

As in the paper (Chen et al., CVPR 2021, section 5.1): a square of a photo, turned in any of eight ways, is the ground
truth, and its antialiased bicubic reduction to `patch` pixels the input. Heat fields learn from whole truths, and all
patches of a step have one scale; decoders that are asked query by query learn from sampled pixels.

With `TrainConfig.size_varied` (section 5.3) all inputs of a photo share one size of targets. The paper pairs whole
faces; here a pair is made of a crop of the photo, as large as the largest target, and turned in all eight ways instead
of mirrored only.

The way of a batch: `draws` decides everything random, `crops` cuts the squares, here they are made into pairs with
`resizing`, and then into a batch; with `contrast` before it and `defects` after it where the recipe says so. `batches`
does this ahead of the training.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from liif_core.device import moved
from liif_core.training.config import TrainConfig
from liif_core.training.contrast import with_contrast
from liif_core.training.defects import with_defects
from liif_core.training.draws import Draw
from liif_core.training.resizing import resized_patches


@dataclass(frozen=True, slots=True)
class Batch:
    """Patches of one scale.

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
    """Inputs, and sampled pixels of targets that need not have one size.

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


@dataclass(frozen=True, slots=True)
class Pairs:
    """Patches on their way to a batch, as bytes.

    Attributes:
        inp: uint8 (n, patch, patch, 3).
        truth: uint8 (n, T, T, 3), what the model should make of them; of each the upper left square counts.
        sides: Of these n squares.
    """

    inp: Tensor
    truth: Tensor
    sides: Sequence[int]


def pairs_of(crops: Tensor, drawn: Draw, config: TrainConfig) -> Pairs:
    """Inputs and truths made of squares of photos, on their device. On the host this is Pillow's work, not torch's.

    Args:
        crops: uint8 (n, S, S, 3), the squares of the draw.
        drawn: Of n patches.
        config: Of the run.
    """
    shrunk, sides = drawn.shrunk.tolist(), drawn.target.tolist()
    if drawn.contrast is not None:
        crops = with_contrast(crops, drawn.contrast)
    truth = resized_patches(crops, drawn.side.tolist(), shrunk)
    inp = resized_patches(truth, shrunk, [config.patch] * len(shrunk))
    truth = resized_patches(truth, shrunk, sides)
    if config.size_varied is not None and config.size_varied.resize_targets_to is not None:
        final = [config.size_varied.resize_targets_to] * len(sides)
        truth, sides = resized_patches(truth, sides, final), final
    return Pairs(inp, truth, sides)


def batch_of(pairs: Pairs, drawn: Draw) -> Batch | QueryBatch:
    """What a model learns from pairs, on their device: with the defects and the queries of the draw."""
    inp = pairs.inp if drawn.defects is None else with_defects(pairs.inp, drawn.defects)
    if drawn.pixels is not None:
        return _query_batch(_unit(inp), pairs, drawn.pixels)
    assert drawn.scale is not None, "whole patches of a batch have one scale"
    return Batch(_unit(inp), _unit(pairs.truth), drawn.scale)


def _query_batch(inp: Tensor, pairs: Pairs, pixels: NDArray[np.int64]) -> QueryBatch:
    """The batch of sampled pixels.

    Args:
        inp: float32 (n, 3, patch, patch), finished.
        pairs: With the n truths.
        pixels: int64 (n, Q), counted row by row.
    """
    device = inp.device
    side = np.array(pairs.sides, np.int64)[:, None]
    # Rounded as `coords.axis_coord` does.
    axis = np.stack([-1 + 1 / side, 2 / side]).astype(np.float32)
    first, step = moved(torch.from_numpy(axis)[..., None], device)
    place = moved(torch.from_numpy(np.stack(np.divmod(pixels, side), axis=-1)), device)
    patch = torch.arange(len(side), device=device)[:, None]
    target = pairs.truth[patch, place[..., 0], place[..., 1]].float().div_(255)
    return QueryBatch(inp, first + step * place, step.expand(*pixels.shape, 2), target)


def _unit(patches: Tensor) -> Tensor:
    """uint8 (n, h, w, 3) as float32 (n, 3, h, w) in [0, 1]."""
    return patches.permute(0, 3, 1, 2).float().div_(255)
