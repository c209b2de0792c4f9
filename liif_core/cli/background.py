"""A command that gives way to everything else on the machine."""

from __future__ import annotations

import contextlib
import ctypes
import os
import sys

# The lowest: the viewer's own computing threads are lowered, too, and come before a training.
NICENESS = 19
_WINDOWS_BELOW_NORMAL = 0x00004000


def give_way() -> None:
    """Lower the priority of this process, and leave a processor to others where there are more than two."""
    if sys.platform == "win32":
        kernel = ctypes.windll.kernel32
        kernel.SetPriorityClass(kernel.GetCurrentProcess(), _WINDOWS_BELOW_NORMAL)
    else:
        with contextlib.suppress(OSError):
            os.setpriority(os.PRIO_PROCESS, 0, NICENESS)
    import torch

    torch.set_num_threads(background_threads(torch.get_num_threads(), _processors()))


def background_threads(usual: int, processors: int) -> int:
    """Threads that compute, of as many as torch would take.

    On one or two processors all are taken: half of them would double the time, and the system prefers others anyway.
    """
    return max(1, min(usual, processors if processors <= 2 else processors - 1))


def _processors() -> int:
    """Those that this process may use."""
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1
