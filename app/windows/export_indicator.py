"""In the status bar: that something is exported, how far it is, and the way to the queue."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import QEvent, Qt, QTimer, Signal
from PySide6.QtWidgets import QToolButton

from app.windows.export_texts import left_text
from app.windows.icons import LOOK_CHANGES, icon
from liif_core.export.queue import QueueEntry, QueueState

# Work that is done sooner is not told of.
SHOW_AFTER_MS = 300


class ExportIndicator(QToolButton):
    """Visible while exports run.

    Signals:
        changed: It came, went or has another text.
    """

    changed = Signal()

    def __init__(self) -> None:
        super().__init__()
        self._entries: tuple[QueueEntry, ...] = ()
        self._paused = False
        self.setToolButtonStyle(Qt.ToolButtonStyle.ToolButtonTextBesideIcon)
        self.setAutoRaise(True)
        self.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        self._timer = QTimer(self, singleShot=True, interval=SHOW_AFTER_MS)
        self._timer.timeout.connect(self._appear)
        self.setIcon(icon("export"))
        self.hide()

    def show_entries(self, entries: Sequence[QueueEntry], *, paused: bool) -> None:
        """Show how far these are."""
        self._entries, self._paused = tuple(entries), paused
        if all(entry.state.is_finished for entry in entries):
            self._timer.stop()
            if not self.isHidden():
                self.hide()
                self.changed.emit()
        elif self.isHidden():
            if not self._timer.isActive():
                self._timer.start()
        else:
            self._show_text()

    def changeEvent(self, event: QEvent) -> None:
        """Speak the language chosen, and follow the look."""
        super().changeEvent(event)
        if event.type() == QEvent.Type.LanguageChange:
            self._show_text()
        elif event.type() in LOOK_CHANGES:
            self.setIcon(icon("export"))

    def _appear(self) -> None:
        self._show_text()
        self.show()
        self.changed.emit()

    def _show_text(self) -> None:
        text = self._text()
        if text != self.text():
            is_wider = len(text) != len(self.text())
            self.setText(text)
            self.setAccessibleName(text)
            if is_wider and not self.isHidden():
                self.changed.emit()
        self.setToolTip(self.tr("Show the exports"))

    def _text(self) -> str:
        finished = sum(entry.state.is_finished for entry in self._entries)
        running = next((entry for entry in self._entries if entry.state is QueueState.RUNNING), None)
        counted = self.tr("Export {0} of {1}").format(min(finished + 1, len(self._entries)), len(self._entries))
        if self._paused:
            return self.tr("{0}: paused").format(counted)
        if running is None or running.progress is None:
            return counted
        parts = [f"{counted}: {running.progress.share * 100:.0f} %", left_text(running)]
        return ", ".join(part for part in parts if part)
