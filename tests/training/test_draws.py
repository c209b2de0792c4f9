"""What is random about a step: anew for each step, seed and patch, each thing for itself, and the same for ever."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray

from liif_core.cancel import CancelToken
from liif_core.training.config import TrainConfig
from liif_core.training.degrade import Degrade
from liif_core.training.detail import DetailMap
from liif_core.training.draws import Draw, draw
from liif_core.training.photo_cache import PhotoCache
from tests.training.configs import MakeConfig

SIDE = 100
# Of one width, so that equal noise is noticed.
DEFECTS = Degrade((10, 90), 0.5, (0.2, 2.0), (3.0, 3.0))


def drawn(config: TrainConfig, step: int = 0, *, photos: int = 50, detail: DetailMap | None = None) -> Draw:
    """The whole batch of a step, from photos of 100 pixels a side."""
    sides = np.full(photos, SIDE)
    return draw(sides, sides, config, step, range(config.batch), detail)


def numbers(patches: Draw) -> dict[str, NDArray[Any]]:
    """Everything that was drawn, by its name."""
    assert patches.pixels is not None and patches.contrast is not None and patches.defects is not None
    own = {name: getattr(patches, name) for name in ("photo", "turn", "top", "left", "pixels")}
    parts = (("contrast", patches.contrast), ("defects", patches.defects))
    return own | {f"{name}.{key}": getattr(part, key) for name, part in parts for key in part.__slots__}


def test_each_step_and_each_seed_draws_everything_anew(liif_config: MakeConfig) -> None:
    # Of one scale: targets of other sizes have other pixels anyway.
    one_scale = {"min_scale": 2.0, "max_scale": 2.0}
    config = liif_config(batch=40, high_contrast=0.5, degrade=DEFECTS, seed=3, **one_scale)
    first = numbers(drawn(config, 7))
    for others in (numbers(drawn(config, 8)), numbers(drawn(replace(config, seed=4), 7))):
        assert not [name for name, values in first.items() if np.array_equal(values, others[name])]


def test_each_patch_has_pixels_and_noise_of_its_own(liif_config: MakeConfig) -> None:
    patches = drawn(liif_config(batch=4, max_scale=1.0, degrade=DEFECTS))
    assert patches.pixels is not None and patches.defects is not None
    for values in (patches.pixels, patches.defects.noise):
        assert len({value.tobytes() for value in values}) == 4


def test_places_of_detail_are_other_ones_at_each_step_and_by_each_seed(heat_config: MakeConfig) -> None:
    noise = np.random.default_rng(0).integers(0, 256, (SIDE, SIDE, 3), dtype=np.uint8)
    detail = DetailMap.of(PhotoCache.of([noise] * 5), CancelToken())
    config = heat_config(batch=40, detail=1.0, min_scale=2.0, seed=3)
    first, *others = (
        drawn(changed, step, photos=5, detail=detail)
        for changed, step in ((config, 7), (config, 8), (replace(config, seed=4), 7))
    )
    for other in others:
        for name in ("photo", "top", "left"):
            assert (getattr(first, name) == getattr(other, name)).mean() < 0.5, name


def test_nothing_that_is_drawn_tells_of_anything_else(liif_config: MakeConfig) -> None:
    """Places on the diagonal only, or noise only in large patches, would teach less than all of them."""
    wide = replace(DEFECTS, noise_sigma=(1.0, 9.0))
    settings = {"continuous_scales": True, "pre_shrink": 1.8, "high_contrast": 1.0, "degrade": wide, "queries": 1}
    patches = drawn(liif_config(batch=3000, max_scale=4.0, **settings))
    contrast, defects = patches.contrast, patches.defects
    assert contrast is not None and defects is not None
    columns = {
        "photo": patches.photo,
        "turn": patches.turn,
        "scale": patches.shrunk,
        "shrink": patches.side / patches.shrunk,
        "top": patches.top / (SIDE - patches.side + 1),
        "left": patches.left / (SIDE - patches.side + 1),
        "gain": np.log(contrast.gain),
        "grey": contrast.grey,
        "row": contrast.row / patches.side,
        "column": contrast.column / patches.side,
        "blur": defects.blur_sigma,
        "noise": defects.noise.std(axis=(1, 2, 3)),
        "quality": defects.jpeg_quality,
        "chroma": defects.chroma_subsampling,
        "block row": defects.jpeg_top,
        "block column": defects.jpeg_left,
    }
    names = list(columns)
    related = np.abs(np.corrcoef([columns[name] for name in names])) > 0.08
    pairs = [(names[i], names[j]) for i, j in np.argwhere(related).tolist() if i < j]
    assert pairs == []


@pytest.mark.parametrize(
    ("step", "scale", "squares"),
    [
        (0, "2", [[6, 24, 30, 1], [1, 7, 0, 1], [32, 27, 26, 33], [46, 37, 61, 37], [67, 15, 41, 32]]),
        (1000, "4/3", [[34, 2, 22, 10], [3, 5, 1, 7], [22, 17, 22, 20], [78, 71, 49, 33], [0, 50, 28, 36]]),
    ],
)
def test_a_seed_draws_what_it_always_drew(
    step: int, scale: str, squares: list[list[int]], heat_config: MakeConfig
) -> None:
    """A run that goes on with a later version of the program draws what it would have drawn."""
    patches = drawn(heat_config(batch=4, seed=11, pre_shrink=1.5), step)
    assert str(patches.scale) == scale
    assert [getattr(patches, name).tolist() for name in ("photo", "turn", "side", "top", "left")] == squares
