"""The end of the program: threads are given time, and those that have nothing to save not much of it."""

from __future__ import annotations

import contextlib
import logging
import os
import sys
import threading
import time
from collections.abc import Callable, Sequence

STOP_S = 30.0
"""For all threads together, where something would be lost."""

Stop = Callable[..., bool]
"""Ends threads within `timeout_s` seconds, and tells whether they ended."""


def stopped(stops: Sequence[Stop], *, timeout_s: float) -> bool:
    """End threads; whether that was done in the time that they have together."""
    deadline = time.monotonic() + timeout_s
    ended = [stop(timeout_s=max(0.0, deadline - time.monotonic())) for stop in stops]
    return all(ended)


def end_with_threads(code: int) -> None:
    """End the process where threads are still at work, which have nothing to save (see `composition.Viewer.stop`).

    Python would end under their feet, and some of them, in the midst of importing torch, would crash.
    """
    others = [each for each in threading.enumerate() if each is not threading.main_thread()]
    # libvips' own threads, which Python hears of when they log, belong to libvips.
    if all(each.name.startswith("Dummy-") for each in others):
        return
    logging.shutdown()
    for stream in (sys.stdout, sys.stderr):
        if stream is not None:
            with contextlib.suppress(OSError, ValueError):
                stream.flush()
    os._exit(code)
