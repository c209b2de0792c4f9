"""Exporting: the dialog, the queue, and what happens to it when the program ends.

What exports is imported and made when it is first needed: most runs export nothing.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, get_args

from PySide6.QtCore import QObject, QStandardPaths, Qt, Signal

from app.commands.model_commands import precision_name
from app.commands.queue_commands import QueueCommands
from app.commands.wiring import connect
from app.display_colours import Display
from app.folder import FolderBrowser
from app.models import Models
from app.settings import Settings
from app.settings_values import Precision
from app.viewer.controller import ViewController
from app.viewer.document import Document
from app.windows.main_window import MainWindow
from app.workers.tasks import RunningTasks, Task
from liif_core.cancel import CancelToken
from liif_core.library import BICUBIC
from liif_core.paths import cache_folder

if TYPE_CHECKING:
    from app.export.batch import Batch
    from app.export.checks import Look
    from app.export.draft import Draft
    from app.export.offers import ExportOffers
    from app.export.photo import ExportPhoto
    from app.windows.export_dialog import ExportDialog
    from app.workers.export_probe import ExportProbe
    from liif_core.export.enlarger import EnlargerChoice
    from liif_core.export.task import ExportTask
    from liif_core.imaging.encoding import WriteFormat


class ExportCommands(QObject):
    """Connects the actions about exports.

    Args:
        window: Of the dialog and the queue.
        settings: Keep what was chosen last.
        controller: Knows the photo and the view.
        browser: Knows the other photos of the folder.
        models: Know what enlarges.
        display: In whose colours the photo is shown now.

    Signals:
        notice: A sentence that needs no answer.
    """

    notice = Signal(str)

    def __init__(
        self,
        window: MainWindow,
        settings: Settings,
        controller: ViewController,
        browser: FolderBrowser,
        models: Models,
        *,
        display: Callable[[], Display],
    ) -> None:
        super().__init__(window)
        self._display = display
        self._window = window
        self._settings = settings
        self._controller = controller
        self._browser = browser
        self._models = models
        self._probe: ExportProbe | None = None
        self._formats: tuple[WriteFormat, ...] = ()
        self._tasks = RunningTasks()
        self._cancel = CancelToken()
        self.queue = QueueCommands(window)
        self.queue.notice.connect(self.notice)
        self.dialog: ExportDialog | None = None
        connect(window.actions_, {"export": self.ask})

    def ask(self) -> None:
        """Open the dialog about the open photo."""
        document, camera = self._controller.document, self._controller.camera
        if not isinstance(document, Document) or camera is None:
            self.notice.emit(self.tr("The photo is still being read; it can be exported in a moment."))
            return
        if self.dialog is not None:
            return
        from app.export.photo import ExportPhoto
        from app.presenters.export_inquiry import ExportInquiry
        from app.windows.export_dialog import ExportDialog
        from liif_core.export.request import View

        photo = ExportPhoto(
            document.path,
            document.image,
            View.of(camera),
            _folder_for(document.path),
            page=document.page,
            orientation=self._controller.orientation,
            all_photos=tuple(self._browser.paths),
        )
        inquiry = ExportInquiry(
            self._probe_made(),
            photo,
            choice_of=self._choice_of,
            taken=lambda: self.queue.targets,
            display=self._display(),
        )
        offers = self._offers()
        draft = self._first_draft(photo, offers.formats)
        self.dialog = ExportDialog(photo, document.overview, draft, offers, inquiry, self._window)
        self.dialog.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self.dialog.export_asked.connect(lambda draft, look: self._export(photo, draft, look))
        self.dialog.presets_changed.connect(self._keep_presets)
        self.dialog.finished.connect(self._forget_dialog)
        self.dialog.open()
        self._look_for_formats()

    def stop(self, *, timeout_s: float) -> bool:
        """End all exports, when the program ends; whether they ended in time."""
        self._cancel.cancel()
        return self.queue.stop(timeout_s=timeout_s)

    def stop_probing(self, *, timeout_s: float) -> bool:
        """End the threads that only find out, when the program ends; whether they ended in time."""
        self._cancel.cancel()
        deadline = time.monotonic() + timeout_s
        probed = self._probe is None or self._probe.stop(timeout_s=timeout_s)
        return self._tasks.stop(timeout_s=max(0.0, deadline - time.monotonic())) and probed

    # -- the dialog

    def _probe_made(self) -> ExportProbe:
        if self._probe is None:
            from app.workers.export_probe import ExportProbe

            self._probe = ExportProbe()
        return self._probe

    def _offers(self) -> ExportOffers:
        from app.export.offers import ExportOffers
        from liif_core.imaging.encoding import WRITABLE_EXTENSIONS, format_of

        # The others are only known once libvips was asked, which takes a moment.
        always = dict.fromkeys(format_of(f"photo{extension}") for extension in WRITABLE_EXTENSIONS)
        names = dict.fromkeys([self._models.name, *self._models.installed])
        names.pop(BICUBIC, None)
        models = [(name, name) for name in names]
        precisions = [(name, precision_name(name)) for name in get_args(Precision)]
        return ExportOffers(
            self._formats or tuple(always),
            (*models, (BICUBIC, self.tr("Bicubic (no model)"))),
            tuple(precisions),
            self._settings.export.presets,
        )

    def _first_draft(self, photo: ExportPhoto, formats: Sequence[WriteFormat]) -> Draft:
        """What was chosen last, for this photo."""
        from app.export.draft import Draft, with_format

        kept = self._settings.export
        form = next((form for form in formats if form.name == kept.format), None)
        draft = Draft(
            form or next(form for form in formats if form.name == "JPEG"),
            photo.folder,
            aspect=kept.aspect,
            wish=kept.size,
            options=kept.options,
            model=self._models.name,
            precision=kept.precision,
            self_ensemble=kept.self_ensemble,
            as_seen=kept.as_seen,
            pattern=kept.pattern,
        )
        # Another format may not hold what was chosen for the one that is missing here.
        return draft if form is not None else with_format(draft, draft.form)

    def _look_for_formats(self) -> None:
        from liif_core.imaging.encoding import writable_formats

        if not self._formats:
            task = Task(writable_formats, name="look for formats")
            task.done.connect(self._know_formats)
            self._tasks.start(task)

    def _know_formats(self, formats: tuple[WriteFormat, ...]) -> None:
        self._formats = formats
        if self.dialog is not None:
            self.dialog.set_formats(formats)

    def _choice_of(self, draft: Draft) -> EnlargerChoice:
        """What a draft names, as it runs here."""
        from liif_core.export.enlarger import EnlargerChoice

        installed = self._models.installed.get(draft.model)
        is_open = draft.model == self._models.name
        path = installed.path if installed is not None else self._models.path if is_open else None
        measured = self._settings.model.measured
        device = self._models.device
        if device == "auto" and measured is not None:
            device = measured.device
        budget = self._settings.memory.feature_bytes
        return EnlargerChoice(path, device, draft.precision, budget, draft.self_ensemble)

    def _forget_dialog(self) -> None:
        self.dialog = None

    def _keep_presets(self, presets: object) -> None:
        self._settings.set(replace(self._settings.export, presets=presets))  # type: ignore[arg-type]

    # -- what comes of it

    def _export(self, photo: ExportPhoto, draft: Draft, look: Look) -> None:
        from app.export.draft import What, request_of
        from liif_core.export.task import ExportTask

        self._keep(draft)
        choice = self._choice_of(draft)
        if draft.what is What.ALL:
            self._export_all(photo, draft, choice)
        else:
            request = request_of(draft, photo, look.target)
            # A file that was there is one about which the dialog has asked.
            self.queue.add([ExportTask(photo.path, request, choice, photo.page, replaces=look.exists)])

    def _export_all(self, photo: ExportPhoto, draft: Draft, choice: EnlargerChoice) -> None:
        from app.export.batch import Batch

        batch = Batch(photo.all_photos, draft, choice)
        # Of thousands on a slow disk nothing would be seen for a minute.
        self.notice.emit(self.tr("{0} photos are looked at before they are exported…").format(len(batch.photos)))
        self._list(batch, self.queue.targets)

    def _list(self, batch: Batch, taken: frozenset[Path]) -> None:
        from app.export.batch import batch_tasks

        known = frozenset(entry.id for entry in self.queue.entries)
        task = Task(lambda: batch_tasks(batch, taken=taken, cancel=self._cancel), name="list exports")
        task.done.connect(lambda tasks: self._take_list(batch, tasks, taken, known))
        task.failed.connect(lambda error: self.notice.emit(str(error)))
        self._tasks.start(task)

    def _take_list(
        self, batch: Batch, tasks: Sequence[ExportTask], taken: frozenset[Path], known: frozenset[int]
    ) -> None:
        """Export these, unless one that was begun meanwhile writes a file of theirs: then they need other names."""
        from app.export.batch import are_apart

        begun = frozenset(entry.task.request.target for entry in self.queue.entries if entry.id not in known)
        if are_apart((task.request.target for task in tasks), begun):
            self.queue.add(tasks)
        else:
            self._list(batch, taken | begun)

    def _keep(self, draft: Draft) -> None:
        export = replace(
            self._settings.export,
            aspect=draft.aspect,
            format=draft.form.name,
            options=draft.options,
            precision=draft.precision,  # type: ignore[arg-type]
            self_ensemble=draft.self_ensemble,
            as_seen=draft.as_seen,
            pattern=draft.pattern,
        )
        self._settings.set(export if draft.wish is None else replace(export, size=draft.wish))


def _folder_for(photo: Path) -> Path:
    """Beside the photo; one that was pasted lies where nobody looks for files."""
    if photo.is_relative_to(cache_folder()):
        return Path(QStandardPaths.writableLocation(QStandardPaths.StandardLocation.PicturesLocation))
    return photo.parent
