"""Which models are installed, without torch and without reading weights; a model is asked for by name or by path."""

from __future__ import annotations

import logging
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

from liif_core.checkpoint.card import ModelCard, read_card
from liif_core.errors import CheckpointError, CorruptCheckpoint
from liif_core.library.defaults import AUTO, BUILTIN, CPU, Kind, default_model, read_defaults
from liif_core.library.names import RESERVED, key_of
from liif_core.models.spec import ModelSpec
from liif_core.paths import resource_path, user_models_folder

logger = logging.getLogger(__name__)

DEFAULT_MODEL = BUILTIN.cpu
SUFFIX = ".safetensors"
# What stands for a model where conventional enlargement is asked for.
BICUBIC = "bicubic"


@dataclass(frozen=True, slots=True)
class InstalledModel:
    """A model that can be named.

    Attributes:
        name: Unique; also the file's stem.
        path: Its file.
        spec: What it is made of.
        card: What it says of itself.
        bundled: Whether it came with the program.
        size_bytes: Of its file.
        modified_ns: When its file was written, in nanoseconds since 1970.
    """

    name: str
    path: Path
    spec: ModelSpec
    card: ModelCard
    bundled: bool
    size_bytes: int = 0
    modified_ns: int = 0

    @property
    def lasting_reference(self) -> str:
        """What `find_model` takes for it also in a later session.

        What came with the program lies elsewhere after an update, and at each start of an AppImage.
        """
        return self.name if self.bundled else str(self.path)

    @property
    def stamp(self) -> str:
        """Tells the file from another one that takes its place."""
        return f"{self.modified_ns}-{self.size_bytes}"


def installed_models() -> list[InstalledModel]:
    """All models, bundled ones first. Files that cannot be read, or named, are left out and logged."""
    models: dict[str, InstalledModel] = {}
    for folder, bundled in ((resource_path("models"), True), (user_models_folder(), False)):
        for path in model_files(folder):
            if key_of(path.stem) in RESERVED:
                logger.warning("model left out: %s: its name stands for another choice", path)
                continue
            try:
                model = model_of_file(path, bundled=bundled)
            except (CheckpointError, OSError) as exc:
                logger.warning("model left out: %s", exc)
                continue
            models.setdefault(model.name, model)
    return list(models.values())


def model_of_file(path: Path, *, bundled: bool) -> InstalledModel:
    """What is known of an installed model without its weights.

    Raises:
        CheckpointError: Its file is no model.
        OSError: It is gone.
    """
    spec, card = read_card(path)
    status = path.stat()
    return InstalledModel(path.stem, path, spec, card, bundled, status.st_size, status.st_mtime_ns)


def model_files(folder: Path) -> list[Path]:
    """The model files of a folder; those that are just being written are none."""
    return sorted(path for path in folder.glob(f"*{SUFFIX}") if not path.name.startswith("."))


def taken_names() -> set[str]:
    """Names of the models and of damaged files, which a model of the same name would overwrite."""
    folders = (resource_path("models"), user_models_folder())
    return {path.stem for folder in folders for path in model_files(folder)}


def find_model(name_or_path: str | None = None, *, kind: Kind = CPU) -> Path:
    """The file of an installed model by name, or of any model file by path; the default model for "auto" and None.

    Args:
        name_or_path: What is asked for.
        kind: Of the device that it is to run on; it decides which model is the default.

    Raises:
        CorruptCheckpoint: There is no such model; the message lists those installed.
    """
    models = installed_models()
    if name_or_path in (None, AUTO):
        default = default_model(models, kind=kind, defaults=read_defaults())
        if default is not None:
            return default.path
    wanted = DEFAULT_MODEL if name_or_path is None else name_or_path
    installed = {model.name: model.path for model in models}
    if wanted in installed:
        return installed[wanted]
    if _exists(Path(wanted)):
        return Path(wanted)
    raise no_model(wanted, models)


def no_model(wanted: str, models: Iterable[InstalledModel]) -> CorruptCheckpoint:
    """What is raised where neither a model nor a file is called so; the message lists the models there are."""
    names = ", ".join(sorted(model.name for model in models)) or "none"
    return CorruptCheckpoint(
        f"{wanted}: no such model: expected the path of a model file or an installed model ({names})"
    )


def _exists(path: Path) -> bool:
    try:
        return path.name != "" and path.exists()
    except OSError:  # a name that no file can have
        return False
