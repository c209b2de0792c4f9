"""Muon, for all weights of one shape at once.

torch's own goes through the weights one after the other, some thirty small operations for each. They cost a graphics
card more to begin than to do, and where threads share busy processors, each of them waits for the slowest.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from typing import Any

import torch
from torch import Tensor

MOMENTUM = 0.95
# Of the quintic iteration, for the steepest slope at 0 (Jordan et al., 2024).
_A, _B, _C = 3.4445, -4.7750, 2.0315
_ITERATIONS = 5
_SMALLEST_NORM = 1e-7
# Root mean square of Adam's steps, in learning rates: so that one rate suits both (Liu et al., arXiv 2502.16982).
_LIKE_ADAM = 0.2

# The next momentum of a stack of matrices, and the orthogonal matrices to move them by: (n, rows, columns) each.
Direction = tuple[Tensor, Tensor]


class Muon:
    """Moves weights by orthogonal matrices (Jordan et al., "Muon: An optimizer for hidden layers", 2024).

    As `torch.optim.Muon` with Nesterov's momentum and the scale "match_rms_adamw", whose states it reads.

    Args:
        weights: With two or four dimensions, the first of which counts outputs. Their order is that of the state.
        weight_decay: What weights lose of themselves each step, in learning rates.
    """

    def __init__(self, weights: Sequence[Tensor], *, weight_decay: float) -> None:
        self._weight_decay = weight_decay
        matrices = [as_matrix(weight.detach(), weight) for weight in weights]
        shapes = dict.fromkeys(matrix.shape for matrix in matrices)
        self._stacks = [
            _Stack(
                [index for index, matrix in enumerate(matrices) if matrix.shape == shape],
                [weight for weight, matrix in zip(weights, matrices, strict=True) if matrix.shape == shape],
                [matrix for matrix in matrices if matrix.shape == shape],
            )
            for shape in shapes
        ]

    @torch.no_grad()
    def directions(self) -> Sequence[Direction]:
        """Where the next step goes; each weight has a gradient. Nothing is changed yet, as memory may run out here."""
        return [stack.direction() for stack in self._stacks]

    @torch.no_grad()
    def move(self, directions: Sequence[Direction], learning_rate: float) -> None:
        """Move all weights."""
        for stack, direction in zip(self._stacks, directions, strict=True):
            stack.move(direction, learning_rate, weight_decay=self._weight_decay)

    def state_dict(self) -> dict[str, Any]:
        """The momenta by the weights' numbers, in the form of torch's own."""
        momenta = {
            index: momentum
            for stack in self._stacks
            for index, momentum in zip(stack.indices, stack.momentum, strict=True)
        }
        return {"state": {index: {"momentum_buffer": momenta[index].clone()} for index in sorted(momenta)}}

    def load_state_dict(self, state: Mapping[str, Any]) -> None:
        """Go on from a state of as many weights of the same shapes.

        Raises:
            KeyError: A momentum is missing. It may also be any other error that malformed tables cause.
        """
        # Nothing is kept of weights that were not moved yet.
        for stack in self._stacks if state["state"] else ():
            for index, momentum in zip(stack.indices, stack.momentum, strict=True):
                saved = state["state"][index]["momentum_buffer"]
                if saved.shape != momentum.shape:
                    raise ValueError(f"the momentum {index} is {tuple(saved.shape)}, not {tuple(momentum.shape)}")
                momentum.copy_(saved)


class _Stack:
    """Weights whose matrices have one shape.

    Args:
        indices: Among all weights.
        weights: These.
        matrices: Views of them.
    """

    def __init__(self, indices: Sequence[int], weights: Sequence[Tensor], matrices: Sequence[Tensor]) -> None:
        self.indices = indices
        self.momentum = torch.zeros_like(torch.stack(list(matrices)))
        self._weights = weights
        self._matrices = list(matrices)

    def direction(self) -> Direction:
        gradients = torch.stack([_gradient_of(weight) for weight in self._weights])
        momentum = self.momentum.lerp(gradients, 1 - MOMENTUM)
        return momentum, orthogonalised(gradients.lerp(momentum, MOMENTUM)).to(gradients.dtype)

    def move(self, direction: Direction, learning_rate: float, *, weight_decay: float) -> None:
        self.momentum, matrices = direction
        length = learning_rate * _LIKE_ADAM * math.sqrt(max(matrices.shape[1:]))
        torch._foreach_mul_(self._matrices, 1 - learning_rate * weight_decay)
        torch._foreach_add_(self._matrices, list(matrices), alpha=-length)


def orthogonalised(matrices: Tensor) -> Tensor:
    """The nearest orthogonal matrices, roughly: all singular values become about 1.

    Newton-Schulz iteration in bfloat16, which a direction need not be more exact than (Jordan et al., 2024).

    Args:
        matrices: float32 (n, rows, columns).

    Returns:
        bfloat16 of the same shape.
    """
    tall = matrices.shape[1] > matrices.shape[2]
    x = matrices.bfloat16()
    x = x.mT if tall else x
    x = x / torch.linalg.vector_norm(x, dim=(1, 2), keepdim=True).clamp(min=_SMALLEST_NORM)
    for _ in range(_ITERATIONS):
        gram = x @ x.mT
        x = torch.baddbmm(x, torch.baddbmm(gram, gram, gram, beta=_B, alpha=_C), x, beta=_A)
    return x.mT if tall else x


def as_matrix(values: Tensor, weight: Tensor) -> Tensor:
    """A weight's values or its gradient as (outputs, inputs).

    Columns are in the order of the weight's memory, which changes nothing for Muon, so that its values are a view.

    Args:
        values: (outputs, inputs), or (outputs, inputs, y, x) of a convolution.
        weight: Of the same shape, contiguous or channels last.
    """
    if weight.ndim == 4 and weight.is_contiguous(memory_format=torch.channels_last):
        values = values.permute(0, 2, 3, 1)
    return values.flatten(1)


def _gradient_of(weight: Tensor) -> Tensor:
    assert weight.grad is not None, "every weight was part of the loss"
    return as_matrix(weight.grad, weight)
