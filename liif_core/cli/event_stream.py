"""A training as another program follows and steers it: events out, one JSON object a line, and commands in.

`stepless train --events` writes every `TrainEvent` to standard output, and nothing else. Where standard input is a
pipe, it takes the lines of `control.COMMANDS` from it: "pause", "resume", "finish" (end early, with a model) and "stop"
(save, to be resumed). The end of the pipe means "stop" as well: whoever wanted the training is gone. Signals are not
needed, and Windows has none.
"""

from __future__ import annotations

import contextlib
import io
import json
import logging
import os
import stat
import threading
from collections.abc import Iterator
from dataclasses import asdict
from typing import TextIO

from liif_core.training.control import STOP, RunControl
from liif_core.training.events import TrainEvent

logger = logging.getLogger(__name__)

_READ_BYTES = 4096


class EventLines:
    """Writes events to a stream; when nobody reads them any more, or there is no stream, it is quiet."""

    def __init__(self, stream: TextIO | None) -> None:
        self._stream = stream

    def __call__(self, event: TrainEvent) -> None:
        """Write one line."""
        self.write(asdict(event))

    def write(self, message: dict[str, object]) -> None:
        """Write one line of something else; NaN and infinity are null, as JSON has none."""
        if self._stream is None:
            return
        try:
            self._stream.write(json.dumps(_finite(message), allow_nan=False) + "\n")
            self._stream.flush()
        except (OSError, ValueError):
            # A closed pipe, or a closed stream.
            self._stream = None


def _finite(value: object) -> object:
    if isinstance(value, dict):
        return {key: _finite(item) for key, item in value.items()}
    if isinstance(value, list | tuple):
        return [_finite(item) for item in value]
    if isinstance(value, float) and (value != value or value in (float("inf"), float("-inf"))):
        return None
    return value


@contextlib.contextmanager
def steered_by(stream: TextIO | None, control: RunControl) -> Iterator[None]:
    """Obey a stream inside the block, if it is a pipe; what is not a command is logged."""
    descriptor = _pipe(stream)
    if descriptor is not None:
        # Reads the descriptor itself: at the program's end, Python would wait for a thread inside the stream.
        threading.Thread(target=_obey, args=(descriptor, control), name="commands", daemon=True).start()
    yield


def _pipe(stream: TextIO | None) -> int | None:
    """The descriptor of a stream that is a pipe: a terminal's person has Ctrl+C, and the null device ends at once."""
    try:
        descriptor = stream.fileno() if stream is not None else None
        if descriptor is None:
            return None
        mode = os.fstat(descriptor).st_mode
    except (OSError, io.UnsupportedOperation, ValueError):
        return None
    return descriptor if stat.S_ISFIFO(mode) or stat.S_ISSOCK(mode) else None


def _obey(descriptor: int, control: RunControl) -> None:
    rest = b""
    with contextlib.suppress(OSError):
        while data := os.read(descriptor, _READ_BYTES):
            *lines, rest = (rest + data).split(b"\n")
            for line in lines:
                command = line.decode("utf-8", "replace").strip()
                if command and not control.obey(command):
                    logger.warning("not a command: %r", command)
    control.obey(STOP)
