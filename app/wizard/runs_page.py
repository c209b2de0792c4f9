"""All trainings, and how much room they take: to be shown, to go on, or to be thrown away."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import QLocale, QSize, Qt, Signal, SignalInstance
from PySide6.QtWidgets import QHBoxLayout, QListWidget, QListWidgetItem, QPushButton

from app.training.run_record import FAILED, FINISHED, RUNNING, WAITING
from app.training.run_store import StoredRun
from app.windows.elided_label import plain_tooltip
from app.wizard.page import WizardPage, faint_label

_ROW_PADDING = 14


class RunsPage(WizardPage):
    """A list.

    Signals:
        show_asked: Id of a training that is to be looked at.
        go_on_asked: Id of one that is to go on.
        discard_asked: Id of one to throw away.
        new_asked: Another one is to be planned.
    """

    show_asked = Signal(str)
    go_on_asked = Signal(str)
    discard_asked = Signal(str)
    new_asked = Signal()

    def __init__(self) -> None:
        super().__init__()
        self._runs: Sequence[StoredRun] = ()
        self._active: frozenset[str] = frozenset()
        self._paused: str | None = None
        self.list = QListWidget()
        self.list.setAlternatingRowColors(True)
        self.list.setTextElideMode(Qt.TextElideMode.ElideRight)
        self.list.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.list.currentRowChanged.connect(lambda _row: self._show_buttons())
        self.list.itemActivated.connect(lambda _item: self._emit_show())
        self.disk_use = faint_label()
        self.show_button, self.go_on_button = QPushButton(), QPushButton()
        self.discard_button, self.new_button = QPushButton(), QPushButton()
        row = QHBoxLayout()
        for button in (self.show_button, self.go_on_button, self.discard_button):
            row.addWidget(button)
        row.addStretch()
        row.addWidget(self.new_button)
        self.body.addWidget(self.list, 1)
        self.body.addWidget(self.disk_use)
        self.body.addLayout(row)
        self.show_button.clicked.connect(self._emit_show)
        self.go_on_button.clicked.connect(lambda: self._emit(self.go_on_asked))
        self.discard_button.clicked.connect(lambda: self._emit(self.discard_asked))
        self.new_button.clicked.connect(self.new_asked)
        self.setFocusProxy(self.list)
        self.retranslate()

    def set_runs(self, runs: Sequence[StoredRun], *, active: frozenset[str], paused: str | None = None) -> None:
        """Show these; `active` are the ids of those that run or wait in this window, `paused` of one that pauses."""
        current = self._current()
        self._runs, self._active, self._paused = list(runs), active, paused
        self._fill(None if current is None else current.record.id)

    def retranslate(self) -> None:
        """See `WizardPage`."""
        self.title.setText(self.tr("Trainings"))
        self.sentence.setText(
            self.tr("One trains at a time; the others wait, and can go on whenever they were interrupted.")
        )
        self.list.setAccessibleName(self.tr("Trainings"))
        self.show_button.setText(self.tr("&Show"))
        self.go_on_button.setText(self.tr("&Go on"))
        self.discard_button.setText(self.tr("&Discard…"))
        self.new_button.setText(self.tr("New &training"))
        current = self._current()
        self._fill(None if current is None else current.record.id)

    def _fill(self, current: str | None) -> None:
        self.list.clear()
        for run in self._runs:
            # Isolated: the size keeps its place behind names that are written from right to left.
            head = self.tr("{0} ({1})").format(f"\u2068{run.record.name}\u2069", self._size_text(run.size_bytes))
            item = QListWidgetItem(f"{head}\n{self._state(run)}")
            item.setToolTip(plain_tooltip(run.problem or run.record.last_words or run.record.data))
            item.setSizeHint(QSize(0, 2 * self.fontMetrics().lineSpacing() + _ROW_PADDING))
            self.list.addItem(item)
        ids = [run.record.id for run in self._runs]
        self.list.setCurrentRow(ids.index(current) if current in ids else 0)
        total = self._size_text(sum(run.size_bytes for run in self._runs))
        self.disk_use.setText(self.tr("All of them together: {0} on the disk.").format(total))
        self.disk_use.setVisible(bool(self._runs))
        self._show_buttons()

    def _size_text(self, size_bytes: int) -> str:
        return self.locale().formattedDataSize(size_bytes, 1, QLocale.DataSizeFormat.DataSizeSIFormat)

    def _state(self, run: StoredRun) -> str:
        record = run.record
        percent = round(100 * record.progress)
        if run.problem:
            return self.tr("Cannot go on: {0}").format(run.problem)
        if record.id == self._paused:
            return self.tr("Paused at {0} %").format(percent)
        if record.id in self._active:
            return self.tr("Waits for its turn") if record.status == WAITING else self.tr("Runs now")
        if record.status == FINISHED and record.installed_as is not None:
            return self.tr("Done, installed as {0}").format(record.installed_as)
        if record.status == FINISHED:
            return self.tr("Done, not installed yet")
        if record.status == FAILED:
            return self.tr("Stopped at {0} %: {1}").format(percent, record.last_words)
        if record.status == RUNNING:
            return self.tr("Interrupted after {0} %").format(percent)
        return self.tr("Kept for later at {0} %").format(percent)

    def _current(self) -> StoredRun | None:
        row = self.list.currentRow()
        return self._runs[row] if 0 <= row < len(self._runs) else None

    def _show_buttons(self) -> None:
        run = self._current()
        is_active = run is not None and run.record.id in self._active
        can_go_on = run is not None and not run.problem and not is_active and run.record.status != FINISHED
        self.show_button.setEnabled(run is not None and not run.problem)
        self.go_on_button.setEnabled(can_go_on)
        self.discard_button.setEnabled(run is not None)

    def _emit_show(self) -> None:
        self._emit(self.show_asked)

    def _emit(self, signal: SignalInstance) -> None:
        run = self._current()
        if run is not None:
            signal.emit(run.record.id)
