"""How the processes of a run find each other, and which device each of them takes.

Gradients travel by NCCL between NVIDIA devices; everything else, and training on CPUs, takes gloo.
"""

from __future__ import annotations

import contextlib
import os
import secrets
import time
from collections.abc import Iterator, Mapping
from datetime import timedelta

import torch
import torch.distributed as dist
from torch.distributed.distributed_c10d import PrefixStore, Store
from torch.distributed.rendezvous import rendezvous

from liif_core.device import choose_device
from liif_core.errors import RequestError, TrainingError
from liif_core.training.distributed import MAIN, Place, Team

# Until all have started.
JOINING_PATIENCE = timedelta(minutes=5)
# Longer than the first process validates or saves while the others wait.
PATIENCE = timedelta(minutes=60)
_POLL_S = 0.02


def own_device(name: str, place: Place) -> torch.device:
    """The device that a process computes on: of several processes on a machine, each has one of its own.

    Raises:
        DeviceError: This machine does not have it.
        RequestError: A single device is named for several processes.
    """
    device = choose_device(name)
    if place.world == 1 or device.type not in ("cuda", "xpu"):
        return device
    if device.index is not None:
        raise RequestError(f"the device '{name}' is a single one; for several processes name the kind, '{device.type}'")
    return choose_device(f"{device.type}:{place.local_rank}")


@contextlib.contextmanager
def joined(name: str = "auto", environment: Mapping[str, str] = os.environ) -> Iterator[Team]:
    """The processes that the environment tells of, connected.

    Args:
        name: See `device.choose_device`.
        environment: Of the process.

    Raises:
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
    if device.type == "cuda":
        torch.cuda.set_device(device)
    try:
        store = _meeting_place(place)
        dist.init_process_group(
            _backend(device), store=store, timeout=PATIENCE, rank=place.rank, world_size=place.world
        )
    except (RuntimeError, ValueError) as exc:
        raise TrainingError(f"process {place.rank} of {place.world} cannot reach the others: {exc}") from exc
    try:
        yield team
    finally:
        dist.destroy_process_group()


def _meeting_place(place: Place) -> Store:
    """Where the processes tell each other their addresses.

    A launcher that starts processes again gives them the place that still has the addresses of those before, and each
    machine counts restarts by itself. So the first process makes up a name for this round, and tells it to those that
    ask now: each waits for the answer to a question that only it can have asked.
    """
    store, _, _ = next(rendezvous("env://", place.rank, place.world, timeout=JOINING_PATIENCE))
    own = secrets.token_hex(8)
    if place.rank != MAIN:
        store.set(f"stepless/question/{place.rank}", own)
        store.wait([f"stepless/answer/{own}"], JOINING_PATIENCE)
        name = store.get(f"stepless/answer/{own}").decode()
        store.set(f"{name}/{place.rank}", "")
        return PrefixStore(name, store)
    others = range(MAIN + 1, place.world)
    deadline_s = time.monotonic() + JOINING_PATIENCE.total_seconds()
    while not store.check([f"{own}/{rank}" for rank in others]):
        for question in (f"stepless/question/{rank}" for rank in others):
            if store.check([question]):
                store.set(f"stepless/answer/{store.get(question).decode()}", own)
        if time.monotonic() > deadline_s:
            raise RuntimeError(f"not all of them have come within {JOINING_PATIENCE}")
        time.sleep(_POLL_S)
    return PrefixStore(own, store)


def _backend(device: torch.device) -> str:
    return {"cuda": "cpu:gloo,cuda:nccl", "xpu": "cpu:gloo,xpu:xccl"}.get(device.type, "gloo")
