"""Better pictures hide worse ones, and nothing else does."""

from __future__ import annotations

from liif_core.geometry import Size
from liif_core.view.camera import Camera
from liif_core.view.frame import Frame, rect_under
from liif_core.view.scene import Scene, compose
from liif_core.view.store import TileStore
from liif_core.view.tiles import Layer, tile_key, tiles_covering

PHOTO = Size(400, 600)
CAMERA = Camera.fitting(PHOTO, Size(500, 700)).at_zoom(6.0)


def stored(camera: Camera, layer: Layer, *, count: int | None = None) -> TileStore[str]:
    store: TileStore[str] = TileStore(1 << 30)
    put(store, camera, layer, count=count)
    return store


def put(store: TileStore[str], camera: Camera, layer: Layer, *, count: int | None = None) -> None:
    for row, column in tiles_covering(camera.grid, camera.visible)[:count]:
        key = tile_key(1, model_id="m", layer=layer, grid=camera.grid, row=row, column=column)
        store.put(key, f"{layer.name} {row} {column}", 4)


def frame_for(camera: Camera) -> Frame[str]:
    return Frame(1, "m", camera.grid, rect_under(camera, camera.grid), "frame")


def scene_of(store: TileStore[str], *, frame: Frame[str] | None = None, camera: Camera = CAMERA) -> Scene[str]:
    return compose(camera, store.cover(camera, photo_id=1, model_id="m"), frame=frame, final=Layer.NEURAL)


def test_without_anything_the_overview_shows() -> None:
    scene = scene_of(TileStore(100))
    assert scene.overview
    assert not (scene.beneath or scene.frame or scene.above)


def test_complete_exact_tiles_hide_all_else() -> None:
    store = stored(CAMERA, Layer.NEURAL)
    put(store, CAMERA.at_zoom(5.0), Layer.BASE)
    scene = scene_of(store, frame=frame_for(CAMERA))
    assert (scene.overview, scene.beneath, scene.frame) == (False, [], None)
    assert len(scene.above) == len(tiles_covering(CAMERA.grid, CAMERA.visible))


def test_a_covering_frame_hides_everything_but_exact_tiles() -> None:
    store = stored(CAMERA, Layer.NEURAL, count=2)
    put(store, CAMERA, Layer.BASE)
    scene = scene_of(store, frame=frame_for(CAMERA))
    assert scene.frame is not None
    assert (scene.overview, scene.beneath, len(scene.above)) == (False, [], 2)


def test_a_frame_that_leaves_a_gap_lies_between_the_layers() -> None:
    store = stored(CAMERA, Layer.BASE, count=1)
    scene = scene_of(store, frame=frame_for(CAMERA.panned(0, 200)))
    assert scene.overview
    assert scene.frame is not None
    assert not scene.frame.covers
    assert len(scene.beneath) == 1


def test_complete_base_tiles_hide_the_overview_but_no_stretched_neural_ones() -> None:
    store = stored(CAMERA, Layer.BASE)
    put(store, CAMERA.at_zoom(5.0), Layer.BASE)
    put(store, CAMERA.at_zoom(5.0), Layer.NEURAL)
    scene = scene_of(store)
    assert not scene.overview
    layers = {(placed.key.layer, placed.exact) for placed in scene.beneath}
    assert layers == {(Layer.BASE, True), (Layer.NEURAL, False)}


def test_below_100_percent_a_frame_is_not_used() -> None:
    camera = CAMERA.at_zoom(0.9)
    scene = compose(camera, [], frame=frame_for(camera), final=Layer.BASE)
    assert scene.frame is None
    assert scene.overview
