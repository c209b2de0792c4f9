"""Ctrl+C and a polite kill as a `CancelToken`, so that long work ends between two of its chunks."""

from __future__ import annotations

import contextlib
import signal
from collections.abc import Iterator
from types import FrameType

from liif_core.cancel import CancelToken


@contextlib.contextmanager
def cancelled_by_signals() -> Iterator[CancelToken]:
    """A token that SIGINT, SIGTERM and SIGHUP set inside the block; afterwards they mean what they meant before.

    A SIGHUP that is ignored, as under `nohup`, still is.
    """
    cancel = CancelToken()

    def stop(number: int, frame: FrameType | None) -> None:
        cancel.cancel()

    numbers = [signal.SIGINT, signal.SIGTERM]
    # Windows has none.
    hangup = getattr(signal, "SIGHUP", None)
    if hangup is not None and signal.getsignal(hangup) is not signal.SIG_IGN:
        numbers.append(hangup)
    previous = [(number, signal.signal(number, stop)) for number in numbers]
    try:
        yield cancel
    finally:
        for number, handler in previous:
            signal.signal(number, handler)
