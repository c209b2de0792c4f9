"""Muon on stacks of weights: that of torch on each of them, and its states."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import pytest
import torch
from torch import Tensor

from liif_core.training.muon import Muon, as_matrix, orthogonalised

pytestmark = pytest.mark.usefixtures("one_thread")

LEARNING_RATE, WEIGHT_DECAY = 1e-2, 0.1
# Wide, tall, square and convolutions; two shapes are there twice, and not one after the other.
SHAPES = ((8, 20), (20, 8), (6, 4, 3, 3), (8, 20), (12, 12), (6, 4, 3, 3))


def weights_of(seed: int = 1, *, order: torch.memory_format = torch.contiguous_format) -> list[Tensor]:
    generator = torch.Generator().manual_seed(seed)
    drawn = [torch.randn(shape, generator=generator) for shape in SHAPES]
    return [each.contiguous(memory_format=order) if each.ndim == 4 else each for each in drawn]


def give_gradients(weights: Sequence[Tensor], *, seed: int) -> None:
    generator = torch.Generator().manual_seed(100 + seed)
    for weight, shape in zip(weights, SHAPES, strict=True):
        weight.grad = torch.randn(shape, generator=generator).reshape(weight.shape)


def torchs(weights: Sequence[Tensor]) -> torch.optim.Muon:
    return torch.optim.Muon(list(weights), lr=LEARNING_RATE, weight_decay=WEIGHT_DECAY, adjust_lr_fn="match_rms_adamw")


def ours(weights: Sequence[Tensor]) -> Muon:
    return Muon(weights, weight_decay=WEIGHT_DECAY)


def moved_by_torch(seeds: Sequence[int]) -> tuple[list[Tensor], dict[str, Any]]:
    """Matrices after some steps, and the state."""
    matrices = [torch.nn.Parameter(weight.flatten(1)) for weight in weights_of()]
    optimiser = torchs(matrices)
    for seed in seeds:
        give_gradients(matrices, seed=seed)
        optimiser.step()
    return [matrix.detach() for matrix in matrices], optimiser.state_dict()


@pytest.mark.parametrize("order", [torch.contiguous_format, torch.channels_last], ids=str)
def test_stacks_move_as_their_weights_do_one_by_one(order: torch.memory_format) -> None:
    weights = weights_of(order=order)
    optimiser = ours(weights)
    for seed in range(3):
        give_gradients(weights, seed=seed)
        optimiser.move(optimiser.directions(), LEARNING_RATE)
    expected, _ = moved_by_torch(range(3))
    for weight, other, before in zip(weights, expected, weights_of(), strict=True):
        step = float((other - before.flatten(1)).abs().max())
        # The columns of a product may be summed in another order, in bfloat16.
        torch.testing.assert_close(weight.flatten(1), other, rtol=0, atol=0.02 * step)


def test_state_of_torch_is_gone_on_from() -> None:
    matrices, state = moved_by_torch(range(2))
    weights = [matrix.clone().reshape(shape) for matrix, shape in zip(matrices, SHAPES, strict=True)]
    optimiser = ours(weights)
    optimiser.load_state_dict(state)
    give_gradients(weights, seed=2)
    optimiser.move(optimiser.directions(), LEARNING_RATE)
    expected, _ = moved_by_torch(range(3))
    for weight, other in zip(weights, expected, strict=True):
        torch.testing.assert_close(weight.flatten(1), other, rtol=0, atol=1e-3)


def test_resumed_steps_are_the_same_to_the_bit() -> None:
    through, halved = weights_of(), weights_of()
    one, first = ours(through), ours(halved)
    for seed in range(2):
        for optimiser, weights in ((one, through), (first, halved)):
            give_gradients(weights, seed=seed)
            optimiser.move(optimiser.directions(), LEARNING_RATE)
    state = first.state_dict()
    again = ours(halved)
    again.load_state_dict(state)
    # The state is a copy: nothing of what is done to it afterwards reaches the optimiser, nor the other way round.
    for momentum in state["state"].values():
        momentum["momentum_buffer"].zero_()
    for optimiser, weights in ((one, through), (again, halved)):
        give_gradients(weights, seed=2)
        optimiser.move(optimiser.directions(), LEARNING_RATE)
    assert all(torch.equal(a, b) for a, b in zip(through, halved, strict=True))


def test_state_before_the_first_step_may_be_empty() -> None:
    weights, untouched = weights_of(), weights_of()
    optimiser = ours(weights)
    optimiser.load_state_dict({"state": {}, "param_groups": []})
    other = ours(untouched)
    for each, moved in ((optimiser, weights), (other, untouched)):
        give_gradients(moved, seed=0)
        each.move(each.directions(), LEARNING_RATE)
    assert all(torch.equal(a, b) for a, b in zip(weights, untouched, strict=True))


@pytest.mark.parametrize("broken", ["missing", "shape", "table"])
def test_state_of_other_weights_is_refused(broken: str) -> None:
    optimiser = ours(weights_of())
    state = optimiser.state_dict()
    if broken == "missing":
        del state["state"][3]
    elif broken == "shape":
        state["state"][3]["momentum_buffer"] = torch.zeros(20)
    else:
        state["state"][3] = {}
    with pytest.raises((KeyError, ValueError)):
        optimiser.load_state_dict(state)


@pytest.mark.parametrize("shape", [(3, 8, 24), (3, 24, 8), (1, 10, 10)])
def test_orthogonalised_matrices_have_singular_values_about_one(shape: tuple[int, int, int]) -> None:
    matrices = torch.randn(shape, generator=torch.Generator().manual_seed(4))
    # However long they are.
    matrices = matrices * torch.tensor([1e-6, 1.0, 1e6])[: shape[0], None, None]
    result = orthogonalised(matrices).float()
    singular = torch.linalg.svdvals(result)
    assert singular.min() > 0.1 and singular.max() < 1.4
    assert singular.median() > 0.6
    # In the same directions: what is symmetric in theory is so here to rounding.
    product = result @ matrices.mT
    assert ((product - product.mT).norm() / product.norm()) < 0.1


def test_nothing_becomes_of_no_gradient() -> None:
    assert torch.equal(orthogonalised(torch.zeros(2, 3, 5)), torch.zeros(2, 3, 5, dtype=torch.bfloat16))


def test_matrix_of_a_weight_shares_its_memory() -> None:
    for order in (torch.contiguous_format, torch.channels_last):
        weight = torch.zeros(5, 4, 3, 3).contiguous(memory_format=order)
        as_matrix(weight, weight)[2, 7] = 1
        assert weight.sum() == 1, order
