"""Which keys belong to which action: the table's defaults, and what the person changed of them.

A key is the portable text of one chord ("Ctrl+O", "+"). Overrides name, for each changed action, all of its keys.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence

from PySide6.QtCore import Qt
from PySide6.QtGui import QKeySequence

from app.windows.action_table import ACTIONS

Overrides = Mapping[str, Sequence[str]]
Bindings = dict[str, tuple[str, ...]]

RESERVED_KEYS = frozenset({"Space", "Tab", "Shift+Tab", "Backtab", "Shift+Backtab", "Return", "Enter"})
"""Keys that move the photo and the focus and press buttons: no action may take them away."""


_MODIFIER_KEYS = (Qt.Key.Key_Shift, Qt.Key.Key_Control, Qt.Key.Key_Alt, Qt.Key.Key_AltGr, Qt.Key.Key_Meta)


def normal_key(text: str) -> str | None:
    """The one way to write a key, or None if it is no single chord that an action may have."""
    sequence = QKeySequence.fromString(text, QKeySequence.SequenceFormat.PortableText)
    portable = sequence.toString(QKeySequence.SequenceFormat.PortableText)
    # Qt takes a name that it does not know for an unknown key, which has no name.
    if sequence.count() != 1 or not portable or portable in RESERVED_KEYS:
        return None
    # Qt's stub knows of no indexing.
    return None if sequence[0].key() in _MODIFIER_KEYS else portable  # type: ignore[index]


def default_bindings() -> Bindings:
    """The table's keys of each action."""
    return {spec.id: _normal_keys(spec.keys) for spec in ACTIONS}


def bindings_with(overrides: Overrides) -> Bindings:
    """The keys of each action; unknown actions and keys are left out, two actions may have the same key."""
    changed = {id_: _normal_keys(keys) for id_, keys in overrides.items()}
    return {id_: changed.get(id_, keys) for id_, keys in default_bindings().items()}


def overrides_of(bindings: Bindings) -> dict[str, list[str]]:
    """What differs from the defaults."""
    defaults = default_bindings()
    return {id_: list(keys) for id_, keys in bindings.items() if keys != defaults[id_]}


def conflicts(overrides: Overrides) -> list[tuple[str, str, str]]:
    """Keys that two actions have: (key, action, the other action), in the order of the table."""
    return list(conflicts_of(bindings_with(overrides)))


def conflicts_of(bindings: Bindings) -> Iterator[tuple[str, str, str]]:
    """The same of keys as they are."""
    owners: dict[str, str] = {}
    for id_, keys in bindings.items():
        for key in keys:
            owner = owners.setdefault(key, id_)
            if owner != id_:
                yield key, owner, id_


def unambiguous_bindings(overrides: Overrides) -> Bindings:
    """The keys of each action with none twice: Qt would do nothing on a key of two actions.

    A changed action keeps a key before one that has it by default, else the first in the table does.
    """
    bindings = bindings_with(overrides)
    owners: dict[str, str] = {}
    for id_ in sorted(bindings, key=lambda id_: id_ not in overrides):
        for key in bindings[id_]:
            owners.setdefault(key, id_)
    return {id_: tuple(key for key in keys if owners[key] == id_) for id_, keys in bindings.items()}


def _normal_keys(keys: Iterable[str]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(key for key in map(normal_key, keys) if key is not None))
