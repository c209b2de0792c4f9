"""The size-varied task: each photo has one size of its own for its targets."""

from __future__ import annotations

from dataclasses import dataclass, fields
from typing import Any

from liif_core.training.tables import check_number, check_whole, read_table

NAME = "size_varied"


@dataclass(frozen=True, slots=True)
class SizeVaried:
    """Each photo has one size of its own for its targets (Chen, Liu and Wang, CVPR 2021, section 5.3).

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
        check_number(f"{NAME}.min_scale", self.min_scale)
        if self.resize_targets_to is not None:
            check_whole(f"{NAME}.resize_targets_to", self.resize_targets_to)

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
        return SizeVaried(**read_table(data, name=NAME, known=[field.name for field in fields(SizeVaried)]))
