from __future__ import annotations

import ctypes
import os
import subprocess
import sys
from collections.abc import Callable
from types import SimpleNamespace
from typing import Any

import pytest

from liif_core import memory
from liif_core.memory import MB, PhysicalMemory, budgets, physical_memory

GB = 1024 * MB
RELEASE = """
import sys
from pathlib import Path
import numpy as np
from liif_core.memory import keep_freed_memory, release_free_memory

def resident_mb():
    fields = dict(line.split(":", 1) for line in Path("/proc/self/status").read_text().splitlines())
    return int(fields["VmRSS"].split()[0]) / 1024

keep_freed_memory()
before = resident_mb()
blocks = [np.ones(1_000_000, np.uint8) for _ in range(100)]
last = np.ones(1_000_000, np.uint8)
del blocks
kept = resident_mb()
release_free_memory()
print(kept - before, resident_mb() - before)
"""

FAULTS = """
import resource
from liif_core.memory import KEEP

def faults():
    return resource.getrusage(resource.RUSAGE_SELF).ru_minflt

KEEP()
for _ in range(4):
    before = faults()
    blocks = [b"x" * 40_000_000 for _ in range(3)]
    del blocks
print(faults() - before)
"""


def machine(total: int, available: int | None = None) -> PhysicalMemory:
    return PhysicalMemory(total, total // 2 if available is None else available)


@pytest.mark.parametrize("total", [2 * GB, 8 * GB, 16 * GB, 24 * GB])
def test_a_24_megapixel_photo_stays_below_400_mb_on_usual_machines(total: int) -> None:
    held = budgets(machine(total))
    photo, pyramid, own = 72 * 10**6, 12 * 10**6, 65 * MB
    assert held.tile_bytes + held.feature_bytes + photo + pyramid + own < 400 * MB
    assert held.photo_bytes >= photo


@pytest.mark.parametrize("total", [GB, 8 * GB, 64 * GB, 1024 * GB])
def test_both_layers_of_a_4k_view_fit_into_the_tiles_budget(total: int) -> None:
    assert budgets(machine(total)).tile_bytes >= 2 * 4 * 3840 * 2160


def test_more_memory_means_larger_budgets_up_to_a_ceiling() -> None:
    small, usual, large, huge = (budgets(machine(total * GB)) for total in (8, 32, 128, 4096))
    for name in ("tile_bytes", "feature_bytes", "photo_bytes"):
        assert getattr(small, name) <= getattr(usual, name) <= getattr(large, name) <= getattr(huge, name)
        assert getattr(small, name) < getattr(large, name)
    assert huge.tile_bytes + huge.feature_bytes + huge.photo_bytes < 4 * GB


def test_a_photo_may_not_push_out_other_programs() -> None:
    idle, busy = (budgets(machine(24 * GB, available)).photo_bytes for available in (20 * GB, 2 * GB))
    assert 500 * 10**6 < busy < idle
    # Down to a floor: any usual photo is faster in memory than in a file, whatever else runs.
    assert budgets(machine(24 * GB, 10 * MB)).photo_bytes >= 200 * 10**6


def test_this_machine_has_memory() -> None:
    found = physical_memory()
    assert 256 * MB < found.available <= found.total < 2**50


@pytest.mark.skipif(sys.platform != "linux", reason="asks the kernel's own file")
def test_linux_tells_what_is_available_and_not_only_what_is_free() -> None:
    assert os.sysconf("SC_AVPHYS_PAGES") * os.sysconf("SC_PAGE_SIZE") < physical_memory().total
    available = memory._linux_available()
    assert available is not None and 0 < available < physical_memory().total


def test_a_system_that_tells_nothing_is_taken_for_a_usual_one(monkeypatch: pytest.MonkeyPatch) -> None:
    def unknown(name: str) -> int:
        raise ValueError(name)

    monkeypatch.setattr(sys, "platform", "other")
    monkeypatch.setattr(os, "sysconf", unknown)
    assert physical_memory() == PhysicalMemory(8 * GB, 4 * GB)


def test_windows_is_asked_for_total_and_available(monkeypatch: pytest.MonkeyPatch) -> None:
    def fill(reference: Any) -> int:
        status = reference._obj
        assert status.length == ctypes.sizeof(status) == 64
        status.total, status.available = 16 * GB, 5 * GB
        return 1

    libraries = SimpleNamespace(kernel32=SimpleNamespace(GlobalMemoryStatusEx=fill))
    monkeypatch.setattr(ctypes, "windll", libraries, raising=False)
    monkeypatch.setattr(sys, "platform", "win32")
    assert physical_memory() == PhysicalMemory(16 * GB, 5 * GB)


def mac_library(pages: Callable[[Any], int]) -> Any:
    def statistics(host: Any, kind: int, counts: Any, length: Any) -> int:
        assert (host.value, kind, length._obj.value) == (7, 4, 38)
        return pages(counts._obj)

    return lambda name: SimpleNamespace(mach_host_self=lambda: 7, host_statistics64=statistics)


@pytest.mark.skipif(not hasattr(os, "sysconf"), reason="POSIX")
def test_a_mac_is_asked_for_pages_that_can_be_had(monkeypatch: pytest.MonkeyPatch) -> None:
    def fill(counts: Any) -> int:
        counts.free, counts.active, counts.inactive = 1000, 5000, 2000
        return 0

    monkeypatch.setattr(sys, "platform", "darwin")
    monkeypatch.setattr(ctypes, "CDLL", mac_library(fill))
    assert physical_memory().available == 3000 * os.sysconf("SC_PAGE_SIZE")
    monkeypatch.setattr(ctypes, "CDLL", mac_library(lambda counts: 5))
    assert physical_memory().available == physical_memory().total // 2


@pytest.mark.skipif(sys.platform != "linux", reason="other systems give freed memory back by themselves")
def test_freed_memory_is_kept_and_then_given_back() -> None:
    done = subprocess.run([sys.executable, "-c", RELEASE], capture_output=True, text=True, check=True)
    kept, released = map(float, done.stdout.split())
    assert kept > 80
    assert released < 20


@pytest.mark.skipif(sys.platform != "linux", reason="other systems have their own ways with memory")
def test_blocks_of_any_size_are_kept_for_a_process_that_repeats_itself() -> None:
    """The C library gives large ones back at once, and their pages are cleared for the next block."""
    found = {}
    for name in ("keep_freed_memory", "keep_all_freed_memory"):
        script = FAULTS.replace("KEEP", name)
        done = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True)
        found[name] = int(done.stdout)
    assert found["keep_freed_memory"] > 1000 and found["keep_all_freed_memory"] < 100


@pytest.mark.parametrize("platform", ["win32", "darwin"])
def test_releasing_does_nothing_where_the_system_does_it(monkeypatch: pytest.MonkeyPatch, platform: str) -> None:
    monkeypatch.setattr(sys, "platform", platform)
    monkeypatch.setattr(ctypes, "CDLL", None)
    memory.keep_all_freed_memory()
    memory.release_free_memory()
