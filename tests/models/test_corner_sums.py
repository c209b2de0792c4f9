"""What enters LIIF's first layer, and the blending of its corners, in both precisions and both ways to compute."""

from __future__ import annotations

import itertools

import pytest
import torch

from liif_core.models.decoders import corner_sums
from liif_core.models.decoders.axis_latents import AxisLatents
from liif_core.models.decoders.corner_sums import CornerBlend, CornerSums

pytestmark = pytest.mark.usefixtures("one_thread")

WHOLE = slice(None)


@pytest.fixture(params=[True, False], ids=["bags", "written out"], autouse=True)
def bags(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(corner_sums, "_has_bags", lambda device: request.param)


def axis(count: int, latents: int, k: int, seed: int) -> AxisLatents:
    generator = torch.Generator().manual_seed(seed)
    index = torch.randint(latents, (count, k), generator=generator)
    return AxisLatents(torch.arange(latents), index, torch.rand(count, k, generator=generator) * 2 - 1)


@pytest.mark.parametrize("dtype", [torch.float32, torch.bfloat16])
@pytest.mark.parametrize("k", [1, 2])
def test_each_corner_has_its_latent_row_and_column(k: int, dtype: torch.dtype) -> None:
    rows, columns = axis(5, 3, k, 1), axis(4, 6, k, 2)
    products = torch.randn(3, 6, 7).to(dtype)
    # Far larger than their sums: rounded on their own, bfloat16 would be off by a quarter.
    by_row, by_column = 100 + torch.randn(5, k, 7), -100 + torch.randn(4, k, 7)
    sums = CornerSums(products, by_row, by_column, rows=rows, columns=columns)
    for part_y, part_x in ((WHOLE, WHOLE), (slice(1, 3), slice(2, 4)), (slice(4, 5), slice(0, 1))):
        got = sums(part_y, part_x)
        assert got.dtype == dtype
        expected = [
            products[rows.index[r, i], columns.index[c, j]].float() + by_row[r, i] + by_column[c, j]
            for r, c, i, j in itertools.product(range(5)[part_y], range(4)[part_x], range(k), range(k))
        ]
        tolerance = 2e-5 if dtype == torch.float32 else 0.02
        torch.testing.assert_close(got.float(), torch.stack(expected), rtol=0, atol=tolerance)


@pytest.mark.parametrize("dtype", [torch.float32, torch.bfloat16])
@pytest.mark.parametrize("k", [1, 2])
def test_corners_count_by_the_area_opposite(k: int, dtype: torch.dtype) -> None:
    rows, columns = axis(5, 3, k, 1), axis(4, 6, k, 2)
    values = torch.randn(5, 4, k, k, 7).to(dtype)
    blend = CornerBlend(rows=rows, columns=columns, like=values, most=20)
    got = blend(values.view(-1, 7), WHOLE, WHOLE)
    sides_y, sides_x = rows.rel_coord.abs().flip(1), columns.rel_coord.abs().flip(1)
    areas = sides_y[:, None, :, None] * sides_x[None, :, None, :] + 1e-9
    expected = (values.float() * areas[..., None]).sum((2, 3)) / areas.sum((2, 3))[..., None]
    assert got.dtype == torch.float32
    tolerance = 1e-6 if dtype == torch.float32 else 0.01
    torch.testing.assert_close(got, expected.view(-1, 7), rtol=0, atol=tolerance)
    part = blend(values[1:3, 2:].reshape(-1, 7), slice(1, 3), slice(2, 4))
    torch.testing.assert_close(part, got.view(5, 4, 7)[1:3, 2:].reshape(-1, 7))


def test_equal_predictions_stay_what_they_are() -> None:
    """Weights rounded to bfloat16 would not add up to 1."""
    rows, columns = axis(30, 3, 2, 1), axis(40, 6, 2, 2)
    blend = CornerBlend(rows=rows, columns=columns, like=torch.empty(0, dtype=torch.bfloat16), most=1200)
    values = torch.full((4800, 3), 1.0, dtype=torch.bfloat16)
    torch.testing.assert_close(blend(values, WHOLE, WHOLE), torch.ones(1200, 3), rtol=0, atol=5e-5)
