"""The settings as frozen values in groups, each value with its default and its check.

A group is a table of the settings file, a value is a key in it. A check gets what TOML gave, and returns the value.
"""

from __future__ import annotations

import base64
import binascii
import re
import typing
from collections.abc import Callable, Mapping
from dataclasses import asdict, dataclass, field
from pathlib import Path
from types import MappingProxyType
from typing import Any, Literal, TypeVar, cast

from app.export.remembered import (
    checked_aspect,
    checked_options,
    checked_pattern,
    checked_presets,
    checked_wish,
    options_to_dict,
)
from liif_core.errors import RequestError
from liif_core.export.names import DEFAULT_PATTERN
from liif_core.export.presets import SizePreset
from liif_core.export.sizes import Scale, Wish, wish_to_dict
from liif_core.imaging.encoding import EncodingOptions
from liif_core.library import AUTO
from liif_core.library.defaults import BUILTIN, Defaults
from liif_core.view.fit import FitMode

Theme = Literal["system", "dark", "light"]
Language = Literal["system", "en", "zh_CN"]
Motion = Literal["system", "on", "off"]
Precision = Literal["auto", "fp32", "bf16"]

AUTOMATIC_COLORS = "auto"
"""The colour space of the screen that the window is on, as far as the system tells."""
COLOR_SPACES = (AUTOMATIC_COLORS, "srgb", "display-p3", "adobe-rgb")
"""Names of spaces; any other colour space is the absolute path of an ICC profile."""
MIN_BUDGET_BYTES = 16 << 20
MAX_BUDGET_BYTES = 1 << 40

_DEVICE = re.compile(r"auto|cpu|mps|(cuda|xpu)(:\d+)?")
_MAX_TEXT = 10_000

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class MeasuredDefault:
    """What was measured to be the quickest on this machine.

    Attributes:
        device: As `Model.device`.
        precision: As `Model.precision`.
        fingerprint: Of the machine and the program; with another one the measurement no longer holds.
    """

    device: str
    precision: str
    fingerprint: str


@dataclass(frozen=True, slots=True)
class Appearance:
    """How the program looks.

    Attributes:
        theme: Of the window.
        language: Of the texts.
        color_space: Of the display: one of `COLOR_SPACES`, or the path of an ICC profile.
        smooth_motion: Whether zooms ease, a picture that is thrown goes on, and what becomes sharp fades in.
    """

    theme: Theme = "system"
    language: Language = "system"
    color_space: str = AUTOMATIC_COLORS
    smooth_motion: Motion = "system"


@dataclass(frozen=True, slots=True)
class View:
    """How photos are shown.

    Attributes:
        fit_mode: What a photo is fitted to when it is opened.
        lock_view: Whether the next photo is shown at the place of the last one instead.
        show_minimap: Whether the map of the photo is shown.
        show_overlay: Whether the overlay about the pixel under the cursor is shown.
        compare_with: What the picture is compared with: a kernel's name, or a model's.
        inertia: Whether a flicked photo slides on.
    """

    fit_mode: FitMode = FitMode.WINDOW
    lock_view: bool = False
    show_minimap: bool = True
    show_overlay: bool = False
    compare_with: str = "bicubic"
    inertia: bool = True


@dataclass(frozen=True, slots=True)
class Model:
    """What computes the pixels.

    Attributes:
        name: Name or path of a model, as `liif_core.library.find_model` takes it; "auto" for the default of the
            device, "bicubic" for none.
        default_cpu: What "auto" means on a CPU. The command line reads and writes these two as well
            (`liif_core.library.defaults`).
        default_gpu: What it means on any other device.
        device: See `liif_core.device.choose_device`.
        precision: See `liif_core.device.use_bf16`.
        measured: What "auto" means on this machine; None if that was not measured.
    """

    name: str = AUTO
    default_cpu: str = BUILTIN.cpu
    default_gpu: str = BUILTIN.gpu
    device: str = "auto"
    precision: Precision = "auto"
    measured: MeasuredDefault | None = None

    @property
    def defaults(self) -> Defaults:
        """What "auto" means."""
        return Defaults(self.default_cpu, self.default_gpu)


@dataclass(frozen=True, slots=True)
class Memory:
    """Budgets in bytes, as `liif_core.memory.Budgets`; None leaves one to the program."""

    photo_bytes: int | None = None
    feature_bytes: int | None = None
    tile_bytes: int | None = None


@dataclass(frozen=True, slots=True)
class Keyboard:
    """Shortcuts that differ from the program's own.

    Attributes:
        shortcuts: From the id of an action to its keys, in the form of `QKeySequence.PortableText`; none at all for an
            action without keys.
    """

    shortcuts: Mapping[str, tuple[str, ...]] = field(default_factory=lambda: MappingProxyType({}))


@dataclass(frozen=True, slots=True)
class Window:
    """The window, from one run to the next.

    Attributes:
        geometry: What `QWidget.saveGeometry` gave, in base64.
        reopen_last: Whether the last photo is opened again when the program is started without one.
    """

    geometry: str | None = None
    reopen_last: bool = False


@dataclass(frozen=True, slots=True)
class Export:
    """What the export dialog begins with: the choices that were made last.

    Attributes:
        size: As a wish of the core.
        aspect: Of crops: "free", "original" or like "3:2".
        format: Name of the format; one that cannot be written here gives way to JPEG.
        options: How to encode.
        precision: As `Model.precision`.
        as_seen: Whether photos are turned and mirrored as on screen.
        pattern: Of the names of several photos, see `liif_core.export.names`.
        presets: The user's own sizes.
    """

    size: Wish = field(default_factory=lambda: Scale(2.0))
    aspect: str = "free"
    format: str = "JPEG"
    options: EncodingOptions = field(default_factory=EncodingOptions)
    precision: Precision = "auto"
    as_seen: bool = True
    pattern: str = DEFAULT_PATTERN
    presets: tuple[SizePreset, ...] = ()


Group = Appearance | View | Model | Memory | Keyboard | Window | Export
GROUPS: Mapping[str, type[Group]] = MappingProxyType(
    {kind.__name__.lower(): kind for kind in (Appearance, View, Model, Memory, Keyboard, Window, Export)}
)
"""From the name of a table in the settings file to its group."""


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
