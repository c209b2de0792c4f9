"""What a file would be as a model, under which licence, and what to call it; then how far its installation is."""

from __future__ import annotations

from PySide6.QtCore import QEvent, QSize, Qt, Signal
from PySide6.QtGui import QColor, QPalette
from PySide6.QtWidgets import QDialog, QDialogButtonBox, QFrame, QLabel, QScrollArea, QVBoxLayout, QWidget

from app.model_facts import ModelFacts
from app.windows.elided_label import ElidedLabel
from app.windows.model_information import ModelInformation
from app.windows.model_name_field import ModelNameField
from app.windows.progress_row import ProgressRow
from app.windows.theme import colors
from liif_core.checkpoint.sniff import FileKind
from liif_core.library.candidate import Candidate

UNKNOWN = "unknown"


class ImportDialog(QDialog):
    """One file; nothing is installed before the person has seen its card.

    Args:
        file_name: Of the file.
        parent: As for every dialog.

    Signals:
        install_asked: The file is to be installed: its `Candidate`, and a name.
        stopped: The person wants none of it, or no more of it.
    """

    install_asked = Signal(object, str)
    stopped = Signal()

    def __init__(self, file_name: str, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._file_name = file_name
        self._candidate: Candidate | None = None
        self._problem_text = ""
        self._is_installing = False
        self.sentence = ElidedLabel(Qt.TextElideMode.ElideMiddle)
        self.licence = QLabel()
        self.problem = QLabel()
        for label in (self.licence, self.problem):
            label.setWordWrap(True)
            label.setTextFormat(Qt.TextFormat.PlainText)
            label.hide()
        self.information = ModelInformation()
        self.field = ModelNameField()
        self.progress = ProgressRow()
        self.progress.cancel_button.hide()
        self.buttons = QDialogButtonBox(QDialogButtonBox.StandardButton.Ok | QDialogButtonBox.StandardButton.Cancel)
        self.buttons.accepted.connect(self._ask)
        self.buttons.rejected.connect(self.reject)
        self.field.changed.connect(self._update)
        self._lay_out()
        self.progress.start(self.tr("Reading the file…"))
        self._retranslate()

    @property
    def install_button(self) -> QWidget:
        """The main button."""
        return self.buttons.button(QDialogButtonBox.StandardButton.Ok)

    def set_candidate(self, candidate: Candidate, facts: ModelFacts) -> None:
        """The file was read: show its card, and ask for a name."""
        self._candidate = candidate
        self.information.set_facts(facts)
        self.field.set_name(candidate.suggested_name, taken=candidate.taken)
        self.progress.finish()
        self._retranslate()
        self.resize(self.size().expandedTo(self.sizeHint()))
        self.field.setFocus()

    def start(self) -> None:
        """The installation has begun."""
        self._is_installing = True
        self._problem_text = ""
        self.progress.start(self.tr("Installing…"))
        self._retranslate()

    def set_share(self, share: float) -> None:
        """This much of it is done."""
        if self._is_installing:
            self.progress.set_share(share)

    def set_problem(self, text: str) -> None:
        """It has failed, and nothing was installed; the person can choose another name or try again."""
        self._is_installing = False
        self._problem_text = text
        self.progress.finish()
        self._retranslate()

    def reject(self) -> None:
        """Stop, also while the file is read or installed."""
        self.stopped.emit()
        super().reject()

    def sizeHint(self) -> QSize:
        """Room for a card, once there is one."""
        return QSize(560, 640 if self._candidate is not None else 130)

    def changeEvent(self, event: QEvent) -> None:
        """Speak the language chosen, in the colours of the theme."""
        super().changeEvent(event)
        if event.type() == QEvent.Type.LanguageChange:
            self._retranslate()
        elif event.type() == QEvent.Type.PaletteChange:
            self._colour()

    def _lay_out(self) -> None:
        inside = QWidget()
        scrolled = QVBoxLayout(inside)
        scrolled.addWidget(self.information)
        scrolled.addStretch()
        area = QScrollArea()
        area.setFrameShape(QFrame.Shape.NoFrame)
        area.setWidgetResizable(True)
        area.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        area.setWidget(inside)
        self._card = area
        layout = QVBoxLayout(self)
        layout.setSpacing(10)
        layout.addWidget(self.sentence)
        layout.addWidget(self.licence)
        layout.addWidget(area, 1)
        for widget in (self.field, self.problem, self.progress, self.buttons):
            layout.addWidget(widget)

    def _ask(self) -> None:
        if self._candidate is not None and self.field.is_free and not self._is_installing:
            self.install_asked.emit(self._candidate, self.field.name)

    def _update(self) -> None:
        can_install = self._candidate is not None and self.field.is_free and not self._is_installing
        self.install_button.setEnabled(can_install)

    def _colour(self) -> None:
        for label in (self.licence, self.problem):
            palette = QPalette(self.palette())
            palette.setColor(QPalette.ColorRole.WindowText, QColor(colors().warning))
            if label.palette() != palette:
                label.setPalette(palette)

    def _retranslate(self) -> None:
        candidate = self._candidate
        self.setWindowTitle(self.tr("Install a model"))
        self.install_button.setText(self.tr("&Install"))  # type: ignore[attr-defined]
        self.buttons.button(QDialogButtonBox.StandardButton.Cancel).setText(self.tr("Cancel"))
        self.sentence.setText(self._sentence())
        has_no_licence = candidate is not None and candidate.card.licence in ("", UNKNOWN)
        self.licence.setVisible(has_no_licence)
        self.licence.setText(
            self.tr("Unknown licence: the file does not say who made it, or what may be done with it.")
        )
        self._card.setVisible(candidate is not None)
        self.field.setVisible(candidate is not None)
        self.field.setEnabled(not self._is_installing)
        self.problem.setVisible(bool(self._problem_text))
        self.problem.setText(self._problem_text)
        self._colour()
        self._update()

    def _sentence(self) -> str:
        candidate = self._candidate
        if candidate is None:
            return self._file_name
        size = self.locale().formattedDataSize(candidate.size_bytes, 1, self.locale().DataSizeFormat.DataSizeSIFormat)
        if candidate.kind is FileKind.OFFICIAL:
            return self.tr("{0}, {1}: a published checkpoint, which is converted.").format(self._file_name, size)
        return self.tr("{0}, {1}: a model of Stepless.").format(self._file_name, size)
