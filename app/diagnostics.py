"""What a report of a bug needs to know, as text; without what names the person.

The facts are those of `stepless doctor` (`app.doctor`), without the ones that take seconds.
"""

from __future__ import annotations

import collections
import sys
from dataclasses import fields

import PySide6
from PySide6.QtCore import qVersion

from app.doctor import files, qt_probe
from app.doctor.finding import Finding, as_text, without_home
from app.doctor.machine import machine, program
from app.logging_setup import log_file
from app.settings import Settings
from app.settings_form import as_toml

LOG_LINES = 200


def collect(settings: Settings | None = None) -> str:
    """All of it at once; reads files. On the GUI thread use the two parts."""
    return with_log(program_facts(settings))


def program_facts(settings: Settings | None = None) -> str:
    """Versions, machine, screens and settings. For the GUI thread, which alone may ask for screens; quick."""
    torch = sys.modules.get("torch")
    version = getattr(torch, "__version__", "without a version") if torch is not None else "not loaded"
    findings = [
        *program(),
        *machine(),
        Finding("torch", "version", f"torch {version}"),
        Finding(qt_probe.TOPIC, "version", f"Qt {qVersion()}, PySide {PySide6.__version__}"),
        *qt_probe.facts(),
    ]
    lines = _settings_lines(settings) if settings is not None else []
    return as_text(findings) + without_home("\n".join(["settings:", *lines, ""]) if lines else "")


def with_log(facts: str) -> str:
    """The facts, what the disk tells (models, folders), and the end of the log; for a worker's thread."""
    facts += as_text([*files.models(), *files.folders()])
    try:
        with log_file().open(encoding="utf-8", errors="replace") as file:
            last = collections.deque(file, LOG_LINES)
    except FileNotFoundError:
        return f"{facts}\nThe log is empty.\n"
    except OSError as exc:
        return f"{facts}\nThe log cannot be read: {exc.strerror or exc}.\n"
    return without_home(f"{facts}\nThe end of the log:\n{''.join(last)}")


def _settings_lines(settings: Settings) -> list[str]:
    groups = (settings.appearance, settings.view, settings.model, settings.memory, settings.keyboard)
    lines = []
    for group in groups:
        values = ", ".join(f"{item.name} = {as_toml(getattr(group, item.name))!r}" for item in fields(group))
        lines.append(f"  {type(group).__name__.lower()}: {values}")
    return lines
