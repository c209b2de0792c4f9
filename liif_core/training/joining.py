"""How the processes of a run find each other, and which device each of them takes.

Gradients travel by NCCL between NVIDIA devices; everything else, and training on CPUs, takes gloo.
"""

from __future__ import annotations

import contextlib
import os
import secrets
import socket
import time
from collections.abc import Iterator, Mapping
from datetime import timedelta

import torch
import torch.distributed as dist
from torch.distributed import TCPStore  # type: ignore[attr-defined]  # missing in the stubs
from torch.distributed.distributed_c10d import PrefixStore, Store

from liif_core.cancel import CancelToken
from liif_core.device import choose_device
from liif_core.errors import RequestError, TrainingError
from liif_core.training.distributed import MAIN, Place, Team

# Until all have started.
JOINING_PATIENCE = timedelta(minutes=5)
# Longer than the first process validates or saves while the others wait.
PATIENCE = timedelta(minutes=60)
_POLL_S = 0.02
# So long Ctrl+C is not heard.
_CONNECT_S = 1.0


def own_device(name: str, place: Place) -> torch.device:
    """The device that a process computes on: of several processes on a machine, each has one of its own.

    Raises:
        DeviceError: This machine does not have it.
        RequestError: A single device is named for several processes.
    """
    if place.world > 1 and name != "cpu":
        _take_own_card(place)
    device = choose_device(name)
    if place.world == 1 or device.type not in ("cuda", "xpu"):
        return device
    if device.index is not None:
        raise RequestError(f"the device '{name}' is a single one; for several processes name the kind, '{device.type}'")
    return choose_device(f"{device.type}:{place.local_rank}")


def _take_own_card(place: Place) -> None:
    """Have "cuda" mean the card of this process.

    To be tried, the first card would give each process some of its memory; and one that takes a single process only
    would refuse all others, which would compute on the CPU.
    """
    for backend in (torch.cuda, torch.xpu):
        if backend.is_available() and place.local_rank < backend.device_count():
            backend.set_device(place.local_rank)


@contextlib.contextmanager
def joined(
    name: str = "auto", environment: Mapping[str, str] = os.environ, *, cancel: CancelToken | None = None
) -> Iterator[Team]:
    """The processes that the environment tells of, connected.

    Args:
        name: See `device.choose_device`.
        environment: Of the process.
        cancel: Asked while the others are waited for.

    Raises:
        Cancelled: `cancel` was set.
        DeviceError: This machine does not have the device.
        RequestError: The environment is incomplete, or a single device is named for several processes.
        TrainingError: The other processes cannot be reached.
    """
    place = Place.from_environment(environment)
    device = own_device(name, place)
    team = Team(place)
    if team.alone:
        yield team
        return
    try:
        store = _meeting_place(place, environment, cancel or CancelToken())
        dist.init_process_group(
            _backend(device), store=store, timeout=PATIENCE, rank=place.rank, world_size=place.world
        )
    except (RuntimeError, ValueError) as exc:
        raise TrainingError(f"process {place.rank} of {place.world} cannot reach the others: {exc}") from exc
    try:
        yield team
    finally:
        dist.destroy_process_group()


def _meeting_place(place: Place, environment: Mapping[str, str], cancel: CancelToken) -> Store:
    """Where the processes tell each other their addresses.

    A launcher that starts processes again gives them the place that still has the addresses of those before, and each
    machine counts restarts by itself. So the first process makes up a name for this round, and tells it to those that
    ask now: each waits for the answer to a question that only it can have asked.
    """
    waiting = _Waiting(cancel)
    store = _store(place, environment, waiting)
    own = secrets.token_hex(8)
    if place.rank != MAIN:
        answer = f"stepless/answer/{own}"
        store.set(f"stepless/question/{place.rank}", own)
        while not store.check([answer]):
            waiting.go_on("the first of them did not answer")
        name = store.get(answer).decode()
        store.set(f"{name}/{place.rank}", "")
        return PrefixStore(name, store)
    others = range(MAIN + 1, place.world)
    while not store.check([f"{own}/{rank}" for rank in others]):
        for question in (f"stepless/question/{rank}" for rank in others):
            if store.check([question]):
                store.set(f"stepless/answer/{store.get(question).decode()}", own)
        waiting.go_on("not all of them came")
    return PrefixStore(own, store)


def _store(place: Place, environment: Mapping[str, str], waiting: _Waiting) -> Store:
    """What `torchrun` or else the first process keeps for all.

    As by torch's own `rendezvous`, which waits for the others where no signal is heard.
    """
    missing = [name for name in ("MASTER_ADDR", "MASTER_PORT") if not environment.get(name)]
    if missing:
        raise ValueError(f"the variable {missing[0]} of the environment is missing")
    host, port = environment["MASTER_ADDR"], int(environment["MASTER_PORT"])
    keeps_it = place.rank == MAIN and environment.get("TORCHELASTIC_USE_AGENT_STORE") != "True"
    while not keeps_it:
        try:
            socket.create_connection((host, port), timeout=_CONNECT_S).close()
            break
        except OSError as exc:
            waiting.go_on(f"{host}:{port} cannot be reached ({exc})")
    return TCPStore(
        host,
        port,
        place.world,
        keeps_it,
        timeout=JOINING_PATIENCE,
        wait_for_workers=False,
        multi_tenant=keeps_it,
        use_libuv=environment.get("USE_LIBUV", "1") == "1",
    )


class _Waiting:
    """For other processes, as long as `JOINING_PATIENCE` says."""

    def __init__(self, cancel: CancelToken) -> None:
        self._cancel = cancel
        self._end_s = time.monotonic() + JOINING_PATIENCE.total_seconds()

    def go_on(self, missing: str) -> None:
        """Wait a moment more; `missing` says for what.

        Raises:
            Cancelled: The caller asked to stop.
            RuntimeError: It has been too long.
        """
        self._cancel.check()
        if time.monotonic() > self._end_s:
            raise RuntimeError(f"{missing} within {JOINING_PATIENCE}")
        time.sleep(_POLL_S)


def _backend(device: torch.device) -> str:
    return {"cuda": "cpu:gloo,cuda:nccl", "xpu": "cpu:gloo,xpu:xccl"}.get(device.type, "gloo")
