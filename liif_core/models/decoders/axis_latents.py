"""Which latents the rows or the columns of an output grid ask, and where they lie from them.

The nearest latent of a query depends on its row and on its column separately, so one short vector for each axis
describes a whole grid. Their coordinates are computed as `query` computes those of single queries, in float32, so that
the same latents are chosen.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import torch
from torch import Tensor

from liif_core.coords import axis_coord

Places = Callable[[Tensor], tuple[Tensor, Tensor]]
"""From coordinates (n,) of pixels along an axis to where they lie among the latents, for k latents each.

What comes out is int64 (n, k), indices in the whole photo, never falling from pixel to pixel; and float32 (n, k), from
the latent to the query, in the units of the decoder.
"""


@dataclass(frozen=True, slots=True)
class AxisPlaces:
    """Where the pixels of one axis of an output grid lie among the latents; on the CPU.

    Attributes:
        output: Pixels of the axis. Only those that are asked for are looked at: a small crop enlarged to a poster is
            cut from a grid of the whole photo, which may have many millions of them.
        places: See `Places`.
    """

    output: int
    places: Places

    def latents(self, start: int, count: int) -> AxisLatents:
        """Of the pixels `start` to `start + count - 1`."""
        nearest, rel_coord = self.places(axis_coord(self.output, start=start, stop=start + count))
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
        rel_coord: float32 (n, k), as in `Places`.
    """

    asked: Tensor
    index: Tensor
    rel_coord: Tensor
