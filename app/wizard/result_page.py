"""The last page: how good the model is, and what to do with it."""

from __future__ import annotations

from collections.abc import Mapping

from PySide6.QtCore import Qt, Signal, SignalInstance
from PySide6.QtGui import QImage, QPalette
from PySide6.QtWidgets import QGridLayout, QHBoxLayout, QLabel, QLineEdit, QPushButton, QWidget

from app.model_facts import ModelFacts
from app.training.progress import RunProgress
from app.training.run_store import StoredRun
from app.windows.model_information import ModelInformation
from app.wizard.page import WarningLabel, WizardPage, faint_label, plain_label
from app.wizard.preview_sheet import PreviewSheet
from app.wizard.wording import scale_text


class ResultPage(WizardPage):
    """Shows what a training brought.

    Signals:
        install_asked: The name that the model is to have; only into the library.
        zoom_asked: The same, and then the open photo is to be enlarged by it.
    """

    install_asked = Signal(str)
    zoom_asked = Signal(str)

    def __init__(self) -> None:
        super().__init__()
        self._run: StoredRun | None = None
        self._progress = RunProgress()
        self._has_photo = self._is_installing = False
        self._table = QWidget()
        self.note, self.preview, self.card = faint_label(), PreviewSheet(), ModelInformation()
        self._name_label, self.name = QLabel(), QLineEdit()
        self._name_label.setBuddy(self.name)
        self.install_button, self.zoom_button = QPushButton(), QPushButton()
        self.warning, self.news = WarningLabel(), plain_label()
        self._columns = QGridLayout()
        self._columns.setColumnStretch(0, 1)
        self._columns.setColumnStretch(1, 1)
        self._columns.setHorizontalSpacing(18)
        self._columns.addWidget(self._table, 0, 0, Qt.AlignmentFlag.AlignTop)
        self._columns.addWidget(self.note, 1, 0)
        self._columns.addWidget(self.card, 2, 0)
        self._columns.addWidget(self.preview, 0, 1, 4, 1)
        self._columns.setRowStretch(3, 1)
        row = QHBoxLayout()
        row.addWidget(self._name_label)
        row.addWidget(self.name, 1)
        row.addWidget(self.install_button)
        row.addWidget(self.zoom_button)
        self.body.addLayout(self._columns, 1)
        self.body.addWidget(self.warning)
        self.body.addWidget(self.news)
        self.body.addLayout(row)
        self.install_button.clicked.connect(lambda: self._ask(self.install_asked))
        self.zoom_button.clicked.connect(lambda: self._ask(self.zoom_asked))
        self.name.textEdited.connect(lambda _text: self.warning.say(""))
        self.zoom_button.setDefault(True)
        self.retranslate()

    def show_run(self, run: StoredRun, progress: RunProgress) -> None:
        """Show the result of a training."""
        if self._run is None or run.record.id != self._run.record.id:
            self.name.setText(run.record.installed_as or run.record.name)
            self.card.set_facts(None)
            self.warning.say("")
        self._run, self._progress, self._is_installing = run, progress, False
        self._show()

    def set_preview(self, sheet: QImage | None) -> None:
        """The crops as the model enlarges them."""
        self.preview.set_sheet(sheet)

    def set_card(self, facts: ModelFacts) -> None:
        """What the model's file says; its PSNR is in the table already."""
        self.card.set_facts(facts)

    def set_photo_open(self, is_open: bool) -> None:
        """Whether there is a photo to zoom."""
        self._has_photo = is_open
        self._show_buttons()

    def set_failure(self, sentence: str) -> None:
        """It could not be installed."""
        self._is_installing = False
        self.warning.say(sentence)
        self._show_buttons()

    def retranslate(self) -> None:
        """See `WizardPage`."""
        headings = (self.tr("Before (bicubic)"), self.tr("After"), self.tr("Truth"))
        self.preview.set_texts(headings, "", name=self.tr("Crops before and after"))
        self._name_label.setText(self.tr("&Name"))
        self.name.setAccessibleName(self.tr("Name of the model"))
        self.install_button.setText(self.tr("&Install"))
        self.install_button.setToolTip(self.tr("Put it beside the other models, without using it now."))
        self.note.setText(self.tr("PSNR in decibels on photos that it did not learn from; more is better."))
        self._show()

    def _show(self) -> None:
        self._show_buttons()
        if self._run is None:
            self.title.setText(self.tr("Result"))
            return
        title = self.tr("{0} is ready") if self._run.record.is_over else self.tr("{0} as it was saved last")
        self.title.setText(title.format(self._run.record.name))
        self.sentence.setText(self._verdict())
        self._fill_table()

    def _verdict(self) -> str:
        psnr, baseline = self._progress.latest_psnr, self._progress.baseline
        gains = [value - baseline[scale] for scale, value in psnr.items() if scale in baseline]
        if not gains and self._progress.validation_photos:
            return self.tr("It has not been measured yet: go on with it to see how good it becomes.")
        if not gains:
            return self.tr("There was no photo to measure it with.")
        gain = self._decibels(sum(gains) / len(gains))
        if sum(gains) <= 0:
            text = self.tr("Not better than bicubic enlargement yet ({0} dB): train longer, or with more photos.")
            return text.format(gain)
        other, figures = self._other()
        gains = [value - figures[scale] for scale, value in psnr.items() if scale in figures]
        if not gains:
            return self.tr("On average it is {0} dB better than bicubic enlargement.").format(gain)
        mean = sum(gains) / len(gains)
        text = (
            self.tr("On average it is {0} dB better than bicubic enlargement, and {1} dB better than {2}.")
            if mean > 0
            else self.tr(
                "On average it is {0} dB better than bicubic enlargement, but {1} dB worse than {2}: train longer, or "
                "keep that."
            )
        )
        return text.format(gain, self._decibels(abs(mean)), other)

    def _other(self) -> tuple[str, Mapping[str, float]]:
        """The model that it is compared with: what it began with, or what photos are enlarged by here otherwise."""
        assert self._run is not None
        if self._progress.start:
            return self._run.record.start_name or self.tr("before"), self._progress.start
        return self._progress.beside_name, self._progress.beside

    def _ask(self, signal: SignalInstance) -> None:
        """Once: a second click would find its name taken by the first."""
        self._is_installing = True
        self._show_buttons()
        signal.emit(self.name.text().strip())

    def _decibels(self, value: float) -> str:
        return self.locale().toString(value, "f", 2)

    def _show_buttons(self) -> None:
        installed = None if self._run is None else self._run.record.installed_as
        zoom, use = self.tr("&Zoom my photo with it"), self.tr("&Use it from now on")
        self.zoom_button.setText(zoom if self._has_photo else use)
        is_free = installed is None and not self._is_installing
        self.install_button.setEnabled(is_free)
        self.zoom_button.setEnabled(not self._is_installing)
        self.name.setEnabled(is_free)
        self.news.setText("" if installed is None else self.tr("Installed as {0}.").format(installed))
        self.news.setVisible(installed is not None)

    def _fill_table(self) -> None:
        # A new widget, since a grid keeps the rows that it once had.
        fresh = QWidget()
        self._columns.replaceWidget(self._table, fresh)
        self._table.deleteLater()
        self._table = fresh
        grid = QGridLayout(fresh)
        grid.setContentsMargins(0, 0, 0, 0)
        grid.setHorizontalSpacing(16)
        assert self._run is not None
        columns: list[tuple[str, Mapping[str, float]]] = [
            (self.tr("new"), self._progress.latest_psnr),
            (self.tr("bicubic"), self._progress.baseline),
        ]
        heading, figures = self._other()
        if figures:
            columns.append((heading, figures))
        _put(grid, 0, 0, self.tr("Enlarged"), faint=True)
        _put(grid, 0, len(columns) + 1, self.tr("gain"), faint=True)
        for column, (heading, values) in enumerate(columns, start=1):
            _put(grid, 0, column, heading, faint=True)
            for row, scale in enumerate(self._progress.latest_psnr, start=1):
                _put(grid, row, column, f"{values[scale]:.2f}" if scale in values else "–")
        for row, (scale, value) in enumerate(self._progress.latest_psnr.items(), start=1):
            _put(grid, row, 0, scale_text(scale))
            # Over the column that it stands beside.
            before = columns[-1][1].get(scale)
            _put(grid, row, len(columns) + 1, f"{value - before:+.2f}" if before is not None else "–")


def _put(grid: QGridLayout, row: int, column: int, text: str, *, faint: bool = False) -> None:
    label = QLabel(text)
    label.setTextFormat(Qt.TextFormat.PlainText)
    if faint:
        label.setForegroundRole(QPalette.ColorRole.PlaceholderText)
    side = Qt.AlignmentFlag.AlignTrailing if column else Qt.AlignmentFlag.AlignLeading
    grid.addWidget(label, row, column, side | Qt.AlignmentFlag.AlignVCenter)
