"""Where tiles come from: conventional resampling, or a model."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import partial
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from app.viewer.document import Document
from liif_core.cancel import CancelToken
from liif_core.errors import OutOfMemory
from liif_core.geometry import OutputGrid, Rect
from liif_core.imaging.resample import bicubic
from liif_core.memory import budgets
from liif_core.view.camera import Camera
from liif_core.view.frame import rect_under
from liif_core.view.scheduler import Plan
from liif_core.view.tiles import TileKey, extent_of, ordered_in_bands

if TYPE_CHECKING:
    from pathlib import Path

    import torch

    from liif_core.models.implicit import ImplicitModel
    from liif_core.render.feature_cache import FeatureCache
    from liif_core.render.renderer import Renderer


class BaseSource:
    """Bicubic enlargements, and conventional reductions at 100 % and below; without torch."""

    def prepare(self) -> None:
        """See `TileSource`."""

    def order(self, document: Document, plan: Plan) -> Sequence[TileKey]:
        """See `TileSource`: as planned."""
        return plan.keys + plan.ahead

    def tile(self, document: Document, key: TileKey, *, around: Rect, cancel: CancelToken) -> NDArray[np.float32]:
        """See `TileSource`."""
        if key.grid.reduces:
            return document.pyramid.reduced(key.grid, key.rect)
        return bicubic(document.image, key.grid, key.rect)

    def frame(
        self, document: Document, camera: Camera, *, cancel: CancelToken
    ) -> tuple[OutputGrid, Rect, NDArray[np.float32]]:
        """See `TileSource`; nobody asks for it, since stored pictures are stretched as well."""
        rect = camera.visible
        pixels = (document.pyramid.reduced if camera.grid.reduces else partial(bicubic, document.image))(
            camera.grid, rect
        )
        return camera.grid, rect, pixels


class NeuralSource:
    """The decoder. Imports torch and loads the model at its first plan, on the thread that asks for it.

    Args:
        model_path: The model's file.
        device: See `liif_core.device.choose_device`.
        precision: "auto", "fp32" or "bf16".
        on_ready: Called with the device's name once the model is loaded; on the worker's thread.
        on_notice: Called with a sentence for the user, when the device was given up; on the worker's thread.
    """

    def __init__(
        self,
        model_path: Path,
        *,
        device: str,
        precision: str,
        on_ready: Callable[[str], None] = lambda device: None,
        on_notice: Callable[[str], None] = lambda text: None,
    ) -> None:
        self._model_path = model_path
        self._device_name = device
        self._precision = precision
        self._on_ready = on_ready
        self._on_notice = on_notice
        self._loaded: tuple[ImplicitModel, torch.device, bool, FeatureCache] | None = None
        self._renderer: tuple[int, Renderer] | None = None

    def prepare(self) -> None:
        """See `TileSource`. An empty plan is enough, so that the first zoom need not wait for torch.

        Raises:
            CheckpointError: The model's file cannot be used.
            DeviceError: The device or precision cannot be used.
        """
        self._load()

    def order(self, document: Document, plan: Plan) -> Sequence[TileKey]:
        """See `TileSource`: as planned where the features find room together, else so that few are encoded twice.

        Nothing is made ahead that would push out features of the view.
        """
        made = plan.keys + plan.ahead
        if not made:
            return ()
        keeps = partial(self._renderer_of(document).keeps, made[0].grid)
        if keeps(extent_of(made)):
            return made
        return plan.keys if not plan.keys or keeps(extent_of(plan.keys)) else ordered_in_bands(plan.keys)

    def tile(self, document: Document, key: TileKey, *, around: Rect, cancel: CancelToken) -> NDArray[np.uint8]:
        """See `TileSource`.

        Raises:
            OutOfMemory: There is too little memory, also on the CPU.
            Cancelled: `cancel` was set.
        """
        return self._renderer_of(document).render_display(key.grid, key.rect, cancel=cancel, around=around)

    def frame(
        self, document: Document, camera: Camera, *, cancel: CancelToken
    ) -> tuple[OutputGrid, Rect, NDArray[np.uint8]]:
        """See `TileSource`; errors as in `tile`."""
        renderer = self._renderer_of(document)
        grid = renderer.draft_grid(camera.zoom)
        rect = rect_under(camera, grid)
        return grid, rect, renderer.render_display(grid, rect, cancel=cancel)

    def _renderer_of(self, document: Document) -> Renderer:
        from liif_core.render.renderer import Renderer

        if self._renderer is None or self._renderer[0] != document.photo_id:
            model, _, bf16, cache = self._load()
            renderer = Renderer(
                document.image, model, cache, key=document.photo_id, bf16=bf16, on_fallback=self._fall_back
            )
            self._renderer = (document.photo_id, renderer)
        return self._renderer[1]

    def _fall_back(self, reason: OutOfMemory) -> None:
        """The renderer at hand goes on with the CPU; those of later photos start there."""
        self._loaded = None
        self._device_name, self._precision = "cpu", "auto"
        self._on_ready("cpu")
        self._on_notice(f"The model runs on the CPU from now on: {reason}.")

    def _load(self) -> tuple[ImplicitModel, torch.device, bool, FeatureCache]:
        if self._loaded is None:
            from liif_core.checkpoint.load import load_model
            from liif_core.device import choose_device, use_bf16
            from liif_core.render.feature_cache import FeatureCache

            device = choose_device(self._device_name)
            bf16 = use_bf16(self._precision, device)
            model, _ = load_model(self._model_path)
            self._loaded = (model.to(device), device, bf16, FeatureCache(budgets().feature_bytes))
            self._on_ready(f"{device.type}{' bf16' if bf16 else ''}")
        return self._loaded
