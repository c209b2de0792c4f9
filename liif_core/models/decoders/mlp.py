"""The multilayer perceptron of LIIF and Meta-SR, with the module names of the published checkpoints (`layers.i`)."""

from __future__ import annotations

from collections.abc import Sequence

from torch import Tensor, nn


class Mlp(nn.Module):
    """Linear layers with ReLU between them, over the last axis."""

    def __init__(self, in_dim: int, out_dim: int, hidden_list: Sequence[int]) -> None:
        super().__init__()
        layers: list[nn.Module] = []
        for hidden in hidden_list:
            layers += [nn.Linear(in_dim, hidden), nn.ReLU(inplace=True)]
            in_dim = hidden
        self.layers = nn.Sequential(*layers, nn.Linear(in_dim, out_dim))

    def forward(self, x: Tensor) -> Tensor:
        """x: (..., in_dim) to (..., out_dim)."""
        out: Tensor = self.layers(x)
        return out

    @property
    def linears(self) -> list[nn.Linear]:
        """The linear layers in order, at least one."""
        return [layer for layer in self.layers if isinstance(layer, nn.Linear)]

    @property
    def multiply_adds(self) -> int:
        """Of one input vector."""
        return sum(layer.weight.numel() for layer in self.linears)
