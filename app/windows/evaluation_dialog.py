"""Measuring how good a model is on a folder of photos, with a table beside bicubic enlargement."""

from __future__ import annotations

from PySide6.QtCore import QEvent, QSize, Qt, Signal
from PySide6.QtGui import QColor, QPalette
from PySide6.QtWidgets import (
    QComboBox,
    QDialog,
    QDialogButtonBox,
    QFileDialog,
    QFormLayout,
    QHBoxLayout,
    QHeaderView,
    QLabel,
    QLineEdit,
    QPushButton,
    QTableWidget,
    QTableWidgetItem,
    QVBoxLayout,
    QWidget,
)

from app.evaluation import EvaluationLine, EvaluationOutcome, EvaluationStep, scales_of
from app.typed_path import typed_path
from app.windows.first_size import take_room
from app.windows.progress_row import ProgressRow
from app.windows.theme import colors
from liif_core.errors import RequestError
from liif_core.evaluation.protocol import BENCHMARK, DIV2K

DEFAULT_SCALES = "2, 3, 4"


class EvaluationDialog(QDialog):
    """Asks for a folder, scales and a protocol, and shows what comes of it. It measures nothing itself.

    Args:
        model_name: What is measured.
        parent: As for every dialog.

    Signals:
        measure_asked: Folder (`Path`), scales (tuple of `Scale`), and protocol (None for the usual one).
        stopped: The person does not want to wait any longer.
        copy_asked: This text is to be copied.
    """

    measure_asked = Signal(object, object, object)
    stopped = Signal()
    copy_asked = Signal(str)

    def __init__(self, model_name: str, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._model_name = model_name
        self._outcome: EvaluationOutcome | None = None
        self._is_measuring = False
        self._problem = ""
        self.sentence = QLabel()
        self.layout_hint = QLabel()
        self.layout_hint.setForegroundRole(QPalette.ColorRole.PlaceholderText)
        self.message = QLabel()
        for label in (self.sentence, self.layout_hint, self.message):
            label.setWordWrap(True)
            label.setTextFormat(Qt.TextFormat.PlainText)
        self.folder, self.scales = QLineEdit(), QLineEdit(DEFAULT_SCALES)
        self.choose_button = self._button()
        self.protocol = QComboBox()
        for value in (None, BENCHMARK, DIV2K):
            self.protocol.addItem("", value)
        self._labels = [QLabel(), QLabel(), QLabel()]
        self.table = QTableWidget(0, 7)
        self.progress = ProgressRow()
        self.measure_button, self.markdown_button, self.csv_button = self._button(), self._button(), self._button()
        self.close_buttons = QDialogButtonBox(QDialogButtonBox.StandardButton.Close)
        self._connect()
        self._lay_out()
        self._retranslate()
        take_room(self)

    def set_step(self, step: EvaluationStep) -> None:
        """Show how far it is."""
        text = self.tr("{0} of {1}: {2} at {3}").format(step.done, step.total, step.photo, step.scale)
        self.progress.set_share(step.done / max(1, step.total), text)

    def set_outcome(self, outcome: EvaluationOutcome) -> None:
        """Show what was measured."""
        self._outcome = outcome
        self._end()

    def set_problem(self, text: str) -> None:
        """It has failed."""
        self._problem = text
        self._end()

    def set_stopped(self) -> None:
        """It was stopped, and there is nothing to show."""
        self._end()

    def reject(self) -> None:
        """Stop measuring when the dialog is closed."""
        self.stopped.emit()
        super().reject()

    def sizeHint(self) -> QSize:
        """Room for a table."""
        return QSize(720, 520)

    def changeEvent(self, event: QEvent) -> None:
        """Speak the language chosen, in the colours of the theme."""
        super().changeEvent(event)
        if event.type() == QEvent.Type.LanguageChange:
            self._retranslate()
        elif event.type() == QEvent.Type.PaletteChange:
            self._show_message()

    # -- building

    def _button(self) -> QPushButton:
        button = QPushButton()
        button.setAutoDefault(False)
        return button

    def _connect(self) -> None:
        self.choose_button.clicked.connect(self._choose_folder)
        self.measure_button.clicked.connect(self._ask)
        self.measure_button.setDefault(True)
        self.markdown_button.clicked.connect(lambda: self._copy("markdown"))
        self.csv_button.clicked.connect(lambda: self._copy("csv"))
        self.progress.cancel_asked.connect(self.stopped)
        self.close_buttons.rejected.connect(self.reject)
        for entry in (self.folder, self.scales):
            entry.textChanged.connect(self._update)

    def _lay_out(self) -> None:
        folder_row = QHBoxLayout()
        folder_row.addWidget(self.folder, 1)
        folder_row.addWidget(self.choose_button)
        form = QFormLayout()
        form.setFieldGrowthPolicy(QFormLayout.FieldGrowthPolicy.AllNonFixedFieldsGrow)
        for label, buddy in zip(self._labels, (self.folder, self.scales, self.protocol), strict=True):
            label.setBuddy(buddy)
        form.addRow(self._labels[0], folder_row)
        form.addRow(self._labels[1], self.scales)
        form.addRow(self._labels[2], self.protocol)
        self.table.setEditTriggers(QTableWidget.EditTrigger.NoEditTriggers)
        self.table.setSelectionBehavior(QTableWidget.SelectionBehavior.SelectRows)
        self.table.verticalHeader().hide()
        self.table.horizontalHeader().setSectionResizeMode(QHeaderView.ResizeMode.ResizeToContents)
        self.table.horizontalHeader().setStretchLastSection(True)
        self.table.horizontalHeader().setMinimumSectionSize(self.fontMetrics().averageCharWidth() * 8)
        self.table.setTabKeyNavigation(False)
        foot = QHBoxLayout()
        for button in (self.markdown_button, self.csv_button):
            foot.addWidget(button)
        foot.addStretch()
        foot.addWidget(self.measure_button)
        foot.addWidget(self.close_buttons)
        layout = QVBoxLayout(self)
        layout.setSpacing(10)
        layout.addWidget(self.sentence)
        layout.addWidget(self.layout_hint)
        layout.addLayout(form)
        layout.addWidget(self.table, 1)
        layout.addWidget(self.message)
        layout.addWidget(self.progress)
        layout.addLayout(foot)

    # -- what happens

    def _choose_folder(self) -> None:
        chosen = QFileDialog.getExistingDirectory(self, self.tr("Choose photos"), self.folder.text())
        if chosen:
            self.folder.setText(chosen)

    def _ask(self) -> None:
        if not self.measure_button.isEnabled():
            return
        self._is_measuring, self._problem, self._outcome = True, "", None
        self.progress.start(self.tr("Loading the model…"))
        self._show_all()
        # Where the photos are does not depend on where the program was started.
        folder = typed_path(self.folder.text()).absolute()
        self.measure_asked.emit(folder, scales_of(self.scales.text()), self.protocol.currentData())

    def _end(self) -> None:
        self._is_measuring = False
        self.progress.finish()
        self._show_all()

    def _copy(self, kind: str) -> None:
        if self._outcome is not None:
            self.copy_asked.emit(getattr(self._outcome, kind))
            self.message.setText(self.tr("The table was copied."))

    # -- what is shown

    def _update(self) -> None:
        can_measure = bool(self.folder.text().strip()) and self._has_scales() and not self._is_measuring
        self.measure_button.setEnabled(can_measure)
        for widget in (self.folder, self.choose_button, self.scales, self.protocol):
            widget.setEnabled(not self._is_measuring)
        for button in (self.markdown_button, self.csv_button):
            button.setEnabled(self._outcome is not None)

    def _has_scales(self) -> bool:
        try:
            return bool(scales_of(self.scales.text()))
        except RequestError:
            return False

    def _show_all(self) -> None:
        self._update()
        self._fill_table()
        self._show_message()

    def _fill_table(self) -> None:
        lines = self._outcome.lines if self._outcome is not None else ()
        self.table.setRowCount(len(lines))
        for row, line in enumerate(lines):
            for column, text in enumerate(_cells(line)):
                item = QTableWidgetItem(text)
                item.setTextAlignment(Qt.AlignmentFlag.AlignCenter)
                self.table.setItem(row, column, item)

    def _show_message(self) -> None:
        palette = QPalette(self.palette())
        if self._problem:
            palette.setColor(QPalette.ColorRole.WindowText, QColor(colors().warning))
        if self.message.palette() != palette:
            self.message.setPalette(palette)
        self.message.setText(self._problem or (self._told_of(self._outcome) if self._outcome is not None else ""))

    def _told_of(self, outcome: EvaluationOutcome) -> str:
        protocols = {
            BENCHMARK: self.tr("Brightness was compared, without a border of the scale."),
            DIV2K: self.tr("Colours were compared, without a border of the scale and 6 pixels more."),
        }
        lines, left_out = [protocols[outcome.protocol]], outcome.left_out
        if len(left_out) == 1:
            lines.append(self.tr("One photo was left out: {0}").format(left_out[0]))
        elif left_out:
            lines.append(self.tr("{0} photos were left out. The first: {1}").format(len(left_out), left_out[0]))
        return "\n".join(lines)

    def _retranslate(self) -> None:
        self.setWindowTitle(self.tr("Measure quality"))
        self.sentence.setText(
            self.tr("Photos are reduced, enlarged by “{0}” and by bicubic, and compared with what they were.").format(
                self._model_name
            )
        )
        self.layout_hint.setText(
            self.tr(
                "Any folder of photos will do. That of a benchmark holds HR/NAME.png, and LR_bicubic/X2/NAMEx2.png "
                "where the small photos are given."
            )
        )
        texts = (self.tr("&Folder"), self.tr("&Scales"), self.tr("&Protocol"))
        fields: tuple[QWidget, ...] = (self.folder, self.scales, self.protocol)
        for label, text, field in zip(self._labels, texts, fields, strict=True):
            label.setText(text)
            field.setAccessibleName(text.replace("&", ""))
        choices = (
            self.tr("As usual for the folder's name"),
            self.tr("Benchmark: brightness"),
            self.tr("DIV2K: colours"),
        )
        for index, text in enumerate(choices):
            self.protocol.setItemText(index, text)
        self.choose_button.setText(self.tr("&Choose…"))
        self.measure_button.setText(self.tr("&Measure"))
        self.markdown_button.setText(self.tr("Copy as Mark&down"))
        self.csv_button.setText(self.tr("Copy as CS&V"))
        self.close_buttons.button(QDialogButtonBox.StandardButton.Close).setText(self.tr("Close"))
        self.table.setAccessibleName(self.tr("What was measured"))
        self.table.setHorizontalHeaderLabels(
            [
                self.tr("Scale"),
                self.tr("Photos"),
                "PSNR, dB",
                self.tr("Bicubic, dB"),
                self.tr("Gain, dB"),
                "SSIM",
                self.tr("Bicubic, SSIM"),
            ]
        )
        self._show_all()


def _cells(line: EvaluationLine) -> list[str]:
    similar = [f"{value:.4f}" if value is not None else "–" for value in (line.ssim, line.bicubic_ssim)]
    gain = line.psnr - line.bicubic_psnr
    # Equal pictures have an infinite PSNR, and no gain can be told of two of them.
    gained = f"{gain:+.2f}" if abs(gain) < float("inf") else "–"
    return [
        line.scale.replace("x", "×"),
        str(line.photos),
        f"{line.psnr:.2f}",
        f"{line.bicubic_psnr:.2f}",
        gained,
        *similar,
    ]
