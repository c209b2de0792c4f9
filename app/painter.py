"""A painter that ends, whatever happens."""

from __future__ import annotations

import contextlib
from collections.abc import Iterator

from PySide6.QtGui import QPaintDevice, QPainter


@contextlib.contextmanager
def painter_on(device: QPaintDevice) -> Iterator[QPainter]:
    """A painter for a block.

    After an exception, Python keeps the frames that it came through, and with them a painter that was not ended. Qt
    ends the program when what such a painter is still at work on goes away, so that an error in one widget's painting
    would take everything along, dialog about the error included.
    """
    painter = QPainter(device)
    try:
        yield painter
    finally:
        painter.end()
