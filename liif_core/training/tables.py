"""Tables inside a training configuration: from TOML to frozen values, and the checks that all of them share."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from typing import Any

from liif_core.errors import RequestError


def read_table(data: Any, *, name: str, known: Collection[str]) -> dict[str, Any]:
    """A table's settings, ready for the constructor of what it describes.

    Args:
        data: What TOML or JSON gave.
        name: Of the training setting.
        known: Keys that it may have.

    Raises:
        RequestError: It is no table, or a key in it is unknown.
    """
    if not isinstance(data, Mapping):
        raise RequestError(f"the training setting '{name}' is a table, not {data!r}")
    unknown = sorted(str(key) for key in set(data) - set(known))
    if unknown:
        raise RequestError(f"unknown training setting '{name}.{unknown[0]}', expected {', '.join(sorted(known))}")
    return dict(data)


# What no recipe has, and what becomes of larger numbers depends on who computes with them.
_TOO_LARGE = 2**63


def check_whole(name: str, value: Any) -> None:
    """Refuse what is no whole number, or a larger one than 64 bits hold.

    Raises:
        RequestError: The message names the setting and the value.
    """
    if type(value) is not int:
        raise RequestError(f"the training setting '{name}' is a whole number, not {value!r}")
    _check_size(name, value)


def check_number(name: str, value: Any) -> None:
    """Refuse what is no number, or a larger whole one than 64 bits hold.

    Raises:
        RequestError: The message names the setting and the value.
    """
    if type(value) not in (int, float):
        raise RequestError(f"the training setting '{name}' is a number, not {value!r}")
    if type(value) is int:
        _check_size(name, value)


def _check_size(name: str, value: int) -> None:
    if abs(value) >= _TOO_LARGE:
        raise RequestError(f"the training setting '{name}' is too large a number")
