"""The names of the two protocols and the border that each leaves out."""

from __future__ import annotations

from liif_core.evaluation.scale import Scale

# Luma, as for Set5, Set14, B100 and Urban100.
BENCHMARK = "benchmark"
# RGB, as for DIV2K.
DIV2K = "div2k"
PROTOCOLS = (BENCHMARK, DIV2K)

_DIV2K_EXTRA = 6


def border_of(scale: Scale, protocol: str) -> tuple[int, int]:
    """Output pixels that are left out above and below, and left and right."""
    extra = _DIV2K_EXTRA if protocol == DIV2K else 0
    return scale.border[0] + extra, scale.border[1] + extra
