"""Small photos, and an enlarger that watches what it is asked."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import PIL.Image
from numpy.typing import NDArray

from liif_core.evaluation.enlarge import Enlarge
from liif_core.geometry import OutputGrid
from liif_core.imaging.image import Image

Pixels = NDArray[np.uint8]


def put(path: Path, pixels: Pixels) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    PIL.Image.fromarray(pixels).save(path)


def smooth(height: int, width: int, seed: int) -> Pixels:
    y, x = np.mgrid[0:height, 0:width] / 9
    waves = [np.sin(x * (seed + 1) + y), np.cos(y * 1.7 - x), np.sin(x * y / 9 + seed)]
    return np.asarray(128 + 100 * np.stack(waves, -1), np.uint8)


def watching(seen: list[tuple[Image, OutputGrid]], offset: float = 0.0) -> Enlarge:
    """An enlarger that writes down what it is asked, and answers with grey."""

    def enlarge(image: Image, grid: OutputGrid) -> NDArray[np.float32]:
        seen.append((image, grid))
        return np.full((grid.output.height, grid.output.width, 3), 0.5 + offset, np.float32)

    return enlarge
