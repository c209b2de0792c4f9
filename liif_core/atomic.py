"""Files that are either the old one or the whole new one, whatever happens while they are written."""

from __future__ import annotations

import contextlib
import os
import secrets
import stat
from collections.abc import Iterator
from pathlib import Path


@contextlib.contextmanager
def atomic_path(path: str | os.PathLike[str]) -> Iterator[Path]:
    """A new empty file beside `path` that takes its place when the block ends without an exception.

    The caller writes the yielded file by name and closes it before the block ends. It is in the same folder (so that
    the rename cannot cross file systems) and has the same suffix (so that writers which go by the suffix choose the
    same format). A link is followed: the file it points to is replaced, the link stays. An existing file's permission
    bits are kept.

    Args:
        path: The file to make or to replace.

    Yields:
        The temporary file, which exists and is empty.

    Raises:
        OSError: The temporary file cannot be made, flushed or renamed. As after any exception inside the block, `path`
            is then untouched and the temporary file is gone.
    """
    target = Path(os.path.realpath(path))
    temporary = _new_file_beside(target)
    try:
        yield temporary
        _keep_permissions(target, temporary)
        _flush_to_disk(temporary)
        temporary.replace(target)
    except BaseException:
        # The exception that is on its way matters more than a leftover that cannot be removed.
        with contextlib.suppress(OSError):
            temporary.unlink(missing_ok=True)
        raise
    _flush_folder(target.parent)


def _new_file_beside(target: Path) -> Path:
    """An empty file made for us alone; `tempfile` would deny it to everyone else, this follows the user's umask."""
    temporary = target.with_name(f".{target.stem[:40]}-{secrets.token_hex(6)}{target.suffix}")
    os.close(os.open(temporary, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o666))
    return temporary


def _keep_permissions(target: Path, temporary: Path) -> None:
    try:
        mode = stat.S_IMODE(target.stat().st_mode)
    except FileNotFoundError:
        return
    # Some network and removable file systems have no permission bits; that is no reason to lose a finished file.
    with contextlib.suppress(OSError):
        temporary.chmod(mode)


def _flush_to_disk(path: Path) -> None:
    """Wait until the data are on the disk: a rename may otherwise survive a power cut that the data do not."""
    with path.open("r+b") as file:
        os.fsync(file.fileno())


def _flush_folder(folder: Path) -> None:
    """Make the rename itself durable where the system can; Windows cannot open folders, and needs no such call."""
    with contextlib.suppress(OSError):
        descriptor = os.open(folder, os.O_RDONLY)
        try:
            os.fsync(descriptor)
        finally:
            os.close(descriptor)
