"""What is promised of the bundled models: `resources/models/manifest.json`, with the SHA-256 of each file."""

from __future__ import annotations

import json
from dataclasses import dataclass
from pathlib import Path

from liif_core.errors import CorruptCheckpoint
from liif_core.paths import resource_path


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
