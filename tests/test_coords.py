"""Coordinates in the convention of the published code, bit for bit."""

from __future__ import annotations

import pytest
import torch

from liif_core.coords import axis_coord, cell_of, make_coord, rect_coord
from liif_core.geometry import OutputGrid, Rect, Size


def published_coord(count: int, low: float = -1.0, high: float = 1.0) -> torch.Tensor:
    """The published arithmetic: half a cell from the border, then whole cells, in float32."""
    radius = (high - low) / (2 * count)
    return low + radius + (2 * radius) * torch.arange(count).float()


@pytest.mark.parametrize("count", [1, 2, 3, 7, 48, 139, 171, 4999])
def test_axis_has_the_centres_of_equal_cells(count: int) -> None:
    coord = axis_coord(count)
    assert torch.equal(coord, published_coord(count))
    exact = torch.tensor([(2 * i + 1) / count - 1 for i in range(count)], dtype=torch.float64)
    torch.testing.assert_close(coord.double(), exact, rtol=0, atol=3e-7)


@pytest.mark.parametrize("count", [4999, 40_000_001])
def test_a_part_of_an_axis_is_bit_for_bit_that_of_the_whole(count: int) -> None:
    whole = axis_coord(count)
    for start, stop in ((0, 1), (1234, 4321), (count - 1000, count)):
        assert torch.equal(axis_coord(count, start=start, stop=stop), whole[start:stop])


def test_coordinates_are_y_before_x_and_row_by_row() -> None:
    coord = make_coord((2, 3))
    assert coord.shape == (6, 2)
    torch.testing.assert_close(coord[0], torch.tensor([-0.5, -2 / 3]))
    torch.testing.assert_close(coord[1], torch.tensor([-0.5, 0.0]))
    torch.testing.assert_close(coord[3], torch.tensor([0.5, -2 / 3]))
    assert torch.equal(make_coord((2, 3), flatten=False).view(6, 2), coord)
    assert make_coord((2, 3, 4), flatten=False).shape == (2, 3, 4, 3)


def test_ranges_replace_the_unit_square() -> None:
    coord = make_coord((2, 4), ranges=[(0.0, 2.0), (0.0, 1.0)], flatten=False)
    assert coord[:, 0, 0].tolist() == [0.5, 1.5]
    assert coord[0, :, 1].tolist() == [0.125, 0.375, 0.625, 0.875]


def test_each_axis_needs_a_range() -> None:
    with pytest.raises(ValueError, match="shorter"):
        make_coord((2, 4), ranges=[(0.0, 1.0)])


def test_rectangle_has_bit_for_bit_the_coordinates_of_the_whole() -> None:
    grid = OutputGrid(Size(30, 40), Size(171, 139))
    whole = make_coord((171, 139), flatten=False)
    for rect in (grid.output.rect, Rect(0, 0, 1, 1), Rect(100, 60, 71, 79), Rect(13, 138, 20, 1)):
        assert torch.equal(rect_coord(grid, rect), whole[rect.slices])


def test_cell_is_the_size_of_an_output_pixel() -> None:
    cell = cell_of(OutputGrid(Size(30, 40), Size(171, 139)))
    assert cell.dtype == torch.float32
    torch.testing.assert_close(cell, torch.tensor([2 / 171, 2 / 139]))
