"""What is told of a model. Read on a worker thread."""

from __future__ import annotations

import json
import logging
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

from liif_core.cancel import CancelToken
from liif_core.checkpoint.card import ModelCard, count_weights
from liif_core.errors import CheckpointError
from liif_core.library import InstalledModel, read_manifest
from liif_core.library.candidate import Candidate, sha256_of
from liif_core.models.spec import ModelSpec
from liif_core.paths import resource_path

logger = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class ModelFacts:
    """A model's card, and what conventional enlargement reaches on the same photos.

    Attributes:
        name: Of the model.
        card: What its file says.
        bicubic: Decibels by "DATASET xSCALE".
        parts: Names of its encoder and its decoder; "" where they are not told.
        parameters: How many numbers it has learned; 0 where that is not known.
    """

    name: str
    card: ModelCard
    bicubic: Mapping[str, float] = field(default_factory=dict)
    parts: str = ""
    parameters: int = 0


@dataclass(frozen=True, slots=True)
class FileHash:
    """Which file it is, to the bit.

    Attributes:
        path: The file.
        sha256: Of its content, in hexadecimal.
        is_as_published: Whether it is what the manifest of bundled models promises; None where nothing is promised.
    """

    path: Path
    sha256: str
    is_as_published: bool | None


def facts_of_model(model: InstalledModel) -> ModelFacts:
    """A model's card with figures to compare; without those, if they cannot be read."""
    try:
        parameters = count_weights(model.path)
    except CheckpointError as exc:
        logger.warning("the parameters cannot be counted: %s", exc)
        parameters = 0
    return ModelFacts(model.name, model.card, _bicubic_figures(), _parts(model.spec), parameters)


def facts_of_candidate(candidate: Candidate) -> ModelFacts:
    """The same of a file that is not installed yet."""
    figures = _bicubic_figures()
    return ModelFacts(candidate.suggested_name, candidate.card, figures, _parts(candidate.spec), candidate.parameters)


def hash_of_model(model: InstalledModel, *, cancel: CancelToken) -> FileHash:
    """The hash of a model's file.

    Raises:
        CorruptCheckpoint: It cannot be read.
        Cancelled: `cancel` was set.
    """
    found = sha256_of(model.path, cancel=cancel)
    promised = None
    if model.bundled:
        try:
            promised = {entry.name: entry.sha256 for entry in read_manifest()}.get(model.name)
        except CheckpointError as exc:
            logger.warning("no hashes to compare with: %s", exc)
    return FileHash(model.path, found, None if promised is None else promised == found)


def _parts(spec: ModelSpec) -> str:
    return f"{spec.encoder.name} + {spec.decoder.name}"


def _bicubic_figures() -> dict[str, float]:
    try:
        text = resource_path("models", "manifest.json").read_text(encoding="utf-8")
        return {str(name): float(value) for name, value in json.loads(text)["bicubic"].items()}
    except (OSError, ValueError, KeyError, TypeError, AttributeError) as exc:
        logger.warning("no figures of bicubic enlargement: %s", exc)
        return {}
