"""Training inside the program: the wizard, what is told of trainings elsewhere, and closing the window meanwhile.

The wizard is imported when it is opened: most runs open none.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, Signal
from PySide6.QtWidgets import QMessageBox

from app.commands.model_commands import device_name
from app.commands.wiring import connect
from app.models import Models
from app.training.run_record import FAILED, FINISHED
from app.training.run_store import interrupted
from app.windows.main_window import MainWindow
from app.windows.message_box import message_box
from app.workers.training_queue import TrainingQueue
from liif_core.library import InstalledModel

if TYPE_CHECKING:
    from app.wizard.controller import WizardController
    from app.wizard.wizard import TrainingWizard


class TrainingCommands(QObject):
    """Connects the action "train", and owns the wizard.

    Args:
        window: Its parent.
        queue: The trainings.
        models: Knows the installed models.
        has_photo: Tells whether a photo is open.
        use: Enlarges by an installed model from now on.

    Signals:
        notice: A sentence for the status bar.
    """

    notice = Signal(str)

    def __init__(
        self,
        window: MainWindow,
        queue: TrainingQueue,
        models: Models,
        *,
        has_photo: Callable[[], bool],
        use: Callable[[str], object],
    ) -> None:
        super().__init__(window)
        self._window = window
        self._queue, self._known = queue, queue.known
        self._models = models
        self._has_photo = has_photo
        self._use = use
        self._wizard: TrainingWizard | None = None
        self._controller: WizardController | None = None
        self._is_leaving = False
        connect(window.actions_, {"train": self.open})
        window.add_close_guard(self._may_close)
        queue.known.listed.connect(self._tell_interrupted)
        queue.known.ended.connect(self._on_ended)
        models.renamed.connect(queue.known.note_renamed)

    @property
    def wizard(self) -> TrainingWizard | None:
        """The wizard, if it was opened once."""
        return self._wizard

    @property
    def controller(self) -> WizardController | None:
        """What fills it."""
        return self._controller

    def open(self) -> None:
        """Show the wizard: where it was, or, if it was closed, at what matters most."""
        is_new = self._wizard is None or not self._wizard.isVisible()
        wizard = self._made()
        if is_new and self._controller is not None:
            self._controller.open()
        wizard.show()
        wizard.raise_()
        wizard.activateWindow()

    def stop(self, *, timeout_s: float) -> bool:
        """End threads and processes, when the program ends; whether they ended in time."""
        done = self._queue.stop(timeout_s=timeout_s)
        if self._controller is not None:
            done = self._controller.stop(timeout_s=timeout_s) and done
        return done

    def _made(self) -> TrainingWizard:
        if self._wizard is None:
            from app.wizard.controller import WizardController
            from app.wizard.wizard import TrainingWizard

            self._wizard = TrainingWizard(device_name, self._window)
            self._controller = WizardController(self._wizard, self._queue, self._models, has_photo=self._has_photo)
            self._controller.zoom_asked.connect(self._zoom)
        return self._wizard

    def _zoom(self, model: InstalledModel) -> None:
        """The open photo stays where it is, and is enlarged by the new model."""
        self._use(model.name)
        if self._wizard is not None:
            self._wizard.close()
        self._window.activateWindow()
        self._window.canvas.setFocus()

    # -- what is told

    def _tell_interrupted(self) -> None:
        runs = interrupted(list(self._known.runs.values()))
        if runs:
            keys = self._window.actions_.native_keys("train")
            shown = keys[0] if keys else self.tr("Train a model")
            self.notice.emit(self.tr("A training can go on: {0}. {1} shows it.").format(runs[-1].record.name, shown))

    def _on_ended(self, id_: str) -> None:
        run = self._known.runs.get(id_)
        if self._is_leaving:
            self._leave()
        elif run is not None and (self._wizard is None or not self._wizard.isVisible()):
            if run.record.status == FINISHED:
                self.notice.emit(self.tr("The model {0} is ready.").format(run.record.name))
            elif run.record.status == FAILED:
                self.notice.emit(self.tr("The training of {0} has stopped.").format(run.record.name))

    # -- closing

    def _may_close(self) -> bool:
        if self._queue.current is None:
            return True
        if not self._is_leaving:
            self._ask()
        return False

    def _ask(self) -> None:
        id_ = self._queue.current or ""
        name, progress = self._known.runs[id_].record.name, self._known.progress(id_).progress
        box = message_box(
            QMessageBox.Icon.Question,
            self.tr("A model is being trained"),
            self.tr("{0} is {1} % done.").format(name, round(100 * progress)),
            parent=self._window,
            details=self.tr("It can be kept for later: its state is saved, and it goes on when you want."),
        )
        keep = box.addButton(self.tr("&Keep for later and quit"), QMessageBox.ButtonRole.AcceptRole)
        box.addButton(self.tr("&Do not quit"), QMessageBox.ButtonRole.RejectRole)
        box.setDefaultButton(keep)
        keep.clicked.connect(self.keep_and_leave)
        box.open()

    def keep_and_leave(self) -> None:
        """Save what runs, and close the window when that is done."""
        self.notice.emit(self.tr("The training is being saved…"))
        for id_ in list(self._known.runs):
            if self._queue.place(id_):
                self._queue.keep_for_later(id_)
        # Not before: the end of each of these is told as well.
        self._is_leaving = True
        self._leave()

    def _leave(self) -> None:
        current = self._queue.current
        if current is None:
            # Exports may keep the window open: later trainings then have nothing to do with this wish.
            self._is_leaving = False
            self._window.close()
        else:
            # The one that is to be saved; after its end, one that was begun meanwhile.
            self._queue.keep_for_later(current)
