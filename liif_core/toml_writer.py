"""TOML from Python's values: the opposite of `tomllib.loads`, which gives the same values back."""

from __future__ import annotations

import datetime
import json
import math
import re
from collections.abc import Mapping
from typing import Any

_BARE_KEY = re.compile(r"[A-Za-z0-9_-]+")


def toml_text(table: Mapping[str, Any]) -> str:
    """A document; tables in tables become sections, tables in lists are written in their line.

    Args:
        table: What `tomllib.loads` can return. TOML has no None: leave such a key out.

    Raises:
        TypeError: A value has no form in TOML.
    """
    return "\n".join(_section(table, ())).strip("\n") + "\n"


def _section(table: Mapping[str, Any], path: tuple[str, ...]) -> list[str]:
    """The lines of a table: its own values, and after them its sections."""
    own = [f"{_key(key)} = {_value(value)}" for key, value in table.items() if not isinstance(value, Mapping)]
    inner = {key: value for key, value in table.items() if isinstance(value, Mapping)}
    # A table that holds nothing but tables exists by their names.
    has_header = bool(path) and (bool(own) or not inner)
    lines = ["", f"[{'.'.join(map(_key, path))}]"] if has_header else []
    lines += own
    for key, value in inner.items():
        lines += _section(value, (*path, key))
    return lines


def _key(key: str) -> str:
    return key if _BARE_KEY.fullmatch(key) else _string(key)


def _value(value: object) -> str:
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, str):
        return _string(value)
    if isinstance(value, int):
        return str(value)
    if isinstance(value, float):
        return repr(value) if not math.isnan(value) else "nan"
    if isinstance(value, datetime.datetime | datetime.date | datetime.time):
        return value.isoformat()
    if isinstance(value, list | tuple):
        return f"[{', '.join(map(_value, value))}]"
    if isinstance(value, Mapping):
        return f"{{{', '.join(f'{_key(key)} = {_value(item)}' for key, item in value.items())}}}"
    raise TypeError(f"{value!r} has no form in TOML")


def _string(text: str) -> str:
    # JSON's strings are TOML's, except that TOML wants one more control character escaped.
    return json.dumps(text, ensure_ascii=False).replace("\x7f", "\\u007f")
