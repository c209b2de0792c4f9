"""What happens to photos before anybody enlarges them: ranges that a recipe draws the inputs' defects from."""

from __future__ import annotations

from dataclasses import dataclass, fields
from typing import Any

from liif_core.errors import RequestError
from liif_core.training.tables import check_number, read_table

NAME = "degrade"
# Beyond this width a blur is no defect of a photo any more, and wider than a patch can show.
MAX_BLUR_SIGMA = 4.0
MAX_NOISE_SIGMA = 100.0

Range = tuple[float, float]


@dataclass(frozen=True, slots=True)
class Degrade:
    """Defects of the low-resolution inputs; the ground truth stays clean. Each is drawn evenly from its range.

    Attributes:
        jpeg_quality: Smallest and largest quality of JPEG, 1 to 100, as encoders count it.
        chroma_subsampling: Share of the inputs whose colours JPEG keeps at half the size (4:2:0), 0 to 1.
        blur_sigma: Standard deviations of a Gaussian blur, in pixels of the input.
        noise_sigma: Standard deviations of Gaussian noise, in steps of 8-bit values.
    """

    jpeg_quality: Range = (50.0, 95.0)
    chroma_subsampling: float = 0.5
    blur_sigma: Range = (0.0, 0.6)
    noise_sigma: Range = (0.0, 3.0)

    def __post_init__(self) -> None:
        limits = {"jpeg_quality": (1, 100), "blur_sigma": (0, MAX_BLUR_SIGMA), "noise_sigma": (0, MAX_NOISE_SIGMA)}
        for name, (low, high) in limits.items():
            self._check_range(name, low, high)
        check_number(f"{NAME}.chroma_subsampling", self.chroma_subsampling)
        if not 0 <= self.chroma_subsampling <= 1:
            raise RequestError(
                f"the training setting '{NAME}.chroma_subsampling' cannot be {self.chroma_subsampling!r}: expected a "
                "share of 0 to 1"
            )

    def _check_range(self, name: str, low: float, high: float) -> None:
        """Two numbers in order, within limits; kept as a tuple, whatever TOML or JSON had."""
        value = getattr(self, name)
        if not isinstance(value, list | tuple) or len(value) != 2:
            raise RequestError(f"the training setting '{NAME}.{name}' is a range of two numbers, not {value!r}")
        for number in value:
            check_number(f"{NAME}.{name}", number)
        if not low <= value[0] <= value[1] <= high:
            raise RequestError(
                f"the training setting '{NAME}.{name}' cannot be {list(value)}: expected a range within {low:g} to "
                f"{high:g}"
            )
        object.__setattr__(self, name, tuple(value))

    def to_dict(self) -> dict[str, Any]:
        """JSON- and TOML-ready form; `from_dict` takes it back."""
        plain = {field.name: getattr(self, field.name) for field in fields(self)}
        return {name: list(value) if isinstance(value, tuple) else value for name, value in plain.items()}

    @staticmethod
    def from_dict(data: Any) -> Degrade:
        """Read `to_dict`'s form.

        Raises:
            RequestError: It is no table, or a key or value in it is unknown.
        """
        return Degrade(**read_table(data, name=NAME, known=[field.name for field in fields(Degrade)]))
