"""Separable resampling: the weights of one axis, and their application to a rectangle.

Tiles of one grid, computed one by one, must be bit for bit the pixels of the whole. So every sum is made of
elementwise steps in an order that depends on the tap only; a matrix product would be quicker in theory, but BLAS
chooses the order of its sums by the size of the matrices.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from liif_core.geometry import Rect

_BAND_SAMPLES = 3_000_000  # per temporary array, 12 MB


@dataclass(frozen=True)
class Taps:
    """Which input samples make each output sample of one axis, and with what weights.

    Attributes:
        index: (taps, outputs) intp; a tap that an output does not need repeats a valid index.
        weight: (taps, outputs) float32; 0 for taps that are not needed, the others of an output sum to 1.
    """

    index: NDArray[np.intp]
    weight: NDArray[np.float32]

    @property
    def count(self) -> int:
        """Number of output samples."""
        return int(self.index.shape[1])

    @property
    def span(self) -> tuple[int, int]:
        """First input sample that is used, and the one after the last."""
        return int(self.index.min()), int(self.index.max()) + 1

    def part(self, start: int, stop: int) -> Taps:
        """The outputs from `start` to `stop - 1`."""
        return Taps(self.index[:, start:stop], self.weight[:, start:stop])

    def apply(self, samples: NDArray[np.float32], first: int) -> NDArray[np.float32]:
        """Weighted sums along the first axis.

        Args:
            samples: (inputs, n) float32; its row 0 is input sample `first`.
            first: See `samples`.

        Returns:
            (outputs, n) float32.
        """
        total = np.zeros((self.count, samples.shape[1]), np.float32)
        term = np.empty_like(total)
        for index, weight in zip(self.index - first, self.weight, strict=True):
            if weight.any():
                # "clip" spares a copy that the default makes for its error handling; all indices are valid.
                np.take(samples, index, axis=0, out=term, mode="clip")
                term *= weight[:, None]
                total += term
        return total


def cubic_taps(source: int, output: int, start: int, stop: int) -> Taps:
    """Bicubic weights (a = -0.5) of the outputs `start` to `stop - 1`, by Pillow's rules.

    Pixel centres are aligned, a reduction widens the kernel by its factor, and weights that would fall outside the
    photo are dropped and the rest rescaled to sum to 1.

    Args:
        source: Samples of the whole axis before.
        output: Samples of the whole axis after.
        start: First output.
        stop: The output after the last.

    Returns:
        The taps.
    """
    step = source / output
    widening = max(step, 1.0)
    support = 2.0 * widening
    centre = (np.arange(start, stop) + 0.5) * step
    first = np.maximum(np.floor(centre - support + 0.5), 0).astype(np.intp)
    last = np.minimum(np.floor(centre + support + 0.5), source).astype(np.intp)
    index = first + np.arange(int((last - first).max()))[:, None]
    weight = np.where(index < last, _cubic((index - centre + 0.5) / widening), 0.0)
    # Summed over the first axis, row by row: the same order for every rectangle.
    return Taps(np.minimum(index, source - 1), (weight / weight.sum(axis=0)).astype(np.float32))


def _cubic(distance: NDArray[np.float64]) -> NDArray[np.float64]:
    """Keys' kernel with a = -0.5, the one that reproduces parabolas (Keys 1981, eq. 15)."""
    x = np.abs(distance)
    inner = (1.5 * x - 2.5) * x * x + 1
    outer = ((-0.5 * x + 2.5) * x - 4) * x + 2
    return np.where(x < 1, inner, np.where(x < 2, outer, 0.0))


def area_taps(source: int, output: int, start: int, stop: int, *, level: int = 0) -> Taps:
    """Weights of the mean over each output's footprint, for the outputs `start` to `stop - 1`.

    Args:
        source: Samples of the whole axis at level 0.
        output: Samples of the whole axis after.
        start: First output.
        stop: The output after the last.
        level: Input samples are those of this pyramid level: each covers 2**level of level 0, the last what is left.

    Returns:
        The taps.
    """
    # In units of 1 / output of a source sample every border is a whole number, so no coverage is lost to rounding.
    borders = np.arange(start, stop + 1, dtype=np.int64) * source
    return _overlap_taps(borders[:-1], borders[1:], output << level, source * output)


def halving_taps(source: int, level: int, start: int, stop: int) -> Taps:
    """Weights that make the samples `start` to `stop - 1` of pyramid level `level + 1` from level `level`."""
    double = 2 << level
    left = np.arange(start, stop, dtype=np.int64) * double
    return _overlap_taps(left, np.minimum(left + double, source), 1 << level, source)


def _overlap_taps(left: NDArray[np.int64], right: NDArray[np.int64], unit: int, length: int) -> Taps:
    """Outputs that cover [left, right) of an axis [0, length), cut into inputs of `unit` each, the last one shorter."""
    first = left // unit
    last = -(-right // unit)
    index = first + np.arange(int((last - first).max()))[:, None]
    begin = np.maximum(index * unit, left)
    end = np.minimum(np.minimum((index + 1) * unit, length), right)
    weight = np.maximum(end - begin, 0) / (right - left)
    return Taps(np.minimum(index, -(-length // unit) - 1).astype(np.intp), weight.astype(np.float32))


def resampled(
    region: Callable[[Rect], NDArray[np.float32]], rows: Taps, columns: Taps, *, rows_first: bool
) -> NDArray[np.float32]:
    """Apply the taps of both axes.

    Args:
        region: Gives any rectangle of the input as (height, width, 3) float32.
        rows: Taps of the vertical axis.
        columns: Taps of the horizontal axis.
        rows_first: Whether the vertical sums are made first: the quicker order where they reduce. It must be the same
            for all rectangles of a grid, since it changes the rounding.

    Returns:
        (rows.count, columns.count, 3) float32.
    """
    out = np.empty((rows.count, columns.count, 3), np.float32)
    left, right = columns.span
    for start, stop in _bands(rows, 3 * max(right - left, columns.count)):
        part = rows.part(start, stop)
        top, bottom = part.span
        samples = region(Rect.spanning(top, left, bottom, right))
        if rows_first:
            samples = _along_columns(_along_rows(samples, part, top), columns, left)
        else:
            samples = _along_rows(_along_columns(samples, columns, left), part, top)
        out[start:stop] = samples
    return out


def _bands(rows: Taps, row_samples: int) -> Iterator[tuple[int, int]]:
    """Cut the outputs into bands whose temporary arrays stay small, whatever the size of the whole."""
    top, bottom = rows.span
    inputs_per_output = max(1.0, (bottom - top) / rows.count)
    height = max(1, int(_BAND_SAMPLES / (row_samples * inputs_per_output)))
    for start in range(0, rows.count, height):
        yield start, min(start + height, rows.count)


def _along_rows(samples: NDArray[np.float32], rows: Taps, first: int) -> NDArray[np.float32]:
    height, width, _ = samples.shape
    return rows.apply(samples.reshape(height, width * 3), first).reshape(rows.count, width, 3)


def _along_columns(samples: NDArray[np.float32], columns: Taps, first: int) -> NDArray[np.float32]:
    """As `_along_rows` on the transposed picture: gathering whole rows is many times quicker than single pixels."""
    return _along_rows(np.ascontiguousarray(samples.transpose(1, 0, 2)), columns, first).transpose(1, 0, 2)
