"""The scheduler: what it asks for, and what it takes."""

from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from liif_core.geometry import Size
from liif_core.view.camera import Camera
from liif_core.view.scheduler import Plan, Scheduler
from liif_core.view.store import TileStore
from liif_core.view.tiles import TILE_SIZE, Layer, TileKey, tile_key, tiles_covering
from tests.view.strategies import cameras, inside, unit

PHOTO = Size(1500, 2000)
VIEWPORT = Size(600, 800)
CAMERA = Camera(PHOTO, VIEWPORT, 2.0, 700.0, 900.0)


def scheduler_for(photo_id: int = 1, model_id: str | None = "m") -> Scheduler[str]:
    scheduler = Scheduler(TileStore[str](10**9))
    scheduler.set_photo(photo_id)
    scheduler.set_model(model_id)
    return scheduler


def finish(scheduler: Scheduler[str], plan: Plan, count: int | None = None) -> list[bool]:
    return [scheduler.accept(key, "", 1, plan.generation) for key in plan.keys[:count]]


def cells_of(plan: Plan) -> set[tuple[int, int]]:
    return {(key.row, key.column) for key in plan.keys}


def away(key: TileKey, focus: tuple[float, float]) -> float:
    """Squared distance of a tile's centre from a point, in grid pixels."""
    return ((key.row + 0.5) * TILE_SIZE - focus[0]) ** 2 + ((key.column + 0.5) * TILE_SIZE - focus[1]) ** 2


@given(cameras(), st.one_of(st.none(), st.tuples(unit, unit)), st.sampled_from(Layer))
def test_plan_lists_every_visible_tile_nearest_to_the_focus_first(
    camera: Camera, share: tuple[float, float] | None, layer: Layer
) -> None:
    focus_device = None if share is None else inside(camera, share)
    plan = scheduler_for().plan(camera, layer=layer, focus_device=focus_device)
    if layer is Layer.NEURAL and camera.grid.reduces:
        assert plan.keys == ()
        return
    assert len(plan.keys) == len(set(plan.keys))
    assert cells_of(plan) == set(tiles_covering(camera.grid, camera.visible))
    assert all((key.photo_id, key.model_id, key.layer) == (1, plan.model_id, layer) for key in plan.keys)
    y, x = focus_device or inside(camera, (0.5, 0.5))
    focus = (y - camera.origin_device[0], x - camera.origin_device[1])
    distances = [away(key, focus) for key in plan.keys]
    assert distances == pytest.approx(sorted(distances))


@given(cameras(), st.sampled_from(Layer), st.integers(1, 600))
def test_what_panning_would_bring_in_follows_after_all_that_is_visible(
    camera: Camera, layer: Layer, ahead: int
) -> None:
    scheduler = scheduler_for()
    visible = scheduler.plan(camera, layer=layer)
    assert visible.ahead == ()
    plan = scheduler.plan(camera, layer=layer, ahead=ahead)
    assert plan.keys == visible.keys
    beyond = plan.ahead
    assert len(set(plan.keys + beyond)) == len(plan.keys + beyond)
    assert all(key.rect.intersected(camera.visible).is_empty for key in beyond)
    if layer is not scheduler.final_layer(camera):
        assert not beyond
    else:
        around = set(tiles_covering(camera.grid, camera.visible.grown(ahead)))
        assert {(key.row, key.column) for key in plan.keys + beyond} == around


def test_tiles_made_ahead_make_the_panned_view_sharp_at_once() -> None:
    scheduler = scheduler_for()
    plan = scheduler.plan(CAMERA, layer=Layer.NEURAL, ahead=TILE_SIZE)
    finish(scheduler, replace(plan, keys=plan.keys + plan.ahead))
    moved = CAMERA.panned(90, -200)
    assert moved != CAMERA
    assert scheduler.is_sharp(moved)


def test_stored_tiles_are_not_planned_again() -> None:
    scheduler = scheduler_for()
    first = scheduler.plan(CAMERA, layer=Layer.NEURAL)
    finish(scheduler, first, 3)
    assert scheduler.plan(CAMERA, layer=Layer.NEURAL).keys == first.keys[3:]


def test_base_is_not_planned_under_an_exact_neural_tile() -> None:
    scheduler = scheduler_for()
    neural = scheduler.plan(CAMERA, layer=Layer.NEURAL)
    finish(scheduler, neural, 3)
    base = scheduler.plan(CAMERA, layer=Layer.BASE)
    assert cells_of(base) == cells_of(neural) - {(key.row, key.column) for key in neural.keys[:3]}
    scheduler.set_model(None)
    assert len(scheduler.plan(CAMERA, layer=Layer.BASE).keys) == len(neural.keys)


def test_neural_is_planned_where_base_is_stored() -> None:
    scheduler = scheduler_for()
    finish(scheduler, scheduler.plan(CAMERA, layer=Layer.BASE))
    assert scheduler.plan(CAMERA, layer=Layer.NEURAL).keys


@pytest.mark.parametrize("zoom", [1.0, 0.7])
def test_neural_is_not_planned_at_100_percent_and_below(zoom: float) -> None:
    scheduler, camera = scheduler_for(), CAMERA.at_zoom(zoom)
    assert scheduler.final_layer(camera) is Layer.BASE
    assert scheduler.plan(camera, layer=Layer.NEURAL).keys == ()
    assert scheduler.plan(camera, layer=Layer.BASE).keys


def test_neural_is_not_planned_without_a_model() -> None:
    scheduler = scheduler_for(model_id=None)
    assert scheduler.final_layer(CAMERA) is Layer.BASE
    assert scheduler.plan(CAMERA, layer=Layer.NEURAL).keys == ()


def test_every_plan_has_a_higher_generation_also_an_empty_one() -> None:
    scheduler = scheduler_for()
    cameras = [CAMERA, CAMERA, CAMERA.at_zoom(0.5), CAMERA.at_zoom(3.0)]
    generations = [scheduler.plan(camera, layer=layer).generation for camera in cameras for layer in Layer]
    assert generations == sorted(set(generations))


def test_base_plans_name_no_model() -> None:
    scheduler = scheduler_for()
    assert scheduler.plan(CAMERA, layer=Layer.BASE).model_id == ""
    assert scheduler.plan(CAMERA, layer=Layer.NEURAL).model_id == "m"


@pytest.mark.parametrize("layer", Layer)
def test_accept_drops_another_photo(layer: Layer) -> None:
    scheduler = scheduler_for()
    plan = scheduler.plan(CAMERA, layer=layer)
    scheduler.set_photo(2)
    assert not any(finish(scheduler, plan))
    scheduler.set_photo(1)
    assert scheduler.plan(CAMERA, layer=layer).keys == plan.keys


@pytest.mark.parametrize("other", ["other", None])
def test_accept_drops_another_model_but_takes_base(other: str | None) -> None:
    scheduler = scheduler_for()
    neural, base = scheduler.plan(CAMERA, layer=Layer.NEURAL), scheduler.plan(CAMERA, layer=Layer.BASE)
    scheduler.set_model(other)
    assert not any(finish(scheduler, neural))
    assert all(finish(scheduler, base))
    scheduler.set_model("m")
    assert scheduler.plan(CAMERA, layer=Layer.NEURAL).keys == neural.keys


def test_accept_stores_late_tiles_of_an_earlier_zoom_without_a_repaint() -> None:
    scheduler = scheduler_for()
    late = scheduler.plan(CAMERA, layer=Layer.NEURAL)
    scheduler.plan(CAMERA.at_zoom(3.0), layer=Layer.NEURAL)
    assert not any(finish(scheduler, late))
    assert scheduler.is_sharp(CAMERA)


def test_accept_asks_for_a_repaint_only_of_what_is_visible() -> None:
    scheduler = scheduler_for()
    before = scheduler.plan(CAMERA, layer=Layer.NEURAL)
    panned = CAMERA.panned(-2 * TILE_SIZE, 0)
    scheduler.plan(panned, layer=Layer.NEURAL)
    visible = set(tiles_covering(panned.grid, panned.visible))
    repaints = finish(scheduler, before)
    assert repaints == [(key.row, key.column) in visible for key in before.keys]
    assert any(repaints)
    assert not all(repaints)


@pytest.mark.parametrize("painted", [True, False])
@pytest.mark.parametrize(("model_id", "layer"), [("m", Layer.NEURAL), (None, Layer.BASE)])
def test_a_view_becomes_sharp_however_many_tiles_come_between_two_paintings(
    model_id: str | None, layer: Layer, painted: bool
) -> None:
    camera = CAMERA.at_zoom(4.0)
    # Room for what is visible in both layers, as the viewer gives it.
    store = TileStore[str](2 * (VIEWPORT.height + 2 * TILE_SIZE) * (VIEWPORT.width + 2 * TILE_SIZE))
    scheduler = Scheduler(store)
    scheduler.set_photo(1)
    scheduler.set_model(model_id)
    for step in range(1, 13):
        plan = scheduler.plan(camera, layer=layer, ahead=TILE_SIZE)
        if painted:
            # What was seen before is stretched, and fills the store.
            store.cover(camera, photo_id=1, model_id=model_id or "")
        for key in plan.keys + plan.ahead:
            scheduler.accept(key, "", key.rect.area, plan.generation)
        assert scheduler.is_sharp(camera), f"at {camera.zoom:g}"
        store.cover(camera, photo_id=1, model_id=model_id or "")
        camera = camera.panned(-200, 150) if step % 3 else camera.zoomed(2.0**-0.25, inside(camera, (0.5, 0.5)))


@pytest.mark.parametrize("generation", [-1, 0, 2])
def test_accept_drops_generations_never_given_out(generation: int) -> None:
    scheduler = scheduler_for()
    key = scheduler.plan(CAMERA, layer=Layer.BASE).keys[0]
    assert not scheduler.accept(key, "", 1, generation)
    assert key in scheduler.plan(CAMERA, layer=Layer.BASE).keys


def test_accept_drops_everything_before_a_photo_is_set() -> None:
    key = tile_key(1, model_id="", layer=Layer.BASE, grid=CAMERA.grid, row=0, column=0)
    assert not Scheduler(TileStore[str](100)).accept(key, "", 1, 1)


def test_nothing_can_be_planned_without_a_photo() -> None:
    with pytest.raises(RuntimeError, match="no photo"):
        Scheduler(TileStore[str](100)).plan(CAMERA, layer=Layer.BASE)


@pytest.mark.parametrize(
    ("zoom", "model_id", "layer"), [(2.0, "m", Layer.NEURAL), (2.0, None, Layer.BASE), (0.7, "m", Layer.BASE)]
)
def test_view_is_sharp_once_its_final_layer_is_complete(zoom: float, model_id: str | None, layer: Layer) -> None:
    scheduler, camera = scheduler_for(model_id=model_id), CAMERA.at_zoom(zoom)
    plan = scheduler.plan(camera, layer=layer)
    needed = len(plan.keys)
    assert scheduler.progress(camera) == (0, needed)
    finish(scheduler, plan, 2)
    assert scheduler.progress(camera) == (2, needed)
    assert not scheduler.is_sharp(camera)
    finish(scheduler, plan)
    assert scheduler.progress(camera) == (needed, needed)
    assert scheduler.is_sharp(camera)


def test_base_tiles_do_not_make_an_enlarged_view_sharp() -> None:
    scheduler = scheduler_for()
    finish(scheduler, scheduler.plan(CAMERA, layer=Layer.BASE))
    assert scheduler.progress(CAMERA)[0] == 0


def test_tiles_of_the_last_photo_are_still_there_on_the_way_back() -> None:
    scheduler = scheduler_for()
    finish(scheduler, scheduler.plan(CAMERA, layer=Layer.NEURAL))
    scheduler.set_photo(2)
    assert not scheduler.is_sharp(CAMERA)
    scheduler.set_photo(1)
    assert scheduler.is_sharp(CAMERA)
