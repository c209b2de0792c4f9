"""How large a window is when it opens."""

from __future__ import annotations

from PySide6.QtCore import QSize
from PySide6.QtWidgets import QWidget

# The rest is for the frame, and for bars that the system tells nothing of.
_SHARE_OF_SCREEN = 0.9


def take_room(window: QWidget, wanted: QSize | None = None) -> None:
    """Give a window its size before it is shown: by itself Qt gives it two thirds of the screen at most.

    Args:
        window: All that belongs into it is there.
        wanted: What it would have on a large screen, in device-independent pixels; None for its hint.
    """
    window.resize((wanted or window.sizeHint()).boundedTo(window.screen().availableSize() * _SHARE_OF_SCREEN))
