"""Where an export goes: a file beside the photo, or a pattern of names for many."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from PySide6.QtCore import QCoreApplication, QEvent, QSignalBlocker, Signal
from PySide6.QtWidgets import QFileDialog, QGridLayout, QGroupBox, QLabel, QLineEdit, QMessageBox, QPushButton, QWidget

from app.typed_path import typed_path
from app.windows.elided_label import plain_tooltip
from app.windows.message_box import message_box
from liif_core.export.names import FIELDS
from liif_core.imaging.encoding import WriteFormat


class TargetGroup(QGroupBox):
    """Shows a folder and a name, or a pattern.

    Attributes:
        name_edit: The name, or the pattern.
        folder_edit: The folder, which is chosen by a dialog.

    Signals:
        target_chosen: A path that a person has given; None where the name was deleted, for a proposal.
        folder_chosen: Another folder.
        pattern_chosen: Another pattern.
    """

    target_chosen = Signal(object)
    folder_chosen = Signal(object)
    pattern_chosen = Signal(str)

    def __init__(self) -> None:
        super().__init__()
        self._folder = Path()
        self._form: WriteFormat | None = None
        self._is_pattern = False
        # What is being typed means; relative to the folder in which that was begun.
        self._typed: Path | None = None
        self.name_edit, self.folder_edit = QLineEdit(), QLineEdit()
        self.folder_edit.setReadOnly(True)
        self.browse_button = QPushButton()
        self.browse_button.setAutoDefault(False)
        self._name_label, self._folder_label, self._hint = QLabel(), QLabel(), QLabel()
        self._hint.setWordWrap(True)
        self._name_label.setBuddy(self.name_edit)
        self._folder_label.setBuddy(self.folder_edit)
        grid = QGridLayout(self)
        grid.addWidget(self._name_label, 0, 0)
        grid.addWidget(self.name_edit, 0, 1, 1, 2)
        grid.addWidget(self._hint, 1, 1, 1, 2)
        grid.addWidget(self._folder_label, 2, 0)
        grid.addWidget(self.folder_edit, 2, 1)
        grid.addWidget(self.browse_button, 2, 2)
        self.name_edit.textEdited.connect(self._edit)
        self.name_edit.editingFinished.connect(self._end_typing)
        self.browse_button.clicked.connect(self._browse)
        self._retranslate()

    def show_target(self, folder: Path, name: str, form: WriteFormat) -> None:
        """Show where one file goes; a name that is being typed stays as it is.

        Args:
            folder: Its folder.
            name: Its name, given or proposed.
            form: What a chosen file is to be.
        """
        self._is_pattern, self._form = False, form
        self._show(folder, name)

    def show_pattern(self, folder: Path, pattern: str) -> None:
        """Show where many files go."""
        self._is_pattern = True
        self._show(folder, pattern)

    def changeEvent(self, event: QEvent) -> None:
        """Speak the language chosen."""
        super().changeEvent(event)
        if event.type() == QEvent.Type.LanguageChange:
            self._retranslate()

    def _show(self, folder: Path, name: str) -> None:
        self._set_labels()
        if self.folder_edit.text() != str(folder):
            self.folder_edit.setText(str(folder))
            self.folder_edit.setToolTip(plain_tooltip(str(folder)))
        if self._typed is not None and self._typed == folder / name:
            # Of "sub/x.jpg" the separator would be gone before the next letter.
            return
        self._folder, self._typed = folder, None
        if self.name_edit.text() != name:
            with QSignalBlocker(self.name_edit):
                self.name_edit.setText(name)

    def _edit(self, text: str) -> None:
        if self._is_pattern:
            self.pattern_chosen.emit(text)
        elif text:
            # A whole path may be pasted, too; "~" alone is the beginning of a name.
            path = Path(text)
            self._typed = self._folder / (typed_path(text) if len(path.parts) > 1 else path)
            self.target_chosen.emit(self._typed)
        else:
            self._typed = None
            self.target_chosen.emit(None)

    def _end_typing(self) -> None:
        """The folder of what was typed goes to its own field."""
        typed, self._typed = self._typed, None
        if typed is not None and not self._is_pattern:
            self._show(typed.parent, typed.name)

    def _browse(self) -> None:
        if self._is_pattern or self._form is None:
            chosen = QFileDialog.getExistingDirectory(self, self.tr("Folder for the exports"), str(self._folder))
            if chosen:
                self.folder_chosen.emit(Path(chosen))
            return
        patterns = " ".join(f"*{extension}" for extension in self._form.extensions)
        chosen, _ = QFileDialog.getSaveFileName(
            self,
            self.tr("Export as"),
            str(self._folder / self.name_edit.text()),
            f"{self._form.name} ({patterns})",
            # Asked when the export begins, wherever the name comes from.
            options=QFileDialog.Option.DontConfirmOverwrite,
        )
        if chosen:
            path = Path(chosen)
            self.target_chosen.emit(path if path.suffix else path.with_suffix(self._form.extensions[0]))

    def _set_labels(self) -> None:
        self._name_label.setText(self.tr("&Names") if self._is_pattern else self.tr("&Name"))
        self.name_edit.setAccessibleName(self.tr("Pattern of the names") if self._is_pattern else self.tr("Name"))
        self._hint.setVisible(self._is_pattern)

    def _retranslate(self) -> None:
        self.setTitle(self.tr("Target"))
        self._folder_label.setText(self.tr("Folder"))
        self.folder_edit.setAccessibleName(self.tr("Folder"))
        self.browse_button.setText(self.tr("Chan&ge…"))
        fields = ", ".join(f"{{{field}}}" for field in FIELDS)
        self._hint.setText(self.tr("In brackets, these stand for facts of each photo: {0}").format(fields))
        self._set_labels()


def ask_to_replace(target: Path, replace: Callable[[], object], *, parent: QWidget) -> None:
    """Ask whether a file may be replaced; nothing waits for the answer.

    Args:
        target: The file that is there.
        replace: Called if it may.
        parent: As for every dialog.
    """
    title = QCoreApplication.translate("TargetGroup", "Replace the file?")
    text = QCoreApplication.translate("TargetGroup", "There is already a file “{0}” in “{1}”.")
    text = text.format(target.name, target.parent.name)
    box = message_box(QMessageBox.Icon.Question, title, text, parent=parent)
    button = box.addButton(
        QCoreApplication.translate("TargetGroup", "&Replace"), QMessageBox.ButtonRole.DestructiveRole
    )
    box.setDefaultButton(box.addButton(QMessageBox.StandardButton.Cancel))
    button.clicked.connect(lambda: replace())
    box.open()
