"""What the settings file holds: a version, and a table for each group with the values that differ from their defaults.

What is not understood stays in the file, for a newer version of the program may understand it.
"""

from __future__ import annotations

import copy
import tomllib
from collections.abc import Callable, Mapping, Sequence
from dataclasses import fields
from types import MappingProxyType
from typing import Any

from app.settings_form import as_toml, checked
from app.settings_values import GROUPS, Export, Group
from liif_core.export.presets import SizePreset
from liif_core.library import AUTO
from liif_core.paths import user_models_folder
from liif_core.toml_writer import toml_text

Document = dict[str, Any]
Migration = Callable[[Document], Document]

VERSION = 2


def _with_a_path_for_auto(document: Document) -> Document:
    """In version 1, "auto" was a model's name like any other; such a model is now asked for by its path."""
    table = document.get("model")
    if not isinstance(table, dict) or table.get("name") != AUTO:
        return document
    return {**document, "model": {**table, "name": str(user_models_folder() / f"{AUTO}.safetensors")}}


MIGRATIONS: Mapping[int, Migration] = MappingProxyType({1: _with_a_path_for_auto})
"""From a version to what makes the next one of its document; to be extended whenever a value moves or changes."""

_PRESETS = "export.presets"
_SHORTCUTS = "keyboard.shortcuts"
_HEAD = "# Settings of Stepless. What is left out has its default.\n\n"


def parse(text: str, *, migrations: Mapping[int, Migration] = MIGRATIONS, version: int = VERSION) -> Document:
    """The document in a file's text, in the form of this version or of the newer one that wrote it.

    Args:
        text: TOML.
        migrations: See `MIGRATIONS`.
        version: Of the form that is wanted.

    Raises:
        ValueError: The text is no TOML, or not what its version says.
    """
    document = tomllib.loads(text)
    found = document.get("version", version)
    # Written by hand without a version, or with nonsense for it: taken for this one, whose checks follow.
    number = found if type(found) is int and found > 0 else version
    try:
        for step in range(number, version):
            document = migrations[step](document)
    except (LookupError, TypeError, AttributeError) as exc:
        raise ValueError(f"not settings of version {number}") from exc
    return {**document, "version": max(number, version)}


def dump(document: Document) -> str:
    """The text of a file; the opposite of `parse`."""
    return _HEAD + toml_text(document)


def groups_of(document: Document) -> tuple[dict[type[Group], Group], tuple[str, ...]]:
    """The groups, and the names ("table.key") of values that cannot be used and have their defaults instead."""
    groups: dict[type[Group], Group] = {}
    bad: list[str] = []
    for table, kind in GROUPS.items():
        content = document.get(table, {})
        if not isinstance(content, Mapping):
            bad.append(table)
            content = {}
        values = {}
        for name in (item.name for item in fields(kind) if item.name in content):
            try:
                values[name] = checked(kind, name, content[name])
            except ValueError:
                sound, bad_entries = _sound_entries(kind, name, content[name])
                bad += [f"{table}.{name}{entry}" for entry in bad_entries]
                if sound:
                    values[name] = sound
        groups[kind] = kind(**values)
    return groups, tuple(bad)


def _sound_entries(kind: type[Group], name: str, value: Any) -> tuple[Any, list[str]]:
    """What can be saved of a value that was refused: of shortcuts and presets, those that are right."""
    entries: dict[str, Any]
    if name == "shortcuts" and isinstance(value, Mapping):
        entries = {action: {action: keys} for action, keys in value.items()}
    elif name == "presets" and isinstance(value, list):
        entries = {str(number): [preset] for number, preset in enumerate(value, 1)}
    else:
        return None, [""]
    sound, bad = [], []
    for label, entry in entries.items():
        try:
            sound.append(checked(kind, name, entry))
        except ValueError:
            bad.append(f".{label}")
    if name == "presets":
        return tuple(preset for presets in sound for preset in presets), bad
    return MappingProxyType({action: keys for shortcuts in sound for action, keys in shortcuts.items()}), bad


def with_changes(document: Document, changes: Mapping[str, Any], *, before: Mapping[str, Any]) -> Document:
    """A document with other values; a default is written by leaving it out.

    Args:
        document: As it was; it stays as it is.
        changes: From a name ("table.key") to the value that its field now holds.
        before: The same of the values that the fields held, which need not be those of the document.
    """
    new = copy.deepcopy(document)
    new.setdefault("version", VERSION)
    for name, value in changes.items():
        table, _, key = name.partition(".")
        content = new.get(table)
        if not isinstance(content, dict):
            new[table] = content = {}
        written: Any
        if name == _PRESETS:
            written = _merged_presets(content.get(key), before=before[name], now=value)
        elif name == _SHORTCUTS:
            written = _merged_shortcuts(content.get(key), before=before[name], now=value)
        else:
            written = as_toml(value)
        if written == as_toml(getattr(GROUPS[table](), key)):
            content.pop(key, None)
        else:
            content[key] = written
        if not content:
            del new[table]
    return new


def _merged_presets(found: Any, *, before: Sequence[SizePreset], now: Sequence[SizePreset]) -> list[Any]:
    """Presets of the file, which another program may have added to, with what was added and removed here."""
    added = [preset for preset in now if preset not in before]
    removed = [preset for preset in before if preset not in now]
    names = {preset.name for preset in added}

    def is_kept(entry: Any) -> bool:
        try:
            (preset,) = checked(Export, "presets", [entry])
        except ValueError:
            # A newer version of the program may understand it.
            return True
        return preset not in removed and preset.name not in names

    kept = [entry for entry in found if is_kept(entry)] if isinstance(found, list) else []
    return [*kept, *as_toml(tuple(added))]


def _merged_shortcuts(
    found: Any, *, before: Mapping[str, tuple[str, ...]], now: Mapping[str, tuple[str, ...]]
) -> dict[str, Any]:
    """Shortcuts of the file, where another program may have changed other actions, with those changed here."""
    edited = {action for action in {**before, **now} if before.get(action) != now.get(action)}
    kept = {action: keys for action, keys in found.items() if action not in edited} if isinstance(found, dict) else {}
    return {**kept, **as_toml({action: keys for action, keys in now.items() if action in edited})}
