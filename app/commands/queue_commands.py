"""The queue of exports: its panel, its line in the status bar, and the question before the program ends."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

import shiboken6
from PySide6.QtCore import QObject, Qt, Signal
from PySide6.QtWidgets import QMessageBox, QWidget

from app.commands.wiring import connect_switches
from app.file_manager import show_folder_of
from app.windows.main_window import MainWindow
from app.windows.message_box import message_box

if TYPE_CHECKING:
    from app.windows.export_indicator import ExportIndicator
    from app.windows.export_queue_panel import ExportQueuePanel
    from app.workers.export_worker import ExportWorker
    from liif_core.export.queue import QueueEntry
    from liif_core.export.task import ExportTask


class QueueCommands(QObject):
    """Owner of the exports. Worker and panel are made with the first export, or when the panel is asked for.

    Args:
        window: Has panel and status bar.

    Signals:
        notice: A sentence that needs no answer.
    """

    notice = Signal(str)

    def __init__(self, window: MainWindow) -> None:
        super().__init__(window)
        self._window = window
        self._parts: tuple[ExportWorker, ExportQueuePanel, ExportIndicator] | None = None
        self._asked: QMessageBox | None = None
        self._may_close = self._is_adding = False
        self._focus_before: QWidget | None = None
        connect_switches(window.actions_, {"export_queue": self.show_panel})
        window.add_close_guard(self._lets_close)
        window.closing.connect(self._end)

    @property
    def worker(self) -> ExportWorker:
        """Exports."""
        return self._made()[0]

    @property
    def panel(self) -> ExportQueuePanel:
        """Shows the exports."""
        return self._made()[1]

    @property
    def indicator(self) -> ExportIndicator:
        """In the status bar."""
        return self._made()[2]

    @property
    def targets(self) -> frozenset[Path]:
        """The files that exports are about to write."""
        return self._parts[0].targets if self._parts is not None else frozenset()

    @property
    def entries(self) -> tuple[QueueEntry, ...]:
        """See `ExportWorker.entries`."""
        return self._parts[0].entries if self._parts is not None else ()

    @property
    def unfinished(self) -> int:
        """How many exports run or wait."""
        return self._parts[0].unfinished if self._parts is not None else 0

    def add(self, tasks: Sequence[ExportTask]) -> None:
        """Export these, too."""
        if len(tasks) > 1:
            self.show_panel(True)
        self._is_adding = True
        self.worker.add(tasks)
        self._is_adding = False
        # Once, and not for each of some thousand.
        self._show_all()

    def show_panel(self, shown: bool) -> None:
        """Show the exports, or not; hidden, they give the focus back."""
        self.panel.setVisible(shown)
        before = self._focus_before
        if shown:
            focused = self._window.focusWidget()
            # Asked for once more, the panel has it already.
            if focused is None or not self.panel.isAncestorOf(focused):
                self._focus_before = focused
            self.panel.tree.setFocus()
        elif before is not None and shiboken6.isValid(before) and before.isVisible():
            before.setFocus()

    def stop(self, *, timeout_s: float) -> bool:
        """Stop all exports, when the program ends; whether they ended in time."""
        return self._parts is None or self._parts[0].stop(timeout_s=timeout_s)

    # -- closing

    def _lets_close(self) -> bool:
        """Ask before the window closes while exports run; the question does not hold up anything."""
        if self.unfinished and not self._may_close and self._window.isVisible():
            self._ask_to_quit()
            return False
        return True

    def _end(self) -> None:
        """Exports end while the window is being taken down."""
        if self._parts is not None:
            self._parts[0].close()

    # -- the parts

    def _made(self) -> tuple[ExportWorker, ExportQueuePanel, ExportIndicator]:
        if self._parts is None:
            from app.windows.export_indicator import ExportIndicator
            from app.windows.export_queue_panel import ExportQueuePanel
            from app.workers.export_worker import ExportWorker

            self._parts = ExportWorker(), ExportQueuePanel(self._window), ExportIndicator()
            self._wire(*self._parts)
        return self._parts

    def _wire(self, worker: ExportWorker, panel: ExportQueuePanel, indicator: ExportIndicator) -> None:
        window = self._window
        window.addDockWidget(Qt.DockWidgetArea.BottomDockWidgetArea, panel)
        window.resizeDocks([panel], [panel.sizeHint().height()], Qt.Orientation.Vertical)
        panel.hide()
        window.status.add_indicator(indicator)
        worker.changed.connect(self._follow)
        worker.listed.connect(self._show_all)
        panel.pause_asked.connect(worker.set_paused)
        panel.cancel_asked.connect(worker.cancel)
        panel.retry_asked.connect(worker.retry)
        panel.clear_asked.connect(worker.clear_finished)
        panel.reveal_asked.connect(show_folder_of)
        panel.visibilityChanged.connect(
            lambda _visible: window.actions_["export_queue"].setChecked(not panel.isHidden())
        )
        indicator.clicked.connect(lambda: self.show_panel(True))
        indicator.changed.connect(window.status.fit)

    def _follow(self, entry: QueueEntry) -> None:
        from liif_core.export.queue import QueueState

        # A stopped queue may tell of its last entries when the window is gone already.
        if self._parts is None or self._may_close or self._is_adding:
            return
        worker, panel, indicator = self._parts
        if entry.id not in {other.id for other in worker.entries}:
            return
        panel.update_entry(entry)
        indicator.show_entries(worker.entries, paused=worker.paused)
        if entry.state is QueueState.DONE:
            self._tell_done(entry)
        elif entry.state is QueueState.FAILED:
            self.notice.emit(self.tr("An export failed: {0}").format(entry.error))
            panel.show()

    def _tell_done(self, entry: QueueEntry) -> None:
        from app.windows.export_texts import bytes_text, note_text, size_text

        result = entry.result
        if result is not None:
            text = self.tr("{0} was exported: {1} pixels, {2}.")
            told = text.format(result.path.name, size_text(result.size), bytes_text(result.file_bytes))
            notes = "; ".join(note_text(note) for note in result.notes)
            self.notice.emit(f"{told} ({notes})" if notes else told)

    def _show_all(self) -> None:
        if self._parts is not None:
            worker, panel, indicator = self._parts
            panel.set_entries(worker.entries, paused=worker.paused)
            indicator.show_entries(worker.entries, paused=worker.paused)

    def _ask_to_quit(self) -> None:
        if self._asked is not None:
            self._asked.raise_()
            return
        count = self.unfinished
        one = self.tr("An export is not finished: quit and stop it?")
        text = self.tr("{0} exports are not finished: quit and stop them?") if count > 1 else one
        box = message_box(
            QMessageBox.Icon.Question,
            self.tr("Quit Stepless?"),
            text.format(count),
            parent=self._window,
            details=self.tr("Nothing half done is left behind, and no file is replaced."),
        )
        leave = box.addButton(self.tr("&Quit and stop"), QMessageBox.ButtonRole.DestructiveRole)
        stay = box.addButton(self.tr("&Go on exporting"), QMessageBox.ButtonRole.RejectRole)
        box.setDefaultButton(stay)
        box.finished.connect(self._forget_question)
        leave.clicked.connect(self._quit)
        self._asked = box
        box.open()

    def _forget_question(self) -> None:
        self._asked = None

    def _quit(self) -> None:
        # A training may keep the window open, and the exports with it.
        self._may_close = True
        self._may_close = self._window.close()
