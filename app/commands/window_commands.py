"""What concerns the window itself: what is shown around the photo, settings, help.

Dialogs are imported when they are opened: most runs open none, and each would delay the first picture.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

from PySide6.QtCore import QObject, Qt
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QWidget

from app.commands.compare_commands import CompareCommands
from app.commands.wiring import connect, connect_switches
from app.diagnostics import program_facts, with_log
from app.settings import Settings
from app.windows.main_window import MainWindow
from app.workers.tasks import RunningTasks, Task
from liif_core.memory import budgets


class WindowCommands(QObject):
    """Connects the actions that concern the window.

    Args:
        window: The window.
        settings: Where switches are kept.
        comparing: Is left by Esc.
        devices: Tells what a model can run on: ids and texts.
        measure: Finds out which device is the quickest, once more.
    """

    def __init__(
        self,
        window: MainWindow,
        settings: Settings,
        comparing: CompareCommands,
        *,
        devices: Callable[[], list[tuple[str, str]]],
        measure: Callable[[], object],
    ) -> None:
        super().__init__(window)
        self._window = window
        self._settings = settings
        self._comparing = comparing
        self._devices = devices
        self._measure = measure
        self._tasks = RunningTasks()
        actions = window.actions_
        connect(
            actions,
            {
                "settings": self.show_settings,
                "quit": window.close,
                "leave": self.leave,
                "shortcuts_help": window.help_overlay.toggle,
                "edit_shortcuts": self.edit_shortcuts,
                "about": self._show_about,
                "copy_diagnostics": self._copy_diagnostics,
                "enter_zoom": window.enter_zoom,
            },
        )
        connect_switches(
            actions,
            {
                "full_screen": window.set_full_screen,
                "information": window.drawer.setVisible,
                "minimap": lambda on: settings.set(replace(settings.view, show_minimap=on)),
                "overlay": lambda on: settings.set(replace(settings.view, show_overlay=on)),
                "lock_view": lambda on: settings.set(replace(settings.view, lock_view=on)),
            },
        )
        window.drawer.visibilityChanged.connect(
            lambda _visible: actions["information"].setChecked(not window.drawer.isHidden())
        )

    def leave(self) -> None:
        """Leave what lies uppermost: the help, the comparison, full screen."""
        if self._window.help_overlay.isVisible():
            self._window.help_overlay.close()
        elif self._window.actions_["compare"].isChecked():
            self._comparing.set_comparing(False)
        else:
            self._window.set_full_screen(False)

    def show_settings(self) -> None:
        """Open the dialog of settings."""
        from app.windows.settings_dialog import SettingsDialog

        dialog = SettingsDialog(self._settings, automatic=budgets(), parent=self._window)
        dialog.set_devices(self._devices())
        dialog.shortcuts_asked.connect(self.edit_shortcuts)
        dialog.measure_asked.connect(self._measure)
        dialog.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        dialog.open()

    def edit_shortcuts(self) -> None:
        """Open the editor of keys."""
        from app.windows.shortcut_editor import ShortcutEditor

        editor = ShortcutEditor(self._settings.keyboard.shortcuts, parent=self._window)
        editor.saved.connect(self._take_shortcuts)
        editor.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        editor.open()

    def stop(self, *, timeout_s: float) -> bool:
        """End the threads, when the program ends; whether they ended in time."""
        return self._tasks.stop(timeout_s=timeout_s)

    def _take_shortcuts(self, changed: dict[str, list[str]]) -> None:
        overrides = {name: tuple(keys) for name, keys in changed.items()}
        self._settings.set(replace(self._settings.keyboard, shortcuts=overrides))

    def _show_about(self) -> None:
        from app.windows.about import AboutDialog

        dialog = AboutDialog(self._window)
        dialog.licences_asked.connect(lambda: self._show_licences(dialog))
        dialog.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        dialog.open()

    def _show_licences(self, parent: QWidget) -> None:
        """Many files: read on a thread, which may outlive the dialog."""
        from app.third_party import notices
        from app.windows.licences import LicencesDialog

        dialog = LicencesDialog(parent)
        dialog.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        task = Task(notices, name="read licences")
        task.done.connect(dialog.show_text)
        task.failed.connect(dialog.show_error)
        self._tasks.start(task)
        dialog.open()

    def _copy_diagnostics(self) -> None:
        """The log is a file: read on a thread."""
        facts = program_facts(self._settings)
        task = Task(lambda: with_log(facts), name="collect diagnostics")
        task.done.connect(self._take_diagnostics)
        task.failed.connect(self._tell_failure)
        self._tasks.start(task)

    def _take_diagnostics(self, text: str) -> None:
        QGuiApplication.clipboard().setText(text)
        self._window.status.show_notice(self.tr("The diagnostics were copied."))

    def _tell_failure(self, error: object) -> None:
        self._window.status.show_notice(self.tr("The diagnostics cannot be copied: {0}").format(error))
