"""The dialog in which people choose their own keys."""

from __future__ import annotations

from PySide6.QtCore import QEvent, QSize, Qt, Signal
from PySide6.QtGui import QBrush, QColor, QKeyEvent
from PySide6.QtWidgets import (
    QDialog,
    QDialogButtonBox,
    QLineEdit,
    QTreeWidget,
    QTreeWidgetItem,
    QVBoxLayout,
    QWidget,
)

from app.windows.action_table import ACTIONS
from app.windows.actions import menu_title, native_keys, plain_text, without_mnemonic
from app.windows.first_size import take_room
from app.windows.icons import icon
from app.windows.key_bindings import Overrides
from app.windows.keys_of_action import KeysOfAction
from app.windows.shortcut_draft import ShortcutDraft
from app.windows.theme import colors

_ID_ROLE = Qt.ItemDataRole.UserRole
_SPECS = {spec.id: spec for spec in ACTIONS}


class ShortcutEditor(QDialog):
    """All actions with their keys, and below them the keys of the one that is selected.

    Keys that two actions have are marked, with a sentence and a button that decides; until none is left the dialog
    cannot be accepted.

    Args:
        overrides: The changes in force.
        parent: The window.

    Signals:
        saved: The person accepted: the new overrides, `dict[str, list[str]]`.
    """

    saved = Signal(dict)

    def __init__(self, overrides: Overrides, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._draft = ShortcutDraft(overrides)
        self.filter = QLineEdit(clearButtonEnabled=True)
        self.filter.textChanged.connect(self._apply_filter)
        self.table = QTreeWidget()
        self.table.setColumnCount(2)
        self.table.setAllColumnsShowFocus(True)
        self.table.currentItemChanged.connect(self._show_selected)
        self.table.setColumnWidth(0, 300)
        self._groups: dict[str, QTreeWidgetItem] = {}
        self._items = self._fill_table()
        self.keys = KeysOfAction()
        self.keys.add_asked.connect(self._add)
        self.keys.remove_asked.connect(self._remove)
        self.keys.take_over_asked.connect(self._take_over)
        self.keys.reset_asked.connect(self._reset)
        self.buttons = QDialogButtonBox(QDialogButtonBox.StandardButton.Save | QDialogButtonBox.StandardButton.Cancel)
        self.reset_all_button = self.buttons.addButton("", QDialogButtonBox.ButtonRole.ResetRole)
        self.reset_all_button.clicked.connect(self._reset_all)
        self.buttons.accepted.connect(self.accept)
        self.buttons.rejected.connect(self.reject)
        layout = QVBoxLayout(self)
        for widget in (self.filter, self.table, self.keys, self.buttons):
            layout.addWidget(widget)
        take_room(self, QSize(560, 620))
        self._set_texts()
        self.select(ACTIONS[0].id)

    def overrides(self) -> dict[str, list[str]]:
        """What differs from the defaults as things stand in the dialog."""
        return self._draft.overrides()

    def select(self, id_: str) -> None:
        """Show the keys of an action."""
        self.table.setCurrentItem(self._items[id_])

    def accept(self) -> None:
        """Hand over the keys, if they are right."""
        if not self._draft.has_conflicts():
            self.saved.emit(self.overrides())
            super().accept()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Enter saves nothing by surprise, as after a text to filter by."""
        if event.key() not in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
            super().keyPressEvent(event)

    def changeEvent(self, event: QEvent) -> None:
        """Follow the language and the theme."""
        super().changeEvent(event)
        if event.type() == QEvent.Type.LanguageChange:
            self._set_texts()
        elif event.type() == QEvent.Type.PaletteChange:
            self._show_all()

    def _fill_table(self) -> dict[str, QTreeWidgetItem]:
        items = {}
        for spec in ACTIONS:
            if spec.menu not in self._groups:
                group = self._groups[spec.menu] = QTreeWidgetItem(self.table)
                group.setFlags(Qt.ItemFlag.ItemIsEnabled)
                group.setExpanded(True)
            items[spec.id] = QTreeWidgetItem(self._groups[spec.menu])
            items[spec.id].setData(0, _ID_ROLE, spec.id)
        return items

    def _selected(self) -> str | None:
        item = self.table.currentItem()
        return item.data(0, _ID_ROLE) if item is not None else None

    def _add(self, key: str) -> None:
        id_ = self._selected()
        if id_ is not None and not self._draft.add(id_, key):
            shown = native_keys((key,))[0]
            self.keys.say(self.tr("{0} is needed to move the photo or the focus, or to press buttons.").format(shown))
            return
        self._show_all()

    def _remove(self, key: str) -> None:
        id_ = self._selected()
        if id_ is not None:
            self._draft.remove(id_, key)
        self._show_all()

    def _take_over(self, key: str) -> None:
        id_ = self._selected()
        if id_ is not None:
            self._draft.take_over(id_, key)
        self._show_all()

    def _reset(self) -> None:
        id_ = self._selected()
        if id_ is not None:
            self._draft.reset(id_)
        self._show_all()

    def _reset_all(self) -> None:
        self._draft.reset_all()
        self._show_all()

    def _show_all(self) -> None:
        warning = QBrush(QColor(colors().warning))
        for id_, item in self._items.items():
            conflict = self._draft.conflict_of(id_)
            item.setIcon(0, icon(id_))
            item.setText(1, "   ".join(native_keys(self._draft.keys(id_))))
            item.setToolTip(1, "" if conflict is None else self._sentence(*conflict))
            item.setForeground(1, QBrush() if conflict is None else warning)
            font = item.font(1)
            font.setBold(self._draft.is_changed(id_))
            item.setFont(1, font)
        wrong = self._draft.has_conflicts()
        save = self.buttons.button(QDialogButtonBox.StandardButton.Save)
        save.setEnabled(not wrong)
        save.setToolTip(self.tr("First decide which action gets each marked key.") if wrong else "")
        self._show_selected()

    def _show_selected(self) -> None:
        id_ = self._selected()
        self.keys.setEnabled(id_ is not None)
        if id_ is None:
            return
        conflict = self._draft.conflict_of(id_)
        self.keys.show_keys(plain_text(_SPECS[id_]), self._draft.keys(id_), can_reset=self._draft.is_changed(id_))
        if conflict is not None:
            self.keys.say(self._sentence(*conflict), contested_key=conflict[0])

    def _sentence(self, key: str, other: str) -> str:
        return self.tr("{0} is also “{1}”.").format(native_keys((key,))[0], plain_text(_SPECS[other]))

    def _apply_filter(self, text: str) -> None:
        wanted = text.casefold().strip()
        for item in self._items.values():
            shown = f"{item.text(0)} {item.text(1)}".casefold()
            item.setHidden(wanted not in shown)
        for menu, group in self._groups.items():
            group.setHidden(all(self._items[spec.id].isHidden() for spec in ACTIONS if spec.menu == menu))

    def _set_texts(self) -> None:
        self.setWindowTitle(self.tr("Keyboard shortcuts"))
        self.filter.setPlaceholderText(self.tr("Find an action or a key"))
        self.filter.setAccessibleName(self.tr("Find an action or a key"))
        self.table.setAccessibleName(self.tr("Actions and their keys"))
        self.table.setHeaderLabels([self.tr("Action"), self.tr("Keys")])
        self.reset_all_button.setText(self.tr("Reset &all"))
        self.buttons.button(QDialogButtonBox.StandardButton.Save).setText(self.tr("&Save shortcuts"))
        for menu, group in self._groups.items():
            group.setText(0, without_mnemonic(menu_title(menu)))
        for id_, item in self._items.items():
            item.setText(0, plain_text(_SPECS[id_]))
        self._show_all()
        self._apply_filter(self.filter.text())
