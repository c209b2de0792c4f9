"""The complete state of a run, saved atomically so that an interrupted run goes on where it was."""

from __future__ import annotations

import pickle
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import torch

from liif_core.checkpoint.torch_file import save_torch
from liif_core.errors import CorruptCheckpoint, RequestError
from liif_core.training.config import TrainConfig
from liif_core.training.trainer import Trainer

FORMAT_VERSION = 1
# What comes of a table that lacks something, or holds something else in its place.
_MALFORMED = (KeyError, IndexError, ValueError, TypeError, AttributeError)


@dataclass(frozen=True, slots=True)
class RunPosition:
    """Where a run stands beyond its weights.

    Attributes:
        elapsed_s: Seconds of training so far, all sittings together.
        batch_rng: State of the generator that draws batches.
        best_psnr: Best validation PSNR so far in dB.
    """

    elapsed_s: float
    batch_rng: Any
    best_psnr: float


def save_state(path: Path, trainer: Trainer, position: RunPosition) -> None:
    """Write the complete state.

    Raises:
        OSError: It cannot be written; the last good state is untouched.
    """
    state = {
        "format_version": FORMAT_VERSION,
        "config": trainer.config.to_dict(),
        "model": trainer.model.state_dict(),
        "ema": trainer.ema.state_dict(),
        "optimiser": trainer.optimiser.state_dict(),
        "step": trainer.step,
        "query_rng": trainer.query_rng.get_state(),
        "elapsed_s": position.elapsed_s,
        "batch_rng": position.batch_rng,
        "best_psnr": position.best_psnr,
    }
    save_torch(path, state)


def load_state(path: Path, trainer: Trainer) -> RunPosition:
    """Put a saved state into a trainer of the same configuration.

    Raises:
        CorruptCheckpoint: The file is damaged or no state of a run.
        RequestError: It belongs to a run of another configuration.
    """
    try:
        state = torch.load(path, map_location=trainer.device, weights_only=True)
        saved = TrainConfig.from_dict(state["config"], source=str(path))
        version = state["format_version"]
    except (OSError, RuntimeError, EOFError, pickle.UnpicklingError, *_MALFORMED) as exc:
        raise CorruptCheckpoint(f"{path}: not the state of a training run, or damaged") from exc
    if version != FORMAT_VERSION:
        raise RequestError(f"{path}: state of version {version}, this program reads {FORMAT_VERSION}")
    if saved.model != trainer.config.model:
        raise RequestError(f"{path}: this run trains another model; give it the preset it was started with")
    try:
        trainer.model.load_state_dict(state["model"])
        trainer.ema.load_state_dict(state["ema"])
        trainer.optimiser.load_state_dict(state["optimiser"])
        trainer.query_rng.set_state(state["query_rng"].cpu())
        trainer.step = state["step"]
        return RunPosition(state["elapsed_s"], state["batch_rng"], state["best_psnr"])
    except (RuntimeError, *_MALFORMED) as exc:
        raise CorruptCheckpoint(f"{path}: the state of the training run is incomplete or damaged") from exc
