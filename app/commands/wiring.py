"""Connecting actions by their names."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Protocol

from PySide6.QtGui import QAction


class ActionMap(Protocol):
    """The window's actions by name; see `app.windows.action_table`."""

    def __getitem__(self, name: str) -> QAction:
        """The action; KeyError if there is none of that name."""
        ...


def connect(actions: ActionMap, commands: Mapping[str, Callable[[], object]]) -> None:
    """Run each command when its action is triggered."""
    for name, command in commands.items():
        actions[name].triggered.connect(lambda _checked=False, run=command: run())


def connect_switches(actions: ActionMap, switches: Mapping[str, Callable[[bool], object]]) -> None:
    """Tell each switch when a person turns its action on or off."""
    for name, switch in switches.items():
        actions[name].triggered.connect(lambda checked=False, tell=switch: tell(bool(checked)))
