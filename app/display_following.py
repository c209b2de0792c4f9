"""Shows photos in the colours of the display: those of the settings, or those of the screen that the window is on."""

from __future__ import annotations

from PySide6.QtCore import QObject, Signal
from PySide6.QtGui import QScreen

from app.display_colours import Display, chosen_display
from app.display_profile import ScreenPlace, profile_of
from app.settings import Settings
from app.viewer.controller import ViewController
from app.viewer.preloader import Preloader
from app.windows.main_window import MainWindow
from app.workers.tasks import RunningTasks, Task


class DisplayFollower(QObject):
    """Lives on the GUI thread and never waits there.

    Args:
        settings: What the person wants.
        window: Is on a screen.
        controller: Of the view; the open photo is read again for other colours.
        preloader: What it has read ahead is of no use then.

    Attributes:
        display: In whose colours photos are read.

    Signals:
        notice: A sentence about a profile that cannot be used, once for each that was chosen.
    """

    notice = Signal(str)

    def __init__(
        self, settings: Settings, window: MainWindow, controller: ViewController, preloader: Preloader
    ) -> None:
        super().__init__(window)
        self._settings = settings
        self._window = window
        self._controller = controller
        self._preloader = preloader
        self._tasks = RunningTasks()
        self.display: Display = self._wanted(window.screen())
        self._has_told = False
        controller.set_display(self.display)
        controller.display_failed.connect(self._tell_problem)
        settings.changed.connect(self._follow_settings)

    def begin(self) -> None:
        """The window is shown, and has a screen."""
        handle = self._window.windowHandle()
        handle.screenChanged.connect(self._follow_screen)
        self.display = self._wanted(handle.screen())
        self._controller.set_display(self.display)

    def stop(self, *, timeout_s: float) -> bool:
        """End the threads, when the program ends; whether they ended in time."""
        return self._tasks.stop(timeout_s=timeout_s)

    def _wanted(self, screen: QScreen | None) -> Display:
        name = self._settings.appearance.color_space
        return chosen_display(name, screen)

    def _follow_settings(self, name: str) -> None:
        if name == "appearance.color_space":
            self._show_in(self._wanted(self._window.screen()))

    def _follow_screen(self, screen: QScreen) -> None:
        """Most screens have no profile, or the same: photos are read again only for another one."""
        before, now = self.display, self._wanted(screen)
        if isinstance(before, ScreenPlace) and isinstance(now, ScreenPlace) and before != now:
            self.display = now
            self._controller.set_display(now)
            task = Task(lambda: profile_of(before) != profile_of(now), name="profiles of screens")
            task.done.connect(self._show_if_different)
            self._tasks.start(task)

    def _show_if_different(self, differs: bool) -> None:
        """In the colours of now: the window may have gone on to another screen, with the profile of the one before."""
        if differs and isinstance(self.display, ScreenPlace):
            self._show_in(self.display)

    def _show_in(self, display: Display) -> None:
        self.display = display
        self._has_told = False
        self._controller.set_display(display)
        self._preloader.forget()
        self._controller.reopen()

    def _tell_problem(self, error: object) -> None:
        """Once, and not again for each photo."""
        if not self._has_told:
            self._has_told = True
            self.notice.emit(self.tr("Photos are shown in sRGB: {0}").format(error))
