"""What the person sees of an error in the program: one sentence, and ways on."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import QObject, Qt, QUrl, Signal
from PySide6.QtGui import QDesktopServices, QFontDatabase, QGuiApplication
from PySide6.QtWidgets import QDialog, QDialogButtonBox, QLabel, QPlainTextEdit, QPushButton, QVBoxLayout, QWidget

from app.crashes import Crash
from app.diagnostics import with_log
from app.doctor.finding import without_home
from app.logging_setup import log_file
from app.workers.tasks import Task


class CrashReporter(QObject):
    """Shows one dialog at a time; crashes that come while it is open are counted in it.

    A place whose crash was answered with "Continue" is not shown again in this run: something that fails at every
    painting would leave no time to save anything.

    Args:
        facts: Gives the text that diagnostics begin with, as `app.diagnostics.program_facts`; on the GUI thread.
        parent: Of the dialogs.

    Signals:
        quit_asked: The person wants to end the program.
    """

    quit_asked = Signal()

    def __init__(self, facts: Callable[[], str], *, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._facts = facts
        self._parent = parent
        self._dialog: CrashDialog | None = None
        self._answered: set[str] = set()

    def show(self, crash: Crash) -> None:
        """Tell of a crash; to be connected to `Crashes.happened`."""
        if crash.place in self._answered:
            return
        if self._dialog is not None:
            self._dialog.count(crash)
            return
        self._dialog = CrashDialog(crash, self._facts, parent=self._parent)
        self._dialog.finished.connect(self._close)
        self._dialog.quit_asked.connect(self.quit_asked)
        self._dialog.show()

    def stop(self, *, timeout_s: float) -> bool:
        """End what the dialog does beside it, when the program ends; whether it ended in time."""
        return self._dialog is None or self._dialog.wait(timeout_s=timeout_s)

    def _close(self) -> None:
        if self._dialog is not None:
            self._answered |= self._dialog.places
            self._dialog.deleteLater()
            self._dialog = None


class CrashDialog(QDialog):
    """Blocks nothing; closing it means to continue.

    Signals:
        quit_asked: The person wants to end the program.
    """

    quit_asked = Signal()

    def __init__(self, crash: Crash, facts: Callable[[], str], *, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._facts = facts
        self._crash = crash
        self._task: Task | None = None
        self._further = 0
        self.places = {crash.place}
        self.setWindowTitle(self.tr("Something went wrong"))
        self._sentence = QLabel(
            self.tr("Stepless made an error; your photos are untouched, and as a rule you can go on working.")
        )
        self._sentence.setWordWrap(True)
        self._note = QLabel()
        self._note.setWordWrap(True)
        self._note.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
        self._note.hide()
        self._traceback = QPlainTextEdit(without_home(crash.traceback), readOnly=True)
        self._traceback.setFont(QFontDatabase.systemFont(QFontDatabase.SystemFont.FixedFont))
        self._traceback.setLineWrapMode(QPlainTextEdit.LineWrapMode.NoWrap)
        self._traceback.setMinimumSize(560, 200)
        self._traceback.hide()
        self._details = QPushButton(self.tr("Show details"))
        self._details.setCheckable(True)
        self._details.setAutoDefault(False)
        self._details.toggled.connect(self._show_details)
        self._lay_out()

    def count(self, crash: Crash) -> None:
        """Another crash, while this is open."""
        self.places.add(crash.place)
        self._further += 1
        self._tell(self.tr("Further errors since then: {0}.").format(self._further))

    def wait(self, *, timeout_s: float) -> bool:
        """Wait until nothing is being read any more; whether that was in time."""
        return self._task is None or self._task.wait(timeout_s=timeout_s)

    def _lay_out(self) -> None:
        buttons = QDialogButtonBox()
        self._copy = buttons.addButton(self.tr("Copy diagnostics"), QDialogButtonBox.ButtonRole.ActionRole)
        show_log = buttons.addButton(self.tr("Show log file"), QDialogButtonBox.ButtonRole.ActionRole)
        leave = buttons.addButton(self.tr("Quit"), QDialogButtonBox.ButtonRole.DestructiveRole)
        go_on = buttons.addButton(self.tr("Continue"), QDialogButtonBox.ButtonRole.AcceptRole)
        go_on.setDefault(True)
        self._copy.clicked.connect(self._collect)
        show_log.clicked.connect(self._show_log)
        leave.clicked.connect(self._quit)
        go_on.clicked.connect(self.accept)
        layout = QVBoxLayout(self)
        for widget in (self._sentence, self._note, self._details):
            layout.addWidget(widget)
        layout.addWidget(self._traceback, 1)
        layout.addWidget(buttons)
        go_on.setFocus()

    def _show_details(self, shown: bool) -> None:
        self._traceback.setVisible(shown)
        self._details.setText(self.tr("Hide details") if shown else self.tr("Show details"))
        self.adjustSize()

    def _collect(self) -> None:
        """The log is read on another thread."""
        facts = f"{without_home(self._crash.traceback)}\n{self._facts()}"
        self._copy.setEnabled(False)
        self._task = Task(lambda: with_log(facts), name="collect diagnostics")
        self._task.done.connect(self._copy_text)
        self._task.failed.connect(self._tell_failure)
        self._task.start()

    def _copy_text(self, text: object) -> None:
        QGuiApplication.clipboard().setText(str(text))
        self._copy.setEnabled(True)
        self._tell(self.tr("The diagnostics are in the clipboard; your own folder is written as ~ in them."))

    def _tell_failure(self, error: object) -> None:
        self._copy.setEnabled(True)
        self._tell(str(error))

    def _show_log(self) -> None:
        if not QDesktopServices.openUrl(QUrl.fromLocalFile(str(log_file()))):
            self._tell(self.tr("The log file is {0}.").format(log_file()))

    def _quit(self) -> None:
        self.quit_asked.emit()
        self.accept()

    def _tell(self, text: str) -> None:
        self._note.setText(text)
        self._note.show()
