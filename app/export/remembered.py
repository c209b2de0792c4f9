"""How a file is encoded, as plain values for the settings file."""

from __future__ import annotations

import dataclasses
import enum
from collections.abc import Mapping
from typing import Any

from liif_core.errors import RequestError
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
