"""What decoders have in common that are asked query by query: LIIF and Meta-SR."""

from __future__ import annotations

from abc import abstractmethod

from torch import Tensor, nn

from liif_core.coords import cell_of, rect_coord
from liif_core.geometry import OutputGrid, Rect
from liif_core.models.decoders.window import FeatureWindow


class QueryDecoder(nn.Module):
    """A decoder that maps features, coordinates and cells to RGB."""

    @abstractmethod
    def unfolded(self, feat: Tensor) -> Tensor:
        """What `query` takes of a feature map (B, C, h, w): (B, D, h, w)."""

    @abstractmethod
    def query(self, feat: Tensor, coord: Tensor, cell: Tensor, *, window: FeatureWindow | None = None) -> Tensor:
        """RGB at any coordinates.

        Args:
            feat: `unfolded` features (B, D, h, w).
            coord: (B, Q, 2) in [-1, 1] of the whole photo, y before x.
            cell: (B, Q, 2) size of each queried pixel in the same units.
            window: Where `feat` lies in the photo; the whole of it by default.

        Returns:
            Normalised RGB (B, Q, 3).
        """

    def decode(self, window: FeatureWindow, grid: OutputGrid, rect: Rect) -> Tensor:
        """RGB of a rectangle of the output grid.

        Args:
            window: Features that cover `grid.footprint(rect, margin=self.margin)`; one photo (B = 1).
            grid: The output grid, of the window's photo.
            rect: Which of its pixels.

        Returns:
            Normalised RGB (3, rect.height, rect.width).
        """
        coord = rect_coord(grid, rect).view(1, -1, 2).to(window.feat.device)
        cell = cell_of(grid).to(window.feat.device).expand_as(coord)
        pred = self.query(self.unfolded(window.feat), coord, cell, window=window)
        return pred[0].T.reshape(3, rect.height, rect.width)
