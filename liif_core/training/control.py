"""What people want of a run that is under way: to pause, to go on, to finish early, or to stop."""

from __future__ import annotations

import threading

from liif_core.cancel import CancelToken

PAUSE, RESUME, FINISH, STOP = "pause", "resume", "finish", "stop"
COMMANDS = (PAUSE, RESUME, FINISH, STOP)
# A signal's handler may set the token at any time, and must not take locks: it is asked for.
_POLL_S = 0.1


class RunControl:
    """Set from one thread, asked between two steps from another. All methods are safe from any thread.

    Args:
        cancel: What stops the run; None for a token of its own.

    Attributes:
        cancel: Stops the run at its next step, or the reading of photos; the state is saved and can be resumed.
    """

    def __init__(self, cancel: CancelToken | None = None) -> None:
        self.cancel = cancel or CancelToken()
        self._may_go_on = threading.Event()
        self._may_go_on.set()
        self._finishing = threading.Event()

    @property
    def is_paused(self) -> bool:
        """Whether the run is to wait before its next step; not once it is to end in either way."""
        return not (self._may_go_on.is_set() or self.is_finishing or self.cancel.cancelled)

    @property
    def is_finishing(self) -> bool:
        """Whether the run is to end as if its schedule were over; cannot be taken back."""
        return self._finishing.is_set()

    def obey(self, command: str) -> bool:
        """Do what one of `COMMANDS` says; whether it was one."""
        if command == PAUSE:
            self._may_go_on.clear()
        elif command == RESUME:
            self._may_go_on.set()
        elif command == FINISH:
            self._finishing.set()
        elif command == STOP:
            self.cancel.cancel()
        return command in COMMANDS

    def wait_while_paused(self) -> None:
        """Return when the run may go on, or is to end."""
        while self.is_paused:
            self._may_go_on.wait(_POLL_S)
