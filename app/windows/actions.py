"""The window's actions: texts, tooltips, icons and keys of the table, in one place.

Menus, toolbar and help show the same `QAction`s; the window connects them. Texts follow the language, icons follow the
palette, the layout direction and the screens.
"""

from __future__ import annotations

from PySide6.QtCore import QCoreApplication, QEvent, QObject, Signal
from PySide6.QtGui import QAction, QActionGroup, QKeySequence
from PySide6.QtWidgets import QWidget

from app.windows.action_table import ACTIONS, MENU_TITLES, ActionSpec
from app.windows.icons import LOOK_CHANGES, icon
from app.windows.key_bindings import Bindings, Overrides, conflicts, default_bindings, unambiguous_bindings


def menu_title(menu: str) -> str:
    """A menu's translated title, with its mnemonic."""
    return QCoreApplication.translate("actions", MENU_TITLES[menu])


def plain_text(spec: ActionSpec) -> str:
    """An action's translated text without the mnemonic and without dots, as tooltips and lists show it."""
    return without_mnemonic(QCoreApplication.translate("actions", spec.text)).removesuffix("…")


def without_mnemonic(text: str) -> str:
    """A menu's text as a person reads it; "(&O)" as in Chinese goes altogether."""
    before, mark, after = text.partition("(&")
    if mark and after[1:2] == ")":
        text = before + after[2:]
    return text.replace("&&", "\0").replace("&", "").replace("\0", "&")


def native_keys(keys: tuple[str, ...]) -> list[str]:
    """Keys as this system writes them."""
    return [QKeySequence(key).toString(QKeySequence.SequenceFormat.NativeText) for key in keys]


def native_modifier(name: str) -> str:
    """A key that is held beside another, as this system writes it: "Ctrl" is a sign on a Mac."""
    (chord,) = native_keys((f"{name}+A",))
    return chord.removesuffix("A").removesuffix("+")


class Actions(QObject):
    """All actions, by their ids; they belong to a window and work in it also where no menu is shown.

    `flip` is for a key that is held: its owner takes key presses and releases before the window's shortcuts see them
    (`QEvent.ShortcutOverride`), and `triggered` comes from the menu alone.

    Args:
        window: Where keys work; parent of the actions.

    Signals:
        shortcuts_changed: Keys, or the language they are written in, are others.
    """

    shortcuts_changed = Signal()

    def __init__(self, window: QWidget) -> None:
        super().__init__(window)
        self._bindings: Bindings = default_bindings()
        self._groups: dict[str, QActionGroup] = {}
        self._actions = {spec.id: self._made(spec, window) for spec in ACTIONS}
        self.set_photo_open(False)
        self._set_texts()
        self._set_icons()
        window.installEventFilter(self)

    def __getitem__(self, id_: str) -> QAction:
        """The action of an id.

        Raises:
            KeyError: There is none.
        """
        return self._actions[id_]

    def set_photo_open(self, is_open: bool) -> None:
        """Enable what needs a photo, or not; finer rules (first photo, pages) are set after this."""
        for spec in ACTIONS:
            if spec.needs_photo:
                self._actions[spec.id].setEnabled(is_open)

    def set_overrides(self, overrides: Overrides) -> None:
        """Set the keys: the defaults, and all keys of the actions named.

        Unknown actions and keys count for nothing, and of two actions with one key only one gets it (see
        `unambiguous_bindings`): settings may have been edited by hand.
        """
        self._bindings = unambiguous_bindings(overrides)
        self._set_keys()

    def shortcuts(self) -> dict[str, list[str]]:
        """The keys in force, as portable text."""
        return {id_: list(keys) for id_, keys in self._bindings.items()}

    def native_keys(self, id_: str) -> list[str]:
        """An action's keys as this system writes them."""
        return native_keys(self._bindings[id_])

    @staticmethod
    def conflicts(overrides: Overrides) -> list[tuple[str, str, str]]:
        """Keys that two actions would have: (key, action, the other action)."""
        return conflicts(overrides)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Follow the window's language and look."""
        if event.type() == QEvent.Type.LanguageChange:
            self._set_texts()
        elif event.type() in LOOK_CHANGES:
            self._set_icons()
        return super().eventFilter(watched, event)

    def _made(self, spec: ActionSpec, window: QWidget) -> QAction:
        action = QAction(self, checkable=spec.checkable, autoRepeat=spec.repeats)
        action.setObjectName(spec.id)
        action.setMenuRole(spec.role)
        if spec.group:
            group = self._groups.setdefault(spec.group, QActionGroup(self))
            action.setChecked(not group.actions())
            group.addAction(action)
        # Menus that are hidden, as in full screen, give their keys to nobody.
        window.addAction(action)
        return action

    def _set_texts(self) -> None:
        for spec in ACTIONS:
            action = self._actions[spec.id]
            action.setText(QCoreApplication.translate("actions", spec.text))
            action.setStatusTip(QCoreApplication.translate("actions", spec.tip))
        self._set_keys()

    def _set_keys(self) -> None:
        for spec in ACTIONS:
            action = self._actions[spec.id]
            keys = self._bindings[spec.id]
            action.setShortcuts([QKeySequence(key) for key in keys])
            shown = native_keys(keys[:1])
            action.setToolTip(f"{plain_text(spec)} ({shown[0]})" if shown else plain_text(spec))
        self.shortcuts_changed.emit()

    def _set_icons(self) -> None:
        for spec in ACTIONS:
            self._actions[spec.id].setIcon(icon(spec.id))
