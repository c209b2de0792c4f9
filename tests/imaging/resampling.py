"""What the tests of resampling have in common: its methods by name, and photos of noise."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
from hypothesis import strategies as st
from numpy.typing import NDArray

from liif_core.geometry import OutputGrid, Rect, Size
from liif_core.imaging.halving import level_size
from liif_core.imaging.image import Image
from liif_core.imaging.resample import Kernel, Pyramid, area, enlarge

SIZES = st.builds(Size, st.integers(1, 40), st.integers(1, 40))
Method = Callable[[Image, OutputGrid, Rect], NDArray[np.float32]]


def by_kernel(kernel: Kernel) -> Method:
    return lambda image, grid, rect: enlarge(image, grid, rect, kernel)


KERNELS = [kernel.value for kernel in Kernel]
METHODS: dict[str, Method] = {kernel.value: by_kernel(kernel) for kernel in Kernel} | {
    "area": area,
    "pyramid": lambda image, grid, rect: Pyramid(image).area(grid, rect),
}


def noise(size: Size, dtype: str = "uint8", *, low: int = 0, high: int = 256, seed: int = 0) -> Image:
    pixels = np.random.default_rng(seed).integers(low, high, (size.height, size.width, 3))
    if dtype == "float32":
        return Image((pixels / 255).astype(np.float32))
    return Image((pixels * (257 if dtype == "uint16" else 1)).astype(dtype))


def whole(method: str, image: Image, output: Size) -> NDArray[np.float32]:
    grid = OutputGrid(image.size, output)
    return METHODS[method](image, grid, output.rect)


def whole_level(pyramid: Pyramid, level: int) -> NDArray[Any]:
    return pyramid.region(level, level_size(pyramid.image.size, level).rect)


@st.composite
def cut_grids(draw: st.DrawFn) -> tuple[OutputGrid, Rect]:
    output = draw(SIZES)
    y, x = draw(st.integers(0, output.height - 1)), draw(st.integers(0, output.width - 1))
    height, width = draw(st.integers(0, output.height - y)), draw(st.integers(0, output.width - x))
    return OutputGrid(draw(SIZES), output), Rect(y, x, height, width)
