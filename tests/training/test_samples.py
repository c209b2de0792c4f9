"""Batches of a step: pairs of a crop and its reduction, queried pixels, and spoilt inputs."""

from __future__ import annotations

from dataclasses import replace
from fractions import Fraction

import numpy as np
import PIL.Image
import pytest
import torch

from liif_core.coords import make_coord
from liif_core.training.config import TrainConfig
from liif_core.training.crops import turned
from liif_core.training.degrade import Degrade
from liif_core.training.photo_cache import Pixels
from tests.training.configs import MakeConfig
from tests.training.drawn import any_batch, as_bytes, dense_batch, drawn, equal, query_batch

pytestmark = pytest.mark.usefixtures("one_thread")


@pytest.fixture(scope="module")
def pixels() -> list[Pixels]:
    rng = np.random.default_rng(0)
    return [rng.integers(0, 256, (side, side + 5, 3), dtype=np.uint8) for side in (24, 30)]


@pytest.fixture(scope="module")
def config(heat_config: MakeConfig) -> TrainConfig:
    return heat_config(batch=4)


def reduced(pixels: Pixels, side: int) -> Pixels:
    return np.asarray(PIL.Image.fromarray(pixels).resize((side, side), PIL.Image.Resampling.BICUBIC))


def test_inputs_are_pillows_reductions_of_the_truths(pixels: list[Pixels], config: TrainConfig) -> None:
    seen = set()
    for step in range(30):
        batch = dense_batch(pixels, config, step)
        side = int(12 * batch.scale)
        assert batch.inp.shape == (4, 3, 12, 12)
        assert batch.gt.shape == (4, 3, side, side)
        assert batch.inp.dtype == batch.gt.dtype == torch.float32
        assert batch.inp.min() >= 0
        assert batch.inp.max() <= 1
        seen.add(batch.scale)
        for inp, gt in zip(batch.inp, batch.gt, strict=True):
            assert np.array_equal(as_bytes(inp), reduced(as_bytes(gt), 12))
    assert seen == set(config.scales())


def test_truths_are_crops_in_all_eight_orientations(config: TrainConfig) -> None:
    """With a photo whose pixels are all different, a crop shows where it comes from and how it was turned."""
    y, x = np.mgrid[0:24, 0:30]
    photo = np.stack([y * 10, x * 8, np.full_like(x, 7)], -1).astype(np.uint8)
    turns, places = set(), set()
    for step in range(40):
        for gt in dense_batch([photo], config, step).gt:
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
    top, left = ({place[axis] for place in places} for axis in (0, 1))
    assert (min(top), max(top)) == (0, 12) and (min(left), max(left)) == (0, 18)


def test_same_step_gives_the_same_batch_and_others_do_not(pixels: list[Pixels], make_config: MakeConfig) -> None:
    config = make_config(batch=4)
    first = any_batch(pixels, config, 7)
    assert equal(first, any_batch(pixels, config, 7))
    assert not equal(first, any_batch(pixels, config, 8))
    assert not equal(first, any_batch(pixels, replace(config, seed=1), 7))


def test_photo_of_exactly_the_largest_patch_is_drawn_from(heat_config: MakeConfig) -> None:
    photo = np.random.default_rng(0).integers(0, 256, (24, 24, 3), dtype=np.uint8)
    sides = {dense_batch([photo], heat_config(), step).gt.shape[-1] for step in range(30)}
    assert max(sides) == 24


def test_smallest_scale_is_kept(pixels: list[Pixels], heat_config: MakeConfig) -> None:
    config = heat_config(min_scale=1.5)
    scales = {dense_batch(pixels, config, step).scale for step in range(40)}
    assert scales == {Fraction(3, 2), Fraction(5, 3), Fraction(2)}


def test_every_patch_has_a_scale_of_its_own_where_scales_are_continuous(liif_config: MakeConfig) -> None:
    photo = np.random.default_rng(1).integers(0, 256, (50, 60, 3), dtype=np.uint8)
    config = liif_config(batch=50, continuous_scales=True, min_scale=1.25, max_scale=4.0)
    sides = np.concatenate([drawn([photo], config, step).target for step in range(20)])
    # round(12 s) of an even s.
    assert (sides.min(), sides.max()) == (15, 48)
    assert len(set(sides.tolist())) == 34
    assert sides.mean() == pytest.approx(12 * (1.25 + 4) / 2, rel=0.03)
    batch = query_batch([photo], config, 0)
    for slot, side in enumerate(drawn([photo], config, 0).target.tolist()):
        torch.testing.assert_close(batch.cell[slot], torch.full((40, 2), 2 / side))


def test_queries_are_different_pixels_of_their_truth(
    pixels: list[Pixels], liif_config: MakeConfig, heat_config: MakeConfig
) -> None:
    """The same crops are drawn for a heat field, which shows the whole truth."""
    config = liif_config(batch=3, queries=50)
    dense = replace(config, model=heat_config().model)
    for step in range(6):
        truths = dense_batch(pixels, dense, step)
        batch = query_batch(pixels, config, step)
        side = truths.gt.shape[-1]
        assert batch.coord.shape == batch.cell.shape == (3, 50, 2)
        assert batch.target.shape == (3, 50, 3)
        assert torch.equal(batch.inp, truths.inp)
        for slot in range(3):
            rows, columns = ((batch.coord[slot] + 1) / 2 * side - 0.5).round().long().T
            assert torch.equal(batch.coord[slot], make_coord((side, side))[rows * side + columns])
            assert torch.equal(truths.gt[slot][:, rows, columns].T, batch.target[slot])
            assert len(set((rows * side + columns).tolist())) == 50
        assert torch.equal(batch.cell, torch.full((3, 50, 2), 2 / side))
        assert not torch.equal(batch.coord[0], batch.coord[1])


def test_all_pixels_of_small_truths_are_asked(pixels: list[Pixels], liif_config: MakeConfig) -> None:
    config = liif_config(queries=10_000)
    for step in range(6):
        side = int(drawn(pixels, config, step).target[0])
        assert query_batch(pixels, config, step).coord.shape == (2, side * side, 2)


def test_truths_are_reductions_of_larger_crops(heat_config: MakeConfig) -> None:
    """Up to the given factor and what the photo holds; the pairs of truth and input stay what they are."""
    rng = np.random.default_rng(3)
    photos = [rng.integers(0, 256, sides, dtype=np.uint8) for sides in ((30, 40, 3), (100, 90, 3))]
    config = heat_config(batch=40, pre_shrink=2.0, min_scale=2.0)
    draw = drawn(photos, config)
    assert (draw.shrunk == 24).all()
    largest = [int(draw.side[draw.photo == index].max()) for index in range(2)]
    assert 27 <= largest[0] <= 30
    assert 40 <= largest[1] <= 48
    assert draw.side.min() in (24, 25)
    # All that a small photo holds is no more probable than any other crop of it.
    many = drawn(photos, replace(config, batch=1000))
    sides = many.side[many.photo == 0]
    assert np.bincount(sides)[24:31].min() > 0 and (sides == 30).mean() < 0.2
    batch = dense_batch(photos, config)
    for slot in range(6):
        assert np.array_equal(as_bytes(batch.inp[slot]), reduced(as_bytes(batch.gt[slot]), 12))
        top, left, side = int(draw.top[slot]), int(draw.left[slot]), int(draw.side[slot])
        crop = turned(photos[draw.photo[slot]][top : top + side, left : left + side], int(draw.turn[slot]))
        assert np.array_equal(as_bytes(batch.gt[slot]), reduced(np.ascontiguousarray(crop), 24))


def test_raised_contrast_is_of_truths_and_inputs(pixels: list[Pixels], heat_config: MakeConfig) -> None:
    """The photo's own pixels at the gain of the draw, about the pixel of the draw, before anything is reduced."""
    plain, config = (heat_config(batch=20, high_contrast=share, pre_shrink=1.2) for share in (0.0, 0.4))
    draw, before, after = drawn(pixels, config), dense_batch(pixels, plain), dense_batch(pixels, config)
    contrast = draw.contrast
    assert contrast is not None and {True, False} == set(contrast.grey.tolist())
    assert after.scale == before.scale
    raised = dict(zip(contrast.index.tolist(), range(len(contrast.index)), strict=True))
    for slot in range(20):
        crop = turned(
            pixels[draw.photo[slot]][draw.top[slot] :, draw.left[slot] :][: draw.side[slot], : draw.side[slot]],
            int(draw.turn[slot]),
        ).astype(np.float64)
        if slot in raised:
            number = raised[slot]
            grey = np.repeat(crop.mean(-1, keepdims=True), 3, axis=-1)
            middle = grey[contrast.row[number], contrast.column[number], 0]
            crop = grey if contrast.grey[number] else crop
            crop = ((crop - middle) * contrast.gain[number] + 128).clip(0, 255)
        expected = reduced(crop.round().astype(np.uint8), int(draw.shrunk[slot]))
        difference = np.abs(as_bytes(after.gt[slot]).astype(int) - expected)
        # A rounding of float32 against float64 may be another way at a half.
        assert difference.max() <= 1 and (difference > 0).mean() < 0.01
        assert np.array_equal(as_bytes(after.inp[slot]), reduced(as_bytes(after.gt[slot]), 12))
        assert torch.equal(after.gt[slot], before.gt[slot]) == (slot not in raised)


def test_contrast_is_drawn_from_its_ranges(pixels: list[Pixels], make_config: MakeConfig) -> None:
    config = make_config(batch=64, high_contrast=0.25)
    draws = [drawn(pixels, config, step) for step in range(30)]
    contrasts = [draw.contrast for draw in draws if draw.contrast]
    assert sum(len(contrast.index) for contrast in contrasts) / (30 * 64) == pytest.approx(0.25, abs=0.03)
    gain = np.concatenate([contrast.gain for contrast in contrasts])
    assert 2 <= gain.min() < 2.2 and 37 < gain.max() <= 40
    assert np.median(gain) == pytest.approx(np.sqrt(2 * 40), rel=0.25), "even in its logarithm"
    assert np.concatenate([contrast.grey for contrast in contrasts]).mean() == pytest.approx(0.6, abs=0.08)
    for draw in draws:
        assert draw.contrast
        side = draw.side[draw.contrast.index]
        assert (draw.contrast.row < side).all() and (draw.contrast.column < side).all()
    places = np.concatenate([draw.contrast.row / draw.side[draw.contrast.index] for draw in draws if draw.contrast])
    assert places.min() < 0.1 and places.max() > 0.85


def test_no_square_is_changed_where_none_is_chosen(pixels: list[Pixels], make_config: MakeConfig) -> None:
    plain, config = make_config(batch=4), make_config(batch=4, high_contrast=1e-9)
    assert drawn(pixels, plain).contrast is None
    contrast = drawn(pixels, config).contrast
    assert contrast is not None and not len(contrast.index)
    assert equal(any_batch(pixels, plain), any_batch(pixels, config))


def test_defects_are_of_the_inputs_only(pixels: list[Pixels], make_config: MakeConfig) -> None:
    config = make_config(batch=6)
    clean, spoilt = any_batch(pixels, config), any_batch(pixels, replace(config, degrade=Degrade()))
    assert not torch.equal(clean.inp, spoilt.inp)
    assert equal(replace(clean, inp=spoilt.inp), spoilt)
    again = any_batch(pixels, replace(config, degrade=Degrade()))
    assert equal(again, spoilt)


def test_defects_are_drawn_from_their_ranges(pixels: list[Pixels], heat_config: MakeConfig) -> None:
    degrade = Degrade((60, 70), 0.25, (0.2, 0.4), (1.0, 2.0))
    defects = [drawn(pixels, heat_config(batch=64, degrade=degrade), step).defects for step in range(8)]
    quality = np.concatenate([draw.jpeg_quality for draw in defects if draw])
    assert set(quality.tolist()) == set(range(60, 71))
    blur = np.concatenate([draw.blur_sigma for draw in defects if draw])
    assert 0.2 <= blur.min() < 0.21 and 0.39 < blur.max() <= 0.4
    chroma = np.concatenate([draw.chroma_subsampling for draw in defects if draw])
    assert chroma.mean() == pytest.approx(0.25, abs=0.08)
    noise = np.concatenate([draw.noise for draw in defects if draw]).std(axis=(1, 2, 3))
    assert 0.85 < noise.min() < 1.2 and 1.8 < noise.max() < 2.2
    starts = {(top, left) for draw in defects if draw for top, left in zip(draw.jpeg_top, draw.jpeg_left, strict=True)}
    assert len(starts) > 180, "patches begin anywhere in a block"
