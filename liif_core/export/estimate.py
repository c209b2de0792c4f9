"""What an export will take, before it begins: pixels, bytes, seconds, memory.

Bytes and seconds are measured: a few blocks of the very output are computed and encoded, as they will be. Photos differ
from place to place, so a sample says the size of the file to about a fifth; where the whole output is hardly larger
than the sample, to a few hundredths. Memory is added up from what each part is allowed or known to take.
"""

from __future__ import annotations

import os
import tempfile
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from liif_core.cancel import CancelToken
from liif_core.export.plan import ExportPlan
from liif_core.export.rendering import BlockMaker, RendererOf
from liif_core.export.strips import STRIP_BYTES
from liif_core.geometry import Rect, Size
from liif_core.imaging.encoders import Picture
from liif_core.imaging.encoding import WriteFormat
from liif_core.imaging.image import Image
from liif_core.imaging.metadata import Metadata
from liif_core.imaging.scratch import is_mapped
from liif_core.imaging.streamed import StreamedPicture
from liif_core.imaging.write import explained
from liif_core.memory import budgets
from liif_core.render.cells import CELL, MAX_CELLS

SAMPLE_SIDE = 256
"""Output pixels a side of a block that is computed for the estimate."""
SAMPLE_S = 2.0
"""After this time no further block is begun."""

# Centres of the blocks as shares (y, x) of the picture: never two in a row or column.
_PLACES = ((0.5, 0.5), (0.3, 0.25), (0.7, 0.75), (0.15, 0.6), (0.85, 0.4), (0.4, 0.9), (0.6, 0.1), (0.25, 0.45))
_LEAST_BLOCKS = 3
# Of a decoder's and an encoder's temporaries, measured; and per pixel of formats that hold the whole picture.
_TEMPORARY_BYTES = 150_000_000
# Of each further renderer that takes turns, measured: its decoders, and what it has put together last.
_MEMBER_BYTES = 30_000_000
_WHOLE_PICTURE_BYTES = {"WebP": 20, "AVIF": 62, "JPEG XL": 24}
# Of what is reduced along one side before it is enlarged along the other: 16 bits a sample.
_REDUCED_SAMPLE_BYTES = 2


@dataclass(frozen=True, slots=True)
class Estimate:
    """What an export will take.

    Attributes:
        size: Of the picture.
        file_bytes: Of the file.
        seconds: Of work, without reading the photo.
        memory_bytes: Beyond a program that has loaded its libraries and the model.
        sample_pixels: Output pixels that were computed to find out.
    """

    size: Size
    file_bytes: int
    seconds: float
    memory_bytes: int
    sample_pixels: int

    @property
    def pixels(self) -> int:
        """Of the picture."""
        return self.size.area


def planned_memory(plan: ExportPlan, *, feature_bytes: int | None = None) -> int:
    """Bytes of memory that a plan takes beyond the program itself and the photo; told at once.

    Args:
        plan: What will be done.
        feature_bytes: What the features may take, 0 without a model; None for what suits the machine.
    """
    options = plan.options
    channels = 4 if options.keep_alpha and plan.format.has_alpha else 3
    raw = plan.size.area * channels * options.bits // 8
    strips = 3 * min(STRIP_BYTES, raw)
    encoder = _WHOLE_PICTURE_BYTES.get(plan.format.name, 0) * plan.size.area
    allowed = budgets().feature_bytes if feature_bytes is None else feature_bytes
    features = allowed if plan.is_decoded else 0
    reduced = 0 if plan.reduced is None else plan.reduced.area * channels * _REDUCED_SAMPLE_BYTES
    return strips + encoder + features + reduced + _TEMPORARY_BYTES


def estimate(
    plan: ExportPlan,
    image: Image,
    renderer_of: RendererOf,
    *,
    metadata: Metadata | None = None,
    cancel: CancelToken | None = None,
    feature_bytes: int | None = None,
) -> Estimate:
    """Compute and encode a sample of an export; takes about `SAMPLE_S` seconds, and that of loading a model before.

    Args:
        plan: What will be done.
        image: The photo.
        renderer_of: As for `run_export`.
        metadata: As for `run_export`.
        cancel: Asked between blocks.
        feature_bytes: As for `planned_memory`.

    Raises:
        Cancelled: `cancel` was set.
        LiifError: The export itself would fail in the same way.
    """
    token = cancel or CancelToken()
    keep_alpha = image.alpha is not None and plan.format.has_alpha and plan.options.keep_alpha
    maker = BlockMaker(plan, image, renderer_of, keep_alpha=keep_alpha, cancel=token)
    sample = _Sample(plan, maker)
    sample.take(token)
    encoded_bytes, encode_s = _encoded(sample.blocks, plan, keep_alpha=keep_alpha)
    pixels = sum(block.shape[0] * block.shape[1] for block in sample.blocks)
    beside = metadata or Metadata(image.exif)
    kept = (beside.exif, beside.xmp, beside.iptc) if plan.options.keep_metadata else ()
    # The profile says what the colours are, and is in every file.
    blocks = (image.icc_profile, *kept)
    area = plan.size.area
    memory = planned_memory(plan, feature_bytes=0 if maker.features is None else feature_bytes)
    if maker.features is not None:
        memory += (maker.features.members - 1) * _MEMBER_BYTES
    if not is_mapped(image.pixels):
        memory += image.pixels.nbytes
    return Estimate(
        size=plan.size,
        file_bytes=round(encoded_bytes / pixels * area) + sum(len(block) for block in blocks if block),
        seconds=_seconds(sample, encode_s / pixels * area, plan),
        memory_bytes=memory,
        sample_pixels=pixels,
    )


def _seconds(sample: _Sample, encode_s: float, plan: ExportPlan) -> float:
    """Features, then decoding and encoding at the same time where the format allows it."""
    decode_s = sample.decode_s_per_pixel * plan.rect.area
    if not plan.format.is_streamed:
        return sample.features_s + decode_s + encode_s
    # The decoder uses all cores; the encoder takes one of them away for its time.
    return sample.features_s + max(decode_s + encode_s / (os.cpu_count() or 1), encode_s)


class _Sample:
    """Blocks of the output, and the time that they took."""

    def __init__(self, plan: ExportPlan, maker: BlockMaker) -> None:
        self._plan = plan
        self._maker = maker
        self.blocks: list[NDArray[Any]] = []
        self.features_s = 0.0
        self.decode_s_per_pixel = 0.0

    def take(self, token: CancelToken) -> None:
        """Compute blocks until the time is up."""
        started = time.perf_counter()
        decoded_s, decoded_pixels = 0.0, 0
        for number, rect in enumerate(_places(self._plan.rect)):
            if number >= _LEAST_BLOCKS and time.perf_counter() - started > SAMPLE_S:
                break
            token.check()
            if number == 1:
                self._measure_features(rect)
            elif number > 1 or self._maker.features is not None:
                self._maker.block(rect, rect)
            # Its features are there: what is measured is the decoder. The first one also pays for what is lazy.
            begun = time.perf_counter()
            self.blocks.append(self._maker.block(rect, rect))
            if number != 0:
                decoded_s += time.perf_counter() - begun
                decoded_pixels += rect.area
        if decoded_pixels == 0:
            rect = self._plan.rect
            begun = time.perf_counter()
            self._maker.block(rect, rect)
            decoded_s, decoded_pixels = time.perf_counter() - begun, rect.area
        self.decode_s_per_pixel = decoded_s / decoded_pixels

    def _measure_features(self, rect: Rect) -> None:
        """Encode what is encoded together in the export, around a block, and time it."""
        features = self._maker.features
        if features is None:
            self._maker.block(rect, rect)
            return
        grid = self._plan.grid
        side_y = max(rect.height, round(MAX_CELLS * CELL * grid.scale_y))
        side_x = max(rect.width, round(MAX_CELLS * CELL * grid.scale_x))
        around = Rect(rect.y, rect.x, side_y, side_x).intersected(self._plan.rect)
        features.keep_only(grid, [])
        begun = time.perf_counter()
        self._maker.block(rect, around)
        both_s = time.perf_counter() - begun
        begun = time.perf_counter()
        self._maker.block(rect, rect)
        encode_s = max(0.0, both_s - (time.perf_counter() - begun))
        # Of what was asked for together, only blocks of cells that the block itself touches were encoded.
        part = features.footprint(grid, around).intersected(_cells_around(features.footprint(grid, rect)))
        self.features_s = encode_s / part.area * features.footprint(grid, self._plan.rect).area


def _cells_around(rect: Rect) -> Rect:
    """The blocks of cells that hold at least one pixel of a rectangle of the photo."""
    side = MAX_CELLS * CELL
    top, left = rect.y // side * side, rect.x // side * side
    return Rect.spanning(top, left, -(-rect.bottom // side) * side, -(-rect.right // side) * side)


def _places(rect: Rect) -> Iterator[Rect]:
    """Where blocks are taken; the whole where it is hardly larger than one."""
    if rect.area <= 2 * SAMPLE_SIDE**2:
        yield rect
        return
    # Long and narrow pictures have blocks of the same area.
    height = min(rect.height, max(SAMPLE_SIDE, SAMPLE_SIDE**2 // rect.width))
    width = min(rect.width, SAMPLE_SIDE**2 // height)
    for y, x in _PLACES:
        top = rect.y + round(y * (rect.height - height))
        left = rect.x + round(x * (rect.width - width))
        yield Rect(top, left, height, width)


def _encoded(blocks: list[NDArray[Any]], plan: ExportPlan, *, keep_alpha: bool) -> tuple[int, float]:
    """Bytes and seconds of the blocks in a file of the plan's kind: side by side where they are high.

    One below the other, those would be higher than the format takes.

    Raises:
        ImageWriteError: The file of the sample cannot be written.
    """
    pixels = np.concatenate(blocks, axis=1 if blocks[0].shape[0] > blocks[0].shape[1] else 0)
    size = Size(pixels.shape[0], pixels.shape[1])
    form, options = plan.format, plan.options
    with tempfile.TemporaryDirectory(prefix="stepless-estimate-") as folder:
        path = Path(folder) / f"sample{form.extensions[0]}"
        started = time.perf_counter()
        nbytes = _written(path, form, Picture(size, has_alpha=keep_alpha, options=options), pixels)
        seconds = time.perf_counter() - started
        # What a file has beside its pixels is not to be multiplied.
        small = pixels[:1, :1]
        empty = Picture(Size(1, 1), has_alpha=keep_alpha, options=options)
        overhead = _written(path, form, empty, small)
    return max(1, nbytes - overhead), seconds


def _written(path: Path, form: WriteFormat, picture: Picture, pixels: NDArray[Any]) -> int:
    with explained(path), StreamedPicture(path, form, picture) as stream:
        stream.write(pixels)
    return path.stat().st_size
