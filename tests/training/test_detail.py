"""Where photos hold detail, and patches that are cut there."""

from __future__ import annotations

import threading

import numpy as np
import pytest
import torch

from liif_core.cancel import CancelToken
from liif_core.errors import Cancelled
from liif_core.training import detail
from liif_core.training.batches import BatchSource
from liif_core.training.detail import BLOCK, DetailMap, lost_detail
from liif_core.training.photo_cache import PhotoCache, Pixels
from tests.training.configs import MakeConfig
from tests.training.drawn import drawn

pytestmark = pytest.mark.usefixtures("one_thread")


def noise(height: int, width: int, amplitude: int = 100) -> Pixels:
    """Grey, brighter or darker by up to `amplitude` from pixel to pixel."""
    rng = np.random.default_rng(height)
    return (128 + rng.integers(-amplitude, amplitude + 1, (height, width, 3))).astype(np.uint8)


def half_smooth(height: int = 192, width: int = 256) -> Pixels:
    """Flat on the left, noise on the right."""
    photo = noise(height, width)
    photo[:, : width // 2] = 90
    return photo


def map_of(*photos: Pixels) -> DetailMap:
    return DetailMap.of(PhotoCache.of(photos), CancelToken())


def test_detail_is_found_where_it_is() -> None:
    found = lost_detail(half_smooth(96, 128))
    assert found.shape == (3, 4)
    # The flat side loses nothing but a little at the seam.
    assert (found[:, 0] == 0).all() and (found[:, 1] < 5).all() and (found[:, 2:] > 20).all()


def test_a_gradient_is_no_detail_and_an_edge_is() -> None:
    # Its means are rounded to whole values.
    gradient = np.broadcast_to(np.arange(128, dtype=np.uint8)[:, None, None], (128, 128, 3)).copy()
    edge = np.zeros((128, 128, 3), np.uint8)
    edge[:, 63:] = 255
    assert lost_detail(gradient).max() <= 1 < lost_detail(edge)[:, 1:3].max()


@pytest.mark.parametrize(("height", "width"), [(1, 1), (33, 64), (31, 97)])
def test_blocks_cover_photos_of_any_size(height: int, width: int) -> None:
    blocks = map_of(noise(height, width), noise(40, 40))
    first = blocks.photo == 0
    assert first.sum() == -(-height // BLOCK) * -(-width // BLOCK)
    assert (blocks.top[first] < height).all() and (blocks.left[first] < width).all()
    assert (np.diff(blocks.until) > 0).all() and blocks.until[-1] == 1


def test_blocks_are_drawn_by_the_square_of_what_they_lose() -> None:
    blocks = map_of(noise(320, 320, amplitude=25), noise(320, 320, amplitude=50))
    share = np.random.default_rng(1).random(20_000)
    of_second = blocks.photo[blocks.blocks(share)].mean()
    assert of_second == pytest.approx(4 / 5, abs=0.02)


def test_photos_without_detail_are_drawn_evenly() -> None:
    blocks = map_of(np.full((64, 64, 3), 200, np.uint8), np.full((64, 128, 3), 7, np.uint8))
    assert np.allclose(np.diff(blocks.until, prepend=0), 1 / len(blocks.photo))


def share_of_noise(config_detail: float, make_config: MakeConfig) -> float:
    """Of the middles of patches from a photo that is half noise: how many lie in that."""
    config = make_config(batch=400, detail=config_detail)
    photo = half_smooth()
    patches = drawn([photo], config)
    return float((patches.left + patches.side // 2 >= photo.shape[1] // 2).mean())


def test_patches_are_cut_where_there_is_detail(heat_config: MakeConfig) -> None:
    anywhere, half, always = (share_of_noise(share, heat_config) for share in (0.0, 0.5, 1.0))
    assert anywhere == pytest.approx(0.5, abs=0.07)
    assert half == pytest.approx(0.75, abs=0.07)
    assert always > 0.99


def test_photos_with_more_detail_are_drawn_more_often(heat_config: MakeConfig) -> None:
    photos = [np.full((100, 120, 3), 70, np.uint8), noise(110, 130)]
    patches = drawn(photos, heat_config(batch=200, detail=0.5))
    assert patches.photo.mean() == pytest.approx(0.75, abs=0.08)


@pytest.mark.parametrize("share", [0.5, 1.0])
def test_patches_stay_inside_of_photos(share: float, make_config: MakeConfig) -> None:
    photos = [half_smooth(60, 50), noise(49, 200), np.zeros((300, 51, 3), np.uint8)]
    cache = PhotoCache.of(photos)
    patches = drawn(photos, make_config(batch=300, detail=share, pre_shrink=1.5))
    assert (patches.top >= 0).all() and (patches.left >= 0).all()
    assert (patches.top + patches.side <= cache.heights[patches.photo]).all()
    assert (patches.left + patches.side <= cache.widths[patches.photo]).all()


def test_patches_reach_every_corner_of_their_blocks(heat_config: MakeConfig) -> None:
    patches = drawn([noise(256, 256)], heat_config(batch=500, detail=1.0))
    inside = (patches.top > 0) & (patches.top + patches.side < 256)
    middle = (patches.top + patches.side // 2)[inside] % BLOCK
    assert len(np.unique(middle)) == BLOCK


def test_without_it_a_seed_draws_what_it_always_did(heat_config: MakeConfig) -> None:
    """Of the patches that are cut anywhere, too, where only some are cut by detail."""
    photos = [noise(100, 100)]
    plain, some = (drawn(photos, heat_config(batch=100, detail=share)) for share in (0.0, 0.3))
    same = (plain.top == some.top) & (plain.left == some.left)
    assert same.mean() == pytest.approx(0.7, abs=0.12)
    assert (plain.turn == some.turn).all() and plain.scale == some.scale


def test_looking_through_photos_can_be_ended() -> None:
    cancel = CancelToken()
    cancel.cancel()
    with pytest.raises(Cancelled):
        DetailMap.of(PhotoCache.of([noise(40, 40)]), cancel)


def test_source_that_is_closed_while_it_looks_leaves_no_thread(
    heat_config: MakeConfig, monkeypatch: pytest.MonkeyPatch
) -> None:
    begun = threading.Event()

    def slow(photo: Pixels) -> np.ndarray[tuple[int, ...], np.dtype[np.float64]]:
        begun.set()
        threading.Event().wait(0.02)
        return lost_detail(photo)

    monkeypatch.setattr(detail, "lost_detail", slow)
    photos = PhotoCache.of([noise(60, 60)] * 2_000)
    with BatchSource(photos, heat_config(detail=0.5), device=torch.device("cpu")):
        assert begun.wait(60)
    assert not any(thread.name.startswith(("batches", "detail")) for thread in threading.enumerate())
