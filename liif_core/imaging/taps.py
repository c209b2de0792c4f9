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
_CHANNELS = 3  # as a rule; with fewer the bands are only smaller than they could be


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


@dataclass(frozen=True)
class Curve:
    """How much a sample counts by its distance.

    Attributes:
        reach: The distance from which on nothing counts; where an axis is enlarged, in input samples.
        weight: Of distances of any shape and sign, float64; 0 from `reach` on.
    """

    reach: float
    weight: Callable[[NDArray[np.float64]], NDArray[np.float64]]


def curve_taps(source: int, output: int, start: int, stop: int, curve: Curve) -> Taps:
    """Weights by a curve of the outputs `start` to `stop - 1`, by Pillow's rules.

    Pixel centres are aligned, a reduction widens the curve by its factor, and weights that would fall outside the
    photo are dropped and the rest rescaled to sum to 1.

    Args:
        source: Samples of the whole axis before.
        output: Samples of the whole axis after.
        start: First output.
        stop: The output after the last.
        curve: The weights.

    Returns:
        The taps.
    """
    step = source / output
    widening = max(step, 1.0)
    support = curve.reach * widening
    centre = (np.arange(start, stop) + 0.5) * step
    first = np.maximum(np.floor(centre - support + 0.5), 0).astype(np.intp)
    last = np.minimum(np.floor(centre + support + 0.5), source).astype(np.intp)
    index = first + np.arange(int((last - first).max()))[:, None]
    weight = np.where(index < last, curve.weight((index - centre + 0.5) / widening), 0.0)
    # Summed tap by tap, the same order for every rectangle: `sum` would choose another one for a single output.
    total = np.add.accumulate(weight, axis=0)[-1]
    return Taps(np.minimum(index, source - 1), (weight / total).astype(np.float32))


def nearest_taps(source: int, output: int, start: int, stop: int) -> Taps:
    """One input for each of the outputs `start` to `stop - 1`: the one in which the output's centre lies.

    A centre on the border between two inputs belongs to the second. In whole numbers, so no rounding decides.

    Args:
        source: Samples of the whole axis before.
        output: Samples of the whole axis after.
        start: First output.
        stop: The output after the last.

    Returns:
        The taps.
    """
    index = (2 * np.arange(start, stop, dtype=np.int64) + 1) * source // (2 * output)
    return Taps(index[None].astype(np.intp), np.ones((1, stop - start), np.float32))


def _linear(distance: NDArray[np.float64]) -> NDArray[np.float64]:
    values: NDArray[np.float64] = np.maximum(1 - np.abs(distance), 0.0)
    return values


def _cubic(distance: NDArray[np.float64]) -> NDArray[np.float64]:
    """Keys' kernel with a = -0.5, the one that reproduces parabolas (Keys 1981, eq. 15)."""
    x = np.abs(distance)
    inner = (1.5 * x - 2.5) * x * x + 1
    outer = ((-0.5 * x + 2.5) * x - 4) * x + 2
    return np.where(x < 1, inner, np.where(x < 2, outer, 0.0))


def _lanczos(distance: NDArray[np.float64]) -> NDArray[np.float64]:
    """The sinc, windowed by the middle of a sinc three times as wide (Duchon 1979)."""
    windowed = np.where(np.abs(distance) < 3, np.sinc(distance) * np.sinc(distance / 3), 0.0)
    # 0 at whole distances, where floats give nearly 0: at scale 1 the photo stays as it is.
    return np.where(distance == np.rint(distance), distance == 0, windowed)


LINEAR = Curve(1.0, _linear)
CUBIC = Curve(2.0, _cubic)
LANCZOS = Curve(3.0, _lanczos)


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
        region: Gives any rectangle of the input as (height, width, channels) float32.
        rows: Taps of the vertical axis.
        columns: Taps of the horizontal axis.
        rows_first: Whether the vertical sums are made first: the quicker order where they reduce. It must be the same
            for all rectangles of a grid, since it changes the rounding.

    Returns:
        (rows.count, columns.count, channels) float32.
    """
    out: NDArray[np.float32] | None = None
    left, right = columns.span
    for start, stop in _bands(rows, _CHANNELS * max(right - left, columns.count)):
        part = rows.part(start, stop)
        top, bottom = part.span
        samples = region(Rect.spanning(top, left, bottom, right))
        if rows_first:
            samples = _along_columns(_along_rows(samples, part, top), columns, left)
        else:
            samples = _along_rows(_along_columns(samples, columns, left), part, top)
        if out is None:
            out = np.empty((rows.count, *samples.shape[1:]), np.float32)
        out[start:stop] = samples
    assert out is not None, "there is always a band"
    return out


def _bands(rows: Taps, row_samples: int) -> Iterator[tuple[int, int]]:
    """Cut the outputs into bands whose temporary arrays stay small, whatever the size of the whole."""
    top, bottom = rows.span
    inputs_per_output = max(1.0, (bottom - top) / rows.count)
    height = max(1, int(_BAND_SAMPLES / (row_samples * inputs_per_output)))
    for start in range(0, rows.count, height):
        yield start, min(start + height, rows.count)


def _along_rows(samples: NDArray[np.float32], rows: Taps, first: int) -> NDArray[np.float32]:
    height, width, channels = samples.shape
    return rows.apply(samples.reshape(height, width * channels), first).reshape(rows.count, width, channels)


def _along_columns(samples: NDArray[np.float32], columns: Taps, first: int) -> NDArray[np.float32]:
    """As `_along_rows` on the transposed picture: gathering whole rows is many times quicker than single pixels."""
    return _along_rows(np.ascontiguousarray(samples.transpose(1, 0, 2)), columns, first).transpose(1, 0, 2)
