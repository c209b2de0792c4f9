"""Which latents the rows or the columns of an output grid ask, and where they lie from them.

The nearest latent of a query depends on its row and on its column separately, so one short vector for each axis
describes a whole grid. Their coordinates are computed as `query` computes those of single queries, in float32, so that
the same latents are chosen.
"""

from __future__ import annotations

from dataclasses import dataclass

import torch
from torch import Tensor


@dataclass(frozen=True, slots=True)
class AxisPlaces:
    """Where the n pixels of one axis of an output grid lie among the latents, for k latents each; on the CPU.

    Attributes:
        nearest: int64 (n, k), indices in the whole photo, never falling from pixel to pixel.
        rel_coord: float32 (n, k), from the latent to the query, in the units of the decoder.
    """

    nearest: Tensor
    rel_coord: Tensor

    def latents(self, start: int, count: int) -> AxisLatents:
        """Of the pixels `start` to `start + count - 1`."""
        nearest, rel_coord = self.nearest[start : start + count], self.rel_coord[start : start + count]
        first, last = (int(index) for index in nearest.aminmax())
        if last - first < nearest.numel():
            return AxisLatents(torch.arange(first, last + 1), nearest - first, rel_coord)
        # Of a reduction: most are never read.
        asked, index = torch.unique(nearest, return_inverse=True)
        return AxisLatents(asked, index, rel_coord)


@dataclass(frozen=True, slots=True)
class AxisLatents:
    """The latents that a range of n output pixels asks along one axis, k of them each; on the CPU.

    Attributes:
        asked: int64 (m,), indices in the whole photo, ascending, each once: those that are read, or all in between.
        index: int64 (n, k), into `asked`.
        rel_coord: float32 (n, k), as in `AxisPlaces`.
    """

    asked: Tensor
    index: Tensor
    rel_coord: Tensor
