"""What decoders have in common that are asked query by query: LIIF and Meta-SR.

Both have three forms, which agree to 1e-5: `query` answers single coordinates, as the paper has it; `sampled` answers
the many coordinates of a training batch; `at` gives rectangles of an output grid, where much is the same for many
queries and is computed once.
"""

from __future__ import annotations

from abc import abstractmethod

from torch import Tensor, nn

from liif_core.geometry import OutputGrid, Size
from liif_core.models.decoders.grid_decoder import Arithmetic, GridDecoder
from liif_core.models.decoders.pixel_form import PixelForm
from liif_core.models.decoders.window import FeatureWindow

# Of one chunk at x1, where an output pixel costs most: 40 ms on two cores at 190 G/s, in float32.
CHUNK_MULTIPLY_ADDS = 7.7e9
# With fewer pixels what is computed once for all of them counts, with more their coordinates do.
MIN_CHUNK_PIXELS, MAX_CHUNK_PIXELS = 1024, 32768


class QueryDecoder(nn.Module):
    """A decoder that maps features, coordinates and cells to RGB."""

    @abstractmethod
    def computed_multiply_adds(self, scale_area: float) -> float:
        """Multiply-adds that the decoder of a grid computes for one output pixel.

        Args:
            scale_area: Output pixels for each latent, over which work per latent is spread.
        """

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

    def sampled(self, feat: Tensor, coord: Tensor, cell: Tensor) -> Tensor:
        """`query` for training: many coordinates of whole feature maps, with gradients; possibly with less work.

        Args:
            feat: Features (B, C, h, w) as the encoder gives them.
            coord: As of `query`.
            cell: As of `query`.

        Returns:
            Normalised RGB (B, Q, 3).
        """
        return self.query(self.unfolded(feat), coord, cell)

    @abstractmethod
    def at(self, grid: OutputGrid, form: PixelForm, arithmetic: Arithmetic) -> GridDecoder:
        """The decoder made ready for one grid."""

    def draft_grid(self, photo: Size, zoom: float) -> OutputGrid:
        """See `ImplicitModel.draft_grid`: all zooms are alike."""
        return OutputGrid(photo, photo.scaled(zoom))


def chunk_pixels_of(multiply_adds: float) -> int:
    """Output pixels to decode in one call, so that a cancellation can be asked often enough.

    Args:
        multiply_adds: Computed for one output pixel at x1.
    """
    return min(max(MIN_CHUNK_PIXELS, int(CHUNK_MULTIPLY_ADDS / multiply_adds)), MAX_CHUNK_PIXELS)
