"""Lower priority for threads that compute, so that the window stays smooth while they do."""

from __future__ import annotations

import contextlib
import ctypes
import os
import sys
import threading

# Enough that the system prefers the GUI thread whenever it wants to run, and no more: other programs count, too.
NICENESS = 15
_WINDOWS_BELOW_NORMAL = -1


def yield_to_the_gui() -> None:
    """Lower the priority of the calling thread, and so of the threads that torch starts from it.

    Where the system does not offer that, nothing changes (on macOS it would take the scheduling classes of Grand
    Central Dispatch, which threads of others do not inherit).
    """
    if sys.platform == "linux":
        # On Linux a niceness belongs to a thread, and is inherited by those it starts.
        with contextlib.suppress(OSError):
            os.setpriority(os.PRIO_PROCESS, threading.get_native_id(), NICENESS)
    elif sys.platform == "win32":
        kernel = ctypes.windll.kernel32
        kernel.SetThreadPriority(kernel.GetCurrentThread(), _WINDOWS_BELOW_NORMAL)
