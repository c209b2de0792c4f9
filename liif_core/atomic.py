"""Files that are either the old one or the whole new one, whatever happens while they are written."""

from __future__ import annotations

import contextlib
import ctypes
import errno
import os
import platform
import re
import secrets
import stat
import sys
import time
import zlib
from collections.abc import Callable, Iterator
from pathlib import Path

_TEMPORARY = re.compile(r"\..*\.stepless-(?P<host>[0-9a-f]{8})-(?P<pid>\d+)-[0-9a-f]{8}(\.[^.]*)?")

_BUSY = (errno.EACCES, errno.EPERM, errno.ENOTEMPTY)
PATIENCE_S = 2.0
_PAUSE_S = 0.05


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
        patiently(lambda: _flush_to_disk(temporary))
        patiently(lambda: temporary.replace(target))
    except BaseException:
        # The exception that is on its way matters more than a leftover that cannot be removed.
        with contextlib.suppress(OSError):
            temporary.unlink(missing_ok=True)
        raise
    _flush_folder(target.parent)


def patiently(change: Callable[[], object]) -> None:
    """Replace, rename or remove a file, on Windows several times if need be.

    There a file that anybody has open can be neither, and scanners for viruses and indexers open every new one for a
    moment; so does whoever reads it. Trainings of hours must not end by that. Elsewhere nobody is waited for.

    Args:
        change: Called until it succeeds, for `PATIENCE_S` seconds at most.

    Raises:
        OSError: Of the last time.
    """
    deadline_s = time.monotonic() + PATIENCE_S
    while True:
        try:
            change()
            return
        except OSError as exc:
            if sys.platform != "win32" or exc.errno not in _BUSY or time.monotonic() > deadline_s:
                raise
        time.sleep(_PAUSE_S)


def remove_stale(folder: str | os.PathLike[str]) -> list[Path]:
    """Remove temporary files of `atomic_path` that a killed program has left in a folder.

    Only those whose process was on this machine and is gone; what cannot be looked at or removed is left.

    Returns:
        What was removed.
    """
    removed = []
    with contextlib.suppress(OSError):
        for path in Path(folder).iterdir():
            told = _TEMPORARY.fullmatch(path.name)
            if told is None or told["host"] != _host() or _is_alive(int(told["pid"])):
                continue
            with contextlib.suppress(OSError):
                path.unlink()
                removed.append(path)
    return removed


def _new_file_beside(target: Path) -> Path:
    """An empty file made for us alone; `tempfile` would deny it to everyone else, this follows the user's umask.

    Its name tells the process it belongs to, for `remove_stale`.
    """
    owner = f"stepless-{_host()}-{os.getpid()}-{secrets.token_hex(4)}"
    temporary = target.with_name(f".{target.stem[:40]}.{owner}{target.suffix}")
    os.close(os.open(temporary, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o666))
    return temporary


def _host() -> str:
    """Short for this machine: folders of a network hold files of others."""
    return f"{zlib.crc32(platform.node().encode()):08x}"


def _is_alive(pid: int) -> bool:
    """Whether a process of this machine runs; in doubt it does."""
    if pid == os.getpid():
        return True
    if sys.platform == "win32":
        synchronise, gone = 0x00100000, 87  # ERROR_INVALID_PARAMETER: there is no such process
        handle = ctypes.windll.kernel32.OpenProcess(synchronise, False, pid)
        if not handle:
            return bool(ctypes.windll.kernel32.GetLastError() != gone)
        # A handle may outlive its process: 0 says that it has ended.
        ended = ctypes.windll.kernel32.WaitForSingleObject(handle, 0) == 0
        ctypes.windll.kernel32.CloseHandle(handle)
        return not ended
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    except OSError:
        return True
    return True


def _keep_permissions(target: Path, temporary: Path) -> None:
    if sys.platform == "win32":
        # It has none but write protection, with which a file could be neither flushed nor removed again.
        return
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
