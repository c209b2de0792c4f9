"""The settings that a training follows: a preset's, for the model that it begins with, and what a person changed.

Tables as in the presets' TOML files; the trainer reads and checks them (`liif_core.training.config`).
"""

from __future__ import annotations

import copy
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from liif_core.models.spec import ModelSpec
from liif_core.paths import resource_path

QUICK, STANDARD, PAPER, REAL_PHOTOS = "quick", "standard", "paper", "real-photos"
CARDS = (QUICK, STANDARD, PAPER, REAL_PHOTOS)
# What the trainer takes where a preset says nothing; see `TrainConfig`.
DEFAULT_BATCH, DEFAULT_PARTS, DEFAULT_VALIDATE_EVERY = 16, 1, 1000
HEAT_FIELD = "heat-field"
# Settings of one way to learn; see `TrainConfig`.
_DENSE_ONLY = ("fft_loss", "tv_prior")
_QUERY_ONLY = ("continuous_scales", "size_varied", "queries")

Table = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Changes:
    """What a person wants otherwise than the preset; None leaves it.

    Attributes:
        iterations: Steps.
        batch: Patches a step.
        parts: In which these are computed, one after the other, where memory is small.
        learning_rate: Peak.
        validate_every: Steps between two validations.
    """

    iterations: int | None = None
    batch: int | None = None
    parts: int | None = None
    learning_rate: float | None = None
    validate_every: int | None = None

    def table(self) -> Table:
        """As the trainer calls them."""
        named = {
            "iterations": self.iterations,
            "batch": self.batch,
            "accumulate": self.parts,
            "learning_rate": self.learning_rate,
            "validate_every": self.validate_every,
        }
        return {name: value for name, value in named.items() if value is not None}


def preset_of(card: str, *, device: str) -> str:
    """The preset behind a card: with a graphics card, the standard is a larger model."""
    standard = "fast" if device == "cpu" else "quality"
    return {QUICK: "quick", STANDARD: standard, PAPER: "paper-edsr-liif", REAL_PHOTOS: "photo"}[card]


def read_preset(name: str) -> Table:
    """The tables "model" and "train" of a preset; a file of some hundred bytes."""
    return tomllib.loads(resource_path("presets", f"{name}.toml").read_text(encoding="utf-8"))


def recipe(preset: str, *, start: ModelSpec | None, changes: Changes) -> Table:
    """What the trainer is given.

    Args:
        preset: Its name.
        start: Of the model that the training begins with: it stays what it is, and only learns as the preset says.
        changes: On top of the preset.
    """
    table = copy.deepcopy(read_preset(preset))
    if start is not None:
        table["model"] = start.to_dict()
        foreign = _QUERY_ONLY if start.decoder.name == HEAT_FIELD else _DENSE_ONLY
        for name in foreign:
            table["train"].pop(name, None)
    table["train"] |= changes.table()
    return table


def is_preset(table: Mapping[str, Any], preset: str) -> bool:
    """Whether a recipe is a preset as it is."""
    return dict(table) == read_preset(preset)


def smallest_side(table: Mapping[str, Any]) -> int:
    """Shorter side in pixels of the smallest photos that a recipe can learn from."""
    train = table["train"]
    return int(train.get("patch", 48) * train.get("max_scale", 4.0))
