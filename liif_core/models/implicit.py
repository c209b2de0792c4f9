"""A model: an encoder and a local implicit function, used by rendering, training and evaluation alike."""

from __future__ import annotations

import copy
from typing import Protocol, cast

import torch
from torch import Tensor, nn

from liif_core.geometry import OutputGrid, Rect, Size
from liif_core.models.decoders.grid_decoder import Arithmetic, GridDecoder
from liif_core.models.decoders.pixel_form import PixelForm, rgb_values
from liif_core.models.decoders.window import FeatureWindow
from liif_core.models.spec import ModelSpec


class Encoder(Protocol):
    """What an encoder offers besides being a module; see the package `encoders`."""

    @property
    def out_dim(self) -> int:
        """Channels of the features."""
        ...

    @property
    def halo(self) -> int | None:
        """Radius of the receptive field in pixels; None if it is the whole image."""
        ...


class Decoder(Protocol):
    """What a local implicit function offers besides being a module; see the package `decoders`."""

    margin: int
    support: int
    needs_image: bool
    chunk_pixels: int

    @property
    def multiply_adds(self) -> int:
        """Multiply-adds of one output pixel."""
        ...

    def at(self, grid: OutputGrid, form: PixelForm, arithmetic: Arithmetic) -> GridDecoder:
        """The decoder made ready for one grid; see `GridDecoder`."""
        ...

    def draft_grid(self, photo: Size, zoom: float) -> OutputGrid:
        """See `ImplicitModel.draft_grid`."""
        ...


class ImplicitModel(nn.Module):
    """Encoder and decoder, with the normalisation between pixel values and both.

    Attributes:
        spec: What it is made of.
        halo: Source pixels around a tile that its features depend on; None if on all of the photo.
        margin: Latents around `OutputGrid.footprint` that decoding reads.
        support: Side in latents of what one query reads.
        needs_image: Whether the decoder reads the photo as three more channels of the feature map.
        multiply_adds_per_output_pixel: Of decoding.
        chunk_pixels: Output pixels that are decoded in one go; more would cost memory, and time until a cancellation.
    """

    encoder: nn.Module
    decoder: nn.Module

    def __init__(self, spec: ModelSpec, encoder: Encoder, decoder: Decoder) -> None:
        super().__init__()
        self.spec = spec
        self.encoder = cast(nn.Module, encoder)
        self.decoder = cast(nn.Module, decoder)
        self.halo = encoder.halo
        self.multiply_adds_per_output_pixel = decoder.multiply_adds
        self.margin = decoder.margin
        self.support = decoder.support
        self.needs_image = decoder.needs_image
        self.chunk_pixels = decoder.chunk_pixels

    def normalised(self, rgb: Tensor) -> Tensor:
        """Pixel values in [0, 1] as the encoder takes them."""
        return (rgb - self.spec.norm.mean) / self.spec.norm.std

    def encode(self, inp: Tensor) -> Tensor:
        """inp: normalised RGB (B, 3, h, w) to the feature map (B, C, h, w) that windows are cut from, in inp's dtype.

        The convolutions may run in bfloat16 under autocast; the photo's own channels stay exact.
        """
        feat: Tensor = self.encoder(inp)
        feat = feat.to(inp.dtype)
        return torch.cat([feat, inp], dim=1) if self.needs_image else feat

    def at(self, grid: OutputGrid, form: PixelForm, *, dtype: torch.dtype = torch.float32) -> GridDecoder:
        """The decoder made ready for one grid, to be used for all of its rectangles.

        Args:
            grid: The output grid.
            form: Of the pixels: `rgb_values(norm)` or `display_bytes(norm)` of this model's normalisation.
            dtype: Of the windows' features, and of the products.
        """
        device = next(self.parameters()).device
        return cast(Decoder, self.decoder).at(grid, form, Arithmetic(dtype, device))

    def draft_grid(self, photo: Size, zoom: float) -> OutputGrid:
        """The grid to decode while the view moves: at the zoom, or a little above where that is much quicker.

        Its source may be the photo with up to a few more rows and columns beyond the lower and the right border, so
        that all of its pixels have the same size.
        """
        return cast(Decoder, self.decoder).draft_grid(photo, zoom)

    def copy_to(self, device: torch.device) -> ImplicitModel:
        """A copy on a device; where the model is now no memory is taken, as there may be none left."""
        there = {id(tensor): _copied(tensor, device) for tensor in (*self.parameters(), *self.buffers())}
        return copy.deepcopy(self, there)

    def decode(self, window: FeatureWindow, grid: OutputGrid, rect: Rect) -> Tensor:
        """Pixel values (3, rect.height, rect.width) of a rectangle of the grid, around [0, 1] but not clamped.

        For a single rectangle; for several of one grid, `at` computes what they share once.
        """
        decoder = self.at(grid, rgb_values(self.spec.norm), dtype=window.feat.dtype)
        return decoder(window, rect).permute(2, 0, 1)


def _copied(tensor: Tensor, device: torch.device) -> Tensor:
    """Weights or other numbers of a module, on a device."""
    there = tensor.detach().to(device, copy=True)
    return nn.Parameter(there, tensor.requires_grad) if isinstance(tensor, nn.Parameter) else there
