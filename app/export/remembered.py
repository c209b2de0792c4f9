"""What the dialog remembers, as plain values for the settings file, and the checks of what the file says."""

from __future__ import annotations

import dataclasses
import enum
from collections.abc import Mapping
from typing import Any

from liif_core.errors import RequestError
from liif_core.export.crops import Aspect
from liif_core.export.names import check_pattern
from liif_core.export.presets import SizePreset
from liif_core.export.sizes import Wish, wish_from_dict, wish_to_dict
from liif_core.imaging.encoding import Chroma, EncodingOptions, TiffCompression

# The resolution belongs to a size, not to a way to encode.
_LEFT_OUT = ("dpi",)
_ENUMS: Mapping[str, type[enum.Enum]] = {"chroma": Chroma, "tiff_compression": TiffCompression}
_RANGES = {"bits": (8, 16), "quality": tuple(range(1, 101)), "compression": tuple(range(10))}


def options_to_dict(options: EncodingOptions) -> dict[str, Any]:
    """Options as plain values, without those that are as usual."""
    usual, told = EncodingOptions(), {}
    for name in _names():
        value = getattr(options, name)
        if value != getattr(usual, name):
            told[name] = value.value if isinstance(value, enum.Enum) else value
    return told


def options_from_dict(told: Mapping[str, Any]) -> EncodingOptions:
    """The reverse of `options_to_dict`.

    Raises:
        RequestError: A name is unknown, or a value is not one of its own.
    """
    unknown = set(told) - set(_names())
    if unknown:
        raise RequestError(f"there is no way to encode called '{min(unknown)}'")
    return EncodingOptions(**{name: _checked(name, value) for name, value in told.items()})


# Each of these gets what TOML gave, or such a value itself, and raises `RequestError` for what is none.


def checked_wish(value: Any) -> Wish:
    """A size."""
    return wish_from_dict(_table(wish_to_dict(value) if isinstance(value, Wish) else value))


def checked_presets(value: Any) -> tuple[SizePreset, ...]:
    """Sizes with names."""
    if not isinstance(value, list | tuple):
        raise RequestError("presets are a list")
    told = [preset.to_dict() if isinstance(preset, SizePreset) else _table(preset) for preset in value]
    return tuple(SizePreset.from_dict(preset) for preset in told)


def checked_options(value: Any) -> EncodingOptions:
    """How a file is encoded."""
    return options_from_dict(options_to_dict(value) if isinstance(value, EncodingOptions) else _table(value))


def checked_aspect(value: Any) -> str:
    """The aspect of a crop, as in a draft."""
    text = _text(value)
    if text not in ("free", "original"):
        Aspect.parse(text)
    return text


def checked_pattern(value: Any) -> str:
    """A pattern of names."""
    text = _text(value)
    check_pattern(text)
    return text


def _table(value: Any) -> Mapping[str, Any]:
    if not isinstance(value, Mapping):
        raise RequestError(f"{value!r} is no table")
    return value


def _text(value: Any) -> str:
    if not isinstance(value, str) or not 0 < len(value) <= 1000:
        raise RequestError(f"{value!r} is no text")
    return value


def _names() -> list[str]:
    return [field.name for field in dataclasses.fields(EncodingOptions) if field.name not in _LEFT_OUT]


def _checked(name: str, value: Any) -> Any:
    if name in _ENUMS:
        try:
            return _ENUMS[name](value)
        except ValueError as exc:
            raise RequestError(f"'{value}' is no {name}") from exc
    is_sound = isinstance(value, bool) if name not in _RANGES else type(value) is int and value in _RANGES[name]
    if not is_sound:
        raise RequestError(f"'{value}' is not possible for {name}")
    return value
