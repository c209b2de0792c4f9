"""Heat fields for tests, and their equation evaluated for many pixels at once, in float64.

The equation shares no code with the core: positions, blend and pre-filter are written out. `test_heat_field` holds it
against `reference.heat_query`, which goes one query and one frequency at a time.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping

import numpy as np
import torch
from numpy.typing import NDArray

from liif_core.geometry import OutputGrid, Rect, Size
from liif_core.models.decoders.collapsed import AnyZoom, RationalZoom
from liif_core.models.decoders.grid_decoder import Arithmetic, GridDecoder
from liif_core.models.decoders.heat_field import HeatField
from liif_core.models.decoders.pixel_form import PixelForm, rgb_values
from liif_core.models.decoders.window import FeatureWindow
from liif_core.models.spec import DataNorm
from tests.models.reference import Array

CHANNELS = 4
FLOAT32 = Arithmetic(torch.float32, torch.device("cpu"))
FLOAT64 = Arithmetic(torch.float64, torch.device("cpu"))
BFLOAT16 = Arithmetic(torch.bfloat16, torch.device("cpu"))
# Normalised RGB as it is.
NORMALISED = rgb_values(DataNorm(0.0, 1.0))

Make = Callable[[HeatField, OutputGrid, PixelForm, Arithmetic], GridDecoder]


def field_of(*, n_frequencies: int = 6, coef: float = 0.05, seed: int = 5) -> HeatField:
    """A decoder with frequencies up to 2 pi, one of them at the very border of the disc, and a visible field."""
    torch.manual_seed(seed)
    decoder = HeatField(CHANNELS, n_frequencies=n_frequencies)
    with torch.no_grad():
        decoder.frequencies[0] = torch.tensor([2 * math.pi, 0.0])
        decoder.frequencies[1] = torch.tensor([-math.pi, 5.4])
        decoder.coef.normal_(std=coef)
    return decoder.eval()


def latents(size: Size, *, seed: int = 7) -> torch.Tensor:
    """Latents and, as three more channels, a photo: (1, CHANNELS + 3, h, w)."""
    generator = torch.Generator().manual_seed(seed)
    return torch.randn(1, CHANNELS + 3, size.height, size.width, generator=generator)


def rational(decoder: HeatField, grid: OutputGrid, form: PixelForm, arithmetic: Arithmetic) -> GridDecoder:
    return RationalZoom(decoder.field.exact().kernel_with_base, grid, form, arithmetic)


def any_zoom(decoder: HeatField, grid: OutputGrid, form: PixelForm, arithmetic: Arithmetic) -> GridDecoder:
    field = decoder.field.exact()
    return AnyZoom(field.kernel_with_base, grid, form, arithmetic, max_frequency=field.max_frequency)


@torch.inference_mode()
def decoded(
    make: Make,
    decoder: HeatField,
    feat: torch.Tensor,
    output: Size,
    rect: Rect | None = None,
    *,
    arithmetic: Arithmetic = FLOAT32,
) -> NDArray[np.float64]:
    """Normalised RGB (height, width, 3) from the window that is the whole feature map."""
    grid = OutputGrid(Size(*feat.shape[-2:]), output)
    pixels = make(decoder, grid, NORMALISED, arithmetic)(
        FeatureWindow.whole(feat.to(arithmetic.dtype)), rect or output.rect
    )
    return pixels.double().numpy()


def directly(
    decoder: HeatField, feat: torch.Tensor, output: Size, rect: Rect | None = None, *, finest_cell: float = 0.0
) -> Array:
    """The same by the equation."""
    grid = OutputGrid(Size(*feat.shape[-2:]), output)
    return equation(state_of(decoder), feat, grid, rect or output.rect, finest_cell=finest_cell)


def state_of(decoder: HeatField) -> dict[str, Array]:
    return {name: value.detach().double().numpy() for name, value in decoder.state_dict().items()}


def equation(
    state: Mapping[str, Array], feat: torch.Tensor, grid: OutputGrid, rect: Rect, *, finest_cell: float = 0.0
) -> Array:
    """Normalised RGB (rect.height, rect.width, 3).

    Args:
        state: `frequencies`, `log_kappa` and `coef`.
        feat: (1, C + 3, h, w), latents and photo. Beyond their border the outermost ones repeat, also where
            `grid.source` is larger.
        grid: The output grid.
        rect: Which of its pixels; may be anywhere.
        finest_cell: Least side in source pixels of a pixel that the pre-filter knows.
    """
    values = feat[0].double().numpy()
    latent, image = values[:-3], values[-3:]
    freq, kappa = state["frequencies"], math.exp(float(state["log_kappa"]))
    cell = grid.source.height / grid.output.height, grid.source.width / grid.output.width
    height, width = np.maximum(cell, finest_cell)
    decay = np.exp(-kappa * ((freq[:, 0] * height) ** 2 + (freq[:, 1] * width) ** 2))
    # Sines and cosines of each latent: (3, 2 K, h, w).
    waves = np.tensordot(state["coef"], latent, 1)
    pos_y = (np.arange(rect.y, rect.bottom) + 0.5) * cell[0] - 0.5
    pos_x = (np.arange(rect.x, rect.right) + 0.5) * cell[1] - 0.5
    rgb = np.zeros((3, rect.height, rect.width))
    for corner_y in (0, 1):
        for corner_x in (0, 1):
            y, x = np.floor(pos_y) + corner_y, np.floor(pos_x) + corner_x
            dy, dx = pos_y - y, pos_x - x
            row = np.clip(y.astype(int), 0, latent.shape[1] - 1)
            column = np.clip(x.astype(int), 0, latent.shape[2] - 1)
            angle = freq[:, 0, None, None] * dy[:, None] + freq[:, 1, None, None] * dx
            basis = np.concatenate([decay[:, None, None] * np.sin(angle), decay[:, None, None] * np.cos(angle)])
            field = np.einsum("kyx,okyx->oyx", basis, waves[:, :, row[:, None], column])
            blend = (1 - np.abs(dy))[:, None] * (1 - np.abs(dx))
            rgb += blend * (field + image[:, row[:, None], column])
    return np.moveaxis(rgb, 0, 2)
