"""Cancellation of long work between two of its chunks."""

from __future__ import annotations

import threading

from liif_core.errors import Cancelled


class CancelToken:
    """A flag that one thread sets and another asks between chunks. All methods are safe from any thread."""

    def __init__(self) -> None:
        self._event = threading.Event()

    def cancel(self) -> None:
        """Ask the work to stop at its next check; cannot be taken back."""
        self._event.set()

    @property
    def cancelled(self) -> bool:
        """Whether `cancel` was called."""
        return self._event.is_set()

    def check(self) -> None:
        """Return at once, or raise.

        Raises:
            Cancelled: `cancel` was called.
        """
        if self._event.is_set():
            raise Cancelled
