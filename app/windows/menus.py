"""The menu bar and the menu of the photo: which action is where, and the submenus that the program fills.

Every action of the table is in the menu bar. What a submenu holds, and what is chosen in it, its owner says.
"""

from __future__ import annotations

from PySide6.QtCore import QCoreApplication, QEvent, QObject
from PySide6.QtWidgets import QMainWindow, QMenu

from app.windows.actions import Actions, menu_title
from app.windows.choice_menus import ChoiceMenu, RecentMenu
from app.windows.icons import LOOK_CHANGES, icon

SEPARATOR = "-"
RECENT = ">recent"
MODEL = ">model"
COMPARE_WITH = ">compare_with"

MENUS: dict[str, tuple[str, ...]] = {
    "file": (
        *("open", "open_folder", RECENT, "reload", SEPARATOR),
        *("copy_view", "copy_photo_path", "paste", "show_in_files", SEPARATOR),
        *("export", "export_queue", SEPARATOR),
        *("settings", SEPARATOR, "close_photo", "quit"),
    ),
    "go": ("previous", "next", "first", "last", SEPARATOR, "previous_page", "next_page"),
    "zoom": (
        *("zoom_in", "zoom_out", "enter_zoom", SEPARATOR),
        *("fit_window", "fit_width", "fit_height", "fill", SEPARATOR),
        *("zoom_100", "zoom_200", "zoom_400", "zoom_800", SEPARATOR),
        *("pan_left", "pan_right", "pan_up", "pan_down", SEPARATOR, "lock_view"),
    ),
    "view": (
        *("rotate_left", "rotate_right", "mirror_horizontal", "mirror_vertical", "upright", SEPARATOR),
        *("minimap", "overlay", "information", SEPARATOR, "full_screen", "leave"),
    ),
    "compare": (
        *("compare", SEPARATOR, "compare_split", "compare_loupe", "compare_difference", SEPARATOR),
        *("compare_direction", "flip", SEPARATOR, COMPARE_WITH),
    ),
    "model": (MODEL, "manage_models", "train"),
    "help": ("shortcuts_help", "edit_shortcuts", SEPARATOR, "copy_diagnostics", "about"),
}
"""The menu bar: ids of actions, separators and the menus that are filled elsewhere."""

PHOTO_MENU: tuple[str, ...] = (
    *("fit_window", "zoom_100", SEPARATOR, "export", "copy_view", "copy_photo_path", "show_in_files", SEPARATOR),
    *("rotate_left", "rotate_right", SEPARATOR, "compare", COMPARE_WITH, SEPARATOR),
    *("minimap", "overlay", "information", "full_screen"),
)
"""The menu of the photo itself, by the right button or the menu key."""


class Menus(QObject):
    """Fills the window's menu bar.

    Args:
        window: Whose menu bar it is.
        actions: What the menus show.

    Attributes:
        photo: For a click with the right button on the photo.
        recent: Recent photos.
        models: The models, and below them the next two and the way to manage them.
        devices: What the model can run on.
        precisions: What the model can calculate in.
        compare_with: What the photo is compared with.
    """

    def __init__(self, window: QMainWindow, actions: Actions) -> None:
        super().__init__(window)
        self._actions = actions
        self.recent = RecentMenu(window)
        self.models = ChoiceMenu(window)
        self.devices = ChoiceMenu(window)
        self.precisions = ChoiceMenu(window)
        self.compare_with = ChoiceMenu(window)
        self.models.set_tail([self.devices, self.precisions])
        self._submenus: dict[str, QMenu] = {RECENT: self.recent, COMPARE_WITH: self.compare_with}
        self._menus: dict[str, QMenu] = {}
        for menu, entries in MENUS.items():
            made = self._filled(self.models if MODEL in entries else QMenu(window), entries)
            self._menus[menu] = made
            window.menuBar().addMenu(made)
        self.photo = self._filled(QMenu(window), PHOTO_MENU)
        self._set_titles()
        self._set_icons()
        window.installEventFilter(self)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Follow the window's language and look."""
        if event.type() == QEvent.Type.LanguageChange:
            self._set_titles()
        elif event.type() in LOOK_CHANGES:
            self._set_icons()
        return super().eventFilter(watched, event)

    def _filled(self, menu: QMenu, entries: tuple[str, ...]) -> QMenu:
        for entry in entries:
            if entry == MODEL:
                # Its choices and submenus are above what follows.
                menu.addSeparator()
            elif entry == SEPARATOR:
                menu.addSeparator()
            elif entry in self._submenus:
                menu.addMenu(self._submenus[entry])
            elif entry != MODEL:
                menu.addAction(self._actions[entry])
        return menu

    def _set_titles(self) -> None:
        for menu, made in self._menus.items():
            made.setTitle(menu_title(menu))
        self.recent.setTitle(QCoreApplication.translate("actions", "Open &recent"))
        self.devices.setTitle(QCoreApplication.translate("actions", "&Device"))
        self.precisions.setTitle(QCoreApplication.translate("actions", "&Precision"))
        self.compare_with.setTitle(QCoreApplication.translate("actions", "Compare &with"))
        self.photo.setAccessibleName(QCoreApplication.translate("actions", "Photo"))

    def _set_icons(self) -> None:
        self.recent.setIcon(icon("open_recent"))
        self.compare_with.setIcon(icon("compare"))
