"""What to paint for a camera, and what better pictures hide and need not be painted."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Generic, TypeVar

from liif_core.view.camera import Camera
from liif_core.view.frame import Frame, PlacedFrame, place
from liif_core.view.store import Placed
from liif_core.view.tiles import Layer, tiles_covering

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Scene(Generic[T]):
    """Painted in this order.

    Attributes:
        overview: Whether the whole photo's own picture shows through anywhere.
        beneath: Tiles under the live frame.
        frame: The live frame, if it helps.
        above: Exact tiles of the final layer.
    """

    overview: bool
    beneath: list[Placed[T]]
    frame: PlacedFrame[T] | None
    above: list[Placed[T]]


def compose(camera: Camera, cover: list[Placed[T]], *, frame: Frame[T] | None, final: Layer) -> Scene[T]:
    """Leave out of a store's cover what is hidden.

    Args:
        camera: The view.
        cover: `TileStore.cover` of this camera.
        frame: The last live frame of this photo and model, if any.
        final: The layer that is sharp for this camera.
    """
    needed = set(tiles_covering(camera.grid, camera.visible))
    above = [tile for tile in cover if tile.exact and tile.key.layer is final]
    if needed <= _cells(above):
        return Scene(False, [], None, above)
    placed = place(frame, camera) if frame is not None and final is Layer.NEURAL else None
    if placed is not None and placed.covers:
        return Scene(False, [], placed, above)
    beneath = [tile for tile in cover if not (tile.exact and tile.key.layer is final)]
    hidden = needed <= _cells([tile for tile in cover if tile.exact])
    if hidden:
        beneath = [tile for tile in beneath if tile.exact or tile.key.layer is Layer.NEURAL]
    return Scene(not hidden, beneath, placed, above)


def _cells(tiles: list[Placed[T]]) -> set[tuple[int, int]]:
    return {(tile.key.row, tile.key.column) for tile in tiles}
