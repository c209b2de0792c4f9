"""The drawer: facts about the photo, its histogram, the pixel under the cursor, the model's card."""

from __future__ import annotations

from PySide6.QtCore import QObject, QTimer

from app.model_facts import ModelFacts, facts_of_model
from app.models import Models
from app.photo_facts import PhotoReport, report_on
from app.viewer.canvas import Canvas
from app.viewer.controller import ViewController
from app.viewer.document import Document
from app.viewer.view_painting import shown_color
from app.windows.drawer import Drawer
from app.windows.pixel_information import PixelReading
from app.workers.tasks import RunningTasks, Task


class InformationPresenter(QObject):
    """Follows the controller, and asks for nothing while the drawer is closed.

    Args:
        drawer: Is filled.
        canvas: Tells where the cursor is.
        controller: Of the view.
        models: Knows the model.
    """

    def __init__(self, drawer: Drawer, canvas: Canvas, controller: ViewController, models: Models) -> None:
        super().__init__(drawer)
        self._drawer = drawer
        self._canvas = canvas
        self._controller = controller
        self._models = models
        self._reported: int | None = None
        self._tasks = RunningTasks()
        # Once, however many events come together; and not while the canvas paints.
        self._look = QTimer(self, singleShot=True, interval=0)
        self._look.timeout.connect(self._show_pixel)
        drawer.visibilityChanged.connect(self._fill)
        for seen in (canvas.cursor_moved, canvas.photo_painted):
            seen.connect(lambda: self._look.start())
        controller.document_opened.connect(self._begin_anew)
        controller.document_read.connect(self._fill)
        controller.document_closed.connect(self._forget)
        models.changed.connect(self._show_model)

    @property
    def is_filled(self) -> bool:
        """Whether all that the drawer will show is there; it is while the drawer is closed."""
        return self._drawer.isHidden() or (self._tasks.is_empty and self._reported is not None)

    def stop(self, *, timeout_s: float) -> bool:
        """End the threads, when the program ends; whether they ended in time."""
        return self._tasks.stop(timeout_s=timeout_s)

    def _fill(self) -> None:
        if not self._drawer.isHidden():
            self._show_model()
            self._report()

    def _begin_anew(self) -> None:
        self._forget()
        # A photo that was read before comes back where the one after it cannot be read.
        if not self._drawer.isHidden():
            self._report()

    def _report(self) -> None:
        document = self._controller.document
        if isinstance(document, Document) and document.photo_id != self._reported:
            self._reported = document.photo_id
            task = Task(lambda: report_on(document), name=f"facts about {document.path.name}")
            task.done.connect(self._show_report)
            self._tasks.start(task)

    def _forget(self) -> None:
        self._reported = None
        self._drawer.set_photo(None)
        self._drawer.set_histogram(None)
        self._drawer.set_pixel(None)

    def _show_report(self, report: PhotoReport) -> None:
        if report.photo_id == self._reported:
            self._drawer.set_photo(report.facts)
            self._drawer.set_histogram(report.histogram)

    def _show_model(self) -> None:
        if not self._drawer.isHidden():
            model = self._models.current
            if model is None:
                self._drawer.set_model(None)
                return
            # The figures beside the card are in a file.
            task = Task(lambda: facts_of_model(model), name=f"facts about {model.name}")
            # No lambda: an outcome for one is lost when the task, ended, is dropped before it arrives.
            task.done.connect(self._take_model)
            self._tasks.start(task)

    def _take_model(self, facts: ModelFacts) -> None:
        current = self._models.current
        if current is not None and facts.card is current.card:
            self._drawer.set_model(facts)

    def _show_pixel(self) -> None:
        if not self._drawer.isHidden():
            self._drawer.set_pixel(self._reading())

    def _reading(self) -> PixelReading | None:
        document, cursor = self._controller.document, self._canvas.cursor_position
        pixel = self._controller.pixel_at(cursor) if cursor is not None else None
        if not isinstance(document, Document) or cursor is None or pixel is None:
            return None
        shown = shown_color(self._controller, cursor, ratio=self._canvas.devicePixelRatioF())
        rendered = (shown.red(), shown.green(), shown.blue())
        y, x = pixel
        return PixelReading(x, y, document.value_at(y, x), document.image.source_bits, rendered)
