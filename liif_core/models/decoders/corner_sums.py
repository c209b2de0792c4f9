"""Sums over the corners of queries: what enters their first layer, and how their predictions are blended.

On a CPU both are `embedding_bag`: it gathers rows of one table, adds them in float32 and rounds, in a single pass over
memory. A float32 term beside a bfloat16 one is put into the table as two of bfloat16, value and remainder, which
together have 16 bits. On other devices the sums are written out, because not all of them have bags.

The corners of a pixel are ordered as k x k, rows before columns, and stay together.
"""

from __future__ import annotations

import torch
import torch.nn.functional as F
from torch import Tensor

from liif_core.models.decoders.axis_latents import AxisLatents


class CornerSums:
    """For each pixel and corner, the sum of a vector of the latent, one of the row and one of the column.

    Args:
        products: (m, n, D), of the latents that `rows` and `columns` ask; float32 or bfloat16, as the sums will be.
        by_row: float32 (R, k, D), of each row of pixels and each of its k latents.
        by_column: float32 (W, k, D), likewise.
        rows: Latents of the rows.
        columns: Latents of the columns.
    """

    def __init__(
        self, products: Tensor, by_row: Tensor, by_column: Tensor, *, rows: AxisLatents, columns: AxisLatents
    ) -> None:
        self._products, self._by_row, self._by_column = products, by_row, by_column
        self._rows, self._columns = rows.index.to(products.device), columns.index.to(products.device)
        self._as_bags = _has_bags(products.device)
        if self._as_bags:
            self._make_table()

    def _make_table(self) -> None:
        """Put all vectors into one table; where in it those of a sum lie is again a sum, by row and by column."""
        tables = [self._products.flatten(0, 1)]
        row_parts, column_parts = [self._rows * self._products.shape[1]], [self._columns]
        start = len(tables[0])
        for terms, own, other in (
            (self._by_row, row_parts, column_parts),
            (self._by_column, column_parts, row_parts),
        ):
            for piece in split(terms.flatten(0, 1), self._products.dtype):
                own.append(torch.arange(start, start + len(piece)).view(terms.shape[:2]))
                other.append(torch.zeros_like(other[0]))
                tables.append(piece)
                start += len(piece)
        self._table = torch.cat(tables)
        k, self._terms = self._rows.shape[1], len(row_parts)
        # Repeated for the k x k corners, so that adding is one operation with a long innermost loop.
        by_row = torch.stack(row_parts, dim=-1)[:, :, None].expand(-1, k, k, -1)
        by_column = torch.stack(column_parts, dim=-1)[:, None].expand(-1, k, k, -1)
        self._row_index, self._column_index = by_row.flatten(1), by_column.flatten(1)

    def __call__(self, rows: slice, columns: slice) -> Tensor:
        """Of some rows and columns of pixels: (r c k k, D)."""
        if self._as_bags:
            index = self._row_index[rows, None] + self._column_index[None, columns]
            return F.embedding_bag(index.view(-1, self._terms), self._table, mode="sum")
        row, column = self._rows[rows, None, :, None], self._columns[None, columns, None, :]
        total = self._products[row, column] + self._by_row[rows, None, :, None] + self._by_column[None, columns, None]
        return total.to(self._products.dtype).flatten(0, 3)


class CornerBlend:
    """For each pixel, the sum over its corners of what they predict, weighted by area as in the LIIF paper, equation 4.

    Args:
        rows: Latents of the rows of pixels.
        columns: Latents of the columns.
        like: A tensor of the dtype (float32 or bfloat16) and on the device of the predictions.
        most: Pixels that are blended at once at most.
    """

    def __init__(self, *, rows: AxisLatents, columns: AxisLatents, like: Tensor, most: int) -> None:
        # The rectangle between the query and the latent diagonally opposite.
        side_y, side_x = (axis.rel_coord.T.abs().flip(0).contiguous() for axis in (rows, columns))
        areas = side_y[:, None, :, None] * side_x[None, :, None, :] + 1e-9
        weight = (areas / areas.sum((0, 1))).flatten(0, 1).to(like.device)
        self._corners = len(weight)
        self._as_bags = _has_bags(like.device)
        # In bfloat16 every corner counts twice, with either half of its weight.
        pieces = split(weight, like.dtype) if self._as_bags else [weight]
        self._weight = torch.cat(pieces).permute(1, 2, 0).contiguous()
        if self._as_bags:
            self._index = torch.arange(most * self._corners).view(most, -1).repeat(1, len(pieces))

    def __call__(self, values: Tensor, rows: slice, columns: slice) -> Tensor:
        """values: (r c k k, D) of some rows and columns of pixels; float32 (r c, D)."""
        weight = self._weight[rows, columns].flatten(0, 1)
        if not self._as_bags:
            return (values.view(-1, self._corners, values.shape[1]) * weight[..., None]).sum(1)
        index = self._index[: len(weight)]
        return F.embedding_bag(index, values, mode="sum", per_sample_weights=weight).float()


def split(values: Tensor, dtype: torch.dtype) -> list[Tensor]:
    """Tensors of a dtype that add up to float32 `values`: these themselves, or value and remainder in bfloat16."""
    upper = values.to(dtype)
    return [upper] if dtype == values.dtype else [upper, (values - upper.float()).to(dtype)]


def _has_bags(device: torch.device) -> bool:
    """Whether to use `embedding_bag` there."""
    return device.type == "cpu"
