"""Coordinates of pixel centres in [-1, 1], in the convention of the published LIIF code.

Chen, Liu and Wang, "Learning Continuous Image Representation with Local Implicit Image Function", CVPR 2021, section 3.
The arithmetic is float32 in the published order of operations, so that a query that falls exactly on the border of two
latents is resolved to the same one as there, in every tile of an image.
"""

from __future__ import annotations

from collections.abc import Sequence

import torch

from liif_core.geometry import OutputGrid, Rect


def axis_coord(
    count: int, *, low: float = -1.0, high: float = 1.0, start: int = 0, stop: int | None = None
) -> torch.Tensor:
    """Centres of `count` equal cells between `low` and `high`, or of the cells `start` to `stop` - 1 of these.

    Returns:
        float32 (stop - start,), bit-equal to that part of the whole.
    """
    radius = (high - low) / (2 * count)
    # Counted in whole numbers: beyond 2^24, sums of floats would depend on where they begin.
    cells = torch.arange(start, count if stop is None else stop).to(torch.float32)
    return low + radius + (2 * radius) * cells


def make_coord(
    shape: Sequence[int], *, ranges: Sequence[tuple[float, float]] | None = None, flatten: bool = True
) -> torch.Tensor:
    """Coordinates of the centres of a grid of cells, axes in the order of `shape`.

    Args:
        shape: Cells along each of n axes (height, width for an image).
        ranges: Lower and upper end of each axis; [-1, 1] by default.
        flatten: Whether to merge the axes of the grid into one.

    Returns:
        float32 (prod(shape), n), or (height, width, ..., n) with `flatten=False`.
    """
    ends = ranges if ranges is not None else [(-1.0, 1.0)] * len(shape)
    axes = [axis_coord(count, low=low, high=high) for count, (low, high) in zip(shape, ends, strict=True)]
    coord = torch.stack(torch.meshgrid(*axes, indexing="ij"), dim=-1)
    return coord.view(-1, coord.shape[-1]) if flatten else coord


def rect_coord(grid: OutputGrid, rect: Rect) -> torch.Tensor:
    """Coordinates of the output pixels in a rectangle of `grid`, bit-equal to those rows and columns of `make_coord`.

    Returns:
        float32 (rect.height, rect.width, 2), y before x, in [-1, 1].
    """
    coord_y = axis_coord(grid.output.height, start=rect.y, stop=rect.bottom)
    coord_x = axis_coord(grid.output.width, start=rect.x, stop=rect.right)
    return torch.stack(torch.meshgrid(coord_y, coord_x, indexing="ij"), dim=-1)


def cell_of(grid: OutputGrid) -> torch.Tensor:
    """Height and width of one output pixel in [-1, 1] units; float32 (2,)."""
    return torch.tensor([2 / grid.output.height, 2 / grid.output.width], dtype=torch.float32)
