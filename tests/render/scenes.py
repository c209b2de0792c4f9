"""Photos, small models, both at once without tiles or chunks, and models that are watched or run out of memory."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager

import numpy as np
import pytest
import torch
from numpy.typing import NDArray

from liif_core.geometry import OutputGrid, Rect
from liif_core.imaging.image import Image
from liif_core.models.decoders.grid_decoder import GridDecoder
from liif_core.models.decoders.pixel_form import PixelForm, display_bytes
from liif_core.models.decoders.window import FeatureWindow
from liif_core.models.implicit import ImplicitModel
from liif_core.render.feature_cache import FeatureCache
from liif_core.render.feature_map import FeatureMap
from tests.models.builders import any_model, heat_model, liif_model

PLENTY = 1 << 40
MODELS = {
    "heat field": heat_model(n_resblocks=3),
    "LIIF": liif_model(n_resblocks=2),
    "Meta-SR": any_model("edsr-baseline", "metasr"),
}


def photo(height: int, width: int) -> Image:
    pixels = np.random.default_rng(height * 1000 + width).integers(0, 256, (height, width, 3), dtype=np.uint8)
    return Image(pixels)


def features_of(
    image: Image, model: ImplicitModel, cache: FeatureCache | None = None, *, bf16: bool = False
) -> FeatureMap:
    return FeatureMap(image, model, cache or FeatureCache(PLENTY), key="photo", bf16=bf16)


@torch.inference_mode()
def encoded_at_once(image: Image, model: ImplicitModel) -> torch.Tensor:
    rgb = torch.from_numpy(image.pixels.astype(np.float32) / 255).permute(2, 0, 1)[None]
    return model.encode(model.normalised(rgb))


@torch.inference_mode()
def rendered_at_once(image: Image, model: ImplicitModel, grid: OutputGrid) -> NDArray[np.float32]:
    window = FeatureWindow.whole(encoded_at_once(image, model))
    return model.decode(window, grid, grid.output.rect).clamp(0, 1).permute(1, 2, 0).numpy()


@torch.inference_mode()
def displayed_at_once(image: Image, model: ImplicitModel, grid: OutputGrid) -> NDArray[np.uint8]:
    window = FeatureWindow.whole(encoded_at_once(image, model))
    return model.at(grid, display_bytes(model.spec.norm))(window, grid.output.rect).numpy()


@contextmanager
def watched(model: ImplicitModel) -> Iterator[list[tuple[int, int]]]:
    """The heights and widths that the encoder was given, one for each tile."""
    sizes: list[tuple[int, int]] = []
    hook = model.encoder.register_forward_hook(lambda _, inputs, __: sizes.append(tuple(inputs[0].shape[-2:])))
    try:
        yield sizes
    finally:
        hook.remove()


def before_decoding(
    model: ImplicitModel, patch: pytest.MonkeyPatch, act: Callable[[FeatureWindow, Rect], None]
) -> list[OutputGrid]:
    """Have `act` called with each window and rectangle before it is decoded; it may raise.

    Returns:
        The grids that decoders were made for, one for each decoder.
    """
    grids: list[OutputGrid] = []
    at = model.at

    def watched_at(grid: OutputGrid, form: PixelForm, *, dtype: torch.dtype = torch.float32) -> GridDecoder:
        grids.append(grid)
        decoder = at(grid, form, dtype=dtype)

        def decode(window: FeatureWindow, rect: Rect) -> torch.Tensor:
            act(window, rect)
            return decoder(window, rect)

        return decode

    patch.setattr(model, "at", watched_at)
    return grids
