"""Which model "auto" means: one on a CPU, another on a GPU, which has the time for a larger one.

The user's own choice is two values of the program's settings file, which the window keeps, too; the command line reads
and changes them here. Everything else in that file stays as it is.
"""

from __future__ import annotations

import logging
import tomllib
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal

from liif_core.atomic import atomic_path
from liif_core.errors import ModelWriteError
from liif_core.own_text import decoded, encoded
from liif_core.paths import settings_file
from liif_core.toml_writer import toml_text

if TYPE_CHECKING:
    from liif_core.library.installed import InstalledModel

logger = logging.getLogger(__name__)

AUTO = "auto"
"""What stands for the default model of the device."""

Kind = Literal["cpu", "gpu"]
CPU: Kind = "cpu"
GPU: Kind = "gpu"
KINDS: tuple[Kind, ...] = (CPU, GPU)

_TABLE = "model"


@dataclass(frozen=True, slots=True)
class Defaults:
    """Names of models by kind of device; they need not be installed."""

    cpu: str = "fast"
    gpu: str = "quality"

    def of(self, kind: Kind) -> str:
        """The model of a kind of device."""
        return self.cpu if kind == CPU else self.gpu


BUILTIN = Defaults()


def kind_of(device: str) -> Kind:
    """The kind of a device by its name: "cuda:1" is a GPU, as everything is that is no CPU."""
    return CPU if device.split(":")[0] == "cpu" else GPU


def default_model(models: Iterable[InstalledModel], *, kind: Kind, defaults: Defaults) -> InstalledModel | None:
    """The default model of a kind of device; where it is not installed, the next best.

    The next best are the program's own default of that kind, then those of the other kind, then any.

    Args:
        models: Those installed.
        kind: Of the device.
        defaults: What the user wants.
    """
    installed = {model.name: model for model in models}
    other = GPU if kind == CPU else CPU
    for name in (defaults.of(kind), BUILTIN.of(kind), defaults.of(other), BUILTIN.of(other)):
        if name in installed:
            return installed[name]
    return next(iter(installed.values()), None)


def read_defaults(path: Path | None = None) -> Defaults:
    """What the user has set; the program's own where the settings file says nothing that can be used."""
    source = path or settings_file()
    try:
        table = _document(source)[0].get(_TABLE)
    except (OSError, ValueError, RecursionError) as exc:
        logger.warning("no default models from %s: %s", source, exc)
        table = None
    own = table if isinstance(table, dict) else {}
    names = {kind: own.get(f"default_{kind}") for kind in KINDS}
    return Defaults(**{kind: name for kind, name in names.items() if isinstance(name, str) and name})


def write_default(kind: Kind, name: str, *, path: Path | None = None) -> None:
    """Make a model the default of a kind of device, from the next start of the window and of each command on.

    Raises:
        ModelWriteError: The settings file cannot be read or written; it is as it was.
    """
    target = path or settings_file()
    try:
        document, head = _document(target)
        table = document.setdefault(_TABLE, {})
        if not isinstance(table, dict):
            raise ValueError(f"'{_TABLE}' is no table")
        table[f"default_{kind}"] = name
        if name == BUILTIN.of(kind):
            # As the window does it: a default is written by leaving it out.
            del table[f"default_{kind}"]
        if not table:
            del document[_TABLE]
        target.parent.mkdir(parents=True, exist_ok=True)
        with atomic_path(target) as temporary:
            temporary.write_bytes(encoded(head + toml_text(document)))
    except (OSError, ValueError, RecursionError) as exc:
        reason = exc.strerror or exc if isinstance(exc, OSError) else exc
        raise ModelWriteError(f"{target}: the default cannot be kept in the settings: {reason}") from exc


def replace_default(name: str, new_name: str | None, *, path: Path | None = None) -> list[Kind]:
    """A model was renamed, or removed (None): whatever it was the default of follows, or has the program's own.

    Returns:
        The kinds of device whose default it was.

    Raises:
        ModelWriteError: The settings file cannot be read or written.
    """
    before = read_defaults(path)
    kinds = [kind for kind in KINDS if before.of(kind) == name]
    for kind in kinds:
        write_default(kind, BUILTIN.of(kind) if new_name is None else new_name, path=path)
    return kinds


def _document(path: Path) -> tuple[dict[str, Any], str]:
    """The settings and the comment above them; nothing of both where there is no file.

    Raises:
        OSError: The file cannot be read.
        ValueError: It is no TOML.
    """
    try:
        text = decoded(path.read_bytes())
    except FileNotFoundError:
        return {}, ""
    lines = text.splitlines()
    count = next((at for at, line in enumerate(lines) if not line.startswith("#")), len(lines))
    head = "\n".join(lines[:count])
    return tomllib.loads(text), f"{head}\n\n" if head else ""
