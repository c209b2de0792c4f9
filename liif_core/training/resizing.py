"""Pillow's bicubic resizing, in Pillow on the host and as two small matrix products on a device. Both to the last bit.

Pillow's 8-bit resizing (`Resample.c`) is a weighted sum of bytes along x, rounded to a byte, and another along y. Its
weights are whole numbers, multiples of 2^-22. They are split here into an upper and a lower half: then every partial
sum of products with bytes is a whole number below 2^24, which float32 holds exactly in any order of summation, and the
two halves put together again are Pillow's own sum. (Products must be computed in float32: TF32 would round them.)
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from functools import lru_cache

import numpy as np
import PIL.Image
import torch
from numpy.typing import NDArray
from torch import Tensor

from liif_core.device import moved
from liif_core.training.photo_cache import Pixels

# Of the fixed-point arithmetic of `Resample.c`, and where its weights are split.
PRECISION_BITS = 22
HALF_BITS = 11
# Half the width of the cubic at no reduction, and its parameter.
SUPPORT = 2.0
CUBIC_A = -0.5
# Beyond this reduction a sum of the lower halves could leave float32: 64 taps of 2^10 times 255.
LARGEST_REDUCTION = 15.0
_CACHED_SIDES = 4096


def resized(pixels: Pixels, side: int) -> Pixels:
    """A square patch at `side` pixels by Pillow's bicubic, antialiased where it reduces; uint8 (side, side, 3)."""
    patch = PIL.Image.fromarray(np.ascontiguousarray(pixels)).resize((side, side), PIL.Image.Resampling.BICUBIC)
    return np.asarray(patch)


def resized_patches(patches: Tensor, sources: Sequence[int], targets: Sequence[int]) -> Tensor:
    """A batch of square patches, each from a side of its own to another.

    Args:
        patches: uint8 (n, S, S, 3); of each the upper left square counts.
        sources: The n sides of these squares.
        targets: The n sides wanted.

    Returns:
        uint8 (n, T, T, 3), T the largest of `targets`; the smaller squares lie in the upper left, before zeros.
    """
    if list(sources) == list(targets) and max(targets) == patches.shape[1]:
        return patches
    if patches.device.type == "cpu":
        return _on_host(patches, sources, targets)
    return resized_by_products(patches, sources, targets)


def _on_host(patches: Tensor, sources: Sequence[int], targets: Sequence[int]) -> Tensor:
    """As `resized_patches`; a processor skips the zeros that the products are full of."""
    side = max(targets)
    out = np.zeros((len(targets), side, side, 3), np.uint8)
    for patch, result, source, target in zip(patches.numpy(), out, sources, targets, strict=True):
        result[:target, :target] = resized(patch[:source, :source], target)
    return torch.from_numpy(out)


def resized_by_products(patches: Tensor, sources: Sequence[int], targets: Sequence[int]) -> Tensor:
    """As `resized_patches`, on the patches' device without a detour."""
    n, height, width, _ = patches.shape
    matrix = _matrices(sources, targets, width=width, device=patches.device)
    side = max(targets)
    along_x = patches.permute(0, 2, 1, 3).reshape(n, width, height * 3).float()
    rows = _rounded(matrix @ along_x).view(n, side, height, 3)
    along_y = rows.permute(0, 2, 1, 3).reshape(n, height, side * 3)
    return _rounded(matrix @ along_y).view(n, side, side, 3).to(torch.uint8)


def _rounded(halves: Tensor) -> Tensor:
    """Sums with the upper and the lower halves of the weights (n, 2 T, M) to bytes, as float32 (n, T, M)."""
    upper, lower = halves.int().chunk(2, dim=1)
    total = (upper << HALF_BITS) + lower + (1 << (PRECISION_BITS - 1))
    return (total >> PRECISION_BITS).clamp_(0, 255).float()


def _matrices(sources: Sequence[int], targets: Sequence[int], *, width: int, device: torch.device) -> Tensor:
    """The upper halves of all weights over the lower ones: float32 (n, 2 T, width), zero where there is no weight."""
    every = [taps(source, target) for source, target in zip(sources, targets, strict=True)]
    side, count = max(targets), max(weight.shape[1] for _, weight in every)
    place = np.zeros((len(every), side, count), np.int64)
    whole = np.zeros((len(every), side, count), np.int32)
    for index, (first, weight) in enumerate(every):
        rows, columns = weight.shape
        # Beyond the border weights are zero, and lie anywhere inside.
        place[index, :rows, :columns] = np.minimum(first[:, None] + np.arange(columns), width - 1)
        whole[index, :rows, :columns] = weight
    upper = (whole + (1 << (HALF_BITS - 1))) >> HALF_BITS
    halves = np.concatenate([upper, whole - (upper << HALF_BITS)], axis=1).astype(np.float32)
    places = moved(torch.from_numpy(np.concatenate([place, place], axis=1)), device)
    matrix = torch.zeros(len(every), 2 * side, width, device=device)
    return matrix.scatter_add_(2, places, moved(torch.from_numpy(halves), device))


@lru_cache(maxsize=_CACHED_SIDES)
def taps(source: int, target: int) -> tuple[NDArray[np.int64], NDArray[np.int32]]:
    """Pillow's weights along one axis, from `source` pixels to `target` (`precompute_coeffs` of `Resample.c`).

    Returns:
        (target,), the first pixel that each output pixel reads; and (target, K), its weights in units of 2^-22, zero
        beyond the last one.
    """
    scale = source / target
    if scale > LARGEST_REDUCTION:
        raise ValueError(f"a reduction from {source} to {target} pixels is not exact in float32")
    stretch = max(scale, 1.0)
    center = (np.arange(target) + 0.5) * scale
    first = np.maximum((center - SUPPORT * stretch + 0.5).astype(np.int64), 0)
    end = np.minimum((center + SUPPORT * stretch + 0.5).astype(np.int64), source)
    pixel = first[:, None] + np.arange(math.ceil(SUPPORT * stretch) * 2 + 1)
    weight = np.where(pixel < end[:, None], _cubic((pixel - center[:, None] + 0.5) / stretch), 0.0)
    weight /= weight.sum(1, keepdims=True)
    # Half away from zero, as C rounds by adding a half and cutting.
    scaled = weight * (1 << PRECISION_BITS)
    return first, np.trunc(scaled + np.copysign(0.5, scaled)).astype(np.int32)


def _cubic(x: NDArray[np.float64]) -> NDArray[np.float64]:
    """Keys, "Cubic convolution interpolation for digital image processing", 1981, with Pillow's parameter."""
    x, a = np.abs(x), CUBIC_A
    near = ((a + 2) * x - (a + 3)) * x * x + 1
    far = (((x - 5) * x + 8) * x - 4) * a
    return np.where(x < 1, near, np.where(x < 2, far, 0.0))
