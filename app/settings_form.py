"""Settings in the form that TOML has for them: how a value is written, and the check that gives it back.

A check gets what TOML gave, and returns the value; it takes such a value itself as well.
"""

from __future__ import annotations

import base64
import binascii
import re
import typing
from collections.abc import Callable, Mapping
from dataclasses import asdict
from pathlib import Path
from types import MappingProxyType
from typing import Any, TypeVar, cast

from app.export.remembered import (
    checked_aspect,
    checked_options,
    checked_pattern,
    checked_presets,
    checked_wish,
    options_to_dict,
)
from app.settings_values import (
    COLOR_SPACES,
    MAX_BUDGET_BYTES,
    MIN_BUDGET_BYTES,
    Appearance,
    Export,
    Group,
    Keyboard,
    Language,
    MeasuredDefault,
    Memory,
    Model,
    Motion,
    Precision,
    Theme,
    View,
    Window,
)
from liif_core.errors import RequestError
from liif_core.export.sizes import Wish, wish_to_dict
from liif_core.imaging.encoding import EncodingOptions
from liif_core.view.fit import FitMode

_DEVICE = re.compile(r"auto|cpu|mps|(cuda|xpu)(:\d+)?")
_MAX_TEXT = 10_000

T = TypeVar("T")


def as_toml(value: Any) -> Any:
    """A value of a field in the form that TOML has for it; None where a key is left out."""
    if isinstance(value, FitMode):
        return value.value
    if isinstance(value, MeasuredDefault):
        return asdict(value)
    if isinstance(value, Wish):
        return wish_to_dict(value)
    if isinstance(value, EncodingOptions):
        return options_to_dict(value)
    if isinstance(value, tuple):
        return [preset.to_dict() for preset in value]
    if isinstance(value, Mapping):
        return {key: list(keys) for key, keys in value.items()}
    return value


def _one_of(choices: Any) -> Callable[[Any], Any]:
    allowed = typing.get_args(choices)

    def check(value: Any) -> Any:
        if not isinstance(value, str) or value not in allowed:
            raise ValueError
        return value

    return check


def _flag(value: Any) -> bool:
    if not isinstance(value, bool):
        raise ValueError
    return value


def _text(value: Any) -> str:
    if not isinstance(value, str) or not 0 < len(value) <= _MAX_TEXT or "\0" in value:
        raise ValueError
    return value


def _device(value: Any) -> str:
    if not _DEVICE.fullmatch(_text(value)):
        raise ValueError
    return cast(str, value)


def _color_space(value: Any) -> str:
    if _text(value) not in COLOR_SPACES and not Path(value).is_absolute():
        raise ValueError
    return cast(str, value)


def _budget_bytes(value: Any) -> int:
    if type(value) is not int or not MIN_BUDGET_BYTES <= value <= MAX_BUDGET_BYTES:
        raise ValueError
    return value


def _base64(value: Any) -> str:
    try:
        base64.b64decode(_text(value), validate=True)
    except binascii.Error as exc:
        raise ValueError from exc
    return cast(str, value)


def _optional(check: Callable[[Any], T]) -> Callable[[Any], T | None]:
    return lambda value: None if value is None else check(value)


def _shortcuts(value: Any) -> Mapping[str, tuple[str, ...]]:
    if not isinstance(value, Mapping):
        raise ValueError
    return MappingProxyType({_text(action): _keys(keys) for action, keys in value.items()})


def _keys(value: Any) -> tuple[str, ...]:
    if not isinstance(value, list | tuple):
        raise ValueError
    return tuple(_text(key) for key in value)


def _measured(value: Any) -> MeasuredDefault:
    if isinstance(value, MeasuredDefault):
        value = asdict(value)
    if not isinstance(value, Mapping) or set(value) != {"device", "precision", "fingerprint"}:
        raise ValueError
    return MeasuredDefault(
        _device(value["device"]), _one_of(Precision)(value["precision"]), _text(value["fingerprint"])
    )


_CHECKS: Mapping[type[Group], Mapping[str, Callable[[Any], Any]]] = {
    Appearance: {
        "theme": _one_of(Theme),
        "language": _one_of(Language),
        "color_space": _color_space,
        "smooth_motion": _one_of(Motion),
    },
    View: {
        "fit_mode": FitMode,
        "lock_view": _flag,
        "show_minimap": _flag,
        "show_overlay": _flag,
        "compare_with": _text,
        "inertia": _flag,
    },
    Model: {
        "name": _text,
        "default_cpu": _text,
        "default_gpu": _text,
        "device": _device,
        "precision": _one_of(Precision),
        "measured": _optional(_measured),
    },
    Memory: {
        "photo_bytes": _optional(_budget_bytes),
        "feature_bytes": _optional(_budget_bytes),
        "tile_bytes": _optional(_budget_bytes),
    },
    Keyboard: {"shortcuts": _shortcuts},
    Window: {"geometry": _optional(_base64), "reopen_last": _flag},
    Export: {
        "size": checked_wish,
        "aspect": checked_aspect,
        "format": _text,
        "options": checked_options,
        "precision": _one_of(Precision),
        "self_ensemble": _flag,
        "as_seen": _flag,
        "pattern": checked_pattern,
        "presets": checked_presets,
    },
}


def checked(kind: type[Group], name: str, value: Any) -> Any:
    """A value as its field holds it, from what TOML gave or from such a value itself.

    Raises:
        ValueError: The field cannot hold it.
    """
    try:
        return _CHECKS[kind][name](value)
    except RequestError as exc:
        raise ValueError(str(exc)) from exc
