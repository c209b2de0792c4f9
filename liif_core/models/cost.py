"""What a model costs, counted from its layers."""

from __future__ import annotations

import copy
from dataclasses import dataclass

import torch
from torch import Tensor, nn

from liif_core.models.implicit import ImplicitModel

# Large enough that layers over the whole image (channel attention) hardly count.
_SIDE = 64


@dataclass(frozen=True, slots=True)
class ModelCost:
    """Size and work of a model.

    Attributes:
        parameters: Numbers learned.
        per_lr_pixel: Multiply-adds of the encoder for one pixel of the photo.
        per_output_pixel: Multiply-adds of the decoder for one pixel of the output.
        receptive_field: Side in photo pixels of what one output pixel depends on; None if it is the whole photo.
    """

    parameters: int
    per_lr_pixel: int
    per_output_pixel: int
    receptive_field: int | None


def cost_of(model: ImplicitModel) -> ModelCost:
    """Count a model's parameters and multiply-adds; nothing is computed."""
    parameters = sum(parameter.numel() for parameter in model.parameters())
    # Each of the latents that a query reads sees `halo` pixels beyond itself.
    reach = None if model.halo is None else 2 * model.halo + model.support
    return ModelCost(parameters, _encoder_cost(model), model.multiply_adds_per_output_pixel, reach)


def _encoder_cost(model: ImplicitModel) -> int:
    total = 0

    def count(module: nn.Module, inputs: object, output: Tensor) -> None:
        nonlocal total
        if isinstance(module, nn.Conv2d):
            total += module.weight.numel() * output.shape[-2] * output.shape[-1]

    encoder = copy.deepcopy(model.encoder).to("meta")
    for module in encoder.modules():
        if isinstance(module, nn.Conv2d):
            module.register_forward_hook(count)
    with torch.no_grad():
        encoder(torch.empty(1, 3, _SIDE, _SIDE, device="meta"))
    return round(total / _SIDE**2)
