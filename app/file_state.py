"""What a file is like, to tell whether it is another one later."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True, slots=True)
class FileState:
    """What tells that a file is another one than before, though it has the same name."""

    size_bytes: int
    modified_ns: int
    inode: int


def state_of(path: Path) -> FileState | None:
    """What a file is like now; None if there is none, or none that can be asked. Not for the GUI thread."""
    try:
        found = path.stat()
    except (OSError, ValueError):
        return None
    return FileState(found.st_size, found.st_mtime_ns, found.st_ino)
