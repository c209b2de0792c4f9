"""Where an encoder's bytes go."""

from __future__ import annotations

import threading
from pathlib import Path
from typing import Any

from liif_core.imaging.splice import HeadSplice
from liif_core.imaging.vips import load_pyvips


class EncodedOutput:
    """The file's bytes on their way from libvips, which wants no exceptions.

    Attributes:
        failure: What the disk said, if it refused something.

    Args:
        path: The file, which is overwritten.
        splice: What is put into its beginning.
    """

    def __init__(self, path: Path, splice: HeadSplice | None) -> None:
        self._file = path.open("w+b", buffering=0)
        self._splice = splice
        self._lock = threading.Lock()
        self._target: Any = None
        self.failure: OSError | None = None

    def target(self) -> Any:
        """For libvips."""
        # Held here: pyvips forgets the handlers with the object, whoever in libvips still writes to it.
        self._target = target = load_pyvips().TargetCustom()
        target.on_write(self._write)
        target.on_seek(self._seek)
        target.on_read(self._read)
        target.on_end(lambda: 0 if self.failure is None else -1)
        return target

    def write_whole(self, content: bytes | memoryview) -> None:
        """All at once."""
        if self._write(content) < 0 and self.failure is not None:
            raise self.failure

    def close(self) -> None:
        """End; whoever still writes is told that it failed."""
        with self._lock:
            self._file.close()

    def _write(self, content: Any) -> int:
        try:
            with self._lock:
                if self._file.closed:
                    return -1
                for part in (content,) if self._splice is None else self._splice.passed(bytes(content)):
                    self._write_all(memoryview(part))
            return len(content)
        except OSError as exc:
            self.failure = exc
            return -1

    def _write_all(self, rest: memoryview) -> None:
        """Without a buffer of Python's own, a write may take a part only."""
        while rest:
            rest = rest[self._file.write(rest) or 0 :]

    def _seek(self, offset: int, whence: int) -> int:
        try:
            with self._lock:
                return -1 if self._file.closed else self._file.seek(offset, whence)
        except OSError as exc:
            self.failure = exc
            return -1

    def _read(self, count: int) -> bytes | None:
        try:
            with self._lock:
                return None if self._file.closed else self._file.read(count)
        except OSError as exc:
            self.failure = exc
            return None
