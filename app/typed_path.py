"""Paths that people type."""

from __future__ import annotations

from pathlib import Path


def typed_path(text: str) -> Path:
    """What was typed, with "~" for the home folder; "~draft", where nobody is called so, is a name like any other."""
    path = Path(text)
    try:
        return path.expanduser()
    except RuntimeError:
        return path
