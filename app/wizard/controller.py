"""Connects the wizard with the trainings and the library."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

from PySide6.QtCore import QObject, Signal
from PySide6.QtWidgets import QMessageBox

from app.models import Models
from app.training.progress import PAUSED
from app.training.run_record import FINISHED, RUNNING, STOPPED, WAITING
from app.training.run_store import StoredRun
from app.windows.message_box import message_box
from app.wizard.planning import Planning
from app.wizard.run_files import RunFiles
from app.wizard.wizard import PHOTOS, RESULT, RUNS, TRAINING, TrainingWizard
from app.workers.training_queue import TrainingQueue
from liif_core.errors import LiifError
from liif_core.library import InstalledModel
from liif_core.training.events import TrainEvent

# Events that bring new points.
_POINTS = frozenset({"step", "validated", "baseline", "started"})


class WizardController(QObject):
    """Decides which page shows what.

    Args:
        wizard: The window.
        queue: The trainings.
        models: Knows the installed models.
        has_photo: Tells whether a photo is open.

    Signals:
        zoom_asked: An installed model, by which the open photo is to be enlarged.
    """

    zoom_asked = Signal(object)

    def __init__(
        self, wizard: TrainingWizard, queue: TrainingQueue, models: Models, *, has_photo: Callable[[], bool]
    ) -> None:
        super().__init__(wizard)
        self.planning = Planning(wizard)
        self._wizard = wizard
        self._queue, self._known = queue, queue.known
        self._files = RunFiles(wizard, queue.known)
        self._models = models
        self._has_photo = has_photo
        self._names: frozenset[str] = frozenset()
        # From the button to the answer of the disk, which may be slow.
        self._is_starting = False
        wizard.start_asked.connect(self._start)
        wizard.runs_asked.connect(self.show_runs)
        wizard.page_shown.connect(self._on_page)
        self._connect_pages()
        known = queue.known
        known.added.connect(self._on_added)
        known.rescued.connect(self._on_rescued)
        known.changed.connect(self._on_changed)
        queue.happened.connect(self._on_event)
        known.ended.connect(self._on_ended)
        known.removed.connect(self._on_removed)
        known.listed.connect(self._fill_runs)
        known.weighed.connect(self._fill_runs)
        known.failed.connect(self._on_failed)
        models.renamed.connect(self.planning.note_renamed)
        models.changed.connect(self._take_models)
        self._take_models()

    def open(self) -> None:
        """Show what matters most: the training that runs, those that were interrupted, or the first page."""
        if self._queue.current is not None:
            self.show_run(self._queue.current)
        elif self.open_runs():
            self.show_runs()
        else:
            self.planning.go_on()
            self._wizard.show_page(PHOTOS)

    def open_runs(self) -> list[StoredRun]:
        """The trainings that are not over, or whose model is not installed."""
        runs = self._known.runs.values()
        return [run for run in runs if not (run.record.status == FINISHED and run.record.installed_as is not None)]

    def show_runs(self) -> None:
        """Show the list of trainings."""
        self._fill_runs()
        self._known.weigh()
        self._wizard.show_page(RUNS)

    def show_run(self, id_: str) -> None:
        """Show a training, or its result."""
        run = self._known.runs.get(id_)
        if run is None:
            return
        if id_ != self._queue.current and not self._known.progress(id_).losses:
            self._known.recall(id_)
        self._show_training(run)
        self._files.read_preview(run)
        self._wizard.show_page(RESULT if run.record.status == FINISHED else TRAINING)

    def stop(self, *, timeout_s: float) -> bool:
        """End threads and processes, when the program ends; whether they ended in time."""
        left = [part.stop(timeout_s=timeout_s) for part in (self.planning, self._files)]
        return all(left)

    # -- from the pages

    def _connect_pages(self) -> None:
        wizard, queue = self._wizard, self._queue
        wizard.runs.show_asked.connect(self.show_run)
        wizard.runs.go_on_asked.connect(self._go_on)
        wizard.runs.discard_asked.connect(self._ask_discard)
        wizard.runs.new_asked.connect(self._plan_another)
        page = wizard.training
        page.pause_asked.connect(queue.pause)
        page.resume_asked.connect(queue.resume)
        page.finish_asked.connect(self._ask_finish)
        page.discard_asked.connect(lambda: self._ask_discard(page.run_id))
        page.go_on_asked.connect(lambda: self._go_on(page.run_id))
        wizard.result_page.install_asked.connect(lambda name: self._install(name, zooms=False))
        wizard.result_page.zoom_asked.connect(lambda name: self._install(name, zooms=True))

    def _start(self) -> None:
        if self._is_starting:
            return
        self._is_starting = True
        self.planning.cancel_measuring()
        self._queue.plan(self.planning.draft.record(), self.planning.draft.own_recipe())

    def _plan_another(self) -> None:
        self.planning.begin_again()
        self._wizard.show_page(PHOTOS)

    def _go_on(self, id_: str | None) -> None:
        if id_ is not None:
            self.planning.cancel_measuring()
            self._queue.go_on(id_)
            self.show_run(id_)

    def _ask_discard(self, id_: str | None) -> None:
        run = self._known.runs.get(id_ or "")
        if run is None:
            return
        is_safe = run.record.installed_as in self._models.installed
        consequence = (
            self.tr("Its model stays in the library; its curves and previews are removed.")
            if is_safe
            else self.tr("What it has learned is lost.")
        )
        box = self._box(self.tr("Discard the training {0}?").format(run.record.name), consequence)
        discard = box.addButton(self.tr("&Discard"), QMessageBox.ButtonRole.DestructiveRole)
        box.setDefaultButton(box.addButton(self.tr("&Keep"), QMessageBox.ButtonRole.RejectRole))
        discard.clicked.connect(lambda: self._queue.discard(run.record.id))
        box.open()

    def _ask_finish(self) -> None:
        run = self._known.runs.get(self._wizard.training.run_id or "")
        if run is None:
            return
        box = self._box(
            self.tr("Finish the training {0} now?").format(run.record.name),
            self.tr("The model is kept as it is now, and the training cannot go on later. To go on later, pause it."),
        )
        finish = box.addButton(self.tr("&Finish now"), QMessageBox.ButtonRole.AcceptRole)
        box.setDefaultButton(box.addButton(self.tr("&Train on"), QMessageBox.ButtonRole.RejectRole))
        finish.clicked.connect(lambda: self._finish(run.record.id))
        box.open()

    def _finish(self, id_: str) -> None:
        # It may be over by now, and another one have its turn.
        if id_ == self._queue.current:
            self._queue.finish()
            if id_ == self._wizard.training.run_id:
                self._wizard.training.note_finishing()

    def _box(self, text: str, consequence: str = "") -> QMessageBox:
        title = self._wizard.windowTitle()
        return message_box(QMessageBox.Icon.Warning, title, text, parent=self._wizard, details=consequence)

    def _install(self, name: str, *, zooms: bool) -> None:
        id_ = self._wizard.training.run_id
        run = self._known.runs.get(id_ or "")
        if run is None:
            return
        installed = self._models.installed.get(run.record.installed_as or "")
        if installed is not None:
            self._after_install(run, installed, zooms=zooms)
        else:
            self._files.install(run, name, then=lambda model: self._after_install(run, model, zooms=zooms))

    def _after_install(self, run: StoredRun, model: InstalledModel, *, zooms: bool) -> None:
        self._models.know([*self._models.installed.values(), model])
        self._known.note_installed(run.record.id, model.name)
        if zooms:
            self.zoom_asked.emit(model)

    # -- from the trainings

    def _on_page(self, page: str) -> None:
        if page == RESULT:
            self._wizard.result_page.set_photo_open(self._has_photo())

    def _on_added(self, id_: str) -> None:
        self._is_starting = False
        self._fill_runs()
        self.show_run(id_)

    def _on_changed(self, id_: str) -> None:
        run = self._known.runs.get(id_)
        shown = self._known.runs.get(self._wizard.training.run_id or "")
        if shown is not None and (shown is run or shown.record.status == WAITING):
            # One that waits tells what it waits for.
            self._show_training(shown)
        if run is not None and shown is run and self._wizard.training.preview.sheet is None:
            self._files.read_preview(run)
        self._fill_runs()

    def _on_event(self, id_: str, event: TrainEvent) -> None:
        if id_ != self._wizard.training.run_id:
            return
        self._wizard.training.show_progress(has_points=event.kind in _POINTS)
        if event.kind == "validated" and event.values:
            self._files.read_preview(self._known.runs[id_])

    def _on_ended(self, id_: str) -> None:
        run = self._known.runs.get(id_)
        if run is None or id_ != self._wizard.training.run_id:
            return
        self._show_training(run)
        if run.record.status == FINISHED and self._wizard.page == TRAINING:
            self._wizard.show_page(RESULT)

    def _on_rescued(self, id_: str, new_id: str) -> None:
        if id_ == self._wizard.training.run_id and self._wizard.page == TRAINING:
            self.show_run(new_id)

    def _on_removed(self, id_: str) -> None:
        self._fill_runs()
        if id_ == self._wizard.training.run_id and self._wizard.page in (TRAINING, RESULT):
            if self.open_runs():
                self.show_runs()
            else:
                self._plan_another()

    def _on_failed(self, error: LiifError) -> None:
        if self._is_starting:
            self._is_starting = False
            # There is no training to give way to.
            self.planning.go_on()
        self._box(str(error)).open()

    def _show_training(self, run: StoredRun) -> None:
        id_ = run.record.id
        progress = self._known.progress(id_)
        run = self._as_it_stands(run)
        paused = self._paused()
        self._wizard.training.show_run(
            run,
            progress,
            place=self._queue.place(id_),
            is_locked_out=self._queue.is_locked_out,
            paused=paused.record.name if paused is not None else "",
        )
        if self._wizard.training.is_complete:
            self._wizard.result_page.show_run(run, progress)
            self._wizard.result_page.set_preview(self._wizard.training.preview.sheet)
            self._files.read_card(run)

    def _as_it_stands(self, run: StoredRun) -> StoredRun:
        """Of a program that did not end as it should, the record still tells that it trains."""
        run = self._as_installed(run)
        record = run.record
        is_left_over = record.status in (RUNNING, WAITING) and not self._queue.is_active(record.id)
        return replace(run, record=replace(record, status=STOPPED)) if is_left_over else run

    def _as_installed(self, run: StoredRun) -> StoredRun:
        """Its model may have been removed from the library; it can be installed again then."""
        if run.record.installed_as in self._models.installed:
            return run
        return replace(run, record=replace(run.record, installed_as=None))

    def _paused(self) -> StoredRun | None:
        """The training that has its turn, if it is paused."""
        current = self._queue.current
        if current is None or self._known.progress(current).phase != PAUSED:
            return None
        return self._known.runs.get(current)

    def _fill_runs(self) -> None:
        self.planning.set_trainings([run.record.name for run in self._known.runs.values()])
        active = frozenset(id_ for id_ in self._known.runs if self._queue.is_active(id_))
        runs = [self._as_installed(run) for run in self._known.runs.values()]
        paused = self._paused()
        self._wizard.runs.set_runs(runs, active=active, paused=paused.record.id if paused is not None else None)

    def _take_models(self) -> None:
        self.planning.set_models(list(self._models.installed.values()))
        names = frozenset(self._models.installed)
        if names != self._names:
            self._names = names
            self._fill_runs()
            run = self._known.runs.get(self._wizard.training.run_id or "")
            if run is not None:
                self._show_training(run)
