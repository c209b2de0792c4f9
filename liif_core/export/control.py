"""What whoever waits for an export can do about it, and what it is told."""

from __future__ import annotations

import enum
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass

from liif_core.cancel import CancelToken


class JobControl(CancelToken):
    """A token that can also hold the work for a while; all methods are safe from any thread.

    Whatever asks a `CancelToken` whether to go on, waits here while there is a pause: between chunks of the decoder and
    between layers of the encoder.
    """

    def __init__(self) -> None:
        super().__init__()
        self._running = threading.Event()
        self._running.set()
        self._lock = threading.Lock()
        self._paused_since: float | None = None
        self._paused_s = 0.0

    def pause(self) -> None:
        """Hold the work at its next check."""
        with self._lock:
            if self._paused_since is None:
                self._paused_since = time.monotonic()
            self._running.clear()

    def resume(self) -> None:
        """Let the work go on."""
        with self._lock:
            if self._paused_since is not None:
                self._paused_s += time.monotonic() - self._paused_since
                self._paused_since = None
            self._running.set()

    @property
    def paused(self) -> bool:
        """Whether `pause` was called, and not yet `resume`."""
        return not self._running.is_set()

    @property
    def paused_s(self) -> float:
        """Seconds of all pauses so far."""
        with self._lock:
            now = 0.0 if self._paused_since is None else time.monotonic() - self._paused_since
            return self._paused_s + now

    def cancel(self) -> None:
        """See `CancelToken`; ends a pause as well."""
        super().cancel()
        self._running.set()

    def check(self) -> None:
        """See `CancelToken`; returns no sooner than a pause ends."""
        super().check()
        if not self._running.is_set():
            self._running.wait()
            super().check()


class Phase(enum.Enum):
    """What an export is doing."""

    READING = "reading"
    """The photo is decoded from its file."""
    RENDERING = "rendering"
    """Pixels are computed and encoded at the same time."""
    FINISHING = "finishing"
    """The encoder writes what it has not written yet; for WebP and AVIF most of its work."""
    CHECKING = "checking"
    """The new file is opened again."""


@dataclass(frozen=True, slots=True)
class Progress:
    """How far an export is.

    Attributes:
        phase: What it is doing.
        done_pixels: Output pixels that are computed.
        total_pixels: All of them.
        elapsed_s: Seconds since the beginning, pauses left out.
        left_s: Seconds that it will still take at the speed so far; None while too little is known.
    """

    phase: Phase
    done_pixels: int
    total_pixels: int
    elapsed_s: float
    left_s: float | None = None

    @property
    def share(self) -> float:
        """Of the pixels, in [0, 1]."""
        return self.done_pixels / self.total_pixels if self.total_pixels else 0.0


OnProgress = Callable[[Progress], None]
