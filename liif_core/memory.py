"""How much memory this machine has, how much of it the viewer takes, and giving back what is free.

A viewer holds the photo, finished tiles, and features of the model. Each has a budget that follows the machine's
physical memory, between a floor below which it would work badly and a ceiling above which more brings nothing:

- *tiles*: both layers of a 4K view (3840 x 2160, RGB32) take 64 MB; whoever shows more needs more than the budget.
- *features*: 204 bytes per photo pixel with the bundled model. What does not fit is encoded again when it is looked at
  again, so where there is plenty of memory, the budget grows faster than the others.
- *photo*: larger ones are not held in memory but in a file (`liif_core.imaging.scratch`) that the system caches as far
  as there is room.

With 8 to 24 GB, tiles and features together are at most 245 MB. With the 72 MB of a 24-megapixel photo and about 65 MB
of the viewer's own (libraries, window, overview) that is less than 400 MB at any zoom. While a view is being encoded,
up to 100 MB of temporaries come on top, which `release_free_memory` gives back afterwards.
"""

from __future__ import annotations

import contextlib
import ctypes
import os
import sys
from dataclasses import dataclass
from pathlib import Path

MB = 1024 * 1024
# Of glibc's malloc.h.
_M_TRIM_THRESHOLD, _M_MMAP_THRESHOLD, _M_MMAP_MAX, _M_ARENA_MAX = -1, -3, -4, -8
_ASSUMED_TOTAL_BYTES = 8192 * MB
"""Where the system does not tell: what nearly every machine that runs torch has."""


@dataclass(frozen=True, slots=True)
class PhysicalMemory:
    """Physical memory in bytes.

    Attributes:
        total: Of the machine.
        available: What programs can take now without others being swapped out.
    """

    total: int
    available: int


@dataclass(frozen=True, slots=True)
class Budgets:
    """What each part of the viewer may hold, in bytes.

    Attributes:
        tile_bytes: Finished tiles.
        feature_bytes: Features of the model.
        photo_bytes: The largest photo whose pixels are held in memory.
    """

    tile_bytes: int
    feature_bytes: int
    photo_bytes: int


def budgets(memory: PhysicalMemory | None = None) -> Budgets:
    """The budgets for a machine, by default this one as it is now."""
    memory = memory or physical_memory()
    return Budgets(
        tile_bytes=_clamped(memory.total // 384, 64 * MB, 512 * MB),
        feature_bytes=_clamped(max(memory.total // 144, memory.total // 32 - 640 * MB), 128 * MB, 1024 * MB),
        # What is available counts too: a photo that pushes other programs out would be slower than one in a file.
        photo_bytes=_clamped(min(memory.total // 16, memory.available // 4), 256 * MB, 2048 * MB),
    )


def _clamped(wanted: int, floor: int, ceiling: int) -> int:
    return min(max(wanted, floor), ceiling)


def physical_memory() -> PhysicalMemory:
    """This machine's memory; what the system does not tell is assumed."""
    total, available = None, None
    with contextlib.suppress(OSError, ValueError, AttributeError):
        if sys.platform == "win32":
            total, available = _windows_memory()
        else:
            total = os.sysconf("SC_PHYS_PAGES") * os.sysconf("SC_PAGE_SIZE")
            available = _mac_available() if sys.platform == "darwin" else _linux_available()
    total = total or _ASSUMED_TOTAL_BYTES
    return PhysicalMemory(total, min(available or total // 2, total))


def keep_freed_memory() -> None:
    """Let the C library keep freed blocks for the next ones, until `release_free_memory`; call it before threads start.

    By default glibc takes blocks of many megabytes from the system one by one and gives them back at once: decoding and
    encoding then spend a tenth to a half of their time on having the same pages cleared again and again, and a step of
    training 3 to 9 %. And it keeps what each thread has freed apart from the others', where the end of such a part is
    never given back.
    """
    for option, value in ((_M_MMAP_THRESHOLD, 32 * MB), (_M_TRIM_THRESHOLD, 512 * MB), (_M_ARENA_MAX, 1)):
        _call_glibc("mallopt", option, value)


def keep_all_freed_memory() -> None:
    """As `keep_freed_memory`, but blocks of any size: for a process that does the same again and again.

    glibc never keeps blocks of more than 32 MB. A batch of the paper's recipe has dozens of them, and having their
    pages cleared took a quarter to a third of each training step. What the process needed at most it holds until then.
    """
    keep_freed_memory()
    for option, value in ((_M_MMAP_MAX, 0), (_M_TRIM_THRESHOLD, -1)):
        _call_glibc("mallopt", option, value)


def release_free_memory() -> None:
    """Give memory that was freed, but that the C library keeps, back to the system; up to 20 ms.

    A decoded photo leaves about 50 MB, an encoded view about 100 MB.
    """
    _call_glibc("malloc_trim", 0)


def _call_glibc(name: str, *arguments: int) -> None:
    """Elsewhere nothing happens: other C libraries give freed memory back by themselves."""
    if sys.platform == "linux":
        # musl has neither function.
        with contextlib.suppress(OSError, AttributeError):
            getattr(ctypes.CDLL(None), name)(*arguments)


def _linux_available() -> int | None:
    for line in Path("/proc/meminfo").read_text(encoding="ascii").splitlines():
        name, _, rest = line.partition(":")
        if name == "MemAvailable":
            return int(rest.split()[0]) * 1024
    return None


def _windows_memory() -> tuple[int, int]:
    class Status(ctypes.Structure):
        """MEMORYSTATUSEX."""

        _fields_ = (
            ("length", ctypes.c_uint32),
            ("load_percent", ctypes.c_uint32),
            ("total", ctypes.c_uint64),
            ("available", ctypes.c_uint64),
            ("others", ctypes.c_uint64 * 5),
        )

    status = Status(length=ctypes.sizeof(Status))
    if not getattr(ctypes, "windll").kernel32.GlobalMemoryStatusEx(ctypes.byref(status)):  # noqa: B009  # elsewhere mypy has none
        raise OSError("GlobalMemoryStatusEx failed")
    return int(status.total), int(status.available)


def _mac_available() -> int | None:
    """Pages that are free, or hold only what can be read again."""

    class Statistics(ctypes.Structure):
        """The first counts of vm_statistics64; the rest is not asked for."""

        _fields_ = (
            ("free", ctypes.c_uint32),
            ("active", ctypes.c_uint32),
            ("inactive", ctypes.c_uint32),
            ("others", ctypes.c_uint32 * 35),
        )

    library = ctypes.CDLL(None)
    library.mach_host_self.restype = ctypes.c_uint32
    counts = Statistics()
    length = ctypes.c_uint32(ctypes.sizeof(Statistics) // 4)
    host_vm_info64 = 4
    host = ctypes.c_uint32(library.mach_host_self())
    if library.host_statistics64(host, host_vm_info64, ctypes.byref(counts), ctypes.byref(length)) != 0:
        return None
    return int(counts.free + counts.inactive) * os.sysconf("SC_PAGE_SIZE")
