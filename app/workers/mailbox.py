"""A slot for one message: the newest wins, what was not taken yet is lost on purpose."""

from __future__ import annotations

import threading
from typing import Generic, TypeVar

T = TypeVar("T")


class Mailbox(Generic[T]):
    """One writer's newest wish, waited for by one reader. All methods are safe from any thread."""

    def __init__(self) -> None:
        self._changed = threading.Condition()
        self._item: T | None = None
        self._closed = False

    def put(self, item: T) -> None:
        """Replace whatever is in the slot."""
        with self._changed:
            self._item = item
            self._changed.notify()

    def take(self) -> T | None:
        """Wait for an item and empty the slot; None once the mailbox is closed."""
        with self._changed:
            self._changed.wait_for(lambda: self._item is not None or self._closed)
            item, self._item = self._item, None
            return None if self._closed else item

    @property
    def has_item(self) -> bool:
        """Whether a newer item waits, or the mailbox was closed: reason enough to stop the work at hand."""
        with self._changed:
            return self._item is not None or self._closed

    def close(self) -> None:
        """Let the reader go, now and for ever."""
        with self._changed:
            self._closed = True
            self._changed.notify_all()
