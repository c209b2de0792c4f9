"""Runs of tiny models, to their end or to an early stop, and what they leave."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import pytest
import torch

from liif_core.cancel import CancelToken
from liif_core.errors import Cancelled
from liif_core.training.config import TrainConfig
from liif_core.training.distributed import Team
from liif_core.training.events import TrainEvent
from liif_core.training.run_files import MODEL_FILE, STATE_FILE
from liif_core.training.run_options import RunOptions
from liif_core.training.samples import Batch, QueryBatch
from liif_core.training.session import TrainingSession
from liif_core.training.trainer import Trainer


def run(config: TrainConfig, data: Path, out: Path, *, team: Team | None = None, **options: Any) -> list[TrainEvent]:
    """A run to its end; its events."""
    events: list[TrainEvent] = []
    path = TrainingSession(config, RunOptions(data, out, device="cpu", **options), events.append, team=team).run()
    assert path == out / MODEL_FILE
    return events


def run_until(
    step: int, config: TrainConfig, data: Path, out: Path, *, team: Team | None = None, **options: Any
) -> None:
    """A run that is asked to stop after `step` steps."""
    token = CancelToken()

    def on_event(event: TrainEvent) -> None:
        if event.kind == "step" and event.step == step:
            token.cancel()

    asked = RunOptions(data, out, device="cpu", **options)
    with pytest.raises(Cancelled):
        TrainingSession(config, asked, on_event, cancel=token, team=team).run()


def saved_state(out: Path) -> dict[str, Any]:
    loaded: dict[str, Any] = torch.load(out / STATE_FILE, weights_only=True)
    return loaded


def flattened(value: Any, name: str = "") -> dict[str, Any]:
    """Every tensor and number in nested tables and lists, by its place."""
    if isinstance(value, dict):
        return {k: v for key, item in value.items() for k, v in flattened(item, f"{name}.{key}").items()}
    if isinstance(value, list | tuple):
        return {k: v for index, item in enumerate(value) for k, v in flattened(item, f"{name}.{index}").items()}
    return {name: value}


def assert_same_state(first: Path, second: Path) -> None:
    """Two runs have ended in the same place, bit for bit, but for the time they took."""
    one, other = flattened(saved_state(first)), flattened(saved_state(second))
    assert one.keys() == other.keys()
    assert sum(isinstance(value, torch.Tensor) for value in one.values()) > 20
    for name in one.keys() - {".elapsed_s"}:
        same = torch.equal(one[name], other[name]) if isinstance(one[name], torch.Tensor) else one[name] == other[name]
        assert same, name


def stepping(loss: Callable[[int], float]) -> Callable[..., float]:
    """A training step that does nothing but count and return the loss of its number."""

    def train_step(trainer: Trainer, batches: Sequence[Batch | QueryBatch], *, progress: float) -> float:
        trainer.step += 1
        return loss(trainer.step)

    return train_step
