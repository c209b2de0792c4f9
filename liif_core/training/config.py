"""What a training run is: a frozen table that TOML presets and files are read into."""

from __future__ import annotations

import math
import tomllib
from collections.abc import Callable, Mapping
from dataclasses import dataclass, fields
from fractions import Fraction
from pathlib import Path
from typing import Any

from liif_core.errors import RequestError, UnsupportedModel
from liif_core.models.spec import ModelSpec
from liif_core.training.degrade import Degrade
from liif_core.training.size_varied import SizeVaried
from liif_core.training.tables import check_number, check_whole

# Larger scales than this would need larger photos than most folders hold.
LARGEST_SCALE = 8
# Reductions of the ground truth beyond this leave little of a photo.
LARGEST_SHRINK = 8
SCHEDULES = ("cosine", "trapezoid", "halving")
PIXEL_LOSSES = ("l1", "l2")
OPTIMISERS = ("adam", "muon")
# Decoders that learn from single pixels, and the one that learns from whole patches.
QUERY_DECODERS = ("liif", "metasr")
DENSE_DECODER = "heat-field"

_WHOLE = ("patch", "batch", "accumulate", "queries", "iterations", "warmup", "halve_every", "validate_every", "seed")
_NUMBERS = (
    "min_scale",
    "max_scale",
    "pre_shrink",
    "detail",
    "high_contrast",
    "learning_rate",
    "weight_decay",
    "fft_loss",
    "tv_prior",
    "luma_share",
    "clip",
    "ema",
)
_TOP_LEVEL = {"model", "train", "description"}
_TABLES: Mapping[str, Callable[[Any], SizeVaried | Degrade]] = {
    "size_varied": SizeVaried.from_dict,
    "degrade": Degrade.from_dict,
}


@dataclass(frozen=True, slots=True)
class TrainConfig:
    """Everything that decides the result of a run but the photos.

    Attributes:
        model: What to train.
        patch: Side of the low-resolution patches, in pixels.
        batch: Patches a step, over all processes and their parts.
        accumulate: Parts that each process computes its patches of a step in, one after the other, where memory is
            too small for all at once; the result is the same to rounding.
        min_scale: Smallest scale that is drawn.
        max_scale: Largest.
        continuous_scales: Draw any scale, for each patch its own (Chen, Liu and Wang, CVPR 2021, section 5.1), instead
            of one of `scales` for all patches of a step. For decoders that learn from single pixels.
        size_varied: Learn from targets whose size depends on the photo, instead of a scale drawn for each step.
        pre_shrink: The ground truth is reduced by a factor drawn between 1 and this first, as far as the photo reaches:
            more of a photo in a patch, and sharper.
        detail: Share of the patches that are cut where photos hold detail, 0 to 1, the others anywhere; see `detail`.
        high_contrast: Share of the patches whose contrast is raised to that of line drawings, dither and text, 0 to 1;
            see `contrast`.
        degrade: Defects of the inputs; None for inputs as good as a reduction makes them.
        queries: Pixels a patch that a LIIF decoder is asked for; heat fields are trained on all.
        iterations: Steps of the schedule.
        optimiser: "adam", or "muon": that for the weights of hidden layers, and Adam for the rest.
            See `optimisers.WeightOptimiser`.
        learning_rate: Peak rate of the optimiser.
        weight_decay: What Muon's weights lose of themselves each step, in learning rates. Without it they grow, as each
            of its steps is as long as any other, until a long training comes apart; 0.1 holds them.
        schedule: How the rate falls: "cosine" to 0, "trapezoid" in a straight line to 0 from the middle of the run on,
            or "halving" every `halve_every` steps.
        halve_every: Steps between two halvings.
        warmup: Steps over which the rate rises to its peak.
        pixel_loss: How the difference of pixels counts: "l1", its absolute value, or "l2", its square. PSNR is the
            logarithm of the latter, but "l1" learns more steadily; "l2" is for the last steps of a model.
        luma_share: How much of the loss compares luma instead of RGB, 0 to 1. Eyes see detail in brightness, and the
            field's tables compare it; what a small model can hold is then spent on that rather than on colours.
        fft_loss: Weight of the mean absolute difference of the spectra, beside that of the pixels. For whole patches.
        tv_prior: Weight of the heat field's mean absolute slope, without its pre-filter; see `losses.field_variation`.
        clip: Largest norm of the gradient.
        ema: Decay of the running average of the weights, which is what ships.
        bf16: Whether convolutions run in bfloat16: true, false or "auto" (where the processor computes it natively).
        validate_every: Steps between two validations.
        seed: Of every random choice.
    """

    model: ModelSpec
    patch: int = 48
    batch: int = 16
    accumulate: int = 1
    min_scale: float = 1.0
    max_scale: float = 4.0
    continuous_scales: bool = False
    size_varied: SizeVaried | None = None
    pre_shrink: float = 1.0
    detail: float = 0.0
    high_contrast: float = 0.0
    degrade: Degrade | None = None
    queries: int = 2304
    iterations: int = 40000
    optimiser: str = "adam"
    learning_rate: float = 1e-3
    weight_decay: float = 0.0
    schedule: str = "cosine"
    halve_every: int = 200_000
    warmup: int = 200
    pixel_loss: str = "l1"
    luma_share: float = 0.0
    fft_loss: float = 0.0
    tv_prior: float = 0.0
    clip: float = 10.0
    ema: float = 0.999
    bf16: bool | str = "auto"
    validate_every: int = 1000
    seed: int = 0

    def __post_init__(self) -> None:
        for name in _WHOLE:
            check_whole(name, getattr(self, name))
        for name in _NUMBERS:
            check_number(name, getattr(self, name))
        wrong = [name for name, fine in self._in_range().items() if not fine]
        if wrong:
            raise RequestError(f"the training setting '{wrong[0]}' cannot be {getattr(self, wrong[0])!r}")
        if self.batch % self.accumulate:
            raise RequestError(
                f"the training setting 'accumulate' cannot be {self.accumulate}: it does not divide the batch of "
                f"{self.batch}"
            )
        if self.weight_decay and self.optimiser != "muon":
            raise RequestError(
                f"the training setting 'weight_decay' is for the optimiser 'muon', not for '{self.optimiser}'"
            )
        self._check_decoder()
        if self.size_varied is not None:
            self._check_size_varied(self.size_varied)
        if not self.continuous_scales and not self.scales():
            raise RequestError(
                f"the training setting 'min_scale' cannot be {self.min_scale:g}: no half and no third lies between it "
                f"and the max_scale of {self.max_scale:g}"
            )

    def _in_range(self) -> dict[str, bool]:
        """Of each setting that has one, whether it is within its own range."""
        return {
            "patch": self.patch >= 12 and self.patch % 6 == 0,
            "batch": self.batch >= 1,
            "accumulate": self.accumulate >= 1,
            "max_scale": 1 <= self.max_scale <= LARGEST_SCALE,
            "min_scale": 1 <= self.min_scale <= self.max_scale,
            "continuous_scales": isinstance(self.continuous_scales, bool),
            "pre_shrink": 1 <= self.pre_shrink <= LARGEST_SHRINK,
            "detail": 0 <= self.detail <= 1,
            "high_contrast": 0 <= self.high_contrast <= 1,
            "queries": self.queries >= 1,
            "iterations": self.iterations >= 1,
            "optimiser": self.optimiser in OPTIMISERS,
            "learning_rate": 0 < self.learning_rate < 1,
            "weight_decay": 0 <= self.weight_decay < 1,
            "schedule": self.schedule in SCHEDULES,
            "halve_every": self.halve_every >= 1,
            "warmup": self.warmup >= 0,
            "pixel_loss": self.pixel_loss in PIXEL_LOSSES,
            "luma_share": 0 <= self.luma_share <= 1,
            "fft_loss": 0 <= self.fft_loss < math.inf,
            "tv_prior": 0 <= self.tv_prior < math.inf,
            "clip": self.clip > 0,
            "ema": 0 <= self.ema < 1,
            "bf16": any(self.bf16 is value for value in (True, False)) or self.bf16 == "auto",
            "validate_every": self.validate_every >= 1,
            "seed": 0 <= self.seed < 2**63,
        }

    def _check_decoder(self) -> None:
        """Some settings are for decoders that learn in one way only."""
        decoder = self.model.decoder.name
        for name, asked, able in (
            ("continuous_scales", self.continuous_scales, QUERY_DECODERS),
            ("fft_loss", self.fft_loss > 0, (DENSE_DECODER,)),
            ("tv_prior", self.tv_prior > 0, (DENSE_DECODER,)),
        ):
            if asked and decoder not in able:
                raise RequestError(
                    f"the training setting '{name}' is for the decoder {' or '.join(map(repr, able))}, not for "
                    f"'{decoder}'"
                )

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
        for name, other in (("continuous_scales", self.continuous_scales), ("min_scale", self.min_scale != 1)):
            if other:
                raise RequestError(f"the training settings 'size_varied' and '{name}' exclude each other")
        if self.model.decoder.name != "liif":
            raise RequestError(
                f"learning from size-varied targets needs the decoder 'liif', not '{self.model.decoder.name}'"
            )

    def scales(self) -> list[Fraction]:
        """The scales that steps draw from, between `min_scale` and `max_scale`.

        Thirds and halves: dense enough to be any scale to the model, and patches and their targets have whole sides.
        """
        every = {Fraction(p, q) for q in (1, 2, 3) for p in range(q, LARGEST_SCALE * q + 1)}
        # As floats: 7/3 is the third that is meant by the number next to it.
        return sorted(scale for scale in every if self.min_scale <= float(scale) <= self.max_scale)

    @property
    def crop_side(self) -> int:
        """Side in pixels of the largest crop of a photo that a patch is made of; smaller photos are of no use."""
        if self.size_varied is not None or self.continuous_scales:
            return round(self.patch * self.max_scale)
        return int(self.patch * max(self.scales()))

    @property
    def trained_scales(self) -> tuple[float, float]:
        """The smallest and the largest scale that the model learns from."""
        if self.continuous_scales:
            return float(self.min_scale), float(self.max_scale)
        if self.size_varied is None:
            return float(min(self.scales())), float(max(self.scales()))
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
        for name in _TABLES:
            plain[name] = plain[name].to_dict() if plain[name] else None
        plain = {name: value for name, value in plain.items() if value is not None}
        return {"model": self.model.to_dict(), "train": plain}

    @staticmethod
    def from_dict(data: Mapping[str, Any], *, source: str) -> TrainConfig:
        """Read a configuration of the tables `model` and `train`; a `description` is for people.

        Raises:
            RequestError: A key or value is unknown; the message names it and `source`.
        """
        settings = data.get("train", {})
        if not isinstance(settings, Mapping):
            raise RequestError(f"{source}: 'train' is not a table of settings")
        known = {field.name for field in fields(TrainConfig)} - {"model"}
        if misplaced := sorted(set(data) - _TOP_LEVEL):
            name = misplaced[0]
            advice = "belongs into the table [train]" if name in known else "is unknown, expected [model] and [train]"
            raise RequestError(f"{source}: '{name}' {advice}")
        if unknown := sorted(set(settings) - known):
            raise RequestError(
                f"{source}: unknown training setting '{unknown[0]}', expected {', '.join(sorted(known))}"
            )
        try:
            tables = {name: read(settings[name]) for name, read in _TABLES.items() if name in settings}
            return TrainConfig(model=ModelSpec.from_dict(data.get("model")), **{**settings, **tables})
        except (TypeError, RequestError, UnsupportedModel) as exc:
            raise RequestError(f"{source}: {exc}") from exc

    @staticmethod
    def read(path: Path) -> TrainConfig:
        """Read a TOML file.

        Raises:
            RequestError: It cannot be read, or a key or value in it is unknown.
        """
        try:
            # Some editors put a mark of byte order before the text.
            data = tomllib.loads(path.read_text(encoding="utf-8-sig"))
        except OSError as exc:
            raise RequestError(f"{path}: no training configuration: {exc.strerror}") from exc
        except (ValueError, RecursionError) as exc:
            # Of text that is none, of TOML, of its numbers with thousands of digits, and of its tables within tables.
            raise RequestError(f"{path}: no training configuration: {exc}") from exc
        return TrainConfig.from_dict(data, source=str(path))
