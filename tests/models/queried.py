"""The plain form of LIIF and Meta-SR: every pixel a query of its own, on the features of the whole photo."""

from __future__ import annotations

import torch

from liif_core.coords import cell_of, rect_coord
from liif_core.geometry import OutputGrid, Rect, Size
from liif_core.models.decoders.grid_decoder import Arithmetic
from liif_core.models.decoders.pixel_form import rgb_values
from liif_core.models.decoders.query import QueryDecoder
from liif_core.models.decoders.window import FeatureWindow
from liif_core.models.spec import DataNorm

TOLERANCE = 1e-5
NORMALISED = rgb_values(DataNorm(0.0, 1.0))


@torch.inference_mode()
def queried(decoder: QueryDecoder, feat: torch.Tensor, output: Size, rect: Rect | None = None) -> torch.Tensor:
    """Normalised RGB (3, height, width) of a rectangle of an output grid, or of all of it."""
    place = rect or output.rect
    grid = grid_of(feat, output)
    coord = rect_coord(grid, place).flatten(0, 1)[None]
    pred = decoder.query(decoder.unfolded(feat), coord, cell_of(grid).expand_as(coord))
    return pred[0].T.reshape(3, place.height, place.width)


@torch.inference_mode()
def decoded(
    decoder: QueryDecoder, feat: torch.Tensor, output: Size, rect: Rect | None = None, *, margin: int | None = None
) -> torch.Tensor:
    """The same by `at`, from the whole features, or with `margin` from no more than that around the footprint."""
    place, grid = rect or output.rect, grid_of(feat, output)
    if margin is None:
        return decoded_window(decoder, FeatureWindow.whole(feat), grid, place)
    footprint = grid.footprint(place, margin=margin)
    return decoded_window(decoder, FeatureWindow(feat[(..., *footprint.slices)], footprint, grid.source), grid, place)


@torch.inference_mode()
def decoded_window(decoder: QueryDecoder, window: FeatureWindow, grid: OutputGrid, rect: Rect) -> torch.Tensor:
    """Normalised RGB (3, height, width) of a rectangle of a grid."""
    arithmetic = Arithmetic(window.feat.dtype, window.feat.device)
    return decoder.at(grid, NORMALISED, arithmetic)(window, rect).permute(2, 0, 1)


def features(source: Size, *, channels: int = 3, seed: int = 3) -> torch.Tensor:
    """Random (1, channels, height, width)."""
    return torch.randn(1, channels, source.height, source.width, generator=torch.Generator().manual_seed(seed))


def grid_of(feat: torch.Tensor, output: Size) -> OutputGrid:
    return OutputGrid(Size(*feat.shape[-2:]), output)


def assert_close(actual: torch.Tensor, expected: torch.Tensor, tolerance: float = TOLERANCE) -> None:
    assert actual.dtype == torch.float32
    torch.testing.assert_close(actual, expected, rtol=0, atol=tolerance)
