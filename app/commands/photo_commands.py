"""Opening photos, going from one to the next, and the clipboard."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from PySide6.QtCore import QMimeData, QObject, Signal
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QFileDialog, QWidget

from app.browsing import Browsing
from app.clipboard import local_files, picture_of_view, save_pasted
from app.commands.wiring import ActionMap, connect
from app.file_manager import show_folder_of
from app.photo_list import shown_extensions
from app.viewer.controller import Position, ViewController
from app.viewer.document import Preview
from app.workers.tasks import RunningTasks, Task


class PhotoCommands(QObject):
    """Connects the actions of the menus File and Go that concern photos.

    Args:
        window: Of the dialogs.
        actions: Of the window.
        controller: Of the view.
        browsing: Goes from photo to photo.
        cursor: Tells where the cursor is over the canvas, if it is.

    Signals:
        notice: A sentence that needs no answer.
        failed: A `LiifError`.
    """

    notice = Signal(str)
    failed = Signal(object)

    def __init__(
        self,
        window: QWidget,
        actions: ActionMap,
        controller: ViewController,
        browsing: Browsing,
        *,
        cursor: Callable[[], Position | None],
    ) -> None:
        super().__init__(window)
        self._window = window
        self._actions = actions
        self._controller = controller
        self._browsing = browsing
        self._cursor = cursor
        self._copy_when_sharp = False
        self._saving = RunningTasks()
        connect(
            actions,
            {
                "open": self.ask_for_photo,
                "open_folder": self.ask_for_folder,
                "reload": browsing.reload,
                "copy_view": self.copy_view,
                "copy_photo_path": self._copy_path,
                "paste": self.paste,
                "show_in_files": self._show_in_files,
                "close_photo": browsing.close,
                "previous": browsing.previous,
                "next": browsing.next,
                "first": browsing.first,
                "last": browsing.last,
                "previous_page": lambda: browsing.turn_page(-1),
                "next_page": lambda: browsing.turn_page(1),
            },
        )
        controller.became_sharp.connect(self._copy_now_sharp)
        controller.view_changed.connect(self._forget_copy)

    def ask_for_photo(self) -> None:
        """Open a photo by dialog."""
        patterns = " ".join(f"*{extension}" for extension in shown_extensions())
        filters = self.tr("Photos") + f" ({patterns});;" + self.tr("All files") + " (*)"
        chosen, _ = QFileDialog.getOpenFileNames(self._window, self.tr("Open photo"), self._folder, filters)
        self._browsing.open_all([Path(name) for name in chosen])

    def ask_for_folder(self) -> None:
        """Open the first photo of a folder by dialog."""
        chosen = QFileDialog.getExistingDirectory(self._window, self.tr("Open folder"), self._folder)
        if chosen:
            self._browsing.open_all([Path(chosen)])

    def copy_view(self) -> None:
        """Copy what is visible, as soon as every pixel of it is final."""
        if self._controller.document is None:
            return
        if self._controller.is_sharp:
            QGuiApplication.clipboard().setImage(picture_of_view(self._controller, self._cursor()))
            self.notice.emit(self.tr("The view was copied."))
        else:
            self._copy_when_sharp = True
            self.notice.emit(self.tr("The view will be copied as soon as it is sharp."))

    def paste(self) -> None:
        """Look at files or a picture from the clipboard."""
        # Nothing at all is on the clipboard of some systems at first, whatever Qt's types say.
        data: QMimeData | None = QGuiApplication.clipboard().mimeData()
        files = local_files(data) if data is not None else []
        if files:
            self._browsing.open_all(files)
        elif data is not None and data.hasImage():
            picture = QGuiApplication.clipboard().image()
            saving = Task(lambda: save_pasted(picture), name="keep pasted picture")
            saving.done.connect(self._browsing.expect())
            saving.failed.connect(self.failed)
            self._saving.start(saving)
        else:
            self.notice.emit(self.tr("There is no picture on the clipboard."))

    def stop(self, *, timeout_s: float) -> bool:
        """End the threads, when the program ends; whether they ended in time."""
        return self._saving.stop(timeout_s=timeout_s)

    @property
    def _folder(self) -> str:
        document = self._controller.document
        return str(document.path.parent) if document is not None else ""

    def _copy_now_sharp(self) -> None:
        if self._copy_when_sharp:
            self._copy_when_sharp = False
            self.copy_view()

    def _forget_copy(self) -> None:
        self._copy_when_sharp = False

    def _copy_path(self) -> None:
        document = self._controller.document
        if document is not None:
            QGuiApplication.clipboard().setText(str(document.path))

    def _show_in_files(self) -> None:
        document: Preview | None = self._controller.document
        if document is not None:
            show_folder_of(document.path)
