"""What a training run is: a frozen table that TOML presets and files are read into."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, fields
from fractions import Fraction
from pathlib import Path
from typing import Any

from liif_core.errors import RequestError, UnsupportedModel
from liif_core.models.spec import ModelSpec


@dataclass(frozen=True, slots=True)
class TrainConfig:
    """Everything that decides the result of a run but the photos.

    Attributes:
        model: What to train.
        patch: Side of the low-resolution patches, in pixels.
        batch: Patches a step.
        max_scale: Scales are drawn between 1 and this.
        queries: Pixels a patch that a LIIF decoder is asked for; heat fields are trained on all.
        iterations: Steps of the schedule.
        learning_rate: Peak rate of Adam.
        warmup: Steps over which the rate rises to its peak.
        clip: Largest norm of the gradient.
        ema: Decay of the running average of the weights, which is what ships.
        bf16: Whether convolutions run in bfloat16: true, false or "auto" (where the processor computes it natively).
        validate_every: Steps between two validations.
        seed: Of every random choice.
    """

    model: ModelSpec
    patch: int = 48
    batch: int = 16
    max_scale: float = 4.0
    queries: int = 2304
    iterations: int = 40000
    learning_rate: float = 1e-3
    warmup: int = 200
    clip: float = 10.0
    ema: float = 0.999
    bf16: bool | str = "auto"
    validate_every: int = 1000
    seed: int = 0

    def __post_init__(self) -> None:
        for name in ("patch", "batch", "queries", "iterations", "warmup", "validate_every", "seed"):
            if type(getattr(self, name)) is not int:
                raise RequestError(f"the training setting '{name}' is a whole number, not {getattr(self, name)!r}")
        for name in ("max_scale", "learning_rate", "clip", "ema"):
            if type(getattr(self, name)) not in (int, float):
                raise RequestError(f"the training setting '{name}' is a number, not {getattr(self, name)!r}")
        checks = {
            "patch": self.patch >= 12 and self.patch % 6 == 0,
            "batch": self.batch >= 1,
            "max_scale": 1 <= self.max_scale <= 8,
            "queries": self.queries >= 1,
            "iterations": self.iterations >= 1,
            "learning_rate": 0 < self.learning_rate < 1,
            "warmup": self.warmup >= 0,
            "clip": self.clip > 0,
            "ema": 0 <= self.ema < 1,
            "bf16": any(self.bf16 is value for value in (True, False)) or self.bf16 == "auto",
            "validate_every": self.validate_every >= 1,
            "seed": self.seed >= 0,
        }
        wrong = [name for name, fine in checks.items() if not fine]
        if wrong:
            raise RequestError(f"the training setting '{wrong[0]}' cannot be {getattr(self, wrong[0])!r}")

    def scales(self) -> list[Fraction]:
        """The scales that steps draw from, up to `max_scale`.

        Thirds and halves: dense enough to be any scale to the model, and patches and their targets have whole sides.
        """
        return sorted({Fraction(p, q) for q in (1, 2, 3) for p in range(q, int(self.max_scale * q) + 1)})

    def to_dict(self) -> dict[str, Any]:
        """JSON- and TOML-ready form; `from_dict` takes it back."""
        plain = {field.name: getattr(self, field.name) for field in fields(self) if field.name != "model"}
        return {"model": self.model.to_dict(), "train": plain}

    @staticmethod
    def from_dict(data: Mapping[str, Any], *, source: str) -> TrainConfig:
        """Read a configuration of the tables `model` and `train`.

        Raises:
            RequestError: A key or value is unknown; the message names it and `source`.
        """
        settings = data.get("train", {})
        if not isinstance(settings, Mapping):
            raise RequestError(f"{source}: 'train' is not a table of settings")
        known = {field.name for field in fields(TrainConfig)} - {"model"}
        unknown = sorted(set(settings) - known) or sorted(set(data) - {"model", "train"})
        if unknown:
            raise RequestError(
                f"{source}: unknown training setting '{unknown[0]}', expected {', '.join(sorted(known))}"
            )
        try:
            return TrainConfig(model=ModelSpec.from_dict(data.get("model")), **settings)
        except (TypeError, RequestError, UnsupportedModel) as exc:
            raise RequestError(f"{source}: {exc}") from exc

    @staticmethod
    def read(path: Path) -> TrainConfig:
        """Read a TOML file.

        Raises:
            RequestError: It cannot be read, or a key or value in it is unknown.
        """
        try:
            data = tomllib.loads(path.read_text(encoding="utf-8"))
        except (OSError, UnicodeDecodeError, tomllib.TOMLDecodeError) as exc:
            raise RequestError(f"{path}: no training configuration: {exc}") from exc
        return TrainConfig.from_dict(data, source=str(path))
