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

# Larger scales than this would need larger photos than most folders hold.
LARGEST_SCALE = 8


@dataclass(frozen=True, slots=True)
class SizeVaried:
    """Each photo has one size of its own for its targets (Chen, Liu and Wang, CVPR 2021, section 4.4).

    The sides of the targets are spread evenly over the photos, from `patch * min_scale` to `patch * max_scale` pixels,
    as if photos of several resolutions had been collected for inputs of one size.

    Attributes:
        min_scale: Of the first photo's targets; the last one's have the run's `max_scale`.
        resize_targets_to: Side in pixels that all targets are resized to before the model sees them, which is what a
            model of one output size needs and the paper's baseline; None to learn from each at its own size.
    """

    min_scale: float = 1.0
    resize_targets_to: int | None = None

    def __post_init__(self) -> None:
        if type(self.min_scale) not in (int, float):
            raise RequestError(f"the training setting 'size_varied.min_scale' is a number, not {self.min_scale!r}")
        if self.resize_targets_to is not None and type(self.resize_targets_to) is not int:
            raise RequestError(
                "the training setting 'size_varied.resize_targets_to' is a whole number, not "
                f"{self.resize_targets_to!r}"
            )

    def to_dict(self) -> dict[str, Any]:
        """JSON- and TOML-ready form, without what is not set; `from_dict` takes it back."""
        plain: dict[str, Any] = {"min_scale": self.min_scale}
        return plain if self.resize_targets_to is None else plain | {"resize_targets_to": self.resize_targets_to}

    @staticmethod
    def from_dict(data: Any) -> SizeVaried:
        """Read `to_dict`'s form.

        Raises:
            RequestError: It is no table, or a key or value in it is unknown.
        """
        if not isinstance(data, Mapping):
            raise RequestError(f"the training setting 'size_varied' is a table, not {data!r}")
        known = {field.name for field in fields(SizeVaried)}
        unknown = sorted(str(key) for key in set(data) - known)
        if unknown:
            raise RequestError(
                f"unknown training setting 'size_varied.{unknown[0]}', expected {', '.join(sorted(known))}"
            )
        return SizeVaried(**data)


@dataclass(frozen=True, slots=True)
class TrainConfig:
    """Everything that decides the result of a run but the photos.

    Attributes:
        model: What to train.
        patch: Side of the low-resolution patches, in pixels.
        batch: Patches a step.
        max_scale: Scales are drawn between 1 and this.
        size_varied: Learn from targets whose size depends on the photo, instead of a scale drawn for each step.
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
    size_varied: SizeVaried | None = None
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
            "max_scale": 1 <= self.max_scale <= LARGEST_SCALE,
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
        if self.size_varied is not None:
            self._check_size_varied(self.size_varied)

    def _check_size_varied(self, varied: SizeVaried) -> None:
        if not 1 <= varied.min_scale <= self.max_scale:
            raise RequestError(
                f"the training setting 'size_varied.min_scale' cannot be {varied.min_scale!r}: expected 1 to the "
                f"max_scale of {self.max_scale:g}"
            )
        resized = varied.resize_targets_to
        if resized is not None and not self.patch <= resized <= LARGEST_SCALE * self.patch:
            raise RequestError(
                f"the training setting 'size_varied.resize_targets_to' cannot be {resized}: expected {self.patch} to "
                f"{LARGEST_SCALE * self.patch} pixels for patches of {self.patch}"
            )
        if self.model.decoder.name != "liif":
            raise RequestError(
                "learning from size-varied targets needs the decoder 'liif': the decoder "
                f"'{self.model.decoder.name}' does not learn from single pixels"
            )

    def scales(self) -> list[Fraction]:
        """The scales that steps draw from, up to `max_scale`.

        Thirds and halves: dense enough to be any scale to the model, and patches and their targets have whole sides.
        """
        return sorted({Fraction(p, q) for q in (1, 2, 3) for p in range(q, int(self.max_scale * q) + 1)})

    @property
    def crop_side(self) -> int:
        """Side in pixels of the largest crop of a photo that a patch is made of; smaller photos are of no use."""
        return round(self.patch * self.max_scale) if self.size_varied else int(self.patch * max(self.scales()))

    @property
    def trained_scales(self) -> tuple[float, float]:
        """The smallest and the largest scale that the model learns from."""
        if self.size_varied is None:
            return 1.0, float(max(self.scales()))
        resized = self.size_varied.resize_targets_to
        if resized is not None:
            return resized / self.patch, resized / self.patch
        return float(self.size_varied.min_scale), float(self.max_scale)

    def target_side(self, index: int, count: int) -> int:
        """Side in pixels of the size-varied targets of photo `index` of `count`, before any resizing."""
        low = self.size_varied.min_scale if self.size_varied else 1.0
        share = index / max(1, count - 1)
        return round(self.patch * (low + (self.max_scale - low) * share))

    def to_dict(self) -> dict[str, Any]:
        """JSON- and TOML-ready form, without what is not set; `from_dict` takes it back."""
        plain = {field.name: getattr(self, field.name) for field in fields(self) if field.name != "model"}
        plain["size_varied"] = self.size_varied.to_dict() if self.size_varied else None
        plain = {name: value for name, value in plain.items() if value is not None}
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
            if "size_varied" in settings:
                settings = {**settings, "size_varied": SizeVaried.from_dict(settings["size_varied"])}
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
