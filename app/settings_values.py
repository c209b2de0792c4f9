"""The settings as frozen values in groups, each value with its default.

A group is a table of the settings file, a value is a key in it; `app.settings_form` has the form of both there.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import Literal

from liif_core.export.names import DEFAULT_PATTERN
from liif_core.export.presets import SizePreset
from liif_core.export.sizes import Scale, Wish
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
        self_ensemble: Whether the model's pictures of all eight orientations are averaged.
        as_seen: Whether photos are turned and mirrored as on screen.
        pattern: Of the names of several photos, see `liif_core.export.names`.
        presets: The user's own sizes.
    """

    size: Wish = field(default_factory=lambda: Scale(2.0))
    aspect: str = "free"
    format: str = "JPEG"
    options: EncodingOptions = field(default_factory=EncodingOptions)
    precision: Precision = "auto"
    self_ensemble: bool = False
    as_seen: bool = True
    pattern: str = DEFAULT_PATTERN
    presets: tuple[SizePreset, ...] = ()


Group = Appearance | View | Model | Memory | Keyboard | Window | Export
GROUPS: Mapping[str, type[Group]] = MappingProxyType(
    {kind.__name__.lower(): kind for kind in (Appearance, View, Model, Memory, Keyboard, Window, Export)}
)
"""From the name of a table in the settings file to its group."""
