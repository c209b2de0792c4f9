"""What the wizard wants of a training's folder: its newest preview, its model's card, and the model itself.

The disk may be slow, so each is read on a thread of its own, and shown if that training still is.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

from PySide6.QtCore import QObject
from PySide6.QtGui import QImage

from app.model_facts import ModelFacts
from app.training.run_store import StoredRun
from app.wizard.wizard import TrainingWizard
from app.workers.known_trainings import KnownTrainings
from app.workers.tasks import RunningTasks, Task
from liif_core.checkpoint.card import ModelCard, read_card
from liif_core.errors import LiifError
from liif_core.library import InstalledModel, install_model
from liif_core.training.run_files import MODEL_FILE, preview_file


class RunFiles(QObject):
    """Reads files of trainings for the wizard's pages.

    Args:
        wizard: Whose pages show them.
        known: The trainings.
    """

    def __init__(self, wizard: TrainingWizard, known: KnownTrainings) -> None:
        super().__init__(wizard)
        self._wizard, self._known = wizard, known
        self._tasks = RunningTasks()

    def read_preview(self, run: StoredRun) -> None:
        """Show the newest pictures that the training has made, if there are any yet."""
        step = self._known.progress(run.record.id).preview_step
        if step is None:
            return
        path = preview_file(run.folder, step)
        task = Task(lambda: QImage(str(path)), name="read a preview")
        task.done.connect(lambda sheet: self._take_preview(run.record.id, step, sheet))
        self._tasks.start(task)

    def read_card(self, run: StoredRun) -> None:
        """Show what the training's model is."""
        task = Task(lambda: read_card(run.folder / MODEL_FILE)[1], name="read a model card")
        task.done.connect(lambda card: self._take_card(run, card))
        self._tasks.start(task)

    def install(self, run: StoredRun, name: str, *, then: Callable[[InstalledModel], None]) -> None:
        """Put the training's model into the library; a failure is told on the page of the result.

        Args:
            run: The training.
            name: Of the model from then on.
            then: Called with the model that is installed.
        """
        task = Task(lambda: install_model(run.folder / MODEL_FILE, name=name), name="install a model")
        task.done.connect(then)
        task.failed.connect(lambda error: self._take_failure(run.record.id, error))
        self._tasks.start(task)

    def stop(self, *, timeout_s: float) -> bool:
        """End the threads, when the program ends; whether they ended in time."""
        return self._tasks.stop(timeout_s=timeout_s)

    def _take_preview(self, id_: str, step: int, sheet: QImage) -> None:
        is_newest = step == self._known.progress(id_).preview_step
        if self._is_shown(id_) and is_newest and not sheet.isNull():
            self._wizard.training.set_preview(sheet)
            self._wizard.result_page.set_preview(sheet)

    def _take_card(self, run: StoredRun, card: ModelCard) -> None:
        if self._is_shown(run.record.id):
            self._wizard.result_page.set_card(ModelFacts(run.record.name, replace(card, psnr={})))

    def _take_failure(self, id_: str, error: LiifError) -> None:
        if self._is_shown(id_):
            self._wizard.result_page.set_failure(str(error))

    def _is_shown(self, id_: str) -> bool:
        """What belongs to a training that was shown before comes too late."""
        return id_ == self._wizard.training.run_id
