"""How this program starts another process of itself."""

from __future__ import annotations

import sys
from collections.abc import Sequence
from pathlib import Path


def own_command(arguments: Sequence[str]) -> tuple[str, list[str]]:
    """Program and arguments of `stepless ARGUMENTS`; in a bundle, the program itself knows the commands."""
    if _is_bundle():
        return sys.executable, list(arguments)
    return sys.executable, ["-m", "app", *arguments]


def source_folder() -> Path | None:
    """Where `-m app` is found when the program runs from its sources; None in a bundle."""
    return None if _is_bundle() else Path(__file__).resolve().parents[2]


def _is_bundle() -> bool:
    return bool(getattr(sys, "frozen", False))
