"""Batches: pairs of a crop and its reduction, drawn reproducibly and ahead of time."""

from __future__ import annotations

import itertools
import threading

import numpy as np
import PIL.Image
import pytest
import torch

from liif_core.training import samples
from liif_core.training.config import TrainConfig
from liif_core.training.datasets import Pixels
from liif_core.training.samples import Batch, BatchSource, QueryBatch, draw_batch
from tests.training.configs import MakeConfig

pytestmark = pytest.mark.usefixtures("one_thread")


@pytest.fixture(scope="module")
def pixels() -> list[Pixels]:
    rng = np.random.default_rng(0)
    return [rng.integers(0, 256, (side, side + 5, 3), dtype=np.uint8) for side in (24, 30)]


@pytest.fixture(scope="module")
def config(heat_config: MakeConfig) -> TrainConfig:
    return heat_config(batch=4)


def as_bytes(patch: torch.Tensor) -> Pixels:
    return (patch * 255).round().byte().permute(1, 2, 0).numpy()


def equal(first: Batch | QueryBatch, second: Batch | QueryBatch) -> bool:
    assert isinstance(first, Batch) and isinstance(second, Batch)
    return first.scale == second.scale and torch.equal(first.inp, second.inp) and torch.equal(first.gt, second.gt)


def test_inputs_are_pillows_reductions_of_the_truths(pixels: list[Pixels], config: TrainConfig) -> None:
    rng = np.random.default_rng(1)
    seen = set()
    for _ in range(30):
        batch = draw_batch(pixels, config, rng)
        side = int(12 * batch.scale)
        assert batch.inp.shape == (4, 3, 12, 12)
        assert batch.gt.shape == (4, 3, side, side)
        assert batch.inp.dtype == batch.gt.dtype == torch.float32
        assert batch.inp.min() >= 0
        assert batch.inp.max() <= 1
        seen.add(batch.scale)
        for inp, gt in zip(batch.inp, batch.gt, strict=True):
            small = PIL.Image.fromarray(as_bytes(gt)).resize((12, 12), PIL.Image.Resampling.BICUBIC)
            assert np.array_equal(as_bytes(inp), np.asarray(small))
    assert seen == set(config.scales())


def test_truths_are_crops_in_all_eight_orientations(config: TrainConfig) -> None:
    """With a photo whose pixels are all different, a crop shows where it comes from and how it was turned."""
    y, x = np.mgrid[0:24, 0:30]
    photo = np.stack([y * 10, x * 8, np.full_like(x, 7)], -1).astype(np.uint8)
    rng = np.random.default_rng(2)
    turns, places = set(), set()
    for _ in range(40):
        for gt in draw_batch([photo], config, rng).gt:
            crop = as_bytes(gt).astype(int)
            assert (crop[..., 2] == 7).all()
            rows, columns = crop[..., 0] // 10, crop[..., 1] // 8
            transposed = rows[0, 0] == rows[1, 0]
            if transposed:
                rows, columns = rows.T, columns.T
            down, right = rows[1, 0] - rows[0, 0], columns[0, 1] - columns[0, 0]
            assert {abs(down), abs(right)} == {1}
            assert (np.abs(np.diff(rows, axis=0)) == 1).all()
            assert (np.diff(rows, axis=1) == 0).all()
            turns.add((transposed, down, right))
            places.add((rows.min(), columns.min()))
    assert len(turns) == 8
    assert (12, 18) in places or len(places) > 40


def test_same_generator_state_draws_the_same_batch(pixels: list[Pixels], config: TrainConfig) -> None:
    rng = np.random.default_rng(5)
    state = rng.bit_generator.state
    first, second = draw_batch(pixels, config, rng), draw_batch(pixels, config, rng)
    again = np.random.default_rng()
    again.bit_generator.state = state
    assert equal(draw_batch(pixels, config, again), first)
    assert equal(draw_batch(pixels, config, again), second)
    assert not equal(first, second)


def test_photo_of_exactly_the_largest_patch_is_drawn_from(heat_config: MakeConfig) -> None:
    photo = np.random.default_rng(0).integers(0, 256, (24, 24, 3), dtype=np.uint8)
    rng = np.random.default_rng(3)
    sides = {draw_batch([photo], heat_config(), rng).gt.shape[-1] for _ in range(30)}
    assert max(sides) == 24


def test_source_gives_the_batches_of_its_seed_in_order(pixels: list[Pixels], config: TrainConfig) -> None:
    rng = np.random.default_rng(config.seed)
    with BatchSource(pixels, config) as source:
        for _ in range(6):
            assert equal(source.next(), draw_batch(pixels, config, rng))


@pytest.mark.parametrize("taken", [0, 1, 5])
def test_source_goes_on_from_its_state_however_far_it_drew_ahead(
    taken: int, pixels: list[Pixels], config: TrainConfig
) -> None:
    with BatchSource(pixels, config) as source:
        for _ in range(taken):
            source.next()
        state = source.rng_state
        expected = [source.next() for _ in range(3)]
    with BatchSource(pixels, config, state) as resumed:
        for batch in expected:
            assert equal(resumed.next(), batch)


def test_source_leaves_no_thread_behind(pixels: list[Pixels], config: TrainConfig) -> None:
    with BatchSource(pixels, config) as source:
        source.next()
        assert any(thread.name == "batches" for thread in threading.enumerate())
    assert not any(thread.name == "batches" for thread in threading.enumerate())


def test_failure_on_the_thread_reaches_the_caller(
    pixels: list[Pixels], config: TrainConfig, monkeypatch: pytest.MonkeyPatch
) -> None:
    calls = itertools.count()
    draw = samples.draw_batch

    def fails_second(*args: object) -> Batch:
        if next(calls) == 1:
            raise MemoryError("no room")
        return draw(*args)  # type: ignore[arg-type]

    monkeypatch.setattr(samples, "draw_batch", fails_second)
    with BatchSource(pixels, config) as source:
        source.next()
        with pytest.raises(MemoryError, match="no room"):
            source.next()
