"""The colours of a transparent photo as if nothing shone through: those at its edges go on beneath what is transparent.

A model that sees premultiplied colours sees every edge of the transparency as an edge towards black, sharpens it, and
leaves a dark fringe where the alpha, which is enlarged conventionally, is softer than that. Here it sees no such edge:
colours that are seen are divided by their alpha, and where hardly anything is seen they give way to an average of what
is seen nearby, the nearer the better (pull and push over a pyramid: Gortler et al., "The lumigraph", 1996). The model's
picture is multiplied by the enlarged alpha afterwards. What a file hides beneath full transparency has no part in it,
since premultiplied colours do not have it.
"""

from __future__ import annotations

import threading

import numpy as np
from numpy.typing import NDArray

from liif_core.geometry import OutputGrid, Rect, Size
from liif_core.imaging.halving import level_size
from liif_core.imaging.image import Image, Regions, to_unit_range
from liif_core.imaging.resample import Kernel, Pyramid, enlarge

# Below this alpha, colours are less and less their own: divided by little, the rounding of files would be seen.
SURE_ALPHA = 0.125
# The finest level of the average that is kept, and what it may have.
_FINEST_LEVEL = 2
_MOST_PIXELS = 1 << 22


def colours_of(image: Image, pyramid: Pyramid, coverage: Pyramid | None) -> Regions:
    """What a model is shown: the photo, or where something shines through, its colours without that.

    Args:
        image: The photo.
        pyramid: Its halvings.
        coverage: Those of its alpha; None where all is opaque.
    """
    return image if coverage is None else BledColours(pyramid, coverage)


class BledColours:
    """What a model is shown of a photo with alpha; `Regions`. Safe on any thread.

    Args:
        pyramid: Of the premultiplied colours.
        coverage: Of the alpha.
    """

    def __init__(self, pyramid: Pyramid, coverage: Pyramid) -> None:
        self._pyramid = pyramid
        self._coverage = coverage
        self._lock = threading.Lock()
        self._beneath: Image | None = None

    @property
    def size(self) -> Size:
        """Height and width in pixels."""
        return self._pyramid.image.size

    def region(self, rect: Rect) -> NDArray[np.float32]:
        """The pixels of a rectangle; see `Image.region`.

        Raises:
            RequestError: `rect` reaches outside the photo.
            ScratchError: See `Pyramid.region`.
        """
        colours, alpha = self._pyramid.image.region(rect), self._coverage.image.region(rect)
        if rect.is_empty or alpha.min() >= 1:
            return colours
        sure = np.minimum(alpha / np.float32(SURE_ALPHA), 1)
        colours /= np.maximum(alpha, np.float32(SURE_ALPHA))
        if sure.min() < 1:
            grid = OutputGrid(self._average().size, self.size)
            colours += (1 - sure) * enlarge(self._average(), grid, rect, Kernel.BILINEAR)
        return np.clip(colours, 0, 1, out=colours)

    def _average(self) -> Image:
        """The colours for where nothing is seen, at a fraction of the photo's size."""
        with self._lock:
            if self._beneath is None:
                self._beneath = Image(self._pulled_and_pushed())
            return self._beneath

    def _pulled_and_pushed(self) -> NDArray[np.float32]:
        finest = min(_FINEST_LEVEL, self._pyramid.top)
        while finest < self._pyramid.top and level_size(self.size, finest).area > _MOST_PIXELS:
            finest += 1
        colours, alpha = self._level(self._pyramid.top)
        # All that is seen of the photo: however little that is, there is nothing else to go by.
        average: NDArray[np.float32] = np.minimum(colours / np.maximum(alpha, np.float32(1e-6)), np.float32(1))
        for level in range(self._pyramid.top - 1, finest - 1, -1):
            size = level_size(self.size, level)
            colours, alpha = self._level(level)
            coarser = Image(average)
            average = enlarge(coarser, OutputGrid(coarser.size, size), size.rect, Kernel.BILINEAR)
            sure = np.minimum(alpha / np.float32(SURE_ALPHA), 1)
            average *= 1 - sure
            average += colours / np.maximum(alpha, np.float32(SURE_ALPHA))
            np.clip(average, 0, 1, out=average)
        return average

    def _level(self, level: int) -> tuple[NDArray[np.float32], NDArray[np.float32]]:
        """Premultiplied colours and alpha of all of a level."""
        rect = level_size(self.size, level).rect
        return to_unit_range(self._pyramid.region(level, rect)), to_unit_range(self._coverage.region(level, rect))
