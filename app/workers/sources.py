"""Where tiles come from: conventional resampling, or a model."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import partial
from typing import TYPE_CHECKING, Any, TypeVar

import numpy as np
from numpy.typing import NDArray

from app.viewer.document import Document
from liif_core.cancel import CancelToken
from liif_core.errors import DeviceLost, first_line
from liif_core.geometry import OutputGrid, Rect
from liif_core.imaging.resample import Kernel
from liif_core.view.camera import Camera
from liif_core.view.frame import rect_under
from liif_core.view.scheduler import Plan
from liif_core.view.tiles import TileKey, extent_of, ordered_in_bands

if TYPE_CHECKING:
    from app.workers.model_slot import LoadedModel, ModelSlot
    from liif_core.render.renderer import Renderer

Pixels = TypeVar("Pixels")


class BaseSource:
    """Conventional enlargements, and reductions at 100 % and below; without torch.

    Args:
        kernel: How to enlarge.
    """

    def __init__(self, kernel: Kernel = Kernel.BICUBIC) -> None:
        self._kernel = kernel

    def prepare(self) -> None:
        """See `TileSource`."""

    def order(self, document: Document, plan: Plan) -> Sequence[TileKey]:
        """See `TileSource`: as planned."""
        return plan.keys + plan.ahead

    def tile(self, document: Document, key: TileKey, *, around: Rect, cancel: CancelToken) -> NDArray[np.float32]:
        """See `TileSource`."""
        return _resampled(document, key.grid, key.rect, self._kernel)

    def frame(
        self, document: Document, camera: Camera, *, coarseness: float, cancel: CancelToken
    ) -> tuple[OutputGrid, Rect, NDArray[np.float32]]:
        """See `TileSource`; nobody asks for it, since stored pictures are stretched as well."""
        rect = camera.visible
        return camera.grid, rect, _resampled(document, camera.grid, rect, self._kernel)

    def let_go(self) -> None:
        """See `TileSource`; nothing is kept."""


class NeuralSource:
    """The decoder. Imports torch and loads the model at its first plan, on the thread that asks for it.

    Args:
        slot: Holds the model.

    Attributes:
        feature_bytes: What the features of photos may take from the next plan on, set on any thread; None for what the
            slot gave them.
    """

    def __init__(self, slot: ModelSlot) -> None:
        self._slot = slot
        self.feature_bytes: int | None = None
        self._renderer: tuple[int, LoadedModel, Renderer] | None = None

    def prepare(self) -> None:
        """See `TileSource`. An empty plan is enough, so that the first zoom need not wait for torch.

        Raises:
            CheckpointError: The model's file cannot be used.
            DeviceError: The device or precision cannot be used.
        """
        self._loaded()

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

    def tile(self, document: Document, key: TileKey, *, around: Rect, cancel: CancelToken) -> NDArray[Any]:
        """See `TileSource`: bytes for the display, or floats where they must be converted or have alpha.

        The decoder makes the colours. To make the alpha, too, it would have to encode a second photo.

        Raises:
            OutOfMemory: There is too little memory, also on the CPU.
            Cancelled: `cancel` was set.
        """
        return self._made(document, lambda renderer: _rendered(renderer, document, key.grid, key.rect, cancel, around))

    def frame(
        self, document: Document, camera: Camera, *, coarseness: float, cancel: CancelToken
    ) -> tuple[OutputGrid, Rect, NDArray[Any]]:
        """See `TileSource`; pixels and errors as in `tile`."""

        def made(renderer: Renderer) -> tuple[OutputGrid, Rect, NDArray[Any]]:
            # The alpha has no drafts: its pixels must lie where those of the colours do.
            grid = renderer.draft_grid(camera.zoom / coarseness) if document.coverage is None else camera.grid
            rect = rect_under(camera, grid)
            return grid, rect, _rendered(renderer, document, grid, rect, cancel)

        return self._made(document, made)

    def let_go(self) -> None:
        """See `TileSource`: the photo and its features, which can take more than all else. The model stays."""
        if self._renderer is not None:
            self._renderer[1].features.clear()
            self._renderer = None

    def _made(self, document: Document, make: Callable[[Renderer], Pixels]) -> Pixels:
        """What a renderer makes; once more on the CPU if the device fails, as many do when a laptop wakes up."""
        try:
            return make(self._renderer_of(document))
        except RuntimeError as exc:
            # torch has no other way to tell that a device is gone.
            if self._renderer is None or self._renderer[1].device.type == "cpu":
                raise
            reason = DeviceLost(f"the device failed at work: {first_line(exc)}")
        # Its memory cannot be read any more: the model comes from its file again, the features from the photo.
        self.let_go()
        self._slot.fall_back(reason)
        return make(self._renderer_of(document))

    def _renderer_of(self, document: Document) -> Renderer:
        from liif_core.render.renderer import Renderer

        loaded = self._loaded()
        if self._renderer is None or self._renderer[:2] != (document.photo_id, loaded):
            # Of a photo before this one, to which nobody comes back: it would be read again.
            self.let_go()
            renderer = Renderer(
                document.colours,
                loaded.model,
                loaded.features,
                key=document.photo_id,
                bf16=loaded.bf16,
                on_fallback=self._slot.fall_back,
            )
            self._renderer = (document.photo_id, loaded, renderer)
        return self._renderer[2]

    def _loaded(self) -> LoadedModel:
        if self._renderer is not None and not self._slot.has(self._renderer[1]):
            # It holds the old model, and both would need room while the new one is loaded.
            self.let_go()
        loaded = self._slot.get()
        # Here, as the features belong to this thread.
        if self.feature_bytes is not None and self.feature_bytes != loaded.features.budget_bytes:
            loaded.features.limit(self.feature_bytes)
        return loaded


def _rendered(
    renderer: Renderer,
    document: Document,
    grid: OutputGrid,
    rect: Rect,
    cancel: CancelToken,
    around: Rect | None = None,
) -> NDArray[Any]:
    """A rectangle of a grid: the decoder's bytes where the display shows them as they are, else floats."""
    if document.conversion is None and document.coverage is None:
        return renderer.render_display(grid, rect, cancel=cancel, around=around)
    return document.covered(renderer.render(grid, rect, cancel=cancel, around=around), grid, rect)


def _resampled(document: Document, grid: OutputGrid, rect: Rect, kernel: Kernel) -> NDArray[np.float32]:
    return document.reduced(grid, rect) if grid.reduces else document.enlarged(grid, rect, kernel)
