"""The type of the fixtures that make configurations."""

from __future__ import annotations

from collections.abc import Callable

from liif_core.training.config import TrainConfig

MakeConfig = Callable[..., TrainConfig]
