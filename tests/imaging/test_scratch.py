from __future__ import annotations

import errno
import gc
import os
import shutil
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray

from liif_core.imaging import scratch
from liif_core.imaging.scratch import ScratchError, drop_pages, is_mapped, remove_leftovers, stored
from liif_core.paths import cache_folder


@pytest.fixture
def rows() -> NDArray[np.uint16]:
    return np.random.default_rng(0).integers(0, 65536, (300, 70, 3), dtype=np.uint16)


def in_strips(array: NDArray[Any], height: int = 64) -> Iterator[NDArray[Any]]:
    return (array[top : top + height] for top in range(0, len(array), height))


def mapped_files() -> list[str]:
    """Mappings of this process whose file was in the cache folder."""
    return [line for line in Path("/proc/self/maps").read_text().splitlines() if str(cache_folder()) in line]


@pytest.mark.parametrize("height", [1, 64, 300])
def test_an_array_comes_back_as_it_was(rows: NDArray[np.uint16], height: int) -> None:
    array = stored(in_strips(rows, height), rows.shape, rows.dtype)
    assert array.dtype == rows.dtype
    assert np.array_equal(array, rows)
    with pytest.raises(ValueError, match="read-only"):
        array[0, 0, 0] = 1


def test_views_know_that_they_are_in_a_file(rows: NDArray[np.uint16]) -> None:
    array = stored(in_strips(rows), rows.shape, rows.dtype)
    assert is_mapped(array)
    assert is_mapped(array[5:9, ::-1].transpose(1, 0, 2))
    assert not is_mapped(array[5:9].copy())
    assert not is_mapped(rows)
    assert not is_mapped(np.frombuffer(b"123456", np.uint8))


def test_strips_of_any_layout_are_written(rows: NDArray[np.uint16]) -> None:
    crosswise = rows.transpose(1, 0, 2)
    assert np.array_equal(stored(in_strips(crosswise, 9), crosswise.shape, rows.dtype), crosswise)


@pytest.mark.skipif(sys.platform != "linux", reason="looks at the list of mappings")
def test_the_file_has_no_name_and_goes_with_the_last_view(rows: NDArray[np.uint16]) -> None:
    array = stored(in_strips(rows), rows.shape, rows.dtype)
    assert list(cache_folder().iterdir()) == []
    view = array[10:20]
    del array
    gc.collect()
    assert len(mapped_files()) == 1
    assert np.array_equal(view, rows[10:20])
    del view
    gc.collect()
    assert mapped_files() == []


def test_dropped_pages_are_read_again(rows: NDArray[np.uint16]) -> None:
    array = stored(in_strips(rows), rows.shape, rows.dtype)
    drop_pages(array[3:])
    assert np.array_equal(array, rows)
    drop_pages(rows)


def open_descriptors() -> int:
    return sum(1 for _ in Path("/proc/self/fd").iterdir()) if sys.platform == "linux" else 0


def test_an_error_of_the_source_passes_and_leaves_nothing(rows: NDArray[np.uint16]) -> None:
    def broken() -> Iterator[NDArray[Any]]:
        yield rows[:10]
        raise KeyError("the decoder's own error")

    before = open_descriptors()
    with pytest.raises(KeyError):
        stored(broken(), rows.shape, rows.dtype)
    assert list(cache_folder().iterdir()) == []
    assert open_descriptors() == before


def test_a_disk_without_room_is_told_before_any_work(rows: NDArray[np.uint16], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(shutil, "disk_usage", lambda folder: SimpleNamespace(free=rows.nbytes - 1))

    def never() -> Iterator[NDArray[Any]]:
        raise AssertionError("decoded for nothing")
        yield

    with pytest.raises(ScratchError, match="not enough room") as caught:
        stored(never(), rows.shape, rows.dtype)
    assert str(cache_folder()) in str(caught.value)


@pytest.mark.parametrize("number", [errno.ENOSPC, errno.EDQUOT, errno.EIO])
def test_a_disk_that_fills_up_leaves_nothing(
    rows: NDArray[np.uint16], monkeypatch: pytest.MonkeyPatch, number: int
) -> None:
    write, calls = scratch._write_all, 0

    def failing(file: Any, strip: NDArray[Any]) -> None:
        nonlocal calls
        calls += 1
        if calls == 3:
            raise OSError(number, os.strerror(number))
        write(file, strip)

    monkeypatch.setattr(scratch, "_write_all", failing)
    before = open_descriptors()
    with pytest.raises(ScratchError, match="room" if number != errno.EIO else "error"):
        stored(in_strips(rows), rows.shape, rows.dtype)
    assert list(cache_folder().iterdir()) == []
    assert open_descriptors() == before


def test_a_system_that_writes_a_part_is_asked_again() -> None:
    written = bytearray()

    def write(data: memoryview) -> int:
        written.extend(data[:7])
        return min(7, len(data))

    strip = np.arange(50, dtype=np.uint16).reshape(5, 10)
    scratch._write_all(SimpleNamespace(write=write), strip)
    assert bytes(written) == strip.tobytes()


def test_a_folder_that_cannot_be_made_is_told(rows: NDArray[np.uint16]) -> None:
    cache_folder().parent.mkdir(parents=True, exist_ok=True)
    cache_folder().write_text("in the way")
    with pytest.raises(ScratchError, match="for its pixels, but") as caught:
        stored(in_strips(rows), rows.shape, rows.dtype)
    assert "\n" not in str(caught.value)


def test_leftovers_of_a_power_cut_are_removed_and_nothing_else() -> None:
    remove_leftovers()
    folder = cache_folder()
    folder.mkdir(parents=True, exist_ok=True)
    old, young, foreign = folder / "pixels-1", folder / "pixels-2", folder / "other-1"
    for path in (old, young, foreign):
        path.write_bytes(b"x")
    long_ago = time.time() - 2 * 24 * 3600
    os.utime(old, (long_ago, long_ago))
    os.utime(foreign, (long_ago, long_ago))
    remove_leftovers()
    assert sorted(folder.iterdir()) == sorted([young, foreign])
