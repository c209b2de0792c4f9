"""The main window: the photo, a menu and a status bar."""

from __future__ import annotations

from pathlib import Path

from PySide6.QtCore import QSize, Qt
from PySide6.QtGui import QAction, QDragEnterEvent, QDropEvent, QKeySequence
from PySide6.QtWidgets import QFileDialog, QLabel, QMainWindow, QMessageBox, QStackedWidget

from app.messages import title_of
from app.viewer.canvas import Canvas
from app.viewer.controller import ViewController
from app.viewer.document import Preview
from app.viewer.gestures import FACTOR_PER_KEY
from app.viewer.status import ViewStatus
from app.windows.start_page import StartPage
from liif_core.imaging.read import READABLE_EXTENSIONS

# A sentence is read in a few seconds, also when the eyes were elsewhere.
NOTICE_MS = 10_000


class MainWindow(QMainWindow):
    """One photo.

    Args:
        controller: Of the view.
        model_name: As the status bar shows it.
        show_errors: Whether failures open a dialog; a caller that prints them instead says no.
    """

    def __init__(self, controller: ViewController, *, model_name: str, show_errors: bool = True) -> None:
        super().__init__()
        self._controller = controller
        self.canvas = Canvas(controller)
        self._start_page = StartPage()
        self._pages = QStackedWidget()
        self._pages.addWidget(self._start_page)
        self._pages.addWidget(self.canvas)
        self.setCentralWidget(self._pages)
        self.setWindowTitle(self.tr("Stepless"))
        self.setAcceptDrops(True)
        self._photo_label = QLabel()
        self._zoom_label = QLabel()
        self._model_label = QLabel(model_name)
        self._device_label = QLabel()
        self._sharp_label = QLabel()
        self._fill_status_bar()
        self._fill_menus()
        self._start_page.open_asked.connect(self.ask_for_photo)
        self._start_page.photo_chosen.connect(lambda path: controller.open(Path(path)))
        self.canvas.photo_painted.connect(controller.photo_painted)
        controller.document_opened.connect(self._show_document)
        controller.document_closed.connect(self._show_start_page)
        controller.status_changed.connect(self._show_status)
        if show_errors:
            controller.failed.connect(self.show_error)

    def sizeHint(self) -> QSize:
        """Large enough for a photo, small enough for old screens."""
        return QSize(1120, 740)

    def dragEnterEvent(self, event: QDragEnterEvent) -> None:
        """Accept files, wherever in the window."""
        if event.mimeData().hasUrls():
            event.acceptProposedAction()

    def dropEvent(self, event: QDropEvent) -> None:
        """Open the first file."""
        files = [url.toLocalFile() for url in event.mimeData().urls() if url.isLocalFile()]
        if files:
            event.acceptProposedAction()
            self._controller.open(Path(files[0]))

    def set_device(self, device: str) -> None:
        """Show what the model runs on."""
        self._device_label.setText(device)

    def show_notice(self, text: str) -> None:
        """Tell something that needs no answer."""
        self.statusBar().showMessage(text, NOTICE_MS)

    def ask_for_photo(self) -> None:
        """Open a photo by dialog."""
        patterns = " ".join(f"*{extension}" for extension in READABLE_EXTENSIONS)
        filters = self.tr("Photos") + f" ({patterns});;" + self.tr("All files") + " (*)"
        chosen, _ = QFileDialog.getOpenFileName(self, self.tr("Open photo"), filter=filters)
        if chosen:
            self._controller.open(Path(chosen))

    def show_error(self, error: object) -> None:
        """One sentence, without stopping anything."""
        box = QMessageBox(QMessageBox.Icon.Warning, title_of(error), str(error), parent=self)
        box.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        box.open()

    def _show_document(self, document: Preview) -> None:
        size = document.size
        self._photo_label.setText(f"{document.path.name}   {size.width} × {size.height}")
        self.setWindowTitle(f"{document.path.name} – {self.tr('Stepless')}")
        self._pages.setCurrentWidget(self.canvas)
        self.canvas.setFocus()

    def _show_start_page(self) -> None:
        for label in (self._photo_label, self._zoom_label, self._sharp_label):
            label.clear()
        self.setWindowTitle(self.tr("Stepless"))
        self._pages.setCurrentWidget(self._start_page)

    def _show_status(self, status: ViewStatus) -> None:
        zoom = status.zoom
        ratio = f"{zoom:.3g} : 1" if zoom >= 1 else f"1 : {1 / zoom:.3g}"
        self._zoom_label.setText(f"{zoom:.1%}   {ratio}")
        if status.is_sharp:
            self._sharp_label.setText(self.tr("sharp"))
        else:
            self._sharp_label.setText(self.tr("sharpening {0} of {1}").format(status.done, status.needed))
        self._model_label.setEnabled(status.neural)
        self._device_label.setEnabled(status.neural)

    def _fill_status_bar(self) -> None:
        bar = self.statusBar()
        self._photo_label.setContentsMargins(6, 0, 6, 0)
        bar.addWidget(self._photo_label, 1)
        for label, meaning in (
            (self._zoom_label, self.tr("Device pixels per photo pixel")),
            (self._model_label, self.tr("Model; grey at 100 % and below, where the photo itself is shown")),
            (self._device_label, self.tr("Device that the model runs on")),
            (self._sharp_label, self.tr("Whether every visible pixel is final")),
        ):
            label.setToolTip(meaning)
            label.setContentsMargins(6, 0, 6, 0)
            bar.addPermanentWidget(label)

    def _fill_menus(self) -> None:
        controller = self._controller
        file_menu = self.menuBar().addMenu(self.tr("&File"))
        view_menu = self.menuBar().addMenu(self.tr("&View"))
        open_key = QKeySequence(QKeySequence.StandardKey.Open)
        self._add_action(file_menu, self.tr("&Open photo…"), [open_key], self.ask_for_photo)
        self._add_action(file_menu, self.tr("&Quit"), [QKeySequence(QKeySequence.StandardKey.Quit)], self.close)
        self._add_action(view_menu, self.tr("Zoom &in"), ["+", "="], lambda: controller.zoom(FACTOR_PER_KEY))
        self._add_action(view_menu, self.tr("Zoom &out"), ["-"], lambda: controller.zoom(1 / FACTOR_PER_KEY))
        self._add_action(view_menu, self.tr("&Fit"), ["0", "F"], controller.fit)
        self._add_action(view_menu, self.tr("&100 %"), ["1"], lambda: controller.zoom_to(1.0))
        view_menu.addSeparator()
        self._add_action(view_menu, self.tr("F&ull screen"), ["F11"], self._toggle_full_screen)
        leave = QAction(self, shortcut=QKeySequence("Esc"))
        leave.triggered.connect(self.showNormal)
        self.addAction(leave)

    def _add_action(self, menu: object, text: str, keys: list[str | QKeySequence], run: object) -> None:
        action = QAction(text, self)
        action.setShortcuts([QKeySequence(key) for key in keys])
        action.triggered.connect(run)
        menu.addAction(action)  # type: ignore[attr-defined]

    def _toggle_full_screen(self) -> None:
        if self.isFullScreen():
            self.showNormal()
        else:
            self.showFullScreen()
