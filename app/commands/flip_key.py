"""The key that shows the other picture for as long as it is held."""

from __future__ import annotations

from PySide6.QtCore import QEvent, QObject
from PySide6.QtGui import QKeyEvent, QKeySequence
from PySide6.QtWidgets import QWidget

from app.commands.compare_commands import CompareCommands
from app.commands.wiring import ActionMap

NAME = "flip"


class FlipKey(QObject):
    """Watches the canvas for the key of the action `flip`: an action alone hears only of presses.

    Args:
        canvas: Has the focus while photos are looked at.
        actions: Tell which key it is.
        comparing: Flips.
    """

    def __init__(self, canvas: QWidget, actions: ActionMap, comparing: CompareCommands) -> None:
        super().__init__(canvas)
        self._actions = actions
        self._comparing = comparing
        self._held: int | None = None
        actions[NAME].triggered.connect(self._flip_by_menu)
        canvas.installEventFilter(self)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Take the key's presses and releases; see `QObject.eventFilter`."""
        kind = event.type()
        if kind == QEvent.Type.FocusOut:
            self._let_go()
        elif isinstance(event, QKeyEvent):
            if kind == QEvent.Type.ShortcutOverride and self._is_it(event):
                # Else the window's shortcut would swallow the press.
                event.accept()
                return True
            if kind == QEvent.Type.KeyPress and self._is_it(event):
                if not event.isAutoRepeat():
                    self._held = event.key()
                    self._comparing.flip(True)
                return True
            if kind == QEvent.Type.KeyRelease and event.key() == self._held and not event.isAutoRepeat():
                self._let_go()
                return True
        return super().eventFilter(watched, event)

    def _is_it(self, event: QKeyEvent) -> bool:
        pressed = QKeySequence(event.keyCombination())
        return self._actions[NAME].isEnabled() and pressed in self._actions[NAME].shortcuts()

    def _let_go(self) -> None:
        if self._held is not None:
            self._held = None
            self._comparing.flip(False)

    def _flip_by_menu(self) -> None:
        """A menu cannot be held: each choice turns it over."""
        comparison = self._comparing.comparison
        self._comparing.flip(comparison is None or not comparison.flipped)
