"""The platforms that Qt may start on, and what it lacks there.

Where a platform's plugin lacks a library, Qt ends the process with a message that does not name it. So the plugin is
loaded by name first: then the system's loader says which library is missing.
"""

from __future__ import annotations

import ctypes
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path


def platforms_of(environ: Mapping[str, str], *, system: str = sys.platform) -> tuple[str, ...]:
    """The platforms that Qt tries, one after the other until one starts; none where it knows by itself.

    Args:
        environ: The environment variables.
        system: `sys.platform` of the machine.
    """
    chosen = [part.partition(":")[0] for part in environ.get("QT_QPA_PLATFORM", "").split(";")]
    if any(chosen):
        return tuple(filter(None, chosen))
    if system != "linux":
        return ()
    displays = (("wayland", "WAYLAND_DISPLAY"), ("xcb", "DISPLAY"))
    return tuple(platform for platform, variable in displays if environ.get(variable)) or ("offscreen",)


def fault_of(platforms: Sequence[str]) -> str:
    """Why the plugin of the first of these platforms cannot be loaded, and what helps; "" if that of any can be."""
    faults = map(_fault_of, platforms)
    first = next(faults, "")
    # Those after one that can be loaded are not: that takes time.
    return first if first and all(faults) else ""


def _fault_of(platform: str) -> str:
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
