"""Contents of published checkpoints, as files."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import torch

from tests.golden import make_golden


def combination(encoder: str, model: str, flags: Mapping[str, bool] | None = None) -> dict[str, Any]:
    """The content of a checkpoint of any published encoder and model."""
    spec = make_golden.official_spec(flags or {}, encoder, model)
    state = make_golden.official_state(flags or {}, encoder, model)
    return {"model": {**spec, "sd": {name: torch.from_numpy(array) for name, array in state.items()}}, "epoch": 3}


def saved(path: Path, stored: object) -> Path:
    torch.save(stored, path)
    return path
