"""The steps of a sitting: a batch, the trainer, and smaller parts where the device's memory is too small for it."""

from __future__ import annotations

import gc
from collections.abc import Callable
from dataclasses import replace
from types import TracebackType

import torch

from liif_core.training.batches import BatchSource
from liif_core.training.crops import Crops
from liif_core.training.distributed import Team
from liif_core.training.photo_cache import PhotoCache
from liif_core.training.trainer import BatchTooLarge, Trainer, within_memory

# Told when a batch is computed in more parts than before: how many there are now.
OnParts = Callable[[int], None]


def more_parts(batch: int, parts: int) -> int | None:
    """Into how many parts a batch is divided next, that was too large in `parts`; None if it is in its smallest.

    Twice as many where that divides the batch, else the next number that does.
    """
    if batch % (2 * parts) == 0:
        return 2 * parts
    return next((more for more in range(parts + 1, batch + 1) if batch % more == 0), None)


class Steps:
    """Takes the steps of a run from its photos. Use as a context manager.

    Memory that runs out does not end a run: its batches are computed in more parts from then on, one after the other,
    with the same result to rounding (see `TrainConfig.accumulate`). Several processes would not run out at the same
    step, so there it does.

    Args:
        photos: To learn from.
        trainer: Is trained; its configuration follows the number of parts.
        team: The processes that train together.
        kept: Says what is left of the run, for the message when memory runs out for good.
        on_parts: Told of more parts.

    Raises:
        RequestError: The batch cannot be divided among processes and parts.
        DatasetError: A photo is smaller than a patch.
    """

    def __init__(
        self, photos: PhotoCache, trainer: Trainer, *, team: Team, kept: Callable[[], str], on_parts: OnParts
    ) -> None:
        self._photos = photos
        self._trainer = trainer
        self._team = team
        self._kept = kept
        self._on_parts = on_parts
        with team.together():
            self._source = self._new_source(None)

    def __enter__(self) -> Steps:
        self._source.__enter__()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._source.__exit__(kind, error, trace)

    def wait(self) -> None:
        """Until nothing is in the way of the first step but the step itself."""
        self._source.wait()

    def take(self, progress: float) -> float:
        """One step at a share of the run; the mean loss of all processes, so that all judge it alike.

        Raises:
            TrainingError: The device's memory is too small for the smallest part.
        """
        while True:
            loss = self._tried(progress)
            if loss is not None:
                return loss
            # Here nothing holds on to the tensors of the step that failed any more.
            self._divide()

    def _tried(self, progress: float) -> float | None:
        """The loss; None if memory ran out and smaller parts are possible."""
        try:
            with within_memory(self._kept), self._team.in_touch():
                return self._team.mean(self._trainer.train_step(self._source.next(), progress=progress))
        except BatchTooLarge:
            config = self._trainer.config
            if not self._team.alone or more_parts(config.batch, config.accumulate) is None:
                raise
            return None

    def _divide(self) -> None:
        config = self._trainer.config
        parts = more_parts(config.batch, config.accumulate)
        assert parts is not None
        self._source.__exit__(None, None, None)
        self._trainer.config = replace(config, accumulate=parts)
        self._trainer.optimiser.zero_grad()
        gc.collect()
        if self._trainer.device.type == "cuda":
            torch.cuda.empty_cache()
        # Where the photos are on the device, they stay there: a second copy is what there is least room for now.
        self._source = self._new_source(self._source.crops)
        self._source.__enter__()
        self._on_parts(parts)

    def _new_source(self, crops: Crops | None) -> BatchSource:
        """What a step draws follows from its number, so that a new source gives the same batches."""
        return BatchSource(
            self._photos,
            self._trainer.config,
            device=self._trainer.device,
            rank=self._team.rank,
            world=self._team.world,
            first_step=self._trainer.step,
            crops=crops,
        )
