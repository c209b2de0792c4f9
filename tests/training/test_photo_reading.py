"""Many files on several threads: each read once, in order, and every bad one told by name."""

from __future__ import annotations

import os
import shutil
import threading
import time
from collections.abc import Sequence
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import numpy as np
import PIL.Image
import pytest

from liif_core.cancel import CancelToken
from liif_core.errors import Cancelled, ImageReadError
from liif_core.geometry import Size
from liif_core.imaging.image import Image
from liif_core.imaging.read import read_image
from liif_core.imaging.scratch import ScratchError
from liif_core.imaging.write import write_image
from liif_core.training import photo_reading
from liif_core.training.near_duplicates import pairs_within
from liif_core.training.photo_reading import ReadPhotos, TooSmall, Unreadable, read_photos
from tests.training.pictures import Pixels, scene


def files_of(folder: Path, pictures: Sequence[Pixels]) -> list[Path]:
    files = [folder / f"{number:03}.png" for number in range(len(pictures))]
    for path, picture in zip(files, pictures, strict=True):
        PIL.Image.fromarray(picture).save(path)
    return files


def read(files: Sequence[Path], **options: Any) -> ReadPhotos:
    return read_photos(files, **{"min_side": 10, "cancel": CancelToken(), **options})


def no_threads_left() -> bool:
    return not [thread for thread in threading.enumerate() if thread.name.startswith("photos")]


@pytest.mark.parametrize("ahead_bytes", [0, 4000, 10**9])
def test_photos_are_in_the_order_of_their_files(
    ahead_bytes: int, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(photo_reading, "_AHEAD_BYTES", ahead_bytes)
    pictures = [scene(seed, 20 + seed, 40 - seed) for seed in range(12)]
    files = files_of(tmp_path, pictures)
    found = read(files)
    assert list(found.paths) == [str(path) for path in files]
    assert all(np.array_equal(one, other) for one, other in zip(found.photos, pictures, strict=True))
    assert len(found.fingerprints) == 12 and pairs_within(found.fingerprints) == []
    assert found.refused == []
    assert no_threads_left()


def test_later_photos_are_decoded_meanwhile(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The first one is only finished once the third one has begun."""
    files = files_of(tmp_path, [scene(seed, 20, 20) for seed in range(4)])
    third_begun = threading.Event()

    def reading(path: Path, **options: Any) -> Image:
        if path == files[2]:
            third_begun.set()
        if path == files[0]:
            assert third_begun.wait(timeout=20)
        return read_image(path, **options)

    monkeypatch.setattr(photo_reading, "read_image", reading)
    monkeypatch.setattr(photo_reading, "_threads", lambda: 3)
    assert len(read(files).photos) == 4


@pytest.mark.skipif(not hasattr(os, "sched_getaffinity"), reason="other systems tell only how many there are")
@pytest.mark.parametrize(("processors", "threads"), [(1, 1), (6, 6), (200, 16)])
def test_there_is_a_thread_for_each_processor_up_to_a_limit(
    processors: int, threads: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(os, "sched_getaffinity", lambda pid: set(range(processors)))
    assert photo_reading._threads() == threads


def test_decoding_ahead_stops_where_memory_does(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """However many threads there are, no more photos are decoded and not yet in the cache than the limit allows."""
    files = files_of(tmp_path, [scene(seed, 20, 20) for seed in range(12)])
    begun, done, most = [0], [0], [0]

    def reading(path: Path, **options: Any) -> Image:
        begun[0] += 1
        most[0] = max(most[0], begun[0] - done[0])
        return read_image(path, **options)

    def on_progress(count: int) -> None:
        time.sleep(0.005)
        done[0] = count

    monkeypatch.setattr(photo_reading, "read_image", reading)
    monkeypatch.setattr(photo_reading, "_threads", lambda: 8)
    monkeypatch.setattr(photo_reading, "_AHEAD_BYTES", 3 * 20 * 20 * 3)
    read(files, on_progress=on_progress)
    assert 2 <= most[0] <= 4


def test_deeper_photos_are_rounded_to_bytes(tmp_path: Path) -> None:
    write_image(tmp_path / "deep.png", np.full((20, 30, 3), 77 * 257 + 100, np.uint16))
    assert (read([tmp_path / "deep.png"]).photos[0] == 77).all()


def test_bad_files_are_told_in_order_with_their_reasons(tmp_path: Path) -> None:
    files = files_of(tmp_path, [scene(seed, 30, 40) for seed in range(6)])
    files[0].write_bytes(b"no photo")
    # Its header is whole and its pixels are not.
    files[1].write_bytes(files[1].read_bytes()[:-600])
    PIL.Image.fromarray(scene(0, 9, 70)).save(files[3])
    files[4].unlink()
    done: list[int] = []
    found = read(files, on_progress=done.append)
    assert list(found.paths) == [str(files[2]), str(files[5])]
    assert np.array_equal(found.photos[0], scene(2, 30, 40)) and np.array_equal(found.photos[1], scene(5, 30, 40))
    garbage, cut_off, small, absent = found.refused
    assert isinstance(garbage, Unreadable) and "not a photo" in garbage.reason
    assert isinstance(cut_off, Unreadable) and "cut off or damaged" in cut_off.reason
    assert small == TooSmall(str(files[3]), 9, 70, 10) and "70 x 9 pixels, at least 10" in str(small)
    assert isinstance(absent, Unreadable) and "does not exist" in absent.reason
    bad = [*files[:2], *files[3:5]]
    assert all(str(path) in str(refusal) for path, refusal in zip(bad, found.refused, strict=True))
    assert done == [1, 2, 3, 4, 5, 6]


def test_nothing_usable_is_no_error_here(tmp_path: Path) -> None:
    found = read(files_of(tmp_path, [scene(0, 5, 5)]), memory_bytes=0)
    assert len(found.photos) == 0 and len(found.refused) == 1


def test_photos_are_decoded_once(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    files = files_of(tmp_path, [scene(seed, 20, 20) for seed in range(3)] + [scene(3, 5, 5)])
    decoded: list[Path] = []

    def reading(path: Path, **options: Any) -> Image:
        decoded.append(path)
        return read_image(path, **options)

    monkeypatch.setattr(photo_reading, "read_image", reading)
    read(files)
    assert sorted(decoded) == files[:3]


def test_a_photo_that_changes_while_it_is_read_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    files = files_of(tmp_path, [scene(0, 20, 20), scene(1, 20, 20)])
    monkeypatch.setattr(photo_reading, "read_size", lambda path: Size(20, 20 if path == files[0] else 19))
    found = read(files)
    assert list(found.paths) == [str(files[0])]
    assert "has changed while it was read" in str(found.refused[0])


@pytest.mark.parametrize("memory_bytes", [None, 0])
def test_cancel_stops_between_files_and_leaves_no_thread(memory_bytes: int | None, tmp_path: Path) -> None:
    token, done = CancelToken(), []

    def on_progress(count: int) -> None:
        done.append(count)
        if count == 3:
            token.cancel()

    files = files_of(tmp_path, [scene(seed, 20, 20) for seed in range(8)])
    with pytest.raises(Cancelled):
        read(files, cancel=token, on_progress=on_progress, memory_bytes=memory_bytes)
    assert done == [1, 2, 3]
    assert no_threads_left()


def test_cancel_from_another_thread_stops_inside_a_photo(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    token = CancelToken()

    def endless(path: Path, *, cancel: CancelToken) -> Image:
        threading.Timer(0.05, token.cancel).start()
        while True:
            cancel.check()
            time.sleep(0.01)

    monkeypatch.setattr(photo_reading, "read_image", endless)
    with pytest.raises(Cancelled):
        read(files_of(tmp_path, [scene(0, 20, 20)]), cancel=token)
    assert no_threads_left()


def test_cancelled_before_it_began_reads_nothing(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    token = CancelToken()
    token.cancel()

    def never(*arguments: Any, **options: Any) -> Any:
        raise AssertionError("read although cancelled")

    files = files_of(tmp_path, [scene(0, 20, 20)])
    monkeypatch.setattr(photo_reading, "read_size", never)
    with pytest.raises(Cancelled):
        read(files, cancel=token)


def test_a_full_disk_is_told_before_any_photo_is_decoded(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def never(*arguments: Any, **options: Any) -> Any:
        raise AssertionError("decoded for nothing")

    files = files_of(tmp_path, [scene(seed, 20, 20) for seed in range(3)])
    monkeypatch.setattr(shutil, "disk_usage", lambda folder: SimpleNamespace(free=3599))
    monkeypatch.setattr(photo_reading, "read_image", never)
    with pytest.raises(ScratchError, match="not enough room"):
        read(files, memory_bytes=1000)
    assert no_threads_left()


def test_an_unexpected_error_of_a_decoder_passes_and_leaves_no_thread(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def broken(path: Path, **options: Any) -> Image:
        raise KeyError("a fault of our own")

    files = files_of(tmp_path, [scene(seed, 20, 20) for seed in range(3)])
    monkeypatch.setattr(photo_reading, "read_image", broken)
    with pytest.raises(KeyError):
        read(files)
    assert no_threads_left()


def test_too_little_memory_for_one_photo_costs_that_photo_only(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    files = files_of(tmp_path, [scene(seed, 20, 20) for seed in range(3)])

    def reading(path: Path, **options: Any) -> Image:
        if path == files[1]:
            raise ImageReadError(f"{path} cannot be read: there is not enough free memory")
        return read_image(path, **options)

    monkeypatch.setattr(photo_reading, "read_image", reading)
    found = read(files)
    assert list(found.paths) == [str(files[0]), str(files[2])]
    assert np.array_equal(found.photos[1], scene(2, 20, 20))
