"""The heat field at one zoom, collapsed to convolutions of the latents with generated kernels.

At one zoom every output pixel is one fixed linear map of the four latents around it, which depends on its phase only.
Two ways to make use of that:

- `RationalZoom`: at p/q output pixels a latent, in lowest terms, the phases repeat every q latents along each axis. The
  pixels of each of the q x q classes of quads are the output channels of one 2x2 convolution with stride q.
- `AnyZoom`: elsewhere no two quads share their phases. The field inside a quad is smooth, so one convolution gives the
  coefficients of each quad in a basis made for this field (`quad_basis`), and two small products per axis evaluate
  them at the phases.

Both are exact: the first to rounding, the second to `quad_basis.TOLERANCE`. The form of the pixels, up to bytes for the
display, is folded into the kernels.
"""

from __future__ import annotations

import math
from fractions import Fraction
from typing import Protocol

import torch
import torch.nn.functional as F
from torch import Tensor

from liif_core.geometry import OutputGrid, Rect
from liif_core.models.decoders.grid_decoder import Arithmetic
from liif_core.models.decoders.phases import AxisSamples, PhaseClass, axis_samples, phase_classes
from liif_core.models.decoders.pixel_form import PixelForm
from liif_core.models.decoders.quad_basis import QuadBasis, quad_bases
from liif_core.models.decoders.window import FeatureWindow

# More classes of quads than this along one axis make convolutions too small to be quick.
MAX_CLASSES = 4
# More pixels a quad along one axis make kernels that no longer fit the cache: 4 MB at 32 x 32.
MAX_PHASES = 32
# Where a view is decoded sooner at the next whole zoom than at any fraction nearer to its own.
WHOLE_ZOOMS_BELOW = 4
# Coefficients held at a time: larger pieces fall out of the cache, smaller ones cost calls.
SLAB_BYTES = 8 << 20


class FieldKernel(Protocol):
    """The decoder as weights of a quad's corners; see `Field.kernel_with_base`."""

    def __call__(self, phase_y: Tensor, phase_x: Tensor, *, cell: tuple[float, float]) -> Tensor:
        """float64 (P, Q, 3, C, 2, 2)."""
        ...


class _Form:
    """A pixel form as what a convolution can hold of it, and the rest.

    In bfloat16 values around 0 keep more digits than bytes around 128, so there the offset is added afterwards.
    """

    def __init__(self, form: PixelForm, arithmetic: Arithmetic) -> None:
        offset = torch.tensor(form.offset, dtype=torch.float64)
        self.after = float(offset[0]) if arithmetic.dtype == torch.bfloat16 else 0.0
        self.offset = offset - self.after
        self.matrix = torch.tensor(form.matrix, dtype=torch.float64)
        self._form = form

    def finished(self, values: Tensor) -> Tensor:
        if values.dtype == torch.bfloat16:
            values = values.float()
        return self._form.finished(values.add_(self.after) if self.after else values)


class RationalZoom:
    """Decoder for one grid whose zooms are small fractions.

    Args:
        kernel: Of the field.
        grid: The output grid; `fits` must hold.
        form: Of the pixels.
        arithmetic: That of the windows' features.
    """

    def __init__(self, kernel: FieldKernel, grid: OutputGrid, form: PixelForm, arithmetic: Arithmetic) -> None:
        self._zooms = _zooms(grid)
        self._rows, self._columns = (phase_classes(zoom.numerator, zoom.denominator) for zoom in self._zooms)
        self._form = _Form(form, arithmetic)
        self._channels = form.channels
        self._item = torch.uint8 if form.as_bytes else torch.float32
        cell = (1 / float(self._zooms[0]), 1 / float(self._zooms[1]))
        self._weights: dict[tuple[int, int], tuple[Tensor, Tensor]] = {}
        for row in self._rows:
            for column in self._columns:
                pixels = torch.einsum(
                    "no,pqocab->pqncab", self._form.matrix, kernel(row.phase, column.phase, cell=cell)
                )
                bias = self._form.offset.repeat(row.count * column.count)
                weight = arithmetic.weight(pixels.flatten(0, 2))
                self._weights[row.index, column.index] = (weight, bias.to(arithmetic.device, arithmetic.dtype))

    @staticmethod
    def fits(grid: OutputGrid) -> bool:
        """Whether a grid has few enough classes of phases."""
        return all(zoom.denominator <= MAX_CLASSES and zoom <= MAX_PHASES for zoom in _zooms(grid))

    @staticmethod
    def zoom_above(zoom: float) -> Fraction:
        """The quickest zoom that fits and is at least this one; the largest that fits where there is none.

        Below x4 that is the next whole one, though it has up to four times the pixels: fractions have more classes of
        quads, each of which costs calls and reads the latents once more. From there on halves are as quick.
        """
        # A zoom on the spot must not be missed by a rounding error.
        near = zoom * (1 - 1e-9)
        parts = 1 if near <= WHOLE_ZOOMS_BELOW else 2
        return min(Fraction(MAX_PHASES), Fraction(math.ceil(near * parts), parts))

    def __call__(self, window: FeatureWindow, rect: Rect) -> Tensor:
        """Pixels (rect.height, rect.width, channels) of a rectangle of the grid, from a window that covers it."""
        (zoom_y, zoom_x) = self._zooms
        rows = _quad_range(rect.y, rect.height, zoom_y)
        columns = _quad_range(rect.x, rect.width, zoom_x)
        corners = quad_corners(window, rows, columns)
        periods_y = _periods(rows, zoom_y.denominator)
        periods_x = _periods(columns, zoom_x.denominator)
        p, q = zoom_y.numerator, zoom_x.numerator
        out = _pixel_buffer(corners, (len(periods_y), p, len(periods_x), q), self._channels, self._item)
        for column in self._columns:
            left = (column.index - columns.start) % zoom_x.denominator
            # Copied once for all classes of rows: a convolution would copy it each time.
            shifted = corners[..., left:].contiguous(memory_format=torch.channels_last)
            for row in self._rows:
                self._fill(out, shifted, (rows, columns), (row, column))
        pixels = out.view(len(periods_y) * p, len(periods_x) * q, -1)
        top = rect.y - (periods_y.start * p + self._rows[0].start)
        left = rect.x - (periods_x.start * q + self._columns[0].start)
        pixels = pixels[top : top + rect.height, left : left + rect.width]
        return pixels.contiguous().view(self._item).view(rect.height, rect.width, self._channels)

    def _fill(
        self, out: Tensor, shifted: Tensor, quads: tuple[range, range], classes: tuple[PhaseClass, PhaseClass]
    ) -> None:
        """The pixels of one class of quads, by one convolution, into their places (periods, p, periods, q).

        `shifted` are the corners from the first quad of this class of columns on.
        """
        (rows, columns), (row, column) = quads, classes
        strides = (self._zooms[0].denominator, self._zooms[1].denominator)
        top, left = (row.index - rows.start) % strides[0], (column.index - columns.start) % strides[1]
        if top >= len(rows) or left >= len(columns):
            return
        weight, bias = self._weights[row.index, column.index]
        values = F.conv2d(shifted[:, :, top:], weight, bias, stride=strides)[0]
        pixels = self._form.finished(values.permute(1, 2, 0))
        count_y, count_x = pixels.shape[:2]
        words = pixels.reshape(count_y, count_x, row.count, column.count, self._channels)
        if self._item == torch.uint8:
            words = words.contiguous().view(torch.int32)
        first_y = (rows.start + top) // strides[0] - rows.start // strides[0]
        first_x = (columns.start + left) // strides[1] - columns.start // strides[1]
        place_y, place_x = row.start - self._rows[0].start, column.start - self._columns[0].start
        target = out[first_y : first_y + count_y, place_y : place_y + row.count]
        target = target[:, :, first_x : first_x + count_x, place_x : place_x + column.count]
        target.copy_(words.permute(0, 2, 1, 3, 4))


class AnyZoom:
    """Decoder for one grid of any zooms.

    Args:
        kernel: Of the field.
        max_frequency: Of the field, in radians a source pixel.
        grid: The output grid.
        form: Of the pixels.
        arithmetic: That of the windows' features.
    """

    def __init__(
        self, kernel: FieldKernel, grid: OutputGrid, form: PixelForm, arithmetic: Arithmetic, *, max_frequency: float
    ) -> None:
        self._grid = grid
        self._form = _Form(form, arithmetic)
        self._channels = form.channels
        cell = (1 / grid.scale_y, 1 / grid.scale_x)
        self._bases, coefficients, self._lengths = quad_bases(
            lambda y, x: kernel(y, x, cell=cell), max_frequency=max_frequency
        )
        self._weight = arithmetic.weight(coefficients.flatten(0, 1))

    def __call__(self, window: FeatureWindow, rect: Rect) -> Tensor:
        """Pixels (rect.height, rect.width, channels) of a rectangle of the grid, from a window that covers it."""
        source, output = self._grid.source, self._grid.output
        rows = axis_samples(rect.y, rect.height, source=source.height, output=output.height)
        columns = axis_samples(rect.x, rect.width, source=source.width, output=output.width)
        corners = quad_corners(window, range(rows.first, rows.last + 1), range(columns.first, columns.last + 1))
        by_row = _PaddedQuads(self._bases[0], rows)
        by_column = _PaddedQuads(self._bases[1], columns)
        mix = torch.einsum("qcj,no->qjocn", by_column.weights, self._form.matrix).flatten(3, 4).flatten(1, 2)
        # bfloat16 is for the convolution, where the work is; another two roundings would show.
        dtype = torch.float32 if corners.dtype == torch.bfloat16 else corners.dtype
        mix = mix.to(corners.device, dtype)  # (quads, coefficients x RGB, pixels x channels)
        taller_by = by_row.weights.to(corners.device, dtype)
        offset = self._form.offset.to(corners.device, dtype)
        slabs = self._slabs(corners)
        most = max(bottom - top for top, bottom in slabs)
        table = mix.new_zeros(most, len(self._lengths), corners.shape[-1] - 1, mix.shape[1])
        pieces = []
        for top, bottom in slabs:
            taller = self._rows_of(corners[:, :, top : bottom + 1], taller_by[top:bottom], table[: bottom - top])
            wider = torch.bmm(taller, mix)
            values = wider.view(*wider.shape[:2], by_column.pixels, self._channels).add_(offset)
            pieces.append(self._form.finished(values))
        # (quads across, rows, pixels across a quad, channels) to rows and columns, without the padding.
        pixels = torch.cat(pieces, dim=1)
        if pixels.dtype == torch.uint8:
            pixels = pixels.view(torch.int32)
        picture = pixels.permute(1, 0, 2, 3).reshape(pixels.shape[1], -1, pixels.shape[-1])
        picture = picture.index_select(0, by_row.places.to(picture.device))
        picture = picture.index_select(1, by_column.places.to(picture.device))
        return picture.view(torch.uint8) if picture.dtype == torch.int32 else picture

    def _slabs(self, corners: Tensor) -> list[tuple[int, int]]:
        """Ranges of rows of quads."""
        quads_y, quads_x = corners.shape[-2] - 1, corners.shape[-1] - 1
        rows = max(1, SLAB_BYTES // (quads_x * len(self._weight) * corners.element_size()))
        return [(top, min(top + rows, quads_y)) for top in range(0, quads_y, rows)]

    def _rows_of(self, corners: Tensor, weights: Tensor, table: Tensor) -> Tensor:
        """The coefficients along x of every row of pixels: (quads across, rows, coefficients x RGB).

        Args:
            corners: Latents of a slab of quads.
            weights: (rows of quads, pixels, coefficients), from coefficients along y to rows.
            table: (rows of quads, coefficients along y, quads across, coefficients x RGB), to work in; zero where
                there is no coefficient.
        """
        values = F.conv2d(corners, self._weight)[0].permute(1, 2, 0)
        # The kept coefficients along x are fewer, the higher the one along y.
        start = 0
        for index, length in enumerate(self._lengths):
            table[:, index, :, : 3 * length] = values[:, :, start : start + 3 * length]
            start += 3 * length
        taller = torch.bmm(weights, table.flatten(2))
        return taller.view(-1, *table.shape[2:]).permute(1, 0, 2).contiguous()


class _PaddedQuads:
    """The samples of one axis, each quad with the same number of pixels.

    Attributes:
        weights: float64 (quads, pixels, coefficients), zero where a quad has fewer pixels.
        pixels: The most that a quad has.
        places: (samples,) where each one is among quads x pixels.
    """

    def __init__(self, basis: QuadBasis, samples: AxisSamples) -> None:
        quad = samples.quad - samples.first
        counts = torch.bincount(quad)
        self.pixels = int(counts.max())
        slot = torch.arange(len(quad)) - (counts.cumsum(0) - counts)[quad]
        self.weights = torch.zeros(len(counts), self.pixels, basis.count, dtype=torch.float64)
        self.weights[quad, slot] = basis.evaluated(samples.phase)
        self.places = quad * self.pixels + slot


def quad_corners(window: FeatureWindow, rows: range, columns: range) -> Tensor:
    """The latents at the corners of quads, channels last, repeated beyond the photo's border."""
    (top, row_places) = _clamped(rows, window.rect.y, window.rect.height)
    (left, column_places) = _clamped(columns, window.rect.x, window.rect.width)
    latents = window.feat[0].permute(1, 2, 0)[top, left]
    # Rows of pixels move whole where latents lie side by side in memory.
    if row_places is not None:
        latents = latents.index_select(0, row_places.to(latents.device))
    if column_places is not None:
        latents = latents.index_select(1, column_places.to(latents.device))
    return latents.permute(2, 0, 1)[None].contiguous(memory_format=torch.channels_last)


def _clamped(quads: range, first: int, count: int) -> tuple[slice, Tensor | None]:
    """The part of `count` latents from `first` on that quads need, and where it is repeated, the index of each one."""
    start, stop = quads.start - first, quads.stop + 1 - first
    # Never empty: all pixels of a draft may lie beyond the photo, and then have its last latent.
    inside = slice(min(max(start, 0), count - 1), max(min(stop, count), 1))
    if inside == slice(start, stop):
        return inside, None
    return inside, torch.arange(start, stop).clamp(inside.start, inside.stop - 1) - inside.start


def _zooms(grid: OutputGrid) -> tuple[Fraction, Fraction]:
    """Output pixels a latent along y and x."""
    return (
        Fraction(grid.output.height, grid.source.height),
        Fraction(grid.output.width, grid.source.width),
    )


def _quad_range(start: int, count: int, zoom: Fraction) -> range:
    """The quads of output pixels `start` to `start + count - 1`."""
    p, q = zoom.numerator, zoom.denominator

    def quad(index: int) -> int:
        return ((2 * index + 1) * q - p) // (2 * p)

    return range(quad(start), quad(start + count - 1) + 1)


def _periods(quads: range, length: int) -> range:
    """The periods of `length` quads that a range of quads reaches into."""
    return range(quads.start // length, (quads.stop - 1) // length + 1)


def _pixel_buffer(like: Tensor, shape: tuple[int, int, int, int], channels: int, item: torch.dtype) -> Tensor:
    """Room for pixels; four bytes are held as one word, which moves faster."""
    if item == torch.uint8:
        return torch.empty(*shape, 1, dtype=torch.int32, device=like.device)
    return torch.empty(*shape, channels, dtype=item, device=like.device)
