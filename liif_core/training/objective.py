"""The number that training makes small, of a model and a batch."""

from __future__ import annotations

import torch
import torch.nn.functional as F
from torch import Tensor, nn

from liif_core.errors import UnsupportedModel
from liif_core.models.decoders.heat_field import HeatField
from liif_core.models.decoders.query import QueryDecoder
from liif_core.models.implicit import ImplicitModel
from liif_core.training.config import TrainConfig
from liif_core.training.losses import PIXEL_LOSS, field_variation, luma_of, spectral_l1
from liif_core.training.samples import Batch, QueryBatch


class Objective(nn.Module):
    """Holds the model; its forward pass is what several processes compute side by side.

    Args:
        model: To be trained.
        config: Of the run.
        bf16: Whether the products run in bfloat16; differences are always taken in float32.

    Raises:
        UnsupportedModel: The model's decoder cannot be trained.
    """

    def __init__(self, model: ImplicitModel, config: TrainConfig, *, bf16: bool) -> None:
        super().__init__()
        if not isinstance(model.decoder, HeatField | QueryDecoder):
            raise UnsupportedModel(f"the decoder '{config.model.decoder.name}' cannot be trained here")
        self.model = model
        self._config = config
        self._bf16 = bf16
        self._pixel_loss = PIXEL_LOSS[config.pixel_loss]

    def forward(self, batch: Batch | QueryBatch) -> Tensor:
        """float32 (): the mean error of normalised RGB and luma, and what the recipe adds to it."""
        decoder = self.model.decoder
        if isinstance(batch, Batch):
            assert isinstance(decoder, HeatField), "whole patches are for heat fields"
            return self._of_patches(decoder, batch)
        assert isinstance(decoder, QueryDecoder), "sampled pixels are for decoders of queries"
        return self._of_queries(decoder, batch)

    def _of_patches(self, decoder: HeatField, batch: Batch) -> Tensor:
        inp, gt = self.model.normalised(batch.inp), self.model.normalised(batch.gt)
        p, q = batch.scale.numerator, batch.scale.denominator
        with self._autocast(inp):
            latent = self._encoded(inp)
            values = decoder.decode_dense(latent, numerator=p, denominator=q)
            variation = field_variation(decoder.field, latent) if self._config.tv_prior else None
        # The base stays in float32: bfloat16 would round it by more than the field can repair.
        base = F.interpolate(inp, size=gt.shape[-2:], mode="bilinear", align_corners=False)
        pred = base + values.float()
        loss = self._error(pred - gt, channels=1)
        return loss if variation is None else loss + self._config.tv_prior * variation

    def _of_queries(self, decoder: QueryDecoder, batch: QueryBatch) -> Tensor:
        inp, target = self.model.normalised(batch.inp), self.model.normalised(batch.target)
        with self._autocast(inp):
            pred = decoder.sampled(self._encoded(inp), batch.coord, batch.cell)
        return self._error(pred.float() - target, channels=-1)

    def _error(self, difference: Tensor, *, channels: int) -> Tensor:
        """How much predicted RGB differs from the true one, and its luma as far as the recipe wants it."""
        share = self._config.luma_share
        error = self._size(difference)
        if not share:
            return error
        return (1 - share) * error + share * self._size(luma_of(difference, channels=channels))

    def _size(self, difference: Tensor) -> Tensor:
        size = self._pixel_loss(difference)
        if self._config.fft_loss:
            size = size + self._config.fft_loss * spectral_l1(difference)
        return size

    def _encoded(self, inp: Tensor) -> Tensor:
        """The encoder's own features; channels last is the order that its convolutions are fastest in."""
        latent: Tensor = self.model.encoder(inp.contiguous(memory_format=torch.channels_last))
        return latent

    def _autocast(self, inp: Tensor) -> torch.autocast:
        return torch.autocast(inp.device.type, torch.bfloat16, enabled=self._bf16)
