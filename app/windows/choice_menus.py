"""Menus whose entries are given while the program runs: a choice of one, and the recent photos."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from pathlib import Path

from PySide6.QtCore import QEvent, Qt, Signal
from PySide6.QtGui import QAction, QActionGroup
from PySide6.QtWidgets import QMenu, QWidget

from app.windows.elided_label import plain_tooltip

# Longer names lose their middle: a menu is no wider than it must be.
MAX_NAME_LENGTH = 60
MNEMONIC_COUNT = 9


class ChoiceMenu(QMenu):
    """One of several, as radio buttons; below them, submenus may follow.

    Signals:
        chosen: The person chose one: its id.
    """

    chosen = Signal(str)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._choices: dict[str, QAction] = {}
        self._group: QActionGroup | None = None
        self._tail: QAction | None = None
        self.setToolTipsVisible(True)
        self._update_enabled()

    def set_choices(self, choices: Sequence[tuple[str, str, str]], current: str) -> None:
        """Show other choices.

        Args:
            choices: Of each its id, its text, and its tooltip ("" for none).
            current: Id of the one in force; none is marked if it is not among them.
        """
        for action in self._choices.values():
            self.removeAction(action)
            action.deleteLater()
        if self._group is not None:
            self._group.deleteLater()
        self._group = QActionGroup(self)
        self._group.triggered.connect(lambda action: self.chosen.emit(action.data()))
        self._choices = {id_: self._made(id_, text, tooltip) for id_, text, tooltip in choices}
        for action in self._choices.values():
            self._group.addAction(action)
            if self._tail is None:
                self.addAction(action)
            else:
                self.insertAction(self._tail, action)
        self.set_current(current)
        self._update_enabled()

    def set_current(self, current: str) -> None:
        """Mark the one in force, without a signal; none if it is not among them."""
        for id_, action in self._choices.items():
            action.setChecked(id_ == current)

    def set_tail(self, menus: Iterable[QMenu]) -> None:
        """Put submenus below the choices, once."""
        self._tail = self.addSeparator()
        for menu in menus:
            self.addMenu(menu)
        self._update_enabled()

    def _made(self, id_: str, text: str, tooltip: str) -> QAction:
        action = QAction(_shortened(self, text).replace("&", "&&"), self, checkable=True)
        # Of a choice called "Setup" or "About me", macOS would make an entry of the program's own menu.
        action.setMenuRole(QAction.MenuRole.NoRole)
        action.setToolTip(plain_tooltip(tooltip))
        action.setStatusTip(tooltip)
        action.setData(id_)
        return action

    def _update_enabled(self) -> None:
        self.setEnabled(bool(self._choices) or self._tail is not None)


class RecentMenu(QMenu):
    """Recent photos, the latest first, and an entry that forgets them.

    Signals:
        chosen: The person chose a photo: its `Path`; in Qt's strings, a name that is not Unicode would lose letters.
        clear_asked: The person wants them forgotten.
    """

    chosen = Signal(object)
    clear_asked = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._photos: list[QAction] = []
        self._end = self.addSeparator()
        self._clear = self.addAction("")
        self._clear.triggered.connect(self.clear_asked)
        self.setToolTipsVisible(True)
        self._set_texts()
        self.set_paths([])

    def set_paths(self, paths: Sequence[str | Path]) -> None:
        """Show other photos; without one, the menu cannot be opened."""
        for action in self._photos:
            self.removeAction(action)
            action.deleteLater()
        self._photos = [self._made(number, path) for number, path in enumerate(_labelled(paths), start=1)]
        self.insertActions(self._end, self._photos)
        self.setEnabled(bool(self._photos))

    def changeEvent(self, event: QEvent) -> None:
        """Follow the language."""
        super().changeEvent(event)
        if event.type() == QEvent.Type.LanguageChange:
            self._set_texts()

    def _made(self, number: int, labelled: tuple[str, Path]) -> QAction:
        name, path = labelled
        text = _shortened(self, name).replace("&", "&&")
        action = QAction(f"&{number} {text}" if number <= MNEMONIC_COUNT else text, self)
        action.setToolTip(plain_tooltip(str(path)))
        action.setStatusTip(str(path))
        action.triggered.connect(lambda: self.chosen.emit(path))
        return action

    def _set_texts(self) -> None:
        self._clear.setText(self.tr("&Clear recent photos"))


def _shortened(menu: QMenu, name: str) -> str:
    metrics = menu.fontMetrics()
    return metrics.elidedText(name, Qt.TextElideMode.ElideMiddle, metrics.averageCharWidth() * MAX_NAME_LENGTH)


def _labelled(paths: Sequence[str | Path]) -> list[tuple[str, Path]]:
    """Each path with its name; where two have the same name, with the folder, too."""
    photos = [Path(path) for path in paths]
    names = [photo.name for photo in photos]
    return [
        (f"{photo.name} – {photo.parent.name}" if names.count(photo.name) > 1 else photo.name, photo)
        for photo in photos
    ]
