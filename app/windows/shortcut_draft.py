"""Keys while they are being edited: nothing is in force before the whole is right."""

from __future__ import annotations

from app.windows.key_bindings import (
    Overrides,
    bindings_with,
    conflicts_of,
    default_bindings,
    normal_key,
    overrides_of,
)


class ShortcutDraft:
    """The keys of each action, which may be in conflict until somebody decides.

    Args:
        overrides: The changes in force.
    """

    def __init__(self, overrides: Overrides) -> None:
        self._bindings = bindings_with(overrides)
        self._defaults = default_bindings()
        self._before = dict(self._bindings)
        # With actions and keys of a newer version of the program, which may be started again.
        self._overrides = {id_: list(keys) for id_, keys in overrides.items()}

    def keys(self, id_: str) -> tuple[str, ...]:
        """An action's keys, the one that is shown first."""
        return self._bindings[id_]

    def add(self, id_: str, key: str) -> bool:
        """Give an action one more key, whoever has it; False if no action may have that key."""
        normal = normal_key(key)
        if normal is None:
            return False
        if normal not in self._bindings[id_]:
            self._bindings[id_] += (normal,)
        return True

    def remove(self, id_: str, key: str) -> None:
        """Take a key from an action."""
        self._bindings[id_] = tuple(each for each in self._bindings[id_] if each != key)

    def take_over(self, id_: str, key: str) -> None:
        """Leave a key to one action alone."""
        for other in self.others_with(key, id_):
            self.remove(other, key)

    def reset(self, id_: str) -> None:
        """Give an action its default keys; others may have got them meanwhile."""
        self._bindings[id_] = self._defaults[id_]

    def reset_all(self) -> None:
        """Give all actions their default keys."""
        self._bindings = dict(self._defaults)

    def is_changed(self, id_: str) -> bool:
        """Whether an action's keys differ from its default keys."""
        return self._bindings[id_] != self._defaults[id_]

    def others_with(self, key: str, id_: str) -> list[str]:
        """Actions besides one that have a key."""
        return [other for other, keys in self._bindings.items() if other != id_ and key in keys]

    def conflict_of(self, id_: str) -> tuple[str, str] | None:
        """An action's first key that another has, too: (key, the other action)."""
        for key in self._bindings[id_]:
            for other in self.others_with(key, id_):
                return key, other
        return None

    def has_conflicts(self) -> bool:
        """Whether any key belongs to two actions."""
        return any(conflicts_of(self._bindings))

    def overrides(self) -> dict[str, list[str]]:
        """What differs from the defaults; of actions that nobody has edited, also what is unknown here."""
        edited = {id_ for id_, keys in self._bindings.items() if keys != self._before[id_]}
        kept = {id_: keys for id_, keys in self._overrides.items() if id_ not in edited}
        return {**overrides_of(self._bindings), **kept}
