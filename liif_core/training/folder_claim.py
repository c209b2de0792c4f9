"""A folder that one process at a time writes to, without a file that tells so and could outlive it."""

from __future__ import annotations

import contextlib
import errno
import os
import sys
from pathlib import Path

# What a system says of a folder that another process has.
_TAKEN = (errno.EWOULDBLOCK, errno.EAGAIN, errno.EACCES)


class FolderClaim:
    """Of this process on a folder, until it is given up or the process ends, however it does.

    Where the system cannot tell (Windows has no locks of folders, and network drives may have none), every claim is
    granted.
    """

    def __init__(self) -> None:
        self._descriptor: int | None = None

    def made(self, folder: Path) -> bool:
        """Claim a folder that exists; False where another process has it."""
        if sys.platform == "win32" or self._descriptor is not None:
            return True
        import fcntl

        try:
            descriptor = os.open(folder, os.O_RDONLY)
        except OSError:
            # Whoever uses the folder says what is the matter with it.
            return True
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError as exc:
            os.close(descriptor)
            return exc.errno not in _TAKEN
        self._descriptor = descriptor
        return True

    def give_up(self) -> None:
        """Leave the folder to others."""
        descriptor, self._descriptor = self._descriptor, None
        if descriptor is not None:
            with contextlib.suppress(OSError):
                os.close(descriptor)
