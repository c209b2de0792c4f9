"""Which weights Muon moves and how far, and that the rest is Adam's."""

from __future__ import annotations

from dataclasses import replace

import pytest
import torch
from torch import Tensor, nn

from liif_core.cli.presets import preset_config
from liif_core.models.build import build_model
from liif_core.training.optimisers import WeightOptimiser, hidden_weights
from tests.training.configs import MakeConfig

pytestmark = pytest.mark.usefixtures("one_thread")

LEARNING_RATE = 1e-2


class Layers(nn.Module):
    """Layers of every kind: first, hidden, last, and a table of numbers that is no layer's."""

    def __init__(self) -> None:
        super().__init__()
        with torch.random.fork_rng(devices=[]):
            torch.manual_seed(3)
            self.first = nn.Conv2d(3, 8, 3)
            self.hidden = nn.Conv2d(8, 12, 3)
            self.linear = nn.Linear(12, 16)
            self.last = nn.Linear(16, 3)
            self.table = nn.Parameter(torch.randn(8, 8))

    def give_gradients(self, *, seed: int = 0) -> None:
        generator = torch.Generator().manual_seed(seed)
        for weight in self.parameters():
            weight.grad = torch.randn(weight.shape, generator=generator)


def stepped(
    model: Layers, make: MakeConfig, *, optimiser: str = "muon", steps: int = 1, weight_decay: float = 0.0
) -> dict[str, Tensor]:
    """How far each weight moved in some steps."""
    before = {name: value.clone() for name, value in model.state_dict().items()}
    moving = WeightOptimiser(model, make(optimiser=optimiser, weight_decay=weight_decay))
    for step in range(steps):
        moving.zero_grad()
        model.give_gradients(seed=step)
        moving.step(LEARNING_RATE)
    return {name: value - before[name] for name, value in model.state_dict().items()}


@pytest.mark.parametrize("preset", ["fast", "quality-liif", "paper-rdn-liif"])
def test_layers_that_read_or_write_colours_are_no_hidden_ones(preset: str) -> None:
    model = build_model(preset_config(preset).model)
    names = {id(weight): name for name, weight in model.named_parameters()}
    hidden = {names[id(weight)] for weight in hidden_weights(model)}
    first = {"fast": "encoder.stem", "quality-liif": "encoder.head.0", "paper-rdn-liif": "encoder.SFENet1"}[preset]
    others = {name for name, weight in model.named_parameters() if weight.ndim > 1} - hidden
    last = "decoder.imnet.layers.8.weight"
    decoder = {"decoder.frequencies", "decoder.coef"} if preset == "fast" else {last}
    assert others == {f"{first}.weight"} | decoder


def test_hidden_weights_move_alike_in_all_directions(heat_config: MakeConfig) -> None:
    moved = stepped(Layers(), heat_config)
    for name in ("hidden", "linear"):
        change = moved[f"{name}.weight"].flatten(1)
        length = LEARNING_RATE * 0.2 * max(change.shape) ** 0.5
        singular = torch.linalg.svdvals(change) / length
        # Muon's iteration is a rough one: it ends with values about 1.
        assert singular.min() > 0.4 and singular.max() < 1.4


def test_weight_decay_makes_hidden_weights_smaller_and_no_others(heat_config: MakeConfig) -> None:
    plain, decayed = Layers(), Layers()
    moved, less = stepped(plain, heat_config), stepped(decayed, heat_config, weight_decay=0.25)
    hidden = {"hidden.weight", "linear.weight"}
    assert {name for name in moved if not torch.equal(moved[name], less[name])} == hidden
    for name in hidden:
        before = Layers().state_dict()[name]
        torch.testing.assert_close(less[name] - moved[name], -0.25 * LEARNING_RATE * before, rtol=1e-3, atol=1e-6)


def test_weight_decay_bounds_weights_that_noise_moves(heat_config: MakeConfig) -> None:
    """Steps as long as any other in directions that mean nothing: without decay the weights grow and grow."""
    plain, decayed = Layers(), Layers()
    stepped(plain, heat_config, steps=400)
    stepped(decayed, heat_config, weight_decay=0.5, steps=400)
    before, grown, held = (float(layers.hidden.weight.detach().norm()) for layers in (Layers(), plain, decayed))
    assert grown > 2 * before and held < 0.7 * grown


@pytest.mark.parametrize("steps", [1, 4])
def test_all_other_weights_are_those_of_adam(steps: int, heat_config: MakeConfig) -> None:
    muon = stepped(Layers(), heat_config, steps=steps)
    adam = stepped(Layers(), heat_config, optimiser="adam", steps=steps)
    hidden = {"hidden.weight", "linear.weight"}
    assert {name for name in muon if not torch.equal(muon[name], adam[name])} == hidden


def test_adam_alone_is_that_of_torch(heat_config: MakeConfig) -> None:
    ours, theirs = Layers(), Layers()
    moved = stepped(ours, heat_config, optimiser="adam", steps=3)
    before = {name: value.clone() for name, value in theirs.state_dict().items()}
    adam = torch.optim.Adam(theirs.parameters(), lr=LEARNING_RATE, fused=True)
    for step in range(3):
        theirs.give_gradients(seed=step)
        adam.step()
    assert all(torch.equal(value - before[name], moved[name]) for name, value in theirs.state_dict().items())


@pytest.mark.parametrize("weights_last", [False, True])
@pytest.mark.parametrize("gradients_last", [False, True])
def test_order_of_memory_changes_nothing(weights_last: bool, gradients_last: bool, heat_config: MakeConfig) -> None:
    """Also where gradients have another than their weights, as those of several processes may."""
    orders = {False: torch.contiguous_format, True: torch.channels_last}
    expected = stepped(Layers(), heat_config)
    model = Layers()
    model.hidden.to(memory_format=orders[weights_last])  # type: ignore[call-overload]  # missing in the stubs
    model.give_gradients()
    gradient = model.hidden.weight.grad
    assert gradient is not None
    model.hidden.weight.grad = gradient.contiguous(memory_format=orders[gradients_last])
    before = model.hidden.weight.detach().clone()
    WeightOptimiser(model, heat_config(optimiser="muon")).step(LEARNING_RATE)
    moved = model.hidden.weight.detach() - before
    # The sums of a product are taken in another order.
    torch.testing.assert_close(moved, expected["hidden.weight"], rtol=0.05, atol=5e-4)


def test_other_optimiser_has_nothing_of_muon(heat_config: MakeConfig) -> None:
    config = heat_config()
    model = Layers()
    assert set(WeightOptimiser(model, config).state_dict()) == {"state", "param_groups"}
    assert set(WeightOptimiser(model, replace(config, optimiser="muon")).state_dict()) == {"adam", "muon"}
