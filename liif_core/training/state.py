"""The complete state of a run, saved atomically so that an interrupted run goes on where it was.

There is no state of random generators in it: what a step draws follows from the run's seed and the step's number.
"""

from __future__ import annotations

import pickle
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import torch

from liif_core.checkpoint.torch_file import save_torch
from liif_core.device import is_out_of_memory
from liif_core.errors import CorruptCheckpoint, OutOfMemory, RequestError
from liif_core.training.config import TrainConfig
from liif_core.training.run_options import RunTerms
from liif_core.training.trainer import Trainer

FORMAT_VERSION = 2
# The first version also held states of generators, which nothing needs any more.
READABLE_VERSIONS = (1, FORMAT_VERSION)
# What comes of a table that lacks something, or holds something else in its place.
_MALFORMED = (KeyError, IndexError, ValueError, TypeError, AttributeError)


@dataclass(frozen=True, slots=True)
class RunPosition:
    """Where a run stands beyond its weights.

    Attributes:
        elapsed_s: Seconds of training so far, all sittings together.
        launch: See `distributed.Place`.
        psnr: Of the last validation; empty if there was none.
        photos: How many there are to learn from and how many bytes, then those for validation; empty if not known.
        held_out: See `datasets.PhotoSet`; empty if not known.
        recipe: What the configuration is called, and what the run began with.
        terms: What it was told.
        changes: Settings that differ from the saved ones, each in words; found by `restore`.
    """

    elapsed_s: float
    launch: str = ""
    psnr: Mapping[str, float] = field(default_factory=dict)
    photos: tuple[int, ...] = ()
    held_out: tuple[str, ...] = ()
    recipe: str = ""
    terms: RunTerms = field(default_factory=RunTerms)
    changes: tuple[str, ...] = ()


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
        "elapsed_s": position.elapsed_s,
        "launch": position.launch,
        "psnr": dict(position.psnr),
        "photos": list(position.photos),
        "held_out": list(position.held_out),
        "recipe": position.recipe,
        "terms": position.terms.to_dict(),
    }
    save_torch(path, state)


def read_state(path: Path) -> Mapping[str, Any]:
    """A saved state, its tensors on the CPU; `restore` says whether it fits.

    Raises:
        CorruptCheckpoint: The file is damaged or no state of a run.
    """
    try:
        state = torch.load(path, map_location="cpu", weights_only=True)
    except (OSError, RuntimeError, EOFError, pickle.UnpicklingError, *_MALFORMED) as exc:
        raise CorruptCheckpoint(f"{path}: not the state of a training run, or damaged") from exc
    if not isinstance(state, dict) or "format_version" not in state:
        raise CorruptCheckpoint(f"{path}: not the state of a training run, or damaged")
    return state


def saved_recipe(state: Mapping[str, Any], *, source: Path) -> tuple[TrainConfig, RunTerms]:
    """The configuration that a state was saved with, and what the run was told.

    Raises:
        CorruptCheckpoint: They are not in it.
        RequestError: The configuration is none for this program.
    """
    try:
        return TrainConfig.from_dict(state["config"], source=str(source)), RunTerms.from_dict(state.get("terms", {}))
    except _MALFORMED as exc:
        raise CorruptCheckpoint(f"{source}: the state of the training run is incomplete or damaged") from exc


def restore(state: Mapping[str, Any], trainer: Trainer, *, source: Path) -> RunPosition:
    """Put a saved state into a trainer of the same model; its other settings may be new ones.

    Raises:
        CorruptCheckpoint: The state is incomplete or damaged.
        RequestError: It belongs to a run of another model, or to another version of this program.
        OutOfMemory: The device's memory is too small.
    """
    version = state["format_version"]
    if version not in READABLE_VERSIONS:
        raise RequestError(f"{source}: state of version {version}, this program reads {FORMAT_VERSION}")
    try:
        saved = TrainConfig.from_dict(state["config"], source=str(source))
        if saved.model != trainer.config.model:
            raise RequestError(f"{source}: this run trains another model; give it the preset it was started with")
        trainer.model.load_state_dict(state["model"])
        trainer.ema.load_state_dict(state["ema"])
        # Another optimiser has nothing to go on from, and begins anew.
        if saved.optimiser == trainer.config.optimiser:
            trainer.optimiser.load_state_dict(state["optimiser"])
        trainer.step = int(state["step"])
        return RunPosition(
            float(state["elapsed_s"]),
            str(state.get("launch", "")),
            dict(state.get("psnr", {})),
            tuple(state.get("photos", ())),
            tuple(state.get("held_out", ())),
            str(state.get("recipe", "")),
            RunTerms.from_dict(state.get("terms", {})),
            _changes(saved, trainer.config),
        )
    except (RuntimeError, *_MALFORMED) as exc:
        if is_out_of_memory(exc):
            raise OutOfMemory(f"{source}: the device's memory is too small to go on with this run") from exc
        raise CorruptCheckpoint(f"{source}: the state of the training run is incomplete or damaged") from exc


def _changes(before: TrainConfig, now: TrainConfig) -> tuple[str, ...]:
    old, new = before.to_dict()["train"], now.to_dict()["train"]
    names = [name for name in {**old, **new} if old.get(name) != new.get(name)]
    return tuple(f"{name} = {new.get(name, 'none')} (was {old.get(name, 'none')})" for name in names)
