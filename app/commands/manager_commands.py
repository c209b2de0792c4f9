"""What is done to the installed models: the manager's dialog, and the work that its buttons ask for, on threads."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

from PySide6.QtCore import QObject, Qt, Signal
from PySide6.QtWidgets import QMessageBox

from app.commands.evaluation_commands import EvaluationCommands
from app.commands.import_commands import ImportCommands
from app.commands.model_commands import ModelCommands
from app.commands.model_export_commands import ModelExportCommands
from app.commands.wiring import connect
from app.model_facts import FileHash, facts_of_model, hash_of_model
from app.models import Models
from app.settings import Settings
from app.shutdown import stopped
from app.windows.main_window import MainWindow
from app.windows.message_box import message_box
from app.workers.tasks import RunningTasks, Task
from liif_core.cancel import CancelToken
from liif_core.library import AUTO, InstalledModel, remove_model, rename_model
from liif_core.library.defaults import BUILTIN, CPU, KINDS
from liif_core.library.operations import is_model_file

if TYPE_CHECKING:
    from app.windows.model_manager import ModelManager


class ManagerCommands(QObject):
    """Connects the action "Manage models", and follows what is dropped on the window.

    Args:
        window: Of the dialogs.
        models: Knows the models.
        model_commands: Chooses among them.
        settings: Keeps the defaults.
        needed_by: Names of the trainings that have yet to begin with a model's file.

    Signals:
        notice: A sentence that needs no answer.
        failed: A `LiifError`.
    """

    notice = Signal(str)
    failed = Signal(object)

    def __init__(
        self,
        window: MainWindow,
        models: Models,
        model_commands: ModelCommands,
        settings: Settings,
        *,
        needed_by: Callable[[Path], Sequence[str]],
    ) -> None:
        super().__init__(window)
        self._window = window
        self._models = models
        self._model_commands = model_commands
        self._settings = settings
        self._needed_by = needed_by
        self._dialog: ModelManager | None = None
        self._told_about: InstalledModel | None = None
        self._hashing = CancelToken()
        self._tasks = RunningTasks()
        self.importing = ImportCommands(window)
        self.evaluating = EvaluationCommands(window, device=models.device_to_measure_on)
        self.exporting = ModelExportCommands(window)
        self.importing.installed.connect(self._note_installed)
        self.importing.failed.connect(self.failed)
        self.exporting.notice.connect(self.notice)
        self.exporting.failed.connect(self._tell_failure)
        connect(window.actions_, {"manage_models": self.show})
        window.paths_dropped.connect(self._take_models)
        models.changed.connect(self._fill)

    @property
    def dialog(self) -> ModelManager | None:
        """The manager, while it is open."""
        return self._dialog

    def show(self) -> None:
        """Open the manager, or bring it to the front; the photo can be looked at meanwhile."""
        from app.windows.model_manager import ModelManager

        if self._dialog is not None:
            self._dialog.raise_()
            self._dialog.activateWindow()
            return
        dialog = self._dialog = ModelManager(self._window)
        dialog.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        dialog.selected.connect(self._tell_about)
        dialog.use_asked.connect(self._model_commands.use)
        dialog.automatic_asked.connect(self._set_automatic)
        dialog.default_asked.connect(self._make_default)
        dialog.rename_asked.connect(self._ask_for_name)
        dialog.remove_asked.connect(self._ask_to_remove)
        dialog.export_asked.connect(self._export)
        dialog.evaluate_asked.connect(self._evaluate)
        dialog.import_asked.connect(lambda: self.importing.ask_for_files(dialog))
        dialog.files_dropped.connect(lambda paths: self.importing.begin(paths, parent=dialog))
        self.exporting.show_in(dialog)
        dialog.finished.connect(self._forget)
        self._fill()
        dialog.list.setFocus()
        dialog.show()
        # Other programs, and the command line, may have changed something.
        self._models.scan()

    def stop(self, *, timeout_s: float) -> bool:
        """End the threads, when the program ends; whether they ended in time."""
        self._hashing.cancel()
        parts = (self.importing, self.exporting, self.evaluating, self._tasks)
        return stopped([part.stop for part in parts], timeout_s=timeout_s)

    # -- what is shown

    def _fill(self) -> None:
        from app.windows.model_list import ModelEntry

        if self._dialog is None:
            return
        models = self._models
        defaults = {kind: models.default_on(kind) for kind in KINDS}
        entries = [
            ModelEntry(
                model,
                in_use=model is models.current,
                chosen=model.name == models.selected,
                default_on=tuple(kind for kind in KINDS if defaults[kind] is model),
            )
            for model in models.installed.values()
        ]
        self._dialog.set_entries(entries, automatic=models.selected == AUTO)

    def _tell_about(self, name: str) -> None:
        """Facts and hash of the model selected; both are in its file."""
        model = self._models.installed.get(name)
        # Another file may have taken its place, of the same name.
        if model is not None and model == self._told_about:
            return
        self._hashing.cancel()
        self._told_about = model
        if model is None:
            return
        cancel = self._hashing = CancelToken()
        self._run(lambda: facts_of_model(model), name=f"facts about {name}", done=self._show_facts)
        self._run(
            lambda: hash_of_model(model, cancel=cancel),
            name=f"hash of {name}",
            done=self._show_hash,
            failed=self._show_hash_problem,
        )

    def _show_facts(self, facts: Any) -> None:
        if self._dialog is not None:
            self._dialog.details.set_facts(facts)

    def _show_hash(self, found: FileHash) -> None:
        if self._dialog is not None:
            self._dialog.details.set_hash(found)

    def _show_hash_problem(self, error: object) -> None:
        # Of another model's file it comes too late.
        is_of_this = self._told_about is not None and str(self._told_about.path) in str(error)
        if self._dialog is not None and is_of_this:
            self._dialog.details.set_hash_problem(str(error))

    def _note_installed(self, model: InstalledModel) -> None:
        self._models.know([*self._models.installed.values(), model])
        if self._dialog is not None:
            self._dialog.list.select(model.name)
        self.notice.emit(self.tr("The model “{0}” was installed.").format(model.name))

    def _forget(self) -> None:
        self._hashing.cancel()
        self._dialog = self._told_about = None
        self.exporting.show_in(None)

    # -- what is done

    def _take_models(self, paths: list[Path]) -> None:
        models = [path for path in paths if is_model_file(path)]
        if models:
            self.importing.begin(models)

    def _set_automatic(self, automatic: bool) -> None:
        self._model_commands.use(AUTO if automatic else self._models.name)

    def _make_default(self, name: str, kind: str) -> None:
        model = self._settings.model
        self._settings.set(replace(model, default_cpu=name) if kind == CPU else replace(model, default_gpu=name))

    def _evaluate(self, name: str) -> None:
        if self._dialog is not None and name in self._models.installed:
            self.evaluating.show(self._models.installed[name], self._window)

    def _ask_for_name(self, name: str) -> None:
        from app.windows.rename_dialog import RenameDialog

        dialog = RenameDialog(name, taken=set(self._models.installed), parent=self._dialog)
        dialog.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        dialog.chosen.connect(self._rename)
        dialog.open()

    def _rename(self, name: str, new_name: str) -> None:
        self._run(lambda: (name, rename_model(name, new_name)), name=f"rename {name}", done=self._note_renamed)

    def _note_renamed(self, renamed: tuple[str, InstalledModel]) -> None:
        """Whatever named the model names it still."""
        name, model = renamed
        self._models.note_renamed(name, model)
        self._replace_in_settings(name, model.name, name_in_use=model.name, rival=model.name)
        if self._dialog is not None:
            self._dialog.list.select(model.name)

    def _ask_to_remove(self, name: str) -> None:
        model = self._models.installed.get(name)
        if model is None:
            return
        size = self._window.locale().formattedDataSize(
            model.size_bytes, 1, self._window.locale().DataSizeFormat.DataSizeSIFormat
        )
        sentences = [self.tr("Its file ({0}) is deleted for good.").format(size)]
        if self._models.selected == name or name in self._default_names():
            sentences.append(self.tr("It is in use or a default; the program's own default takes its place."))
        if trainings := self._needed_by(model.path):
            sentence = self.tr("Trainings that are to begin with it could not any more: {0}.")
            sentences.append(sentence.format(", ".join(trainings)))
        title, text = self.tr("Remove model"), self.tr("Remove “{0}”?").format(name)
        box = message_box(QMessageBox.Icon.Question, title, text, parent=self._dialog, details=" ".join(sentences))
        remove = box.addButton(self.tr("Remove"), QMessageBox.ButtonRole.DestructiveRole)
        box.setDefaultButton(box.addButton(self.tr("Cancel"), QMessageBox.ButtonRole.RejectRole))
        remove.clicked.connect(lambda: self._remove(name))
        box.open()

    def _default_names(self) -> tuple[str, ...]:
        defaults = self._settings.model.defaults
        return (defaults.cpu, defaults.gpu)

    def _remove(self, name: str) -> None:
        if self._models.selected == name:
            # On some systems a file in use cannot be deleted.
            self._model_commands.use(AUTO)

        def remove() -> str:
            remove_model(name)
            return name

        self._run(remove, name=f"remove {name}", done=self._note_removed)

    def _note_removed(self, name: str) -> None:
        self._replace_in_settings(name, None, name_in_use=AUTO, rival=None)
        self._models.know([model for model in self._models.installed.values() if model.name != name])
        self.notice.emit(self.tr("The model “{0}” was removed.").format(name))

    def _replace_in_settings(self, name: str, new_name: str | None, *, name_in_use: str, rival: str | None) -> None:
        model, view = self._settings.model, self._settings.view
        changes = {
            f"default_{kind}": BUILTIN.of(kind) if new_name is None else new_name
            for kind in KINDS
            if model.defaults.of(kind) == name
        }
        if model.name == name:
            changes["name"] = name_in_use
        self._settings.set(replace(model, **changes))  # type: ignore[arg-type]
        if view.compare_with == name and rival is not None:
            self._settings.set(replace(view, compare_with=rival))

    def _export(self, name: str) -> None:
        if name in self._models.installed:
            self.exporting.ask_for_target(self._models.installed[name])

    def _run(
        self,
        work: Callable[[], object],
        *,
        name: str,
        done: Callable[[Any], None],
        failed: Callable[[object], None] | None = None,
    ) -> None:
        task = Task(work, name=name)
        # Methods and no lambdas: an outcome for one is lost when the task, ended, is dropped before it arrives.
        task.done.connect(done)
        task.failed.connect(failed or self._tell_failure)
        self._tasks.start(task)

    def _tell_failure(self, error: object) -> None:
        """And show what is there now: a file may have vanished."""
        self.failed.emit(error)
        self._models.scan()
