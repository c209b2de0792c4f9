"""Pixels of a photo in one of its eight orientations."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from liif_core.orientation import Orientation


def turned_pixels(pixels: NDArray[Any], orientation: Orientation) -> NDArray[Any]:
    """An upright picture as it is seen.

    Args:
        pixels: (height, width, channels), any dtype.
        orientation: How the picture lies.

    Returns:
        A view, with the sides exchanged after an odd number of quarter turns.
    """
    return np.rot90(pixels[:, ::-1] if orientation.mirrored else pixels, -orientation.quarter_turns)


def upright_pixels(pixels: NDArray[Any], orientation: Orientation) -> NDArray[Any]:
    """The reverse of `turned_pixels`; a view, too."""
    upright = np.rot90(pixels, orientation.quarter_turns)
    return upright[:, ::-1] if orientation.mirrored else upright
