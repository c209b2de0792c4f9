"""Several processes that train one model: `torchrun --nproc-per-node 2 -m app train ...`.

Every process has the whole model and computes a part of each batch; their gradients are averaged by torch's
`DistributedDataParallel`. Only the first process writes, prints and measures. What decides how a run goes on (a request
to stop, the time, a failure) is agreed on here, so that no process waits for another one that has left. How they find
each other is told in `joining`.
"""

from __future__ import annotations

import contextlib
import os
import socket
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import TypeVar

import torch
import torch.distributed as dist
from torch import nn
from torch.nn.parallel import DistributedDataParallel

from liif_core.errors import Cancelled, LiifError, RequestError, TrainingError

T = TypeVar("T")

MAIN = 0
_CPU = torch.device("cpu")
# What torchrun calls a launch that was given no name.
_NAMELESS = "none"
# What gloo says of a peer that is gone, or that it waited for too long.
_LOST = ("connection closed", "connection reset", "broken pipe", "timed out waiting", "gloo/transport")
# How a process got through a part of the work; the largest of all decides.
_WELL, _FAILED, _CANCELLED = range(3)


class OtherProcessFailed(TrainingError):
    """Another process of the run ended it, and tells why."""


class ConnectionLost(OtherProcessFailed):
    """Another process is gone without a word."""


@dataclass(frozen=True, slots=True)
class Place:
    """Which of a run's processes this is.

    Attributes:
        rank: Its number, from 0; process 0 writes and prints.
        local_rank: Its number on its machine.
        world: How many there are.
        local_world: How many of them are on its machine.
        launch: Names what started them and may start them again; empty for a process that was started by itself.
        restarts: How often it has done so after a failure.
    """

    rank: int = 0
    local_rank: int = 0
    world: int = 1
    local_world: int = 1
    launch: str = ""
    restarts: int = 0

    @staticmethod
    def from_environment(environment: Mapping[str, str] = os.environ) -> Place:
        """As `torchrun` says in the variables of the environment; a single process without it.

        Raises:
            RequestError: The variables are incomplete or no numbers.
        """
        if "RANK" not in environment:
            return Place()
        launch = environment.get("TORCHELASTIC_RUN_ID", "")
        try:
            return Place(
                rank=int(environment["RANK"]),
                local_rank=int(environment["LOCAL_RANK"]),
                world=int(environment["WORLD_SIZE"]),
                local_world=int(environment["LOCAL_WORLD_SIZE"]),
                # The process that starts this one stays the same when it starts it again.
                launch=f"{socket.gethostname()}-{os.getppid()}" if launch == _NAMELESS else launch,
                restarts=int(environment.get("TORCHELASTIC_RESTART_COUNT", "0")),
            )
        except (KeyError, ValueError) as exc:
            raise RequestError(
                "the environment has the variable RANK, but not those that torchrun sets beside it: start with "
                "torchrun, or without RANK"
            ) from exc


class Team:
    """The processes of a run, seen from one of them. Made by `joining.joined`; `Team()` is a single process.

    All methods are called by all processes, in the same order. Those that talk to the others raise `ConnectionLost`
    when one is gone.
    """

    def __init__(self, place: Place | None = None) -> None:
        self.place = place or Place()
        self.rank, self.world = self.place.rank, self.place.world

    @property
    def alone(self) -> bool:
        """Whether there is nobody to agree with."""
        return self.world == 1

    @property
    def is_main(self) -> bool:
        """Whether this is the process that writes and prints."""
        return self.rank == MAIN

    def wrap(self, module: nn.Module) -> nn.Module:
        """The module so that its gradients are averaged over all processes; all start with the first one's weights."""
        if self.alone:
            return module
        device = next(module.parameters()).device
        return DistributedDataParallel(
            module,
            device_ids=None if device.type == "cpu" else [device.index],
            gradient_as_bucket_view=True,
        )

    def mean(self, value: float) -> float:
        """The mean over all processes; not finite if one is not."""
        if self.alone:
            return value
        shared = torch.tensor([value], dtype=torch.float64)
        with self.in_touch():
            dist.all_reduce(shared)
        return float(shared[0]) / self.world

    def agreed(self, *, stop: bool, elapsed_s: float) -> tuple[bool, float]:
        """Whether any process was asked to stop, and the first one's time in seconds."""
        if self.alone:
            return stop, elapsed_s
        shared = torch.tensor([float(stop), elapsed_s if self.is_main else 0.0], dtype=torch.float64)
        with self.in_touch():
            dist.all_reduce(shared)
        return bool(shared[0] > 0), float(shared[1])

    @contextlib.contextmanager
    def together(self) -> Iterator[None]:
        """A part of the work that all processes get through, or none.

        Inside, they must not wait for each other where one alone can fail.

        Raises:
            LiifError: This process failed.
            OtherProcessFailed: Another one failed, or a process of a lower number did as well.
            Cancelled: One of them was asked to stop.
        """
        error: LiifError | Cancelled | None = None
        try:
            yield
        except (LiifError, Cancelled) as exc:
            error = exc
        outcomes = self._outcomes(_WELL if error is None else _CANCELLED if isinstance(error, Cancelled) else _FAILED)
        if _CANCELLED in outcomes:
            raise Cancelled from error
        if _FAILED in outcomes:
            first = outcomes.index(_FAILED)
            if error is None or first != self.rank:
                raise OtherProcessFailed(f"process {first} of this run failed, and says why")
            raise error

    def of_main(self, action: Callable[[], T]) -> T:
        """What the first process' action gives, for all. Fails as in `together`."""
        if self.alone:
            return action()
        results: list[T | None] = [None]
        with self.together():
            if self.is_main:
                results = [action()]
        with self.in_touch():
            dist.broadcast_object_list(results, src=MAIN, device=_CPU)
        return results[0]  # type: ignore[return-value]  # is what `action` returned

    def share_weights(self, *modules: nn.Module) -> None:
        """Give all processes the first one's weights."""
        if self.alone:
            return
        with self.in_touch(), torch.no_grad():
            for module in modules:
                for tensor in module.state_dict().values():
                    weights = tensor.cpu()
                    dist.broadcast(weights, src=MAIN)
                    tensor.copy_(weights)

    def check_same(self, value: int, what: str) -> None:
        """Refuse processes that do not see the same.

        Raises:
            RequestError: `value` differs; `what` says what it counts.
        """
        expected = self.of_main(lambda: value)
        with self.together():
            if value != expected:
                raise RequestError(f"process {self.rank} has {value} {what}, process {MAIN} has {expected}")

    @contextlib.contextmanager
    def in_touch(self) -> Iterator[None]:
        """A part of the work in which processes talk to one another; one that is gone ends it in one sentence."""
        try:
            yield
        except RuntimeError as exc:
            if self.alone or not _is_lost(exc):
                raise
            raise ConnectionLost("another process of this run is gone") from exc

    def _outcomes(self, outcome: int) -> list[int]:
        """How each process got through, by their numbers."""
        if self.alone:
            return [outcome]
        shared = torch.zeros(self.world, dtype=torch.int64)
        shared[self.rank] = outcome
        with self.in_touch():
            dist.all_reduce(shared)
        return [int(value) for value in shared]


def _is_lost(error: RuntimeError) -> bool:
    """Torch has an exception of its own for some of these, and says it of others in the text."""
    return isinstance(error, dist.DistError) or any(sign in str(error).lower() for sign in _LOST)
