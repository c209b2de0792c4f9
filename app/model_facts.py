"""What is told of a model. Read on a worker thread."""

from __future__ import annotations

import json
import logging
from collections.abc import Mapping
from dataclasses import dataclass, field

from liif_core.checkpoint.card import ModelCard
from liif_core.library import InstalledModel
from liif_core.paths import resource_path

logger = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class ModelFacts:
    """A model's card, and what conventional enlargement reaches on the same photos.

    Attributes:
        name: Of the model.
        card: What its file says.
        bicubic: Decibels by "DATASET xSCALE".
    """

    name: str
    card: ModelCard
    bicubic: Mapping[str, float] = field(default_factory=dict)


def facts_of_model(model: InstalledModel) -> ModelFacts:
    """A model's card with figures to compare; without those, if they cannot be read."""
    try:
        text = resource_path("models", "manifest.json").read_text(encoding="utf-8")
        bicubic = {str(name): float(value) for name, value in json.loads(text)["bicubic"].items()}
    except (OSError, ValueError, KeyError, TypeError, AttributeError) as exc:
        logger.warning("no figures of bicubic enlargement: %s", exc)
        bicubic = {}
    return ModelFacts(model.name, model.card, bicubic)
