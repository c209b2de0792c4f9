"""The main window: the photo or the start page, and around it menus, toolbar, status bar and drawer.

It lays out and shows; what its actions do is in `app.commands`, what it shows of the view in `app.presenters`.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence

from PySide6.QtCore import QByteArray, QEvent, QSize, Qt, Signal
from PySide6.QtGui import QCloseEvent, QDragEnterEvent, QDropEvent, QMouseEvent
from PySide6.QtWidgets import QApplication, QMainWindow, QMessageBox, QStackedWidget, QWidget

from app.clipboard import dragged_files
from app.messages import advice_of, title_of
from app.viewer.canvas import Canvas
from app.windows.actions import Actions
from app.windows.drawer import Drawer
from app.windows.help_overlay import HelpOverlay
from app.windows.menus import Menus
from app.windows.message_box import message_box
from app.windows.start_page import StartPage
from app.windows.status_bar import PhotoStatusBar
from app.windows.toolbar import ToolBar


class MainWindow(QMainWindow):
    """One photo.

    Args:
        canvas: Shows the photo.

    Attributes:
        actions_: All actions.
        menus: The menu bar.
        toolbar: Above the photo.
        status: Beneath it.
        drawer: Beside it.
        canvas: The photo.
        start_page: Where no photo is open.
        help_overlay: All keys, over everything.

    Signals:
        paths_dropped: Files and folders, a list of `Path`.
        closing: The window is about to close; what it looked like is still there.
    """

    paths_dropped = Signal(list)
    closing = Signal()

    def __init__(self, canvas: Canvas) -> None:
        super().__init__()
        self.actions_ = Actions(self)
        self.menus = Menus(self, self.actions_)
        self.toolbar = ToolBar(self.actions_, self.menus.models)
        self.addToolBar(self.toolbar)
        self.status = PhotoStatusBar()
        self.setStatusBar(self.status)
        self.drawer = Drawer(self)
        self.addDockWidget(Qt.DockWidgetArea.RightDockWidgetArea, self.drawer)
        self.canvas = canvas
        self.start_page = StartPage()
        self.start_page.cursor_moved.connect(self.show_bars_at)
        self._pages = QStackedWidget()
        self._pages.addWidget(self.start_page)
        self._pages.addWidget(self.canvas)
        self.setCentralWidget(self._pages)
        self.help_overlay = HelpOverlay(self.actions_, self)
        self._photo_name = ""
        self._is_full = self._was_maximised = False
        self._close_guards: list[Callable[[], bool]] = []
        self.setAcceptDrops(True)
        QApplication.instance().focusChanged.connect(self._note_focus)  # type: ignore[union-attr]
        self.show_start_page()

    def sizeHint(self) -> QSize:
        """Large enough for a photo, small enough for old screens."""
        return QSize(1120, 740)

    # -- what is shown

    def show_photo(self, name: str) -> None:
        """Show the page of photos. The focus comes with it, and stays where it is when only the photo is another."""
        self._photo_name = name
        self._set_title()
        if self._pages.currentWidget() is not self.canvas:
            self._pages.setCurrentWidget(self.canvas)
            self.canvas.setFocus()

    def show_start_page(self) -> None:
        """Show the page for when no photo is open."""
        self._photo_name = ""
        self._set_title()
        self._pages.setCurrentWidget(self.start_page)
        self.start_page.setFocus()

    def set_compare_choices(self, choices: Sequence[tuple[str, str]], current: str) -> None:
        """Offer these to compare with: ids and texts."""
        self.menus.compare_with.set_choices([(*choice, "") for choice in choices], current)

    def add_close_guard(self, guard: Callable[[], bool]) -> None:
        """Ask this before the window closes; where it says no, it asks the person, and closes the window itself.

        The guards are asked in the order that they came, up to the first one that says no.
        """
        self._close_guards.append(guard)

    def show_error(self, error: object) -> None:
        """What has happened, what to do, and the fact in one sentence, without stopping anything."""
        title = title_of(error)
        details = f"{advice_of(error)}\n\n{error}"
        message_box(QMessageBox.Icon.Warning, title, title, parent=self, details=details).open()

    def set_full_screen(self, full: bool) -> None:
        """Show nothing but the photo, or the window as it was before."""
        if full == self.isFullScreen():
            return
        if full:
            self._was_maximised = self.isMaximized()
            self.showFullScreen()
        elif self._was_maximised:
            self.showMaximized()
        else:
            self.showNormal()

    def show_bars_at(self, y: float) -> None:
        """In full screen the toolbar comes when the cursor is at the upper edge, and goes when it is below it."""
        if self.isFullScreen():
            near = y <= (self.toolbar.sizeHint().height() if self.toolbar.isVisible() else 1)
            self.toolbar.setVisible(near or self.toolbar.has_focus())

    def enter_zoom(self) -> None:
        """Let the person type a zoom; in full screen the toolbar is there for that long."""
        self.toolbar.show()
        self.toolbar.start_zoom_entry()

    def restore_geometry(self, geometry: str | None) -> None:
        """Place the window as `geometry_text` said; a program that was ended in full screen begins in a window."""
        if geometry is None:
            return
        self.restoreGeometry(QByteArray.fromBase64(geometry.encode("ascii")))
        if self.isFullScreen():
            normal = self.normalGeometry()
            self.setWindowState(self.windowState() & ~Qt.WindowState.WindowFullScreen)
            self.setGeometry(normal)

    def geometry_text(self) -> str:
        """Size and place of the window, for the next run."""
        return bytes(self.saveGeometry().toBase64().data()).decode("ascii")

    # -- events

    def changeEvent(self, event: QEvent) -> None:
        """Follow the language, and full screen, which the system, too, can begin and end."""
        super().changeEvent(event)
        if event.type() == QEvent.Type.LanguageChange:
            self._set_title()
        elif event.type() == QEvent.Type.WindowStateChange and self.isFullScreen() != self._is_full:
            self._is_full = self.isFullScreen()
            for bar in (self.menuBar(), self.toolbar, self.status):
                bar.setVisible(not self._is_full)
            self.actions_["full_screen"].setChecked(self._is_full)

    def dragEnterEvent(self, event: QDragEnterEvent) -> None:
        """Accept files, wherever in the window."""
        dragged_files(event)

    def dropEvent(self, event: QDropEvent) -> None:
        """Open what was dropped."""
        files = dragged_files(event)
        if files:
            self.paths_dropped.emit(files)

    def mousePressEvent(self, event: QMouseEvent) -> None:
        """The buttons at the side of a mouse go through the folder."""
        steps = {Qt.MouseButton.BackButton: "previous", Qt.MouseButton.ForwardButton: "next"}
        if event.button() in steps:
            self.actions_[steps[event.button()]].trigger()
        else:
            super().mousePressEvent(event)

    def closeEvent(self, event: QCloseEvent) -> None:
        """Ask whoever may have a reason against it; then say so, while everything is still there."""
        if not all(guard() for guard in self._close_guards):
            event.ignore()
            return
        self.closing.emit()
        super().closeEvent(event)

    def _note_focus(self, before: QWidget | None, now: QWidget | None) -> None:
        """In full screen, the toolbar goes when it is not needed any more."""
        was_there = before is not None and self.toolbar.isAncestorOf(before)
        is_back = now is not None and self._pages.isAncestorOf(now)
        if self._is_full and was_there and is_back and not self.toolbar.underMouse():
            self.toolbar.hide()

    def _set_title(self) -> None:
        program = self.tr("Stepless")
        self.setWindowTitle(f"{self._photo_name} – {program}" if self._photo_name else program)
