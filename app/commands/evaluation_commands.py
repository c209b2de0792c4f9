"""Measuring models: a dialog for each, and the work on a thread."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, Qt, Signal
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QWidget

from app.evaluation import EvaluationOutcome, EvaluationRequest, EvaluationStep, measure
from app.workers.tasks import RunningTasks, Task
from liif_core.cancel import CancelToken
from liif_core.evaluation.scale import Scale
from liif_core.library import InstalledModel

if TYPE_CHECKING:
    from app.windows.evaluation_dialog import EvaluationDialog


class EvaluationCommands(QObject):
    """Owner of one dialog at a time and of what is measured for it.

    Args:
        parent: As for every object.
        device: Tells which device to measure on.
    """

    _stepped = Signal(object, object)

    def __init__(self, parent: QObject, *, device: Callable[[], str]) -> None:
        super().__init__(parent)
        self._device = device
        self._model: InstalledModel | None = None
        self._dialog: EvaluationDialog | None = None
        self._cancel = CancelToken()
        # What is done for the dialog that is open; outcomes of an earlier one's come too late.
        self._task: Task | None = None
        self._tasks = RunningTasks()
        self._stepped.connect(self._show_step)

    @property
    def dialog(self) -> EvaluationDialog | None:
        """The dialog, while it is open."""
        return self._dialog

    def show(self, model: InstalledModel, parent: QWidget) -> None:
        """Ask what a model is to be measured on."""
        from app.windows.evaluation_dialog import EvaluationDialog

        if self._dialog is not None:
            self._dialog.reject()
        self._model = model
        self._dialog = EvaluationDialog(model.name, parent)
        self._dialog.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self._dialog.measure_asked.connect(self._measure)
        self._dialog.stopped.connect(self._stop_this)
        self._dialog.copy_asked.connect(lambda text: QGuiApplication.clipboard().setText(text))
        self._dialog.finished.connect(self._forget)
        # Not modal: it may take minutes, and photos can be looked at meanwhile.
        self._dialog.show()

    def stop(self, *, timeout_s: float) -> bool:
        """End the threads, when the program ends; whether they ended in time."""
        self._cancel.cancel()
        return self._tasks.stop(timeout_s=timeout_s)

    def _measure(self, folder: Path, scales: tuple[Scale, ...], protocol: str | None) -> None:
        if self._model is None:
            return
        cancel = self._cancel = CancelToken()
        request = EvaluationRequest(self._model.name, self._model.path, folder, scales, protocol, self._device())
        tell = partial(self._stepped.emit, cancel)
        task = self._task = Task(lambda: measure(request, cancel=cancel, on_step=tell), name=f"measure {request.name}")
        task.done.connect(self._show_outcome)
        task.failed.connect(self._show_problem)
        self._tasks.start(task)

    def _show_step(self, cancel: CancelToken, step: EvaluationStep) -> None:
        if self._dialog is not None and cancel is self._cancel and not cancel.cancelled:
            self._dialog.set_step(step)

    def _show_outcome(self, outcome: EvaluationOutcome) -> None:
        if self._dialog is not None and self.sender() is self._task:
            self._dialog.set_outcome(outcome)

    def _show_problem(self, error: object) -> None:
        if self._dialog is not None and self.sender() is self._task:
            self._dialog.set_problem(str(error))

    def _stop_this(self) -> None:
        self._cancel.cancel()
        self._task = None
        if self._dialog is not None:
            self._dialog.set_stopped()

    def _forget(self) -> None:
        if self.sender() is self._dialog:
            self._dialog = None
