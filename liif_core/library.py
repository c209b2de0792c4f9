"""Which models are installed, without torch and without reading weights.

Bundled models are listed in `resources/models/manifest.json` with their SHA-256; the user's own are the native files in
the data folder. A model is asked for by name or by path.
"""

from __future__ import annotations

import json
import logging
import shutil
from dataclasses import dataclass
from pathlib import Path

from liif_core.atomic import atomic_path
from liif_core.checkpoint.card import ModelCard, read_card
from liif_core.errors import CheckpointError, CorruptCheckpoint, RequestError
from liif_core.models.spec import ModelSpec
from liif_core.paths import resource_path, user_models_folder

logger = logging.getLogger(__name__)

DEFAULT_MODEL = "fast"
# What stands for a model where conventional enlargement is asked for.
BICUBIC = "bicubic"
MODEL_SUFFIX = ".safetensors"


@dataclass(frozen=True, slots=True)
class InstalledModel:
    """A model that can be named.

    Attributes:
        name: Unique; also the file's stem.
        path: Its file.
        spec: What it is made of.
        card: What it says of itself.
        bundled: Whether it came with the program.
    """

    name: str
    path: Path
    spec: ModelSpec
    card: ModelCard
    bundled: bool


def installed_models() -> list[InstalledModel]:
    """All models, bundled ones first. Files that cannot be read are left out and logged."""
    folders = [(resource_path("models"), True), (user_models_folder(), False)]
    models: dict[str, InstalledModel] = {}
    for folder, bundled in folders:
        for path in sorted(folder.glob("*.safetensors")):
            try:
                spec, card = read_card(path)
            except CheckpointError as exc:
                logger.warning("model left out: %s", exc)
                continue
            models.setdefault(path.stem, InstalledModel(path.stem, path, spec, card, bundled))
    return list(models.values())


def find_model(name_or_path: str | None = None) -> Path:
    """The file of an installed model by name, or of any model file by path; the default model for None.

    Raises:
        CorruptCheckpoint: There is no such model; the message lists those installed.
    """
    wanted = DEFAULT_MODEL if name_or_path is None else name_or_path
    installed = {model.name: model.path for model in installed_models()}
    if wanted in installed:
        return installed[wanted]
    if _exists(Path(wanted)):
        return Path(wanted)
    names = ", ".join(sorted(installed)) or "none"
    raise CorruptCheckpoint(
        f"{wanted}: no such model: expected the path of a model file or an installed model ({names})"
    )


def install_model(path: Path, *, name: str) -> InstalledModel:
    """Copy a native model file to the user's models, under a name.

    Raises:
        RequestError: The name is no name of a file, or taken; or the copy cannot be written.
        CheckpointError: The file is no model.
    """
    spec, card = read_card(path)
    stem = name.strip()
    if not stem or stem in (".", "..", BICUBIC) or any(mark in stem for mark in '/\\:*?"<>|') or stem.startswith("."):
        raise RequestError(f"'{name}' cannot be the name of a model")
    if stem.casefold() in {model.name.casefold() for model in installed_models()}:
        raise RequestError(f"there is a model '{stem}' already; choose another name")
    folder = user_models_folder()
    target = folder / f"{stem}{MODEL_SUFFIX}"
    try:
        folder.mkdir(parents=True, exist_ok=True)
        with atomic_path(target) as temporary:
            shutil.copyfile(path, temporary)
    except OSError as exc:
        raise RequestError(f"{target}: the model cannot be installed: {exc.strerror or exc}") from exc
    return InstalledModel(stem, target, spec, card, bundled=False)


def _exists(path: Path) -> bool:
    try:
        return path.name != "" and path.exists()
    except OSError:  # a name that no file can have
        return False


@dataclass(frozen=True, slots=True)
class ManifestEntry:
    """What the manifest says of a bundled model; `card` in the file itself says the rest."""

    name: str
    file: str
    sha256: str
    licence: str
    training_data: str
    recipe: str
    iterations: int
    hours: float
    device: str
    psnr: dict[str, float]


def read_manifest(path: Path | None = None) -> list[ManifestEntry]:
    """The bundled models' manifest.

    Raises:
        CorruptCheckpoint: It is missing or malformed.
    """
    source = path or resource_path("models", "manifest.json")
    try:
        return [ManifestEntry(**entry) for entry in json.loads(source.read_text(encoding="utf-8"))["models"]]
    except (OSError, ValueError, KeyError, TypeError) as exc:
        raise CorruptCheckpoint(f"{source}: the manifest of bundled models cannot be read: {exc}") from exc
