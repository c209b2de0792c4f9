"""Which kind a model file is, by its first bytes and without torch."""

from __future__ import annotations

import stat
from enum import Enum
from pathlib import Path

from liif_core.errors import CorruptCheckpoint, system_errors_as


class FileKind(Enum):
    """The kinds of model files."""

    NATIVE = "safetensors"
    OFFICIAL = "pth"


def check_waits_for_nobody(path: Path) -> None:
    """Refuse a pipe or device before it is opened: that would wait for a writer who never comes.

    Raises:
        CorruptCheckpoint: It is one.
    """
    try:
        mode = path.stat().st_mode
    except OSError:
        return  # whoever opens it says why
    if not (stat.S_ISREG(mode) or stat.S_ISDIR(mode)):
        raise CorruptCheckpoint(f"{path}: a device or a pipe; expected a model file (.safetensors or .pth)")


def kind_of_file(path: Path) -> FileKind:
    """Native or published.

    The first bytes decide, not the name: a torch file is a zip archive or a pickle, a safetensors file starts with the
    length of its header in eight bytes, of which the upper ones are zero, and a brace.

    Raises:
        CorruptCheckpoint: The file is missing, unreadable, empty or no model file.
    """
    if path.is_dir():
        raise CorruptCheckpoint(f"{path}: a folder; expected a model file (.safetensors or .pth)")
    check_waits_for_nobody(path)
    with system_errors_as(CorruptCheckpoint, f"{path}: cannot be read"), path.open("rb") as file:
        start = file.read(9)
    if not start:
        raise CorruptCheckpoint(f"{path}: the file is empty; expected a model file (.safetensors or .pth)")
    # First, since the length of a header may begin like a pickle; none has these zeros before a brace.
    if start[4:9] == b"\x00\x00\x00\x00{":
        return FileKind.NATIVE
    if start.startswith(b"PK\x03\x04") or start.startswith(b"\x80"):
        return FileKind.OFFICIAL
    # Headers of absurd lengths, to be refused for them.
    if start[8:9] == b"{":
        return FileKind.NATIVE
    raise CorruptCheckpoint(f"{path}: not a model file: expected safetensors or a torch checkpoint (.pth)")
