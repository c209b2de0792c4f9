"""The source of batches: in order, from any step, shared among processes, on a thread that leaves nothing behind."""

from __future__ import annotations

import itertools
import threading
from collections.abc import Sequence
from dataclasses import replace
from typing import Any

import numpy as np
import pytest
import torch

from liif_core.errors import DatasetError, RequestError
from liif_core.training import batches, draws, samples
from liif_core.training.batches import BatchSource
from liif_core.training.config import TrainConfig
from liif_core.training.crops import DeviceCrops
from liif_core.training.degrade import Degrade
from liif_core.training.photo_cache import PhotoCache
from liif_core.training.resizing import resized_by_products
from liif_core.training.samples import Batch, QueryBatch
from tests.training.configs import MakeConfig
from tests.training.drawn import any_batch, equal, tensors_of

pytestmark = pytest.mark.usefixtures("one_thread")

CPU = torch.device("cpu")


@pytest.fixture(scope="module")
def photos() -> PhotoCache:
    rng = np.random.default_rng(0)
    return PhotoCache.of([rng.integers(0, 256, (side, side + 5, 3), dtype=np.uint8) for side in (24, 30)])


def first_batches(photos: PhotoCache, config: TrainConfig, **place: Any) -> Sequence[Batch | QueryBatch]:
    with BatchSource(photos, config, device=CPU, **place) as source:
        return source.next()


def test_source_gives_the_batches_of_its_seed_in_order(photos: PhotoCache, make_config: MakeConfig) -> None:
    config = make_config(batch=4)
    with BatchSource(photos, config, device=CPU) as source:
        for step in range(6):
            (batch,) = source.next()
            assert equal(batch, any_batch(photos, config, step))


@pytest.mark.parametrize("step", [1, 5, 10**6])
def test_source_begins_at_any_step(step: int, photos: PhotoCache, make_config: MakeConfig) -> None:
    config = make_config(batch=4, detail=0.5)
    with BatchSource(photos, config, device=CPU, first_step=step) as source:
        for later in range(3):
            assert equal(source.next()[0], any_batch(photos, config, step + later))


@pytest.mark.parametrize(("world", "accumulate"), [(1, 4), (4, 1), (2, 2), (2, 1)])
def test_processes_and_parts_divide_the_same_batch(
    world: int, accumulate: int, photos: PhotoCache, make_config: MakeConfig
) -> None:
    config = make_config(batch=4, pre_shrink=1.2, detail=0.5, high_contrast=0.5, degrade=Degrade(), max_scale=1.5)
    whole = tensors_of(any_batch(photos, config, 3))
    divided = replace(config, accumulate=accumulate)
    parts = [
        part for rank in range(world) for part in first_batches(photos, divided, rank=rank, world=world, first_step=3)
    ]
    assert len(parts) == world * accumulate
    for one, others in zip(whole, zip(*map(tensors_of, parts), strict=True), strict=True):
        assert torch.equal(one, torch.cat(others))


@pytest.mark.parametrize(("world", "accumulate"), [(3, 1), (2, 4), (8, 1)])
def test_batch_that_cannot_be_divided_is_refused(
    world: int, accumulate: int, photos: PhotoCache, heat_config: MakeConfig
) -> None:
    config = heat_config(batch=4, accumulate=accumulate)
    with pytest.raises(RequestError, match=f"batch of 4 .* {world} processes with {accumulate} parts"):
        BatchSource(photos, config, device=CPU, world=world)


def test_photos_smaller_than_a_patch_are_refused(photos: PhotoCache, heat_config: MakeConfig) -> None:
    with pytest.raises(DatasetError, match="less than 36 pixels"):
        BatchSource(photos, heat_config(max_scale=3.0), device=CPU)


def test_photo_that_is_too_narrow_for_a_patch_is_refused(heat_config: MakeConfig) -> None:
    narrow = PhotoCache.of([np.zeros((60, 23, 3), np.uint8)])
    with pytest.raises(DatasetError, match="less than 24 pixels"):
        BatchSource(narrow, heat_config(), device=CPU)


def test_no_more_steps_are_drawn_ahead_than_memory_is_meant_for(
    photos: PhotoCache, heat_config: MakeConfig, monkeypatch: pytest.MonkeyPatch
) -> None:
    steps: list[object] = []
    enough, too_many = threading.Event(), threading.Event()
    draw = draws.draw

    def counted(*args: Any) -> draws.Draw:
        steps.append(args[3])
        # Those that wait, and the one that finds no place any more.
        if len(steps) > batches.AHEAD:
            (enough if len(steps) == batches.AHEAD + 1 else too_many).set()
        return draw(*args)

    monkeypatch.setattr(batches, "draw", counted)
    with BatchSource(photos, heat_config(), device=CPU):
        assert enough.wait(60)
        assert not too_many.wait(0.2)


def test_source_leaves_no_thread_behind(photos: PhotoCache, heat_config: MakeConfig) -> None:
    with BatchSource(photos, heat_config(), device=CPU) as source:
        source.next()
        assert any(thread.name == "batches" for thread in threading.enumerate())
    assert not any(thread.name == "batches" for thread in threading.enumerate())


def test_failure_on_the_thread_reaches_the_caller(
    photos: PhotoCache, heat_config: MakeConfig, monkeypatch: pytest.MonkeyPatch
) -> None:
    calls = itertools.count()
    draw = draws.draw

    def fails_second(*args: object) -> object:
        if next(calls) == 1:
            raise MemoryError("no room")
        return draw(*args)  # type: ignore[arg-type]

    monkeypatch.setattr(batches, "draw", fails_second)
    with BatchSource(photos, heat_config(), device=CPU) as source:
        source.next()
        with pytest.raises(MemoryError, match="no room"):
            source.next()


def test_device_gives_the_batches_that_a_processor_gives(
    photos: PhotoCache, make_config: MakeConfig, monkeypatch: pytest.MonkeyPatch
) -> None:
    """With the CPU in the device's place: squares are gathered, and resized by products."""
    config = make_config(batch=4, pre_shrink=1.2, detail=0.5, high_contrast=0.5, degrade=Degrade(), max_scale=1.5)
    expected = [any_batch(photos, config, step) for step in range(3)]
    monkeypatch.setattr(batches, "crops_of", DeviceCrops)
    monkeypatch.setattr(samples, "resized_patches", resized_by_products)
    with BatchSource(photos, config, device=CPU) as source:
        for batch in expected:
            assert equal(source.next()[0], batch)
