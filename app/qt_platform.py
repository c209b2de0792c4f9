"""The platform that Qt starts on, and what it lacks there.

Where a platform's plugin lacks a library, Qt ends the process with a message that does not name it. So the plugin is
loaded by name first: then the system's loader says which library is missing.
"""

from __future__ import annotations

import ctypes
import sys
from collections.abc import Mapping
from pathlib import Path


def platform_of(environ: Mapping[str, str], *, system: str = sys.platform) -> str | None:
    """The platform that Qt will start on; None where it knows by itself.

    Args:
        environ: The environment variables.
        system: `sys.platform` of the machine.
    """
    chosen = environ.get("QT_QPA_PLATFORM", "").split(";")[0].split(":")[0]
    if chosen:
        return chosen
    if system != "linux":
        return None
    if environ.get("WAYLAND_DISPLAY"):
        return "wayland"
    return "xcb" if environ.get("DISPLAY") else "offscreen"


def fault_of(platform: str) -> str:
    """Why the plugin of a platform cannot be loaded, and what helps; "" if it can be."""
    from PySide6.QtCore import QLibraryInfo

    plugins = Path(QLibraryInfo.path(QLibraryInfo.LibraryPath.PluginsPath)) / "platforms"
    plugin = plugins / f"libq{platform.removesuffix('-egl')}.so"
    if not plugin.is_file():
        # Of another system, or a name that Qt answers to with its own message.
        return ""
    try:
        ctypes.CDLL(str(plugin))
    except OSError as exc:
        return f"it cannot be loaded: {exc}; {loading_advice(str(exc))}"
    return ""


def loading_advice(reason: str) -> str:
    """What helps where a part of Qt cannot be loaded, by the reason that the system's loader gives."""
    if "cannot open shared object file" in reason:
        library = reason.partition(":")[0]
        return f"install the package of your system that has {library}"
    return "install PySide6-Essentials again"
