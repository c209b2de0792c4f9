"""Title, status bar and toolbar: what is open, how large it is shown, and by which model."""

from __future__ import annotations

from PySide6.QtCore import QObject

from app.folder import FolderBrowser
from app.models import Models
from app.viewer.controller import ViewController
from app.viewer.document import Document, Preview
from app.viewer.status import ViewStatus
from app.windows.main_window import MainWindow


class StatusPresenter(QObject):
    """Follows the controller.

    Args:
        window: Is filled.
        controller: Of the view.
        browser: Knows the place in the folder.
        models: Knows the model.
    """

    def __init__(self, window: MainWindow, controller: ViewController, browser: FolderBrowser, models: Models) -> None:
        super().__init__(window)
        self._window = window
        self._controller = controller
        self._browser = browser
        self._models = models
        self._device = ""
        controller.document_opened.connect(self._show_photo)
        controller.document_read.connect(self._show_pages)
        controller.document_closed.connect(self._show_nothing)
        controller.status_changed.connect(self._show_status)
        browser.changed.connect(self._show_position)
        models.changed.connect(self._show_model)
        self._show_model()

    def set_device(self, device: str) -> None:
        """Show what the model runs on."""
        self._device = device
        self._show_model()

    def refresh(self) -> None:
        """The language is another one now; what widgets say of themselves they say anew without this."""
        self._show_model()

    def _show_photo(self, photo: Preview) -> None:
        self._window.show_photo(photo.path.name)
        self._window.status.set_photo(photo.path.name, width=photo.size.width, height=photo.size.height)
        # The place of a photo that was asked for by name is only known when it is read.
        is_placed = photo.path == self._browser.current
        self._window.status.set_position(self._browser.position if is_placed else None)
        self._window.actions_.set_photo_open(True)
        self._show_pages(photo)

    def _show_pages(self, photo: Preview) -> None:
        actions = self._window.actions_
        self._window.status.set_page((photo.page + 1, photo.pages) if photo.pages > 1 else None)
        is_read = isinstance(photo, Document)
        actions["previous_page"].setEnabled(is_read and photo.page > 0)
        actions["next_page"].setEnabled(is_read and photo.page + 1 < photo.pages)

    def _show_nothing(self) -> None:
        self._window.status.clear_photo()
        self._window.toolbar.zoom_field.clear()
        self._window.actions_.set_photo_open(False)
        self._window.show_start_page()

    def _show_position(self) -> None:
        self._window.status.set_position(self._browser.position)

    def _show_model(self) -> None:
        self._window.status.set_model(self._models.shown_name)
        self._window.status.set_device(self._device if self._models.path is not None else "")

    def _show_status(self, status: ViewStatus) -> None:
        self._window.status.set_zoom(status.zoom)
        self._window.status.set_neural(status.progress.neural)
        self._window.status.set_progress(status.progress.done, status.progress.needed)
        camera = self._controller.camera
        if camera is not None:
            self._window.toolbar.zoom_field.set_zoom(camera.zoom, camera.min_zoom, camera.max_zoom)
