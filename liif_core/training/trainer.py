"""One training step. Reads from top to bottom."""

from __future__ import annotations

import contextlib
import math
from collections.abc import Callable, Iterator, Sequence

import torch
from torch import Tensor, nn

from liif_core.device import held_by, is_out_of_memory, tf32
from liif_core.errors import TrainingError
from liif_core.models.build import build_model
from liif_core.models.decoders.heat_field import HeatField
from liif_core.training import schedule
from liif_core.training.config import TrainConfig
from liif_core.training.objective import Objective
from liif_core.training.optimisers import WeightOptimiser
from liif_core.training.samples import Batch, QueryBatch


class BatchTooLarge(TrainingError):
    """The device's memory is too small for the batch at once."""


@contextlib.contextmanager
def within_memory(kept: Callable[[], str] = lambda: "") -> Iterator[None]:
    """Training steps; memory that runs out ends them in one sentence, and with what is `kept`.

    Raises:
        BatchTooLarge: It did.
    """
    try:
        yield
    except (RuntimeError, MemoryError) as exc:
        if not is_out_of_memory(exc):
            raise
        what = "the device's memory is too small for this batch: raise 'accumulate' or lower 'batch' in the recipe"
        raise BatchTooLarge("; ".join(filter(None, (what, kept())))) from exc


class Trainer:
    """The model, its optimiser and the running average of its weights.

    Args:
        config: Of the run.
        device: That trains.
        bf16: Whether products run in bfloat16.

    Attributes:
        config: Of the run.
        device: That trains.
        model: Being trained.
        ema: Its running average, which is what ships.
        optimiser: Moves the model's weights.
        step: Steps done.

    Raises:
        UnsupportedModel: The model cannot be built, or not be trained.
        DeviceError: The device has no room for it.
    """

    def __init__(self, config: TrainConfig, *, device: torch.device, bf16: bool) -> None:
        self.config = config
        self.device = device
        self.step = 0
        # The process' own generator belongs to whoever runs this.
        with torch.random.fork_rng(devices=[]):
            torch.manual_seed(config.seed)
            self.model = held_by(device, build_model(config.model)).train()
            self.ema = held_by(device, build_model(config.model))
        for model in (self.model, self.ema):
            # Of both, or the average would be moved weight by weight.
            model.encoder.to(memory_format=torch.channels_last)  # type: ignore[call-overload]  # missing in the stubs
        self.ema.load_state_dict(self.model.state_dict())
        if isinstance(self.ema.decoder, HeatField):
            # As the file of the model will, so that what is measured and shown is what ships.
            self.ema.decoder.keep_to(config.trained_scales[1])
        self.optimiser = WeightOptimiser(self.model, config)
        self._objective: nn.Module = Objective(self.model, config, bf16=bf16)

    def share_gradients(self, wrap: Callable[[nn.Module], nn.Module]) -> None:
        """Put something around the `Objective` that averages its gradients over several processes."""
        self._objective = wrap(self._objective)

    def learning_rate(self, progress: float) -> float:
        """The rate at `progress` in [0, 1] of the run."""
        return schedule.learning_rate(self.config, step=self.step, progress=progress)

    def train_step(self, batches: Sequence[Batch | QueryBatch], *, progress: float) -> float:
        """One step along the mean gradient of some batches of one size.

        Args:
            batches: On the training device, computed one after the other.
            progress: Share of the run that is over.

        Returns:
            The objective before the step, of this process' batches; NaN, with the weights as they were, if the gradient
            was not finite.
        """
        self.optimiser.zero_grad()
        losses = [self._add_gradient(batch, count=len(batches), last=batch is batches[-1]) for batch in batches]
        norm = torch.nn.utils.clip_grad_norm_(self.model.parameters(), self.config.clip)
        # The only time a step that the device is waited for.
        finite, loss = torch.stack([norm.isfinite().float(), torch.stack(losses).sum()]).tolist()
        if not finite:
            return math.nan
        self.optimiser.step(self.learning_rate(progress))
        self.step += 1
        self._average()
        return float(loss)

    def _add_gradient(self, batch: Batch | QueryBatch, *, count: int, last: bool) -> Tensor:
        """Add the gradient of one of `count` batches to the others'; its share of the objective, detached."""
        postpone = None if last else getattr(self._objective, "no_sync", None)
        # Processes exchange their gradients once, with the last batch.
        # What patches are resized with (`resizing`) stays exact: it is outside of this.
        with postpone() if postpone is not None else contextlib.nullcontext(), tf32(self.device):
            loss: Tensor = self._objective(batch) / count
            loss.backward()  # type: ignore[no-untyped-call]
        return loss.detach()

    @torch.no_grad()
    def _average(self) -> None:
        """Move the averaged weights towards the current ones; faster at first, when these change most."""
        decay = min(self.config.ema, (1 + self.step) / (10 + self.step))
        averaged = [parameter.data for parameter in self.ema.parameters()]
        torch._foreach_lerp_(averaged, [parameter.data for parameter in self.model.parameters()], 1 - decay)
