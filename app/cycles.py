"""Python's collector of cycles, brought to the GUI thread.

The collector begins by itself on whichever thread has just made an object, and destroys the cycles that it finds there.
A widget or a timer may lie in one of them, and Qt's objects must go on their own thread: elsewhere the program may end
there and then. So it never begins by itself in the viewer; a timer calls it, as often as it would come.
"""

from __future__ import annotations

import gc
import sys

from PySide6.QtCore import QObject, QTimer

TICK_MS = 1000


class CycleCollector(QObject):
    """Collects on the thread that it is made on, from now until `stop`.

    Args:
        parent: Lives at least as long.
    """

    def __init__(self, parent: QObject) -> None:
        super().__init__(parent)
        self._was_enabled = gc.isenabled()
        self._has_frozen = False
        gc.disable()
        self._timer = QTimer(self, interval=TICK_MS)
        self._timer.timeout.connect(self.collect)
        self._timer.start()

    def collect(self) -> None:
        """Look for cycles among young objects, and more rarely older ones: as Python does by their number."""
        full = [count > limit > 0 for count, limit in zip(gc.get_count(), gc.get_threshold(), strict=True)]
        if True not in full:
            return
        oldest = max(generation for generation, is_full in enumerate(full) if is_full)
        gc.collect(oldest)
        if oldest == len(full) - 1 and not self._has_frozen and "torch" in sys.modules:
            # torch has hundreds of thousands of objects that never go: to look at them takes a tenth of a second.
            gc.freeze()
            self._has_frozen = True

    def stop(self) -> None:
        """Let Python decide again where it collects."""
        self._timer.stop()
        if self._has_frozen:
            gc.unfreeze()
        if self._was_enabled:
            gc.enable()
