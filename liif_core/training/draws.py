"""What is random about a training step: photos, places, turns, scales, contrast, queried pixels, defects. Numbers only.

Everything that is drawn for step n comes from generators seeded by the run's seed, n and, where patches have one of
their own, the patch's number in the whole batch. So there is no state to save: a resumed run draws what the interrupted
one would have drawn, and a step is the same however many processes and parts share its batch.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from fractions import Fraction

import numpy as np
from numpy.typing import NDArray

from liif_core.training.config import QUERY_DECODERS, TrainConfig
from liif_core.training.degrade import Degrade, Range
from liif_core.training.detail import BLOCK, DetailMap

# What a generator is for: those of a step, and those of one of its patches.
_CROPS, _DEFECTS, _PIXELS, _NOISE, _CONTRAST, _DETAIL = range(6)

# How many times contrast is raised, and the share of grey among these patches: drawings, print and scans mostly are.
_GAIN = (2.0, 40.0)
_GREY = 0.6

# An 8 x 8 block of JPEG, or 16 x 16 where colours have half the size; patches begin anywhere in one.
JPEG_PERIOD = 16


@dataclass(frozen=True, slots=True)
class ContrastDraw:
    """Raised contrast of m of n patches.

    Attributes:
        index: int64 (m,), which of the n patches.
        gain: float32 (m,), how many times their contrast is raised.
        grey: bool (m,), whether they lose their colours first.
        row: int64 (m,), of the pixel of each square that becomes mid-grey.
        column: int64 (m,).
    """

    index: NDArray[np.int64]
    gain: NDArray[np.float32]
    grey: NDArray[np.bool_]
    row: NDArray[np.int64]
    column: NDArray[np.int64]


@dataclass(frozen=True, slots=True)
class DefectDraw:
    """Defects of n inputs; see `Degrade` for the units.

    Attributes:
        blur_sigma: float32 (n,).
        noise: float32 (n, patch, patch, 3), to be added, in steps of 8-bit values.
        jpeg_quality: int64 (n,).
        chroma_subsampling: bool (n,).
        jpeg_top: int64 (n,), row of its JPEG block that a patch begins in.
        jpeg_left: int64 (n,), column.
    """

    blur_sigma: NDArray[np.float32]
    noise: NDArray[np.float32]
    jpeg_quality: NDArray[np.int64]
    chroma_subsampling: NDArray[np.bool_]
    jpeg_top: NDArray[np.int64]
    jpeg_left: NDArray[np.int64]


@dataclass(frozen=True, slots=True)
class Draw:
    """n patches of a step. All sides are in pixels.

    Attributes:
        scale: Of all patches; None where each has its own, or where their photos decide.
        photo: int64 (n,).
        side: int64 (n,), of the square to cut from the photo.
        top: int64 (n,), its first row.
        left: int64 (n,), its first column.
        turn: int64 (n,), which of the eight symmetries of the square: 1 reverses rows, 2 columns, then 4 transposes.
        shrunk: int64 (n,), side after the reduction of the ground truth; `side` where there is none.
        target: int64 (n,), side that the target is then resized to; `shrunk` but for size-varied targets.
        pixels: int64 (n, Q), which pixels of each target, as it is after all resizing, to learn from, counted row by
            row; None for all.
        contrast: Of truths and inputs, or None.
        defects: Of the inputs, or None.
    """

    scale: Fraction | None
    photo: NDArray[np.int64]
    side: NDArray[np.int64]
    top: NDArray[np.int64]
    left: NDArray[np.int64]
    turn: NDArray[np.int64]
    shrunk: NDArray[np.int64]
    target: NDArray[np.int64]
    pixels: NDArray[np.int64] | None
    contrast: ContrastDraw | None
    defects: DefectDraw | None


@dataclass(frozen=True, slots=True)
class _Rich:
    """m of a batch's patches, which are cut around pixels where their photos hold detail.

    Attributes:
        index: int64 (m,), which patches.
        photo: int64 (m,).
        row: int64 (m,), of the pixel in the middle.
        column: int64 (m,).
    """

    index: NDArray[np.int64]
    photo: NDArray[np.int64]
    row: NDArray[np.int64]
    column: NDArray[np.int64]

    @staticmethod
    def of(config: TrainConfig, step: int, detail: DetailMap | None) -> _Rich:
        """Those of the whole batch of a step, counted from 0."""
        if detail is None:
            return _Rich(*np.zeros((4, 0), np.int64))
        chosen, share, down, right = np.random.default_rng([config.seed, step, _DETAIL]).random((4, config.batch))
        index = np.flatnonzero(chosen < config.detail)
        block = detail.blocks(share[index])
        within = np.floor(np.stack([down, right])[:, index] * BLOCK).astype(np.int64)
        return _Rich(index, detail.photo[block], detail.top[block] + within[0], detail.left[block] + within[1])


def draw(
    heights: NDArray[np.int64],
    widths: NDArray[np.int64],
    config: TrainConfig,
    step: int,
    slots: range,
    detail: DetailMap | None = None,
) -> Draw:
    """Some patches of a step.

    Args:
        heights: int64, of all photos, in pixels.
        widths: int64.
        config: Of the run.
        step: Counted from 0.
        slots: Which patches of the batch.
        detail: Of the photos, where `TrainConfig.detail` has patches cut by it.

    Returns:
        As many patches as there are slots.
    """
    rng = np.random.default_rng([config.seed, step, _CROPS])
    # Of the whole batch, in an order that must stay, so that one seed draws one sequence of crops.
    uniform = rng.random((6, config.batch))
    photo = np.floor(uniform[0] * len(heights)).astype(np.int64)
    rich = _Rich.of(config, step, detail)
    photo[rich.index] = rich.photo
    turn = np.floor(uniform[1] * 8).astype(np.int64)
    scale, shrunk, target = _sides(config, photo, uniform[2], len(heights), rng)
    room = np.minimum(heights[photo], widths[photo])
    factor = 1 + uniform[3] * (np.minimum(config.pre_shrink, room / shrunk) - 1)
    side = np.minimum(np.round(shrunk * factor).astype(np.int64), room)
    top = np.floor(uniform[4] * (heights[photo] - side + 1)).astype(np.int64)
    left = np.floor(uniform[5] * (widths[photo] - side + 1)).astype(np.int64)
    top[rich.index] = _around(rich.row, side[rich.index], heights[rich.photo])
    left[rich.index] = _around(rich.column, side[rich.index], widths[rich.photo])
    part = slice(slots.start, slots.stop)
    return Draw(
        scale=scale,
        photo=photo[part],
        side=side[part],
        top=top[part],
        left=left[part],
        turn=turn[part],
        shrunk=shrunk[part],
        target=target[part],
        pixels=_pixels(config, step, slots, target) if config.model.decoder.name in QUERY_DECODERS else None,
        contrast=_contrast(config, step, side, part) if config.high_contrast > 0 else None,
        defects=None if config.degrade is None else _defects(config.degrade, config, step, slots),
    )


def _around(middle: NDArray[np.int64], side: NDArray[np.int64], length: NDArray[np.int64]) -> NDArray[np.int64]:
    """Where squares begin that have a pixel in their middle, as far as they then lie inside of photos of a length."""
    first: NDArray[np.int64] = np.clip(middle - side // 2, 0, length - side)
    return first


def _sides(
    config: TrainConfig, photo: NDArray[np.int64], share: NDArray[np.float64], photos: int, rng: np.random.Generator
) -> tuple[Fraction | None, NDArray[np.int64], NDArray[np.int64]]:
    """The scale that a whole batch has, if so, and the sides of its truths and of their targets.

    Args:
        config: Of the run.
        photo: Of each patch.
        share: In [0, 1), of each patch, where between the smallest and the largest scale it lies if it has its own.
        photos: Of the run.
        rng: Of the step.
    """
    if config.size_varied is not None:
        targets = np.array([config.target_side(int(index), photos) for index in photo], np.int64)
        return None, np.full_like(photo, config.crop_side), targets
    if config.continuous_scales:
        scales = config.min_scale + (config.max_scale - config.min_scale) * share
        sides = np.round(config.patch * scales).astype(np.int64)
        return None, sides, sides
    scale = config.scales()[int(rng.integers(len(config.scales())))]
    sides = np.full_like(photo, int(config.patch * scale))
    return scale, sides, sides


def _pixels(config: TrainConfig, step: int, slots: range, target: NDArray[np.int64]) -> NDArray[np.int64]:
    """Different pixels of each target, as many of all: `queries`, or all of the smallest target that is possible.

    Args:
        config: Of the run.
        step: Counted from 0.
        slots: Which patches of the batch.
        target: Sides of the targets of the whole batch.
    """
    fixed = config.size_varied.resize_targets_to if config.size_varied else None
    sides = target if fixed is None else np.full_like(target, fixed)
    smallest = int(sides.min())
    if fixed is None and (config.size_varied is not None or config.continuous_scales):
        smallest = round(config.patch * (config.size_varied or config).min_scale)
    count = min(config.queries, smallest**2)
    chosen = np.empty((len(slots), count), np.int64)
    for row, slot in zip(chosen, slots, strict=True):
        rng = np.random.default_rng([config.seed, step, _PIXELS, slot])
        row[:] = rng.choice(int(sides[slot]) ** 2, count, replace=False, shuffle=False)
    return chosen


def _contrast(config: TrainConfig, step: int, side: NDArray[np.int64], part: slice) -> ContrastDraw:
    """Which patches have their contrast raised, and how.

    Args:
        config: Of the run.
        step: Counted from 0.
        side: Of the squares of the whole batch.
        part: Of the batch.
    """
    uniform = np.random.default_rng([config.seed, step, _CONTRAST]).random((5, config.batch))
    chosen, gain, grey, row, column = uniform[:, part]
    index = np.flatnonzero(chosen < config.high_contrast)
    side = side[part][index]
    return ContrastDraw(
        index=index,
        # Even in its logarithm: twice as much is as large a step anywhere.
        gain=np.exp(_between((math.log(_GAIN[0]), math.log(_GAIN[1])), gain[index])).astype(np.float32),
        grey=grey[index] < _GREY,
        row=np.floor(row[index] * side).astype(np.int64),
        column=np.floor(column[index] * side).astype(np.int64),
    )


def _defects(degrade: Degrade, config: TrainConfig, step: int, slots: range) -> DefectDraw:
    uniform = np.random.default_rng([config.seed, step, _DEFECTS]).random((6, config.batch))
    quality, chroma, blur, sigma, top, left = uniform[:, slots.start : slots.stop]
    shape = (config.patch, config.patch, 3)
    grain = [
        np.random.default_rng([config.seed, step, _NOISE, slot]).standard_normal(shape, np.float32) for slot in slots
    ]
    width = _between(degrade.noise_sigma, sigma).astype(np.float32)
    return DefectDraw(
        blur_sigma=_between(degrade.blur_sigma, blur).astype(np.float32),
        noise=np.stack(grain) * width[:, None, None, None],
        jpeg_quality=_between(degrade.jpeg_quality, quality).round().astype(np.int64),
        chroma_subsampling=chroma < degrade.chroma_subsampling,
        jpeg_top=np.floor(top * JPEG_PERIOD).astype(np.int64),
        jpeg_left=np.floor(left * JPEG_PERIOD).astype(np.int64),
    )


def _between(ends: Range, share: NDArray[np.float64]) -> NDArray[np.float64]:
    """The numbers that divide a range at shares in [0, 1)."""
    return ends[0] + (ends[1] - ends[0]) * share
