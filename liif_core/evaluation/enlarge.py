"""What can be measured: anything that gives a photo's picture on an output grid."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import PIL.Image
from numpy.typing import NDArray

from liif_core.cancel import CancelToken
from liif_core.device import told_if_lost
from liif_core.geometry import OutputGrid, Rect
from liif_core.imaging.image import Image, to_unit_range
from liif_core.imaging.write import quantise
from liif_core.models.implicit import ImplicitModel
from liif_core.render.feature_cache import FeatureCache
from liif_core.render.renderer import Renderer
from liif_core.render.self_ensemble import SelfEnsembleRenderer

# A photo and a grid of it to RGB in [0, 1], float32 (H, W, 3).
Enlarge = Callable[[Image, OutputGrid], NDArray[np.float32]]

# Features of one photo that are kept while it is enlarged: 64 channels of 2 megapixels. Older tiles are encoded again.
FEATURE_BUDGET_BYTES = 1 << 29


def enlarge_bicubic(image: Image, grid: OutputGrid) -> NDArray[np.float32]:
    """The baseline of every table: Pillow's bicubic on 8 bits, which is what published figures were measured with."""
    photo = PIL.Image.fromarray(eight_bit(image, image.size.rect))
    enlarged = photo.resize((grid.output.width, grid.output.height), PIL.Image.Resampling.BICUBIC)
    return to_unit_range(np.asarray(enlarged))


def enlarge_by(
    model: ImplicitModel, *, bf16: bool = False, self_ensemble: bool = False, cancel: CancelToken | None = None
) -> Enlarge:
    """A model as the evaluator takes it, decoding in chunks of the model's `chunk_pixels`.

    Args:
        model: In evaluation mode, on the device to compute on.
        bf16: Whether the encoder's convolutions run in bfloat16.
        self_ensemble: Whether the pictures of all eight orientations are averaged; see `render.self_ensemble`.
        cancel: Asked between tiles of the photo and between chunks of the output.

    Raises:
        DeviceLost: By what is returned: the device failed at work.
    """

    def enlarge(image: Image, grid: OutputGrid) -> NDArray[np.float32]:
        renderer = (
            SelfEnsembleRenderer(image, model, FEATURE_BUDGET_BYTES, bf16=bf16)
            if self_ensemble
            else Renderer(image, model, FeatureCache(FEATURE_BUDGET_BYTES), bf16=bf16)
        )
        with told_if_lost(next(model.parameters()).device, "a picture was measured"):
            return renderer.render(grid, grid.output.rect, cancel=cancel)

    return enlarge


def eight_bit(image: Image, rect: Rect) -> NDArray[np.uint8]:
    """The pixels of a rectangle (rect.height, rect.width, 3) as Pillow takes them; 16-bit samples are rounded."""
    if image.pixels.dtype == np.uint8:
        return np.ascontiguousarray(image.pixels[rect.slices])
    return np.asarray(quantise(image.region(rect), 8), np.uint8)
