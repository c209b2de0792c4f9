"""The program and the machine, without any library."""

from __future__ import annotations

import os
import platform
import sys

from app.doctor.finding import Finding
from liif_core import __version__
from liif_core.memory import MB, PhysicalMemory, physical_memory

# With less than this, a training or a large photo pushes other programs out.
FEW_BYTES = 2048 * MB


def program() -> list[Finding]:
    """Versions, and how the program was installed; quick."""
    python = f"{platform.python_version()} ({platform.python_implementation()})"
    return [
        Finding("program", "Stepless", __version__),
        Finding("program", "kind", "bundle" if getattr(sys, "frozen", False) else "Python package"),
        Finding("program", "Python", python),
    ]


def machine(memory: PhysicalMemory | None = None) -> list[Finding]:
    """System, processors, memory; quick.

    Args:
        memory: Of the machine; this one's by default.
    """
    memory = memory or physical_memory()
    few = memory.total < FEW_BYTES
    return [
        Finding("machine", "system", f"{platform.platform()}, {platform.machine()}"),
        Finding("machine", "processors", f"{os.cpu_count()} CPUs"),
        Finding(
            "machine",
            "memory",
            f"{memory.total // MB} MB of memory, {memory.available // MB} MB available",
            note="photos above 20 megapixels will be slow with so little" if few else "",
        ),
    ]
