"""One training step, and the numbers that change from step to step. Reads from top to bottom."""

from __future__ import annotations

import math

import torch
import torch.nn.functional as F
from torch import Tensor

from liif_core.coords import make_coord
from liif_core.errors import UnsupportedModel
from liif_core.models.build import build_model
from liif_core.models.decoders.heat_field import HeatField
from liif_core.models.decoders.query import QueryDecoder
from liif_core.training.config import TrainConfig
from liif_core.training.samples import Batch, QueryBatch


class Trainer:
    """The model, its optimiser and the running average of its weights.

    The learning rate follows a warm-up and a cosine to 0 over the run's progress, which the session measures in steps
    or in minutes.
    """

    def __init__(self, config: TrainConfig, *, device: torch.device, bf16: bool) -> None:
        self.config = config
        self.device = device
        self.bf16 = bf16
        self.step = 0
        # The process' own generator belongs to whoever runs this.
        with torch.random.fork_rng(devices=[]):
            torch.manual_seed(config.seed)
            self.model = build_model(config.model).to(device).train()
        self.model.encoder.to(memory_format=torch.channels_last)  # type: ignore[call-overload]  # missing in the stubs
        self.ema = build_model(config.model).to(device)
        self.ema.load_state_dict(self.model.state_dict())
        self.optimiser = torch.optim.Adam(self.model.parameters(), lr=config.learning_rate)
        # Where the sampled queries of a LIIF decoder are drawn from; part of the saved state.
        self.query_rng = torch.Generator().manual_seed(config.seed + 1)

    def learning_rate(self, progress: float) -> float:
        """The rate at `progress` in [0, 1] of the run."""
        warm = min(1.0, (self.step + 1) / self.config.warmup) if self.config.warmup else 1.0
        return self.config.learning_rate * warm * 0.5 * (1 + math.cos(math.pi * min(1.0, progress)))

    def train_step(self, batch: Batch | QueryBatch, *, progress: float) -> float:
        """One step of Adam on a batch.

        Returns:
            The loss before the step (mean absolute error of normalised RGB); NaN, with the weights as they were, if the
            gradient was not finite.
        """
        for group in self.optimiser.param_groups:
            group["lr"] = self.learning_rate(progress)
        loss = self._loss(batch)
        self.optimiser.zero_grad(set_to_none=True)
        loss.backward()  # type: ignore[no-untyped-call]
        norm = torch.nn.utils.clip_grad_norm_(self.model.parameters(), self.config.clip)
        if not torch.isfinite(norm):
            return math.nan
        self.optimiser.step()
        self.step += 1
        self._average()
        return float(loss.detach())

    def _loss(self, batch: Batch | QueryBatch) -> Tensor:
        """L1 on whole patches for a heat field, on sampled pixels for LIIF and Meta-SR."""
        decoder = self.model.decoder
        inp = self.model.normalised(batch.inp.to(self.device))  # (B, 3, p, p)
        if isinstance(decoder, HeatField) and isinstance(batch, Batch):
            gt = self.model.normalised(batch.gt.to(self.device))  # (B, 3, p s, p s)
            p, q = batch.scale.numerator, batch.scale.denominator
            with torch.autocast(self.device.type, torch.bfloat16, enabled=self.bf16):
                latent = self.model.encoder(inp.contiguous(memory_format=torch.channels_last))
                field = decoder.decode_dense(latent, numerator=p, denominator=q)
            # The base stays in float32: bfloat16 would round it by more than the field can repair.
            base = F.interpolate(inp, size=gt.shape[-2:], mode="bilinear", align_corners=False)
            return F.l1_loss(base + field.float(), gt)
        if isinstance(decoder, QueryDecoder):
            coord, cell, target = self._queries(batch)
            with torch.autocast(self.device.type, torch.bfloat16, enabled=self.bf16):
                feat = self.model.encoder(inp.contiguous(memory_format=torch.channels_last))
                pred = decoder.query(decoder.unfolded(feat), coord, cell)
            return F.l1_loss(pred.float(), target)
        raise UnsupportedModel(f"the decoder '{self.config.model.decoder.name}' cannot be trained here")

    def _queries(self, batch: Batch | QueryBatch) -> tuple[Tensor, Tensor, Tensor]:
        """Coordinates, cells and normalised colours of the pixels to learn from: (B, Q, 2), (B, Q, 2), (B, Q, 3)."""
        if isinstance(batch, QueryBatch):
            target = self.model.normalised(batch.target.to(self.device))
            return batch.coord.to(self.device), batch.cell.to(self.device), target
        return self._sample_queries(self.model.normalised(batch.gt.to(self.device)))

    def _sample_queries(self, gt: Tensor) -> tuple[Tensor, Tensor, Tensor]:
        """Coordinates, cells and colours of `queries` random pixels of each patch: (B, Q, 2), (B, Q, 2), (B, Q, 3)."""
        b, _, height, width = gt.shape
        count = min(self.config.queries, height * width)
        chosen = torch.stack([torch.randperm(height * width, generator=self.query_rng)[:count] for _ in range(b)])
        chosen = chosen.to(gt.device)
        coord = make_coord((height, width)).to(gt.device)[chosen]
        cell = torch.tensor([2 / height, 2 / width], device=gt.device).expand(b, count, 2)
        target = gt.flatten(2).permute(0, 2, 1).gather(1, chosen[..., None].expand(b, count, 3))
        return coord, cell, target

    @torch.no_grad()
    def _average(self) -> None:
        """Move the averaged weights towards the current ones; faster at first, when these change most."""
        decay = min(self.config.ema, (1 + self.step) / (10 + self.step))
        averaged = [parameter.data for parameter in self.ema.parameters()]
        torch._foreach_lerp_(averaged, [parameter.data for parameter in self.model.parameters()], 1 - decay)
