"""Writing an installed model into a file somewhere else: asks for the name, and works on a thread."""

from __future__ import annotations

from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, Signal
from PySide6.QtWidgets import QFileDialog

from app.workers.tasks import RunningTasks, Task
from liif_core.cancel import CancelToken
from liif_core.errors import RequestError
from liif_core.library import InstalledModel
from liif_core.library.installed import SUFFIX
from liif_core.library.operations import MODEL_SUFFIXES, OFFICIAL_SUFFIX, export_model

if TYPE_CHECKING:
    from app.windows.model_manager import ModelManager


class ModelExportCommands(QObject):
    """Asks where to, exports, and shows how far it is in the manager, while that is open.

    Args:
        parent: As for every object.

    Signals:
        notice: A sentence: where the model is now.
        failed: A `LiifError`.
    """

    notice = Signal(str)
    failed = Signal(object)
    # From the thread: whose work it is, and the share that is done.
    _progressed = Signal(object, float)

    def __init__(self, parent: QObject) -> None:
        super().__init__(parent)
        self._dialog: ModelManager | None = None
        self._cancel = CancelToken()
        # The newest: what is done for an earlier one is not shown any more.
        self._task: Task | None = None
        self._tasks = RunningTasks()
        self._progressed.connect(self._show_share)

    def show_in(self, dialog: ModelManager | None) -> None:
        """The manager is open, or None: it was closed. What was begun goes on."""
        self._dialog = dialog
        if dialog is not None:
            dialog.progress.cancel_asked.connect(lambda: self._cancel.cancel())

    def ask_for_target(self, model: InstalledModel) -> None:
        """Choose a name and one of the two formats by dialog."""
        native = self.tr("Model of Stepless") + f" (*{SUFFIX})"
        official = self.tr("For the published LIIF code") + f" (*{OFFICIAL_SUFFIX})"
        chosen, kind = QFileDialog.getSaveFileName(
            self._dialog, self.tr("Export model"), f"{model.name}{SUFFIX}", f"{native};;{official}"
        )
        if not chosen:
            return
        target = Path(chosen)
        is_whole = target.suffix.lower() in MODEL_SUFFIXES
        if not is_whole:
            target = target.with_name(target.name + (OFFICIAL_SUFFIX if kind == official else SUFFIX))
        # Whether a file may be replaced was asked about the name that was typed.
        self._export(model, target, may_replace=is_whole)

    def stop(self, *, timeout_s: float) -> bool:
        """End the threads, when the program ends; whether they ended in time."""
        self._cancel.cancel()
        return self._tasks.stop(timeout_s=timeout_s)

    def _export(self, model: InstalledModel, target: Path, *, may_replace: bool) -> None:
        self._cancel.cancel()
        cancel = self._cancel = CancelToken()
        if self._dialog is not None:
            self._dialog.progress.start(self.tr("Exporting “{0}”…").format(model.name))
        tell = partial(self._progressed.emit, cancel)

        def export() -> Path:
            if not may_replace and target.exists():
                raise RequestError(self.tr("{0} is there already; type the whole name to replace it.").format(target))
            export_model(model.path, target, cancel=cancel, on_progress=tell)
            return target

        task = self._task = Task(export, name=f"export {model.name}")
        task.done.connect(self._tell)
        task.failed.connect(self.failed)
        task.ended.connect(self._end_progress)
        self._tasks.start(task)

    def _show_share(self, cancel: CancelToken, share: float) -> None:
        if self._dialog is not None and cancel is self._cancel and self._dialog.progress.isVisible():
            self._dialog.progress.set_share(share)

    def _tell(self, target: Path) -> None:
        self.notice.emit(self.tr("The model was exported to {0}.").format(target))

    def _end_progress(self) -> None:
        if self._dialog is not None and self.sender() is self._task:
            self._dialog.progress.finish()
