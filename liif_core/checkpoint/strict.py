"""Loading weights into a model with nothing missing, nothing left over and nothing of another shape."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from pathlib import Path

import torch
from torch import Tensor, nn

from liif_core.errors import CorruptCheckpoint


def load_strictly(
    model: nn.Module, weights: Mapping[str, Tensor], *, path: Path, name_of: Callable[[str], str] = lambda key: key
) -> None:
    """Copy `weights` into `model`, converted to its dtype.

    Args:
        model: On the CPU.
        weights: By the model's own names.
        path: Of the file they come from, for messages.
        name_of: From a name in the model to the name in the file, for messages.

    Raises:
        CorruptCheckpoint: A key is missing, unknown, of another shape or holds numbers that are not finite; the message
            names the key, what was expected and what was found. So do tensors that are not plain floating-point ones.
    """
    expected = model.state_dict()
    missing = sorted(set(expected) - set(weights))
    if missing:
        raise CorruptCheckpoint(
            f"{path}: the weights '{name_of(missing[0])}' are missing ({len(missing)} of {len(expected)} in all)"
        )
    extra = sorted(set(weights) - set(expected))
    if extra:
        raise CorruptCheckpoint(
            f"{path}: the weights '{name_of(extra[0])}' belong to no part of the model ({len(extra)} in all)"
        )
    for key, tensor in weights.items():
        name = name_of(key)
        if tensor.layout != torch.strided or tensor.device.type != "cpu" or not tensor.is_floating_point():
            raise CorruptCheckpoint(f"{path}: the weights '{name}' are no plain floating-point numbers")
        if tensor.shape != expected[key].shape:
            raise CorruptCheckpoint(
                f"{path}: the weights '{name}' have the shape {tuple(tensor.shape)}, "
                f"expected {tuple(expected[key].shape)}"
            )
        try:
            # As the model will have them: large doubles overflow, and of types with 8 bits torch cannot be asked.
            is_finite = bool(torch.isfinite(tensor.to(expected[key].dtype)).all())
        except NotImplementedError as exc:
            raise CorruptCheckpoint(f"{path}: the weights '{name}' are of the type {tensor.dtype}") from exc
        if not is_finite:
            raise CorruptCheckpoint(f"{path}: the weights '{name}' hold numbers that are not finite")
    model.load_state_dict(dict(weights))
