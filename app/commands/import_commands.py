"""Installing model files: one after the other, each looked at first, and all of it on threads."""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, Qt, Signal
from PySide6.QtWidgets import QFileDialog, QWidget

from app.model_facts import ModelFacts, facts_of_candidate
from app.workers.tasks import RunningTasks, Task
from liif_core.cancel import CancelToken
from liif_core.library import InstalledModel, install_model
from liif_core.library.candidate import Candidate, examine
from liif_core.library.operations import MODEL_SUFFIXES

if TYPE_CHECKING:
    from app.windows.import_dialog import ImportDialog


class ImportCommands(QObject):
    """Asks about a file, installs it, and tells.

    Args:
        window: Of the dialogs.

    Signals:
        installed: The `InstalledModel`.
        failed: A `LiifError` about a file that is no model.
    """

    installed = Signal(object)
    failed = Signal(object)
    # From the thread: whose work it is, and the share that is done.
    _progressed = Signal(object, float)

    def __init__(self, window: QWidget) -> None:
        super().__init__(window)
        self._window = window
        self._waiting: list[Path] = []
        self._dialog: ImportDialog | None = None
        self._cancel = CancelToken()
        # What is done for the dialog that is open; outcomes of an earlier one's come too late.
        self._task: Task | None = None
        self._tasks = RunningTasks()
        self._progressed.connect(self._show_share)

    def ask_for_files(self, parent: QWidget) -> None:
        """Choose files by dialog."""
        patterns = " ".join(f"*{suffix}" for suffix in MODEL_SUFFIXES)
        filters = self.tr("Model files") + f" ({patterns});;" + self.tr("All files") + " (*)"
        chosen, _ = QFileDialog.getOpenFileNames(parent, self.tr("Install a model"), filter=filters)
        self.begin([Path(name) for name in chosen], parent=parent)

    def begin(self, paths: Sequence[Path], *, parent: QWidget | None = None) -> None:
        """Ask about these files, one after the other."""
        self._waiting += paths
        if self._dialog is None:
            self._next(parent or self._window)

    def stop(self, *, timeout_s: float) -> bool:
        """End the threads, when the program ends; whether they ended in time."""
        self._waiting.clear()
        self._cancel.cancel()
        return self._tasks.stop(timeout_s=timeout_s)

    def _next(self, parent: QWidget) -> None:
        from app.windows.import_dialog import ImportDialog

        if not self._waiting:
            return
        path = self._waiting.pop(0)
        self._cancel = CancelToken()
        dialog = ImportDialog(path.name, parent)
        dialog.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        dialog.install_asked.connect(self._install)
        dialog.stopped.connect(self._stop_this)
        dialog.finished.connect(self._go_on)
        self._dialog = dialog
        dialog.open()
        task = Task(lambda: _looked_at(path), name=f"look at {path.name}")
        task.done.connect(self._show)
        task.failed.connect(self._refuse)
        self._start(task)

    def _start(self, task: Task) -> None:
        self._task = task
        self._tasks.start(task)

    def _show(self, looked_at: tuple[Candidate, ModelFacts]) -> None:
        if self._dialog is not None and self.sender() is self._task:
            self._dialog.set_candidate(*looked_at)

    def _refuse(self, error: object) -> None:
        """The file is no model: there is nothing to ask."""
        if self._dialog is not None and self.sender() is self._task:
            self._dialog.done(0)
            self.failed.emit(error)

    def _install(self, candidate: Candidate, name: str) -> None:
        if self._dialog is None:
            return
        cancel = self._cancel
        self._dialog.start()

        def install() -> InstalledModel:
            tell = partial(self._progressed.emit, cancel)
            return install_model(candidate.path, name=name, cancel=cancel, on_progress=tell)

        task = Task(install, name=f"install {candidate.path.name}")
        task.done.connect(self._finish)
        task.failed.connect(self._tell_problem)
        self._start(task)

    def _show_share(self, cancel: CancelToken, share: float) -> None:
        if self._dialog is not None and cancel is self._cancel:
            self._dialog.set_share(share)

    def _finish(self, model: InstalledModel) -> None:
        # It may have been too late to stop.
        self.installed.emit(model)
        if self._dialog is not None and self.sender() is self._task:
            self._dialog.accept()

    def _tell_problem(self, error: object) -> None:
        if self._dialog is not None and self.sender() is self._task:
            self._dialog.set_problem(str(error))

    def _stop_this(self) -> None:
        self._cancel.cancel()
        self._task = None

    def _go_on(self) -> None:
        dialog, self._dialog = self._dialog, None
        parent = dialog.parentWidget() if dialog is not None else None
        self._next(parent or self._window)


def _looked_at(path: Path) -> tuple[Candidate, ModelFacts]:
    candidate = examine(path)
    return candidate, facts_of_candidate(candidate)
