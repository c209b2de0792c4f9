"""Photos behind one another: what comes out is what was put in, from memory and from a file."""

from __future__ import annotations

import gc
import shutil
import sys
from collections.abc import Iterator
from pathlib import Path
from types import SimpleNamespace

import numpy as np
import pytest

from liif_core.imaging.scratch import ScratchError, is_mapped
from liif_core.memory import PhysicalMemory
from liif_core.paths import cache_folder
from liif_core.training import photo_cache
from liif_core.training.photo_cache import PhotoCache, Pixels, cached, memory_budget

SIZES = ((30, 41), (5, 7), (64, 3), (1, 1), (12, 50))


@pytest.fixture
def photos() -> list[Pixels]:
    rng = np.random.default_rng(7)
    return [rng.integers(0, 256, (height, width, 3), dtype=np.uint8) for height, width in SIZES]


@pytest.fixture(params=["memory", "file"])
def cache(request: pytest.FixtureRequest, photos: list[Pixels]) -> PhotoCache:
    """Of all photos, from room for more than them."""
    made = cached(iter(photos), room_bytes=20_000, memory_bytes=20_000 if request.param == "memory" else 19_999)
    assert is_mapped(made.flat) == (request.param == "file")
    return made


def test_photos_come_back_as_they_were(cache: PhotoCache, photos: list[Pixels]) -> None:
    assert len(cache) == len(photos)
    for index, photo in enumerate(photos):
        assert np.array_equal(cache[index], photo)
    assert np.array_equal(cache[-1], photos[-1])
    with pytest.raises(IndexError):
        cache[len(photos)]
    assert [photo.shape for photo in cache] == [photo.shape for photo in photos]


def test_one_gather_takes_pixels_of_several_photos(cache: PhotoCache, photos: list[Pixels]) -> None:
    index, rows, columns = np.array([0, 2, 4, 0]), np.array([29, 63, 0, 4]), np.array([40, 2, 49, 5])
    begin = cache.offsets[index] + 3 * (rows * cache.widths[index] + columns)
    gathered = cache.flat[begin[:, None] + np.arange(3)]
    expected = [photos[i][row, column] for i, row, column in zip(index, rows, columns, strict=True)]
    assert np.array_equal(gathered, expected)


def test_the_array_ends_with_the_last_photo_and_cannot_be_written_to(cache: PhotoCache, photos: list[Pixels]) -> None:
    assert cache.nbytes == cache.flat.nbytes == sum(photo.nbytes for photo in photos)
    with pytest.raises(ValueError, match="read-only"):
        cache.flat[0] = 1
    with pytest.raises(ValueError, match="read-only"):
        cache[0][0, 0, 0] = 1


def test_a_part_shares_the_bytes(cache: PhotoCache, photos: list[Pixels]) -> None:
    part = cache.subset([4, 1])
    assert part.flat is cache.flat
    assert np.array_equal(part[0], photos[4]) and np.array_equal(part[1], photos[1])
    assert part.nbytes == photos[4].nbytes + photos[1].nbytes
    assert [photo.shape for photo in cache[1:4]] == [photo.shape for photo in photos[1:4]]
    assert len(cache.subset([])) == 0


def test_arrays_in_any_layout_are_taken(photos: list[Pixels]) -> None:
    crosswise = photos[0].transpose(1, 0, 2)[:, ::-1]
    assert np.array_equal(PhotoCache.of([photos[1], crosswise])[1], crosswise)
    assert len(PhotoCache.of([])) == 0


def test_photos_are_asked_for_one_by_one(photos: list[Pixels]) -> None:
    """Each is stored before the next one is made: no two need to be in memory at once."""
    reused = np.empty((8, 9, 3), np.uint8)

    def one_by_one() -> Iterator[Pixels]:
        for value in range(5):
            reused[:] = value
            yield reused

    for memory_bytes in (10_000, 0):
        cache = cached(one_by_one(), room_bytes=5 * reused.nbytes, memory_bytes=memory_bytes)
        assert [int(photo.min()) for photo in cache] == [int(photo.max()) for photo in cache] == [0, 1, 2, 3, 4]


def test_room_that_photos_do_not_take_is_made_up_in_small_pieces(
    photos: list[Pixels], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(photo_cache, "_PADDING_BYTES", 1000)
    cache = cached(photos[:2], room_bytes=17_777, memory_bytes=0)
    assert np.array_equal(cache[1], photos[1])
    strips = [len(strip) for strip in photo_cache._padded([np.ones(2_600, np.uint8)], 5_000)]
    assert strips == [2_600, 1_000, 1_000, 400]
    empty = cached([], room_bytes=2_500, memory_bytes=0)
    assert len(empty) == len(empty.flat) == 0


@pytest.mark.skipif(sys.platform != "linux", reason="looks at the list of mappings")
def test_the_file_has_no_name_and_goes_with_the_last_photo(photos: list[Pixels]) -> None:
    def mapped() -> int:
        return Path("/proc/self/maps").read_text().count(str(cache_folder()))

    photo = cached(photos, room_bytes=20_000, memory_bytes=0)[0]
    gc.collect()
    assert list(cache_folder().iterdir()) == []
    assert mapped() == 1 and np.array_equal(photo, photos[0])
    del photo
    gc.collect()
    assert mapped() == 0


def test_a_full_disk_is_told_before_the_first_photo_is_made(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(shutil, "disk_usage", lambda folder: SimpleNamespace(free=4_999_999))

    def never() -> Iterator[Pixels]:
        raise AssertionError("decoded for nothing")
        yield

    with pytest.raises(ScratchError, match=r"5 MB are needed .* not enough room"):
        cached(never(), room_bytes=5_000_000, memory_bytes=1_000_000)


def test_the_budget_leaves_most_of_what_is_available_to_others() -> None:
    gigabyte = 1024**3
    assert 0 < memory_budget(PhysicalMemory(32 * gigabyte, 6 * gigabyte)) <= 3 * gigabyte
    assert memory_budget() > 0
