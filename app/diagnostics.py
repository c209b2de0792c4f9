"""What a report of a bug needs to know, as text; without what names the person."""

from __future__ import annotations

import collections
import os
import platform
import re
import sys
from dataclasses import fields
from pathlib import Path

import PySide6
from PySide6.QtCore import qVersion
from PySide6.QtGui import QGuiApplication

from app.logging_setup import log_file
from app.settings import Settings
from app.settings_values import as_toml
from liif_core import __version__
from liif_core.memory import MB, physical_memory

LOG_LINES = 200


def collect(settings: Settings | None = None) -> str:
    """All of it at once; reads the log file. On the GUI thread use the two parts."""
    return with_log(program_facts(settings))


def program_facts(settings: Settings | None = None) -> str:
    """Versions, machine, screens and settings. For the GUI thread, which alone may ask for screens; quick."""
    torch = sys.modules.get("torch")
    memory = physical_memory()
    lines = [
        f"Stepless {__version__}",
        f"Python {platform.python_version()} ({platform.python_implementation()})",
        f"Qt {qVersion()}, PySide {PySide6.__version__}, {QGuiApplication.platformName()}",
        f"torch {getattr(torch, '__version__', 'without a version') if torch is not None else 'not loaded'}",
        f"{platform.platform()}, {platform.machine()}",
        f"{os.cpu_count()} CPUs, {memory.total // MB} MB of memory, {memory.available // MB} MB available",
    ]
    for screen in QGuiApplication.screens():
        size = screen.size()
        lines.append(f"screen of {size.width()} x {size.height()} points, {screen.devicePixelRatio():g} pixels a point")
    if settings is not None:
        lines += _settings_lines(settings)
    return without_home("\n".join(lines) + "\n")


def with_log(facts: str) -> str:
    """The facts and the end of the log; for a worker's thread."""
    try:
        with log_file().open(encoding="utf-8", errors="replace") as file:
            last = collections.deque(file, LOG_LINES)
    except FileNotFoundError:
        return f"{facts}\nThe log is empty.\n"
    except OSError as exc:
        return f"{facts}\nThe log cannot be read: {exc.strerror or exc}.\n"
    return without_home(f"{facts}\nThe end of the log:\n{''.join(last)}")


def without_home(text: str) -> str:
    """A text in which the person's own folder is "~", as its path as a rule has the person's name."""
    home = Path.home()
    if len(home.parts) < 2:
        return text
    # As such, with the other slash, and as Python and TOML write backslashes.
    forms = {str(home), home.as_posix(), str(home).replace("\\", "\\\\")}
    pattern = "|".join(re.escape(form) for form in sorted(forms, key=len, reverse=True))
    flags = re.IGNORECASE if sys.platform == "win32" else re.NOFLAG
    return re.sub(rf"({pattern})(?![\w-])", "~", text, flags=flags)


def _settings_lines(settings: Settings) -> list[str]:
    groups = (settings.appearance, settings.view, settings.model, settings.memory, settings.keyboard)
    lines = []
    for group in groups:
        values = ", ".join(f"{item.name} = {as_toml(getattr(group, item.name))!r}" for item in fields(group))
        lines.append(f"{type(group).__name__.lower()}: {values}")
    return lines
