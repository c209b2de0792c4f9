"""The settings: one owner of the values, which tells every change and keeps them in a file that people can read.

The values are frozen groups (`app.settings_values`). To change one, hand back its group:
`settings.set(replace(settings.view, lock_view=True))`.
"""

from __future__ import annotations

from dataclasses import fields, replace
from pathlib import Path
from typing import Any, TypeVar

from PySide6.QtCore import QObject, Signal

from app.own_file import OwnFile
from app.settings_file import dump, groups_of, parse, with_changes
from app.settings_form import checked
from app.settings_values import GROUPS, Appearance, Export, Group, Keyboard, Memory, Model, View, Window
from liif_core.errors import RequestError

G = TypeVar("G", Appearance, Export, Keyboard, Memory, Model, View, Window)

_TABLES = {kind: table for table, kind in GROUPS.items()}


class Settings(QObject):
    """Owner of the current values. Lives on the GUI thread; workers are handed the values that they need.

    Args:
        path: The file; None keeps the values for this run only.

    Signals:
        changed: The name ("view.lock_view") of a value that is another one now.
        save_failed: A sentence for the user: the file cannot be written.
    """

    changed = Signal(str)
    save_failed = Signal(str)

    def __init__(self, path: Path | None = None) -> None:
        super().__init__()
        self._groups, _ = groups_of({})
        self._file = OwnFile(path, parse=parse, dump=dump) if path is not None else None
        if self._file is not None:
            self._file.failed.connect(self.save_failed)

    @property
    def appearance(self) -> Appearance:
        """How the program looks."""
        return self._group(Appearance)

    @property
    def export(self) -> Export:
        """What the export dialog begins with."""
        return self._group(Export)

    @property
    def keyboard(self) -> Keyboard:
        """The user's own shortcuts."""
        return self._group(Keyboard)

    @property
    def memory(self) -> Memory:
        """The user's own budgets."""
        return self._group(Memory)

    @property
    def model(self) -> Model:
        """What computes the pixels."""
        return self._group(Model)

    @property
    def view(self) -> View:
        """How photos are shown."""
        return self._group(View)

    @property
    def window(self) -> Window:
        """The window, from one run to the next."""
        return self._group(Window)

    def load(self) -> str | None:
        """Read the file, before anything is connected: `changed` tells nothing of this.

        Returns:
            A sentence for the user, if the file or a value in it cannot be used; the other values are as they were set.
        """
        if self._file is None:
            return None
        document, notice = self._file.load()
        self._groups, bad = groups_of(document)
        if bad:
            notice = self.tr("These settings cannot be used and have their defaults: {0}.").format(", ".join(bad))
        return notice

    def set(self, group: Group) -> None:
        """Replace the group of this kind, tell what is different, and write that soon.

        Raises:
            RequestError: A value is not possible; nothing has changed.
        """
        kind, before = type(group), self._groups[type(group)]
        names = [item.name for item in fields(kind) if getattr(group, item.name) != getattr(before, item.name)]
        values = {name: self._checked(kind, name, getattr(group, name)) for name in names}
        self._groups[kind] = replace(before, **values)
        changes = {f"{_TABLES[kind]}.{name}": value for name, value in values.items()}
        old = {f"{_TABLES[kind]}.{name}": getattr(before, name) for name in names}
        if changes and self._file is not None:
            self._file.change(lambda document: with_changes(document, changes, before=old))
        for name in changes:
            self.changed.emit(name)

    def override(self, group: Group) -> None:
        """Replace a group for this run only, neither told nor written: what the command line says."""
        self._groups[type(group)] = group

    def stop(self, *, timeout_s: float) -> bool:
        """Write what waits, when the program ends; whether it was done in time."""
        return self._file is None or self._file.stop(timeout_s=timeout_s)

    def _group(self, kind: type[G]) -> G:
        group = self._groups[kind]
        assert isinstance(group, kind)
        return group

    def _checked(self, kind: type[Group], name: str, value: Any) -> Any:
        try:
            return checked(kind, name, value)
        except ValueError as exc:
            text = self.tr("{0!r} is not possible for the setting {1}")
            raise RequestError(text.format(value, f"{_TABLES[kind]}.{name}")) from exc
