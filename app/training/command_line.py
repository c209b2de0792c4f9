"""How this program starts another process of itself."""

from __future__ import annotations

import sys
from collections.abc import Sequence
from pathlib import Path

# Of the second program in a bundle for Windows; see `packaging/stepless.spec`.
CONSOLE_SUFFIX = "-console"


def own_command(arguments: Sequence[str]) -> tuple[str, list[str]]:
    """Program and arguments of `stepless ARGUMENTS`; in a bundle, the program itself knows the commands."""
    if _is_bundle():
        return str(_bundled_program()), list(arguments)
    return sys.executable, ["-m", "app", *arguments]


def source_folder() -> Path | None:
    """Where `-m app` is found when the program runs from its sources; None in a bundle."""
    return None if _is_bundle() else Path(__file__).resolve().parents[2]


def _bundled_program() -> Path:
    """On Windows the one that has a console: a program for the desktop has nowhere to write its events to."""
    program = Path(sys.executable)
    with_console = program.with_name(f"{program.stem}{CONSOLE_SUFFIX}{program.suffix}")
    return with_console if sys.platform == "win32" and with_console.is_file() else program


def _is_bundle() -> bool:
    return bool(getattr(sys, "frozen", False))
