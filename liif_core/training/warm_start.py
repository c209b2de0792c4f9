"""A run that begins with the weights of another model, as far as they fit."""

from __future__ import annotations

from pathlib import Path

import torch
from torch import nn

from liif_core.checkpoint.load import load_model
from liif_core.errors import RequestError
from liif_core.models.encoders.blocks import ResBlock
from liif_core.models.implicit import ImplicitModel

# Of the numbers of the other model; with less, what it had learned is lost.
_MOST_OF_IT = 0.5
NEARLY_NEW = "; little of that model is left by this recipe: one of its own form keeps what it has learned"


def start_from(path: Path, model: ImplicitModel) -> str:
    """Copy the weights of a model file that have the same name and shape.

    Residual blocks that the file has no weights for become the identity, so that a deeper model starts as the shallower
    one; what else is missing keeps its random initial values.

    Args:
        path: A model file of any kind.
        model: Is changed.

    Returns:
        A sentence that says how much was copied.

    Raises:
        RequestError: Nothing fits, or the other model takes pixel values of another range.
        CorruptCheckpoint: The file is damaged or no model file.
        UnsupportedModel: It holds a model unknown here.
    """
    other, _ = load_model(path)
    if other.spec.norm != model.spec.norm:
        raise RequestError(f"{path}: cannot start from it: this model takes pixel values of another mean or range")
    own, given = model.state_dict(), other.state_dict()
    fitting = {name: value for name, value in given.items() if name in own and own[name].shape == value.shape}
    if not fitting:
        raise RequestError(
            f"{path}: none of its {len(given)} tensors has the name and the shape of one of this model "
            f"({model.spec.encoder.name} with {model.spec.decoder.name})"
        )
    model.load_state_dict(own | fitting)
    new = [block for name, block in _residual_blocks(model) if not any(key.startswith(name) for key in fitting)]
    for block in new:
        _make_identity(block)
    begin = "1 new residual block begins" if len(new) == 1 else f"{len(new)} new residual blocks begin"
    identities = f"; {begin} as the identity" if new else ""
    numbers, copied = (sum(value.numel() for value in table.values()) for table in (given, fitting))
    warning = NEARLY_NEW if copied < _MOST_OF_IT * numbers else ""
    return f"starts from {path}: {len(fitting)} of {len(own)} tensors fit{identities}{warning}"


def _residual_blocks(model: ImplicitModel) -> list[tuple[str, ResBlock]]:
    return [(f"{name}.", module) for name, module in model.named_modules() if isinstance(module, ResBlock)]


@torch.no_grad()
def _make_identity(block: ResBlock) -> None:
    """Zero the last convolution of the residual: x + 0, with gradients that are not 0."""
    last = [module for module in block.body if isinstance(module, nn.Conv2d)][-1]
    for parameter in last.parameters():
        parameter.zero_()
