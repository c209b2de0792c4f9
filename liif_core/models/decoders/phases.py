"""Where output pixels fall between latents, along one axis at a time.

Output pixel i of a side with n output and m source pixels has its centre at the sample position p = (i + 1/2) m / n -
1/2. It lies in *quad* floor(p), between the latents floor(p) and floor(p) + 1, at the *phase* p - floor(p) in [0, 1).
Quads are found in whole numbers, as in `OutputGrid.footprint`: of a centre that lies on a latent exactly, floats may
say that it lies before it, and the latent that this quad begins with need not be in the window. Phases are float64: at
deep zoom, float32 would move pixels.
"""

from __future__ import annotations

import itertools
from dataclasses import dataclass

import torch
from torch import Tensor


@dataclass(frozen=True, slots=True)
class AxisSamples:
    """The output pixels of a range along one axis.

    Attributes:
        quad: int64 (n,), the latent before each pixel; -1 before the first one.
        phase: float64 (n,), in [0, 1).
    """

    quad: Tensor
    phase: Tensor

    @property
    def first(self) -> int:
        """The first quad."""
        return int(self.quad[0])

    @property
    def last(self) -> int:
        """The last quad."""
        return int(self.quad[-1])


def axis_samples(start: int, count: int, *, source: int, output: int) -> AxisSamples:
    """Quads and phases of the output pixels `start` to `start + count - 1` of a side."""
    # Twice the sample position, in parts of an output side.
    position = (2 * torch.arange(start, start + count) + 1) * source - output
    quad = position.div(2 * output, rounding_mode="floor")
    return AxisSamples(quad, (position - quad * 2 * output).double() / (2 * output))


@dataclass(frozen=True, slots=True)
class PhaseClass:
    """The quads `index`, `index + q`, ... of an axis with p output pixels for q latents: their pixels' phases agree.

    Attributes:
        index: Of the first such quad, 0 to q - 1.
        start: First output pixel of quad `index`; that of quad `index + q` is p farther.
        phase: float64 (count,), of each pixel of a quad.
    """

    index: int
    start: int
    phase: Tensor

    @property
    def count(self) -> int:
        """Pixels of a quad."""
        return len(self.phase)


def phase_classes(p: int, q: int) -> list[PhaseClass]:
    """The classes of quads with at least one pixel, at the zoom p / q in lowest terms.

    Their pixels, p in all, lie side by side.
    """
    # The first pixel with (i + 1/2) q / p - 1/2 >= quad.
    starts = [-((q - (2 * quad + 1) * p) // (2 * q)) for quad in range(q + 1)]
    classes = []
    for index, (start, end) in enumerate(itertools.pairwise(starts)):
        pixel = torch.arange(start, end, dtype=torch.float64)
        classes.append(PhaseClass(index, start, (pixel + 0.5) * q / p - 0.5 - index))
    return [part for part in classes if part.count]
