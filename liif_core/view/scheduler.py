"""What is missing on screen, and what becomes of the tiles that come back.

Owned by the GUI thread; no locks. Workers see only frozen plans, through one-slot mailboxes (one per layer, as the
layers are made in different places): a worker re-reads its slot between two tiles, and a plan there replaces the one in
work.

A *generation* only orders plans: each is higher than any before, over both layers, so a worker takes up exactly those
newer than its own. It does not decide about results. A tile of an older plan shows the right pixels as long as its
photo and model are those wanted now; it is stored, since the user may zoom back, and stretched meanwhile. Only a
generation that this scheduler never gave out is refused: it comes from another one, whose photo ids mean other photos.
"""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from typing import Generic, TypeVar

from liif_core.geometry import OutputGrid, Rect
from liif_core.view.camera import Camera
from liif_core.view.store import TileStore
from liif_core.view.tiles import Layer, TileKey, ordered_outwards, tile_key, tiles_covering

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Plan:
    """Tiles to make, in this order. An empty plan is worth submitting, too: it ends work that nobody wants any more.

    Attributes:
        generation: Higher than that of every earlier plan.
        photo_id: The photo of all keys.
        model_id: The model of all keys; "" in BASE plans.
        keys: Missing tiles of one layer that are visible, nearest to the focus first.
        ahead: Missing tiles around it, which panning would bring in.
    """

    generation: int
    photo_id: int
    model_id: str
    keys: tuple[TileKey, ...]
    ahead: tuple[TileKey, ...] = ()


class Scheduler(Generic[T]):
    """Plans tiles for a camera, and takes finished ones into the store.

    Args:
        store: Where finished tiles go; owned by the same thread.
    """

    def __init__(self, store: TileStore[T]) -> None:
        self._store = store
        self._photo_id: int | None = None
        self._model_id = ""
        self._generation = 0
        self._planned: tuple[OutputGrid, Rect] | None = None

    def set_photo(self, photo_id: int) -> None:
        """Plan for another photo from now on; tiles of the old one stay in the store, for the way back."""
        if photo_id != self._photo_id:
            self._planned = None
        self._photo_id = photo_id

    def set_model(self, model_id: str | None) -> None:
        """Plan with another model from now on, or without one (None)."""
        self._model_id = model_id or ""

    def final_layer(self, camera: Camera) -> Layer:
        """The layer that is sharp for this camera: BASE at 100 % and below and without a model, else NEURAL."""
        return Layer.BASE if camera.grid.reduces or not self._model_id else Layer.NEURAL

    def plan(
        self, camera: Camera, *, layer: Layer, focus_device: tuple[float, float] | None = None, ahead: int = 0
    ) -> Plan:
        """The visible tiles of one layer that are not stored, and those that panning would bring in next.

        A NEURAL plan is empty where BASE is final; a BASE plan leaves out what an exact NEURAL tile hides.

        Args:
            camera: The view.
            layer: The layer to make.
            focus_device: Device position (y, x) to begin at, as a rule the cursor's; None for the viewport's centre.
            ahead: Device pixels around the visible part whose tiles follow after all visible ones.

        Raises:
            RuntimeError: no photo was set.
        """
        photo_id = self._current_photo()
        self._generation += 1
        self._planned = (camera.grid, camera.visible)
        model_id = self._model_id if layer is Layer.NEURAL else ""
        if layer > self.final_layer(camera):
            return Plan(self._generation, photo_id, model_id, ())
        self._store.expect(camera, photo_id=photo_id, model_id=self._model_id)
        if focus_device is None:
            focus_device = (camera.viewport.height / 2, camera.viewport.width / 2)
        origin_y, origin_x = camera.origin_device
        focus = (focus_device[0] - origin_y, focus_device[1] - origin_x)
        visible = self._missing(camera, layer, camera.visible)
        around = []
        if ahead and layer is self.final_layer(camera):
            seen = set(tiles_covering(camera.grid, camera.visible))
            around = [cell for cell in self._missing(camera, layer, camera.visible.grown(ahead)) if cell not in seen]
        keys, later = (
            tuple(self._key(layer, camera.grid, cell) for cell in ordered_outwards(cells, focus))
            for cells in (visible, around)
        )
        return Plan(self._generation, photo_id, model_id, keys, later)

    def accept(self, key: TileKey, payload: T, nbytes: int, generation: int) -> bool:
        """Store a finished tile, unless it is of another photo or model than those set now.

        Args:
            key: The tile.
            payload: Its pixels.
            nbytes: Bytes that the payload takes.
            generation: That of the plan it was made for.

        Returns:
            Whether it can be seen 1:1 in the view planned last, so that a repaint is due. False if it was dropped, and
            if it was stored for another zoom or place.
        """
        fits_model = key.layer is Layer.BASE or key.model_id == self._model_id
        if key.photo_id != self._photo_id or not fits_model or not 0 < generation <= self._generation:
            return False
        is_seen = self._is_planned(key)
        self._store.put(key, payload, nbytes, is_seen=is_seen)
        return is_seen

    def progress(self, camera: Camera) -> tuple[int, int]:
        """How many visible tiles of the final layer are stored, and how many there are.

        Raises:
            RuntimeError: no photo was set.
        """
        needed = len(tiles_covering(camera.grid, camera.visible))
        return needed - len(self._missing(camera, self.final_layer(camera), camera.visible)), needed

    def is_sharp(self, camera: Camera) -> bool:
        """Whether the final layer is complete on screen."""
        present, needed = self.progress(camera)
        return present == needed

    def _is_planned(self, key: TileKey) -> bool:
        """Whether a tile can be seen 1:1 in the view planned last."""
        if self._planned is None:
            return False
        grid, visible = self._planned
        return key.grid == grid and not key.rect.intersected(visible).is_empty

    def _missing(self, camera: Camera, layer: Layer, rect: Rect) -> list[tuple[int, int]]:
        """The cells of a rectangle of the grid with neither a tile of this layer nor of the one that hides it."""
        grid = camera.grid
        enough = [better for better in Layer if layer <= better <= self.final_layer(camera)]
        stored = [self._stored(better, grid) for better in enough]
        return [cell for cell in tiles_covering(grid, rect) if not any(cell in cells for cells in stored)]

    def _stored(self, layer: Layer, grid: OutputGrid) -> Collection[tuple[int, int]]:
        model_id = "" if layer is Layer.BASE else self._model_id
        return self._store.cells(self._current_photo(), model_id=model_id, layer=layer, grid=grid)

    def _key(self, layer: Layer, grid: OutputGrid, cell: tuple[int, int]) -> TileKey:
        row, column = cell
        photo_id = self._current_photo()
        return tile_key(photo_id, model_id=self._model_id, layer=layer, grid=grid, row=row, column=column)

    def _current_photo(self) -> int:
        if self._photo_id is None:
            raise RuntimeError("no photo was set")
        return self._photo_id
