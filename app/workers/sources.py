"""Where tiles come from: conventional resampling, or a model."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from app.viewer.document import Document
from liif_core.cancel import CancelToken
from liif_core.imaging.resample import bicubic
from liif_core.view.tiles import TileKey

if TYPE_CHECKING:
    from pathlib import Path

    import torch

    from liif_core.models.implicit import ImplicitModel
    from liif_core.render.feature_map import FeatureCache
    from liif_core.render.renderer import Renderer

FEATURE_BUDGET_BYTES = 512 * 1024 * 1024


class BaseSource:
    """Bicubic enlargements, and area averages at 100 % and below; without torch."""

    def prepare(self) -> None:
        """See `TileSource`."""

    def tile(self, document: Document, key: TileKey, *, cancel: CancelToken) -> NDArray[np.float32]:
        """See `TileSource`."""
        if key.grid.reduces:
            return document.pyramid.area(key.grid, key.rect)
        return bicubic(document.image, key.grid, key.rect)


class NeuralSource:
    """The decoder. Imports torch and loads the model at its first plan, on the thread that asks for it.

    Args:
        model_path: The model's file.
        device: See `liif_core.device.choose_device`.
        precision: "auto", "fp32" or "bf16".
        on_ready: Called with the device's name once the model is loaded; on the worker's thread.
    """

    def __init__(
        self, model_path: Path, *, device: str, precision: str, on_ready: Callable[[str], None] = lambda device: None
    ) -> None:
        self._model_path = model_path
        self._device_name = device
        self._precision = precision
        self._on_ready = on_ready
        self._loaded: tuple[ImplicitModel, torch.device, bool, FeatureCache] | None = None
        self._renderer: tuple[int, Renderer] | None = None

    def prepare(self) -> None:
        """See `TileSource`. An empty plan is enough, so that the first zoom need not wait for torch.

        Raises:
            CheckpointError: The model's file cannot be used.
            DeviceError: The device or precision cannot be used.
        """
        self._load()

    def tile(self, document: Document, key: TileKey, *, cancel: CancelToken) -> NDArray[np.float32]:
        """See `TileSource`.

        Raises:
            OutOfMemory: The device has too little memory.
            Cancelled: `cancel` was set.
        """
        return self._renderer_of(document).render(key.grid, key.rect, cancel=cancel)

    def _renderer_of(self, document: Document) -> Renderer:
        from liif_core.render.renderer import Renderer

        if self._renderer is None or self._renderer[0] != document.photo_id:
            model, _, bf16, cache = self._load()
            renderer = Renderer(document.image, model, cache, key=document.photo_id, bf16=bf16)
            self._renderer = (document.photo_id, renderer)
        return self._renderer[1]

    def _load(self) -> tuple[ImplicitModel, torch.device, bool, FeatureCache]:
        if self._loaded is None:
            from liif_core.checkpoint.load import load_model
            from liif_core.device import choose_device, use_bf16
            from liif_core.render.feature_map import FeatureCache

            device = choose_device(self._device_name)
            bf16 = use_bf16(self._precision, device)
            model, _ = load_model(self._model_path)
            self._loaded = (model.to(device), device, bf16, FeatureCache(FEATURE_BUDGET_BYTES))
            self._on_ready(f"{device.type}{' bf16' if bf16 else ''}")
        return self._loaded
