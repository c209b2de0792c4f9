"""Ctrl+C and a polite kill as a `CancelToken`, so that long work ends between two of its chunks."""

from __future__ import annotations

import contextlib
import signal
from collections.abc import Iterator
from types import FrameType

from liif_core.cancel import CancelToken


@contextlib.contextmanager
def cancelled_by_signals() -> Iterator[CancelToken]:
    """A token that SIGINT and SIGTERM set inside the block; afterwards they mean what they meant before."""
    cancel = CancelToken()

    def stop(number: int, frame: FrameType | None) -> None:
        cancel.cancel()

    previous = [(number, signal.signal(number, stop)) for number in (signal.SIGINT, signal.SIGTERM)]
    try:
        yield cancel
    finally:
        for number, handler in previous:
            signal.signal(number, handler)
