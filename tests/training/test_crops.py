"""Squares of photos: gathered on a device and cut on the host they are the same."""

from __future__ import annotations

import numpy as np
import pytest
import torch

from liif_core.training import crops
from liif_core.training.config import TrainConfig
from liif_core.training.crops import DEVICE_SHARE, DeviceCrops, HostCrops, crops_of
from liif_core.training.draws import draw
from liif_core.training.photo_cache import PhotoCache
from tests.training.configs import MakeConfig

pytestmark = pytest.mark.usefixtures("one_thread")

CPU = torch.device("cpu")


@pytest.fixture(scope="module")
def photos() -> PhotoCache:
    """Without the first and the last of the bytes, which must not be touched."""
    rng = np.random.default_rng(0)
    sides = [(50, 60), (40, 33), (26, 90), (30, 30), (24, 24)]
    return PhotoCache.of([rng.integers(0, 256, (*side, 3), dtype=np.uint8) for side in sides])[1:-1]


@pytest.mark.parametrize("recipe", ["one side", "sides of their own"])
def test_gathered_squares_are_those_cut(recipe: str, photos: PhotoCache, liif_config: MakeConfig) -> None:
    own = recipe == "sides of their own"
    config: TrainConfig = liif_config(batch=24, continuous_scales=own, pre_shrink=1.5 if own else 1.0)
    on_device, on_host = DeviceCrops(photos, CPU), HostCrops(photos)
    turns = set()
    for step in range(4):
        patches = draw(photos.heights, photos.widths, config, step, range(config.batch))
        gathered, cut = on_device(patches), on_host(patches)
        assert gathered.shape == cut.shape
        assert gathered.dtype == cut.dtype == torch.uint8
        for index, side in enumerate(patches.side.tolist()):
            assert torch.equal(gathered[index, :side, :side], cut[index, :side, :side])
        turns.update(patches.turn.tolist())
    assert turns == set(range(8))


def test_photos_reach_the_device_piece_by_piece(
    photos: PhotoCache, heat_config: MakeConfig, monkeypatch: pytest.MonkeyPatch
) -> None:
    """One piece is larger than all the photos here, and smaller than a folder of them."""
    monkeypatch.setattr(crops, "_COPY_BYTES", 1000)
    patches = draw(photos.heights, photos.widths, heat_config(batch=24), 0, range(24))
    assert set(patches.photo.tolist()) == {0, 1, 2}
    side = int(patches.side.max())
    assert (patches.side == side).all()
    assert torch.equal(DeviceCrops(photos, CPU)(patches), HostCrops(photos)(patches))


def test_processor_cuts_on_the_host(photos: PhotoCache) -> None:
    assert isinstance(crops_of(photos, CPU), HostCrops)


@pytest.mark.parametrize(
    ("missing", "breaks", "kind"), [(0, False, DeviceCrops), (1, False, HostCrops), (0, True, HostCrops)]
)
def test_photos_live_on_a_device_that_has_room_for_them_and_for_the_training(
    missing: int, breaks: bool, kind: type, photos: PhotoCache, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What is told to be free may be in pieces that are too small."""
    free = DEVICE_SHARE * len(photos.flat) - missing
    monkeypatch.setattr(torch.cuda, "mem_get_info", lambda device: (free, 2 * free))
    empty = torch.empty

    def on_cpu(*sizes: int, dtype: torch.dtype, device: torch.device) -> torch.Tensor:
        assert device == torch.device("cuda")
        if breaks:
            raise torch.OutOfMemoryError("CUDA out of memory")
        return empty(*sizes, dtype=dtype)

    monkeypatch.setattr(torch, "empty", on_cpu)
    assert isinstance(crops_of(photos, torch.device("cuda")), kind)
