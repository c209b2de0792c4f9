"""What moves the weights: Adam, or Muon for the matrices of hidden layers and Adam for the rest."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any, cast

import torch
from torch import nn

from liif_core.training.config import TrainConfig
from liif_core.training.muon import Muon

# Channels of a picture. Layers that read or write them are no hidden ones.
_COLOURS = 3


class WeightOptimiser:
    """Takes the steps of a model's weights along their gradients.

    With `TrainConfig.optimiser` "muon", the weights of hidden layers move by orthogonal matrices (Muon; Jordan et al.,
    "Muon: An optimizer for hidden layers in neural networks", 2024, with the scale of Liu et al., arXiv 2502.16982,
    section 2.2): every direction that a layer could change in is changed alike, while Adam follows the few that the
    gradient is largest in. A convolution's matrix has a row for each output channel. All other weights, and with "adam"
    all, are Adam's.

    Args:
        model: On the training device, in its final order of memory.
        config: Of the run.

    Attributes:
        learning_rate: Of the last step.
    """

    def __init__(self, model: nn.Module, config: TrainConfig) -> None:
        hidden = list(hidden_weights(model)) if config.optimiser == "muon" else []
        chosen = {id(weight) for weight in hidden}
        rest = [weight for weight in model.parameters() if id(weight) not in chosen]
        self._weights = list(model.parameters())
        self._adam = torch.optim.Adam(rest, lr=config.learning_rate, fused=True)
        self._muon = Muon(hidden, weight_decay=config.weight_decay) if hidden else None
        self.learning_rate = config.learning_rate

    def zero_grad(self) -> None:
        """Forget the gradients, and free their memory."""
        for weight in self._weights:
            weight.grad = None

    def step(self, learning_rate: float) -> None:
        """Take one step; Muon's are scaled to the size of Adam's, so that one rate suits both."""
        self.learning_rate = learning_rate
        for group in self._adam.param_groups:
            group["lr"] = learning_rate
        # Before any weight is moved: where memory runs out, the step is taken again.
        directions = self._muon.directions() if self._muon is not None else ()
        try:
            self._adam.step()
        except RuntimeError:
            self._forget_unfinished()
            raise
        if self._muon is not None:
            self._muon.move(directions, learning_rate)

    def _forget_unfinished(self) -> None:
        """Let the next step begin anew with weights that memory ran out for between the first numbers kept of them.

        torch takes whatever there is of a weight for all.
        """
        for weight in [weight for weight, kept in self._adam.state.items() if "exp_avg_sq" not in kept]:
            del self._adam.state[weight]

    def state_dict(self) -> dict[str, Any]:
        """What a later step depends on beside the weights: Adam's, and with Muon both by their names."""
        adam: dict[str, Any] = self._adam.state_dict()
        return adam if self._muon is None else {"adam": adam, "muon": self._muon.state_dict()}

    def load_state_dict(self, state: Mapping[str, Any]) -> None:
        """Go on from a state of the same kind of optimiser; rates and other options stay those of this one.

        Raises:
            KeyError: Something is missing. It may also be any other error that malformed tables cause.
        """
        adam = state if self._muon is None else state["adam"]
        self._adam.load_state_dict(_with_options_of(self._adam, adam))
        for weights, moments in self._adam.state.items():
            # Fused Adam walks through the memory of a CPU, whatever the strides say.
            for name in ("exp_avg", "exp_avg_sq"):
                moments[name] = torch.empty_like(weights).copy_(moments[name])
        if self._muon is not None:
            self._muon.load_state_dict(state["muon"])


def hidden_weights(model: nn.Module) -> Iterator[nn.Parameter]:
    """The weights of linear layers and convolutions that neither read nor write a picture."""
    for module in model.modules():
        if isinstance(module, nn.Linear | nn.Conv2d) and min(module.weight.shape[:2]) > _COLOURS:
            yield cast(nn.Parameter, module.weight)


def _with_options_of(optimiser: torch.optim.Optimizer, state: Mapping[str, Any]) -> dict[str, Any]:
    """A saved optimiser's numbers with the options of the one that takes them: they fit its device and its settings."""
    options = [{name: value for name, value in group.items() if name != "params"} for group in optimiser.param_groups]
    groups = [{**group, **own} for group, own in zip(state["param_groups"], options, strict=True)]
    return {**state, "param_groups": groups}
