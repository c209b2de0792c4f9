"""The name by which systems know the program, written here and nowhere else."""

from __future__ import annotations

import contextlib
import ctypes
import sys

APPLICATION_ID = "io.github.stepless.Stepless"
"""In reverse order of domains, as desktops, stores and macOS want it; also the name of the desktop file on Linux."""


def tell_the_task_bar() -> None:
    """On Windows, make the task bar show this program's own icon and group its windows; elsewhere nothing.

    Without it, a program that Python runs is taken for Python. Call it before the first window is there.
    """
    if sys.platform == "win32":
        with contextlib.suppress(AttributeError, OSError):
            ctypes.windll.shell32.SetCurrentProcessExplicitAppUserModelID(APPLICATION_ID)
