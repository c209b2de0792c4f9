"""What a model is, without its weights: plain frozen values that travel through TOML, JSON and checkpoints."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from liif_core.errors import UnsupportedModel


@dataclass(frozen=True, slots=True)
class DataNorm:
    """Pixel values in [0, 1] become (value - mean) / std before the encoder; the decoder's output goes the way back."""

    mean: float = 0.5
    std: float = 0.5

    def __post_init__(self) -> None:
        if not (math.isfinite(self.mean) and 0 < self.std < math.inf):
            raise UnsupportedModel(f"the normalisation (x - {self.mean}) / {self.std} cannot be computed")


@dataclass(frozen=True, slots=True)
class PartSpec:
    """An encoder or a decoder: a name that `build` knows, and the arguments of its constructor."""

    name: str
    args: Mapping[str, Any] = field(default_factory=dict)

    def to_dict(self) -> dict[str, Any]:
        """JSON-ready form; `from_dict` takes it back."""
        return {"name": self.name, "args": dict(self.args)}

    @staticmethod
    def from_dict(data: Any, *, part: str) -> PartSpec:
        """Read `to_dict`'s form.

        Raises:
            UnsupportedModel: It is not a table with a `name`.
        """
        if not isinstance(data, Mapping) or not isinstance(data.get("name"), str):
            raise UnsupportedModel(f"the model's {part} has no name: expected a table with 'name' and 'args'")
        _check_keys(data, {"name", "args"}, place=part)
        args = data.get("args", {})
        if not isinstance(args, Mapping):
            raise UnsupportedModel(f"the arguments of the model's {part} are not a table")
        return PartSpec(data["name"], dict(args))


@dataclass(frozen=True, slots=True)
class ModelSpec:
    """An encoder, a decoder and the normalisation of their data."""

    encoder: PartSpec
    decoder: PartSpec
    norm: DataNorm = DataNorm()

    def to_dict(self) -> dict[str, Any]:
        """JSON-ready form; `from_dict` takes it back."""
        return {
            "encoder": self.encoder.to_dict(),
            "decoder": self.decoder.to_dict(),
            "norm": {"mean": self.norm.mean, "std": self.norm.std},
        }

    @staticmethod
    def from_dict(data: Any) -> ModelSpec:
        """Read `to_dict`'s form.

        Raises:
            UnsupportedModel: A part is missing or malformed.
        """
        if not isinstance(data, Mapping):
            raise UnsupportedModel("the model's specification is not a table")
        _check_keys(data, {"encoder", "decoder", "norm"}, place="specification")
        norm = data.get("norm", {})
        try:
            _check_keys(norm, {"mean", "std"}, place="normalisation")
            data_norm = DataNorm(float(norm.get("mean", 0.5)), float(norm.get("std", 0.5)))
        except (AttributeError, TypeError, ValueError, OverflowError) as exc:
            raise UnsupportedModel("the model's normalisation is not a table of 'mean' and 'std'") from exc
        return ModelSpec(
            PartSpec.from_dict(data.get("encoder"), part="encoder"),
            PartSpec.from_dict(data.get("decoder"), part="decoder"),
            data_norm,
        )


def _check_keys(data: Mapping[str, Any], known: set[str], *, place: str) -> None:
    unknown = sorted(str(key) for key in set(data) - known)
    if unknown:
        raise UnsupportedModel(
            f"unknown key '{unknown[0]}' in the model's {place}: expected {', '.join(sorted(known))}"
        )
