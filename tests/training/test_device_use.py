"""How busy a run keeps its machine."""

from __future__ import annotations

import os

import pytest
import torch

from liif_core.training.device_use import DeviceUse


def test_share_of_the_processors_is_that_since_the_last_call() -> None:
    wall, busy = [0.0], [0.0]
    cores = os.cpu_count() or 1
    use = DeviceUse(torch.device("cpu"), now=lambda: wall[0], computed=lambda: busy[0])
    for seconds, share in ((2.0, 0.5), (4.0, 0.25)):
        wall[0] += seconds
        busy[0] += share * seconds * cores
        assert use.values() == {"cpu_percent": pytest.approx(100 * share)}


def test_share_is_a_share_whatever_the_clocks_say() -> None:
    busy = iter((0.0, 1e9, 1e9))
    wall = iter((0.0, 1.0, 1.0))
    use = DeviceUse(torch.device("cpu"), now=lambda: next(wall), computed=lambda: next(busy))
    assert use.values() == {"cpu_percent": 100.0}
    assert use.values() == {"cpu_percent": 0.0}
