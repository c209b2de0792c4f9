"""The model that enlarges, chosen by whoever asks and loaded where the work is done."""

from __future__ import annotations

import logging
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from liif_core.export.rendering import RectRenderer
from liif_core.imaging.bled_colours import colours_of
from liif_core.imaging.image import Image
from liif_core.imaging.resample import Pyramid
from liif_core.memory import budgets
from liif_core.torch_loading import load_torch

if TYPE_CHECKING:
    from liif_core.errors import OutOfMemory
    from liif_core.models.implicit import ImplicitModel

logger = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class EnlargerChoice:
    """What enlarges, and on what it runs.

    Attributes:
        model: File of a model; None enlarges by the bicubic filter, without torch.
        device: See `device.choose_device`.
        precision: "auto", "fp32" or "bf16".
        feature_bytes: What the features of the photo may take; None for what suits the machine.
        self_ensemble: Whether a model's pictures of the photo in all eight orientations are averaged (see
            `render.self_ensemble`), in eight times the time.
    """

    model: Path | None = None
    device: str = "auto"
    precision: str = "auto"
    feature_bytes: int | None = None
    self_ensemble: bool = False

    @property
    def name(self) -> str:
        """Short, for names of files."""
        return "bicubic" if self.model is None else self.model.stem


class Enlarger:
    """Renderers of one choice; loads its model once, at the first photo. Belongs to one thread.

    Attributes:
        choice: What enlarges.
        fell_back: Whether a device ran out of memory since `forget_fallback`, and the CPU took over.

    Args:
        choice: What enlarges.
    """

    def __init__(self, choice: EnlargerChoice) -> None:
        self.choice = choice
        self.fell_back = False
        self._model: ImplicitModel | None = None

    def forget_fallback(self) -> None:
        """Begin a new job."""
        self.fell_back = False

    def _fall_back(self, reason: OutOfMemory) -> None:
        logger.warning("%s; the CPU takes over", reason)
        self.fell_back = True

    def renderer_of(self, image: Image) -> RectRenderer:
        """The renderer of a photo. torch comes in here: after all that can be refused was, and only to enlarge.

        Raises:
            CheckpointError: The model's file cannot be used.
            DeviceError: The device or precision cannot be used.
        """
        if self.choice.model is None:
            from liif_core.render.bicubic import BicubicRenderer

            return BicubicRenderer(image)
        load_torch()
        from liif_core.device import choose_device, held_by, use_bf16
        from liif_core.render.feature_cache import FeatureCache
        from liif_core.render.renderer import Renderer
        from liif_core.render.self_ensemble import SelfEnsembleRenderer

        device = choose_device(self.choice.device)
        bf16 = use_bf16(self.choice.precision, device)
        if self._model is None:
            from liif_core.checkpoint.load import load_model

            model, _ = load_model(self.choice.model)
            self._model = held_by(device, model)
        budget = self.choice.feature_bytes or budgets().feature_bytes
        coverage = None if image.coverage is None else Pyramid(image.coverage)
        colours = colours_of(image, Pyramid(image), coverage)
        if self.choice.self_ensemble:
            return SelfEnsembleRenderer(colours, self._model, budget, bf16=bf16, on_fallback=self._fall_back)
        return Renderer(colours, self._model, FeatureCache(budget), bf16=bf16, on_fallback=self._fall_back)
