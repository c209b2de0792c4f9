"""The first page: which photos, and what is in their folder."""

from __future__ import annotations

from pathlib import Path

from PySide6.QtCore import Signal
from PySide6.QtGui import QDragEnterEvent, QDropEvent, QImage
from PySide6.QtWidgets import QFileDialog, QGridLayout, QHBoxLayout, QLineEdit, QProgressBar, QPushButton

from app.clipboard import dragged_files
from app.wizard.page import WarningLabel, WizardPage, faint_label, plain_label
from app.wizard.problem_list import ProblemList
from app.workers.surveyor import PhotoReport
from liif_core.training.photo_folder import PhotoFolder


class PhotosPage(WizardPage):
    """Asks for a folder, and whether another one is to measure with.

    Signals:
        folder_chosen: A `Path`: of a folder, or of a photo in it.
        measuring_chosen: The `Path` of a folder to measure with; None to hold out some of the photos.
    """

    folder_chosen = Signal(object)
    measuring_chosen = Signal(object)

    def __init__(self) -> None:
        super().__init__()
        self._folder: PhotoFolder | None = None
        self._report: PhotoReport | None = None
        self.path, self.browse = QLineEdit(), QPushButton()
        self.path.setReadOnly(True)
        self.browse.clicked.connect(self._browse)
        self.measuring, self.browse_measuring = QLineEdit(), QPushButton()
        self.measuring.setReadOnly(True)
        # Offered where there is something to clear, which a read-only field does not by itself.
        self.hold_out = QPushButton()
        self.browse_measuring.clicked.connect(self._browse_measuring)
        self.hold_out.clicked.connect(lambda: self.measuring_chosen.emit(None))
        self.progress = QProgressBar()
        self.progress.setRange(0, 1000)
        self.progress.hide()
        self.found, self.advice = plain_label(), faint_label()
        self.warning = WarningLabel()
        self.problems_title, self.problems = faint_label(), ProblemList()
        self.setAcceptDrops(True)
        measured_with = QHBoxLayout()
        measured_with.addWidget(self.measuring, 1)
        measured_with.addWidget(self.hold_out)
        folders = QGridLayout()
        folders.addWidget(self.path, 0, 0)
        folders.addWidget(self.browse, 0, 1)
        folders.addLayout(measured_with, 1, 0)
        folders.addWidget(self.browse_measuring, 1, 1)
        self.body.addLayout(folders)
        for widget in (self.progress, self.warning, self.found, self.advice, self.problems_title):
            self.body.addWidget(widget)
        self.body.addWidget(self.problems, 1)
        self.body.addStretch()
        self.setFocusProxy(self.browse)
        self._show_report()
        self.retranslate()

    @property
    def is_complete(self) -> bool:
        """See `WizardPage`; a folder that is still read may turn out to be of no use."""
        return self._report is not None

    def begin(self, folder: PhotoFolder) -> None:
        """This folder is looked at now."""
        self._folder, self._report = folder, None
        self.path.setText(str(folder.data))
        self.measuring.setText("" if folder.validation is None else str(folder.validation))
        self.warning.say("")
        self.set_progress(0.0)
        self.progress.show()
        self._show_report()
        self.complete_changed.emit()

    def set_progress(self, share: float) -> None:
        """So much of it is read."""
        self.progress.setValue(round(1000 * share))

    def set_report(self, report: PhotoReport) -> None:
        """What was found."""
        self._report = report
        self.progress.hide()
        self.problems.set_problems(report.problems)
        self._show_report()
        self.complete_changed.emit()

    def set_failure(self, sentence: str) -> None:
        """It cannot be used."""
        self._report = None
        self.progress.hide()
        self.warning.say(sentence)
        self._show_report()
        self.complete_changed.emit()

    def set_picture(self, path: object, image: QImage) -> None:
        """The picture of a photo with a problem."""
        if isinstance(path, Path):
            self.problems.set_picture(path, image)

    def retranslate(self) -> None:
        """See `WizardPage`."""
        self.title.setText(self.tr("Photos to learn from"))
        self.sentence.setText(
            self.tr("The model learns how your photos look when they are large. Nothing leaves this computer.")
        )
        self.path.setPlaceholderText(self.tr("Choose a folder, or drop one here"))
        self.path.setAccessibleName(self.tr("Folder of photos"))
        self.browse.setText(self.tr("&Choose folder…"))
        self.measuring.setPlaceholderText(self.tr("Measured with some of them, which are held out"))
        self.measuring.setAccessibleName(self.tr("Folder of photos to measure with"))
        self.browse_measuring.setText(self.tr("&Measure with…"))
        self.browse_measuring.setToolTip(
            self.tr("Photos of another folder, to see how good the model is on what it never learns from")
        )
        self.hold_out.setText(self.tr("&Hold out some"))
        self.progress.setAccessibleName(self.tr("Photos read"))
        self.progress.setFormat(self.tr("Looking through the photos: %p %"))
        self.problems.retranslate()
        self._show_report()

    def dragEnterEvent(self, event: QDragEnterEvent) -> None:
        """Accept a folder, or a photo for its folder."""
        dragged_files(event)

    def dropEvent(self, event: QDropEvent) -> None:
        """Take it."""
        files = dragged_files(event)
        if files:
            self.folder_chosen.emit(files[0])

    def _browse(self) -> None:
        chosen = QFileDialog.getExistingDirectory(self, self.tr("Folder of photos"), self.path.text())
        if chosen:
            self.folder_chosen.emit(Path(chosen))

    def _browse_measuring(self) -> None:
        title = self.tr("Folder of photos to measure with")
        chosen = QFileDialog.getExistingDirectory(self, title, self.measuring.text() or self.path.text())
        if chosen:
            self.measuring_chosen.emit(Path(chosen))

    def _show_report(self) -> None:
        report, folder = self._report, self._folder
        self.measuring.setVisible(folder is not None)
        self.browse_measuring.setVisible(folder is not None)
        self.hold_out.setVisible(folder is not None and folder.validation is not None)
        has_problems = report is not None and bool(report.problems)
        for widget, is_there in (
            (self.found, report is not None),
            (self.advice, report is not None),
            (self.problems_title, has_problems),
            (self.problems, has_problems),
        ):
            widget.setVisible(is_there)
        if report is None:
            return
        self.found.setText(self._found(report))
        self.advice.setText(self._advice(report))
        self.problems_title.setText(
            self.tr("{0} files need a look:").format(self.locale().toString(len(report.problems)))
        )

    def _found(self, report: PhotoReport) -> str:
        locale = self.locale()
        train, validation = locale.toString(report.train), locale.toString(report.validation)
        megapixels = locale.toString(report.megapixels, "f", 1)
        if self._folder is not None and self._folder.is_div2k:
            text = self.tr("DIV2K: {0} photos to learn from, {1} of its own to measure with, {2} megapixels.")
        elif self._folder is not None and self._folder.validation is not None:
            text = self.tr("{0} photos to learn from, {1} in a folder of their own to measure with, {2} megapixels.")
        else:
            text = self.tr("{0} photos to learn from, {1} held out to measure with; {2} megapixels.")
        return text.format(train, validation, megapixels)

    def _advice(self, report: PhotoReport) -> str:
        if not report.more_would_help:
            return self.tr("That is plenty.")
        return self.tr("It works with these. More variety helps: with {0} more photos there would be plenty.").format(
            self.locale().toString(report.more_would_help)
        )
