"""What runs on graphics cards, on one that is not there: see `graphics_card`."""

from __future__ import annotations

from collections.abc import Callable
from typing import get_args

import pytest
import torch
from torch import Tensor

from tests.graphics_card import Kind, graphics_card

pytestmark = pytest.mark.usefixtures("one_thread")
KINDS = get_args(Kind)
every_kind = pytest.mark.parametrize("kind", KINDS)


@every_kind
def test_the_card_computes_what_the_host_does(kind: Kind) -> None:
    torch.manual_seed(1)
    layer = torch.nn.Conv2d(3, 4, 3)
    picture = torch.rand(1, 3, 8, 8)
    expected = layer(picture)
    expected.mean().backward()
    assert layer.weight.grad is not None
    gradient = layer.weight.grad.clone()
    with graphics_card(kind) as card:
        layer.zero_grad()
        layer.to(kind).to(memory_format=torch.channels_last)  # type: ignore[call-overload]  # missing in the stubs
        out = layer(picture.to(kind))
        assert out.device == card.device == layer.weight.device
        out.mean().backward()
        torch.testing.assert_close(out.detach().cpu(), expected.detach())
        torch.testing.assert_close(layer.weight.grad.cpu(), gradient)
        view = torch.zeros(4, 3, device=kind).view(3, 4)
        view[1, 1:] = 2
        assert view.tolist()[1] == [0, 2, 2, 2]


REFUSED: dict[str, Callable[[Tensor, Tensor], object]] = {
    "sums": lambda there, here: there + here,
    "in place": lambda there, here: here[0].add_(there[0]),
    "stacks": lambda there, here: torch.stack([there, here]),
    "single numbers in a stack": lambda there, here: torch.stack([there[0], here[0]]),
    "indices on the card of values on the host": lambda there, here: here[there.long()],
    "values on the host for places on the card": lambda there, here: there.index_put_([here.long()], here),
    "arrays": lambda there, here: there.numpy(),
}


@pytest.mark.parametrize("name", REFUSED)
def test_the_card_refuses_what_a_card_refuses(name: str) -> None:
    with graphics_card("cuda"):
        here = torch.zeros(2)
        there = here.to("cuda")
        with pytest.raises((RuntimeError, TypeError), match=r"same device|to numpy"):
            REFUSED[name](there, here)
        assert (there * here[0]).tolist() == there[here.long()].tolist() == [0, 0]


def test_mps_has_no_float64() -> None:
    with graphics_card("mps"), pytest.raises(TypeError, match="float64"):
        torch.zeros(2, dtype=torch.float64).to("mps")


def test_what_the_card_is_waited_for_is_counted() -> None:
    with graphics_card("cuda") as card:
        values = torch.arange(3.0).to("cuda", non_blocking=True)
        values = values * 2 + torch.arange(3, device="cuda")
        assert not card.waits
        assert values.sum().item() == 9
        values.cpu()
        torch.zeros(3).to("cuda")
        assert len(card.waits) == 3
