"""Loading weights into a model with nothing missing, nothing left over and nothing of another shape."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

import torch
from torch import Tensor, nn

from liif_core.errors import CorruptCheckpoint


def load_strictly(model: nn.Module, weights: Mapping[str, Tensor], *, path: Path) -> None:
    """Copy `weights` into `model`.

    Raises:
        CorruptCheckpoint: A key is missing, unknown, of another shape or holds numbers that are not finite; the message
            names the key, what was expected and what was found.
    """
    expected = model.state_dict()
    missing = sorted(set(expected) - set(weights))
    if missing:
        raise CorruptCheckpoint(
            f"{path}: the weights '{missing[0]}' are missing ({len(missing)} of {len(expected)} in all)"
        )
    extra = sorted(set(weights) - set(expected))
    if extra:
        raise CorruptCheckpoint(
            f"{path}: the weights '{extra[0]}' belong to no part of the model ({len(extra)} in all)"
        )
    for key, tensor in weights.items():
        if tensor.shape != expected[key].shape:
            raise CorruptCheckpoint(
                f"{path}: the weights '{key}' have the shape {tuple(tensor.shape)}, "
                f"expected {tuple(expected[key].shape)}"
            )
        if not torch.isfinite(tensor).all():
            raise CorruptCheckpoint(f"{path}: the weights '{key}' hold numbers that are not finite")
    model.load_state_dict(dict(weights))
