"""The recipes that come with the program, by their names."""

from __future__ import annotations

import tomllib
from pathlib import Path
from typing import TYPE_CHECKING

from liif_core.errors import RequestError
from liif_core.paths import resource_path

if TYPE_CHECKING:
    from liif_core.training.config import TrainConfig


def preset_names() -> list[str]:
    """All of them."""
    return sorted(path.stem for path in resource_path("presets").glob("*.toml"))


def described_presets() -> list[str]:
    """A line of each: its name, and what it is for."""
    names = preset_names()
    width = max(map(len, names))
    return [f"{name:<{width}}  {_description(name)}" for name in names]


def _description(name: str) -> str:
    text = resource_path("presets", f"{name}.toml").read_text(encoding="utf-8")
    return str(tomllib.loads(text)["description"])


def preset_config(name: str) -> TrainConfig:
    """The recipe of a name.

    Raises:
        RequestError: There is none; the message lists those there are.
    """
    from liif_core.training.config import TrainConfig

    if name not in preset_names():
        raise RequestError(f"unknown preset '{name}': expected one of {', '.join(preset_names())}")
    return TrainConfig.read(resource_path("presets", f"{name}.toml"))


def named_config(name: str) -> TrainConfig:
    """The recipe of a name, or of a TOML file.

    Raises:
        RequestError: There is none, or it cannot be read.
    """
    from liif_core.training.config import TrainConfig

    return TrainConfig.read(Path(name)) if name.endswith(".toml") else preset_config(name)
