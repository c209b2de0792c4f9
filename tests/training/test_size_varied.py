"""Targets whose size depends on the photo: how they are drawn, and that LIIF learns from them."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import PIL.Image
import pytest
import torch
from numpy.typing import NDArray

from liif_core.checkpoint.load import load_model
from liif_core.coords import make_coord
from liif_core.training.batches import BatchSource
from liif_core.training.config import TrainConfig
from liif_core.training.photo_cache import PhotoCache, Pixels
from liif_core.training.samples import QueryBatch
from liif_core.training.size_varied import SizeVaried
from liif_core.training.trainer import Trainer
from tests.training.configs import MakeConfig
from tests.training.drawn import equal, query_batch, smooth_photo
from tests.training.runs import assert_same_state, run, run_until

pytestmark = pytest.mark.usefixtures("one_thread")


@pytest.fixture(scope="module")
def pixels() -> list[Pixels]:
    """Five photos as large as the crops, so that every crop is a whole photo."""
    rng = np.random.default_rng(0)
    return [rng.integers(0, 256, (24, 24, 3), dtype=np.uint8) for _ in range(5)]


@pytest.fixture
def config(liif_config: MakeConfig) -> TrainConfig:
    """Inputs of 12 pixels, targets of 12, 15, 18, 21 and 24."""
    return liif_config(batch=4, size_varied=SizeVaried())


def bicubic(pixels: Pixels, side: int) -> Pixels:
    return np.asarray(
        PIL.Image.fromarray(np.ascontiguousarray(pixels)).resize((side, side), PIL.Image.Resampling.BICUBIC)
    )


def source_of(inp: torch.Tensor, pixels: list[Pixels]) -> tuple[int, Pixels]:
    """Which photo an input was made of, and that photo turned as the input is."""
    wanted = (inp * 255).round().byte().permute(1, 2, 0).numpy()
    for index, photo in enumerate(pixels):
        for turns in range(4):
            for turned in (np.rot90(photo, turns), np.rot90(photo, turns).transpose(1, 0, 2)):
                if np.array_equal(bicubic(turned, 12), wanted):
                    return index, turned
    raise AssertionError("no photo reduces to this input")


def rows_and_columns(batch: QueryBatch, slot: int, side: int) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """Which pixels of a target of `side` pixels the queries of a patch are."""
    rows, columns = (((batch.coord[slot] + 1) / 2 * side - 0.5).round().long().T).numpy()
    return rows, columns


@pytest.mark.parametrize(("count", "sides"), [(1, [12]), (2, [12, 24]), (5, [12, 15, 18, 21, 24])])
def test_sizes_are_spread_evenly_over_the_photos(count: int, sides: list[int], config: TrainConfig) -> None:
    assert [config.target_side(index, count) for index in range(count)] == sides


def test_sizes_begin_at_the_smallest_scale(liif_config: MakeConfig) -> None:
    config = liif_config(size_varied=SizeVaried(1.5))
    assert [config.target_side(index, 3) for index in range(3)] == [18, 21, 24]


def test_queries_are_pixels_of_each_photos_own_target(pixels: list[Pixels], config: TrainConfig) -> None:
    seen = set()
    for step in range(15):
        batch = query_batch(pixels, config, step)
        assert batch.inp.shape == (4, 3, 12, 12)
        assert batch.coord.shape == batch.cell.shape == (4, 40, 2)
        assert batch.target.shape == (4, 40, 3)
        assert {tensor.dtype for tensor in (batch.inp, batch.coord, batch.cell, batch.target)} == {torch.float32}
        for slot in range(4):
            index, turned = source_of(batch.inp[slot], pixels)
            side = [12, 15, 18, 21, 24][index]
            torch.testing.assert_close(batch.cell[slot], torch.full((40, 2), 2 / side))
            rows, columns = rows_and_columns(batch, slot, side)
            torch.testing.assert_close(batch.coord[slot], make_coord((side, side))[rows * side + columns])
            assert np.array_equal((batch.target[slot] * 255).round().numpy(), bicubic(turned, side)[rows, columns])
            assert len(set(zip(rows, columns, strict=True))) == 40
            seen.add(index)
    assert seen == set(range(5))


def test_resized_targets_are_enlarged_from_each_photos_own_size(pixels: list[Pixels], liif_config: MakeConfig) -> None:
    config = liif_config(batch=4, size_varied=SizeVaried(resize_targets_to=24))
    batch = query_batch(pixels, config, 2)
    assert torch.equal(batch.cell, torch.full((4, 40, 2), 2 / 24))
    for slot in range(4):
        index, turned = source_of(batch.inp[slot], pixels)
        expected = bicubic(bicubic(turned, [12, 15, 18, 21, 24][index]), 24)
        rows, columns = rows_and_columns(batch, slot, 24)
        assert np.array_equal((batch.target[slot] * 255).round().numpy(), expected[rows, columns])


def test_more_queries_than_the_smallest_target_has_are_all_of_its_pixels(
    pixels: list[Pixels], liif_config: MakeConfig
) -> None:
    config = liif_config(queries=1000, size_varied=SizeVaried())
    assert query_batch(pixels, config).target.shape == (2, 144, 3)
    fixed = liif_config(queries=1000, size_varied=SizeVaried(resize_targets_to=24))
    assert query_batch(pixels, fixed).target.shape == (2, 576, 3)


def test_the_smallest_target_is_that_of_the_smallest_scale(pixels: list[Pixels], liif_config: MakeConfig) -> None:
    config = liif_config(queries=1000, size_varied=SizeVaried(1.5))
    assert query_batch(pixels, config).coord.shape[1] == (12 * 1.5) ** 2


def test_one_seed_gives_one_sequence_of_inputs_whatever_the_targets(
    pixels: list[Pixels], config: TrainConfig, liif_config: MakeConfig
) -> None:
    fixed = liif_config(batch=4, size_varied=SizeVaried(resize_targets_to=24))
    for step in range(5):
        assert torch.equal(query_batch(pixels, config, step).inp, query_batch(pixels, fixed, step).inp)


def test_source_gives_queries_from_any_step_on(pixels: list[Pixels], config: TrainConfig) -> None:
    with BatchSource(PhotoCache.of(pixels), config, device=torch.device("cpu"), first_step=4) as source:
        for step in range(4, 7):
            (batch,) = source.next()
            assert isinstance(batch, QueryBatch)
            assert equal(batch, query_batch(pixels, config, step))


def test_liif_learns_from_mixed_sizes(liif_config: MakeConfig) -> None:
    config = liif_config(learning_rate=5e-3, warmup=3, batch=4, size_varied=SizeVaried())
    photo = smooth_photo()
    trainer = Trainer(config, device=torch.device("cpu"), bf16=False)
    batches = [[query_batch([photo, photo[::-1]], config, step)] for step in range(2)]
    losses = [trainer.train_step(batches[step % 2], progress=0.0) for step in range(60)]
    assert sum(losses[-6:]) < 0.7 * sum(losses[:6])


@pytest.mark.usefixtures("log_every_step")
def test_interrupted_run_ends_where_an_uninterrupted_one_does(
    config: TrainConfig, photos: Path, tmp_path: Path
) -> None:
    run(config, photos, tmp_path / "whole")
    run_until(3, config, photos, tmp_path / "halves")
    run(config, photos, tmp_path / "halves", resume=True)
    assert_same_state(tmp_path / "whole", tmp_path / "halves")


def test_card_names_the_scales_learned_from(liif_config: MakeConfig, photos: Path, tmp_path: Path) -> None:
    config = liif_config(iterations=1, size_varied=SizeVaried(1.5, 18))
    run(config, photos, tmp_path / "run")
    _, card = load_model(tmp_path / "run" / "model.safetensors")
    assert (card.min_scale, card.max_scale) == (1.5, 1.5)
