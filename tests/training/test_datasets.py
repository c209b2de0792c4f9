"""Folders of photos: what is learned from, what is held out, and what is skipped and said so."""

from __future__ import annotations

import os
import re
import shutil
from collections.abc import Iterable
from dataclasses import replace
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import numpy as np
import PIL.Image
import pytest

from liif_core.cancel import CancelToken
from liif_core.errors import Cancelled, DatasetError
from liif_core.paths import cache_folder
from liif_core.training.datasets import MIN_VALIDATION_SIDE, PhotoSet, load_photos, photo_files
from liif_core.training.run_files import LOG_FILE, preview_file
from liif_core.training.run_options import RunOptions
from tests.training.pictures import Pixels, brightened, resized, scene


def put(path: Path, height: int = 40, width: int = 50, value: int = 100) -> Path:
    """A photo of one grey, which is no other's near-duplicate."""
    return write(path, np.full((height, width, 3), value, np.uint8))


def write(path: Path, pixels: Pixels, **options: Any) -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    PIL.Image.fromarray(pixels).save(path, **options)
    return path


def load(folder: Path, **options: Any) -> PhotoSet:
    return load_photos(folder, **{"min_side": 32, "cancel": CancelToken(), **options})


def names(paths: Iterable[str]) -> list[str]:
    return [Path(path).name for path in paths]


def values(photos: PhotoSet) -> tuple[list[int], list[int]]:
    """The grey values of the photos that are learned from and of those held out."""
    return [int(p[0, 0, 0]) for p in photos.train], [int(p[0, 0, 0]) for p in photos.validation]


def test_photos_are_found_in_sub_folders_by_name_and_whatever_their_case(tmp_path: Path) -> None:
    expected = [put(tmp_path / name) for name in ("a.png", "b/c.PNG", "b/d.jpg")]
    (tmp_path / "SOURCES.csv").write_text("a, b")
    (tmp_path / "folder.png").mkdir()
    assert photo_files(tmp_path) == expected


def test_hidden_files_thumbnails_and_previews_of_runs_are_no_photos_to_learn_from(tmp_path: Path) -> None:
    album = tmp_path / ".photos" / "album"
    expected = [put(album / name) for name in ("a.png", "b.png", "previews/c.png", "run/d.png")]
    put(album / "previews" / "._c.png")
    put(album / ".thumbnails" / "e.png")
    put(preview_file(album / "run", 3))
    (album / "run" / LOG_FILE).touch()
    assert photo_files(album) == expected


def test_camera_raw_file_that_cannot_be_read_is_named(tmp_path: Path) -> None:
    put(tmp_path / "a.png")
    (tmp_path / "b.NEF").write_bytes(b"II*\0" + bytes(100))
    photos = load(tmp_path)
    assert len(photos.train) == 1 and "b.NEF" in photos.skipped[0]


@pytest.mark.parametrize(
    ("count", "held_out"),
    [
        (1, []),
        (2, [1]),
        (15, [1]),
        (16, [4, 12]),
        (26, [4, 12, 20]),
        (60, [7, 22, 37, 52]),
        (199, [24, 73, 122, 171]),
        (250, [25, 75, 125, 175, 225]),
    ],
)
def test_a_fiftieth_or_a_few_are_held_out_and_not_learned_from(count: int, held_out: list[int], tmp_path: Path) -> None:
    for number in range(count):
        put(tmp_path / f"{number:03}.png", 32, 32, number)
    train, validation = values(load(tmp_path))
    assert validation == held_out
    assert sorted(train + validation) == list(range(count))


def test_photos_held_out_before_are_again_and_others_only_where_none_is_left(tmp_path: Path) -> None:
    for number in range(20):
        put(tmp_path / "album" / f"{number:03}.png", 32, 32, number)
    before = load(tmp_path).held_out
    assert before == ["album/004.png", "album/012.png"]
    for number in range(100, 103):
        put(tmp_path / "a" / f"{number}.png", 32, 32, number)
    photos = load(tmp_path, held_out_before=before)
    assert photos.held_out == before and values(photos)[1] == [4, 12]
    (tmp_path / before[0]).unlink()
    assert load(tmp_path, held_out_before=before).held_out == before[1:]
    (tmp_path / before[1]).unlink()
    assert load(tmp_path, held_out_before=before).held_out == load(tmp_path).held_out != []


def test_something_is_learned_from_where_only_photos_held_out_are_left(tmp_path: Path) -> None:
    for number in range(2):
        put(tmp_path / f"{number}.png", 32, 32, number)
    photos = load(tmp_path, held_out_before=["0.png", "1.png"])
    assert values(photos) == ([0], [1])


def test_unusable_files_are_skipped_by_name(tmp_path: Path) -> None:
    put(tmp_path / "good.png")
    put(tmp_path / "small.png", 31, 400)
    (tmp_path / "broken.png").write_bytes(b"no photo")
    (tmp_path / "empty.jpg").touch()
    photos = load(tmp_path)
    assert len(photos.train) == 1
    assert len(photos.skipped) == 3
    for name in ("broken.png", "empty.jpg", "small.png"):
        assert any(name in sentence for sentence in photos.skipped)
    assert any("400 x 31 pixels, at least 32" in sentence for sentence in photos.skipped)


def test_photo_of_exactly_the_smallest_side_is_used(tmp_path: Path) -> None:
    put(tmp_path / "fits.png", 32, 32)
    assert len(load(tmp_path).train) == 1


def test_missing_folder_and_file_instead_of_a_folder_are_refused(tmp_path: Path) -> None:
    loop = tmp_path / "loop"
    loop.symlink_to(loop)
    missing = "no such folder"
    for path, what in ((tmp_path / "absent", missing), (put(tmp_path / "photo.png"), "a file"), (loop, missing)):
        assert RunOptions(path, tmp_path).terms.data == path
        with pytest.raises(DatasetError, match=re.escape(f"{path}: {what}; expected a folder of photos")):
            load(path)


def test_folder_that_is_closed_to_us_is_not_said_to_be_empty(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    close(tmp_path, monkeypatch)
    with pytest.raises(DatasetError, match=re.escape(f"{tmp_path}: cannot be read: Permission denied")):
        photo_files(tmp_path)


def test_sub_folder_that_is_closed_to_us_is_told_in_the_log(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    expected = [put(tmp_path / "open" / "a.png")]
    put(tmp_path / "closed" / "b.png")
    close(tmp_path / "closed", monkeypatch)
    assert photo_files(tmp_path) == expected
    assert str(tmp_path / "closed") in caplog.text


def close(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """As a folder that may not be listed; root may list any."""
    scandir = os.scandir

    def denied(place: str) -> Any:
        if Path(place) == folder:
            raise PermissionError(13, "Permission denied", place)
        return scandir(place)

    monkeypatch.setattr(os, "scandir", denied)


def test_photos_in_a_folder_that_cannot_be_entered_are_of_no_use_and_named(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    put(tmp_path / "a.png", value=50)
    put(tmp_path / "b.png", value=200)
    shut = put(tmp_path / "shut" / "c.png")
    stat = Path.stat

    def denied(path: Path, **options: Any) -> os.stat_result:
        if path == shut:
            raise PermissionError(13, "Permission denied", str(path))
        return stat(path, **options)

    monkeypatch.setattr(Path, "stat", denied)
    # As from Python 3.14 on, where it fails for nothing.
    monkeypatch.setattr(Path, "is_file", lambda path: path != shut)
    report = load(tmp_path).report
    assert [file.path for file in report.unreadable] == [str(shut)]
    assert "permission" in report.unreadable[0].reason


def test_links_to_nowhere_are_no_photos(tmp_path: Path) -> None:
    expected = [put(tmp_path / "a.png")]
    for name, target in (("b.png", "gone"), ("c.png", "c.png"), ("d.png", "a.png/e.png")):
        (tmp_path / name).symlink_to(tmp_path / target)
    (tmp_path / "folder.png").mkdir()
    assert photo_files(tmp_path) == expected


def test_folder_without_photos_is_refused(tmp_path: Path) -> None:
    (tmp_path / "notes.txt").write_text("no photo")
    with pytest.raises(DatasetError, match="no photo in this folder") as refusal:
        load(tmp_path)
    assert str(tmp_path) in str(refusal.value)


@pytest.mark.parametrize("broken", [True, False])
def test_folder_with_nothing_usable_is_refused_with_a_reason(broken: bool, tmp_path: Path) -> None:
    path = tmp_path / "first.png"
    if broken:
        path.write_bytes(b"no photo")
    else:
        put(path, 8, 8)
    put(tmp_path / "second.png", 4, 4)
    with pytest.raises(DatasetError, match="none of 2 photos") as refusal:
        load(tmp_path)
    assert "first.png" in str(refusal.value)


def test_reading_tells_its_progress_over_both_folders(tmp_path: Path) -> None:
    for number in range(4):
        put(tmp_path / "train" / f"{number}.png", value=number)
    put(tmp_path / "val" / "a.png", 50, 50)
    (tmp_path / "val" / "b.png").write_bytes(b"no photo")
    seen: list[tuple[int, int]] = []
    load(tmp_path / "train", validation=tmp_path / "val", on_progress=lambda *pair: seen.append(pair))
    assert seen == [(done, 6) for done in range(7)]


def test_reading_can_be_cancelled(tmp_path: Path) -> None:
    for number in range(4):
        put(tmp_path / f"{number}.png", value=number)
    token = CancelToken()
    seen: list[int] = []

    def cancel_at_two(done: int, total: int) -> None:
        seen.append(done)
        if done == 2:
            token.cancel()

    with pytest.raises(Cancelled):
        load(tmp_path, cancel=token, on_progress=cancel_at_two)
    assert seen == [0, 1, 2]


def test_leaks_from_held_out_photos_are_left_out_of_training_and_said_so(tmp_path: Path) -> None:
    for number in range(10):
        write(tmp_path / f"{number}.png", scene(number))
    # The second photo of a few is held out.
    write(tmp_path / "7a.jpg", brightened(resized(scene(1), 0.5)), quality=60)
    photos = load(tmp_path)
    (leak,) = photos.report.leaks
    assert names([leak.path, leak.validation]) == ["7a.jpg", "1.png"]
    assert len(photos.train) == 9 and len(photos.validation) == 1
    assert np.array_equal(photos.validation[0], scene(1))
    learned = [scene(number) for number in (0, *range(2, 10))]
    assert all(np.array_equal(photo, expected) for photo, expected in zip(photos.train, learned, strict=True))
    assert [sentence for sentence in photos.skipped if "7a.jpg: left out of training" in sentence]


def test_near_duplicates_to_learn_from_are_kept_and_named(tmp_path: Path) -> None:
    for number in range(4):
        write(tmp_path / f"{number}.png", scene(number))
    write(tmp_path / "again.jpg", scene(3))
    photos = load(tmp_path)
    assert [names(pair) for pair in photos.report.near_duplicates] == [["3.png", "again.jpg"]]
    assert len(photos.train) == 4 and photos.skipped == ()


def test_a_folder_with_one_picture_only_is_refused_with_the_reason(tmp_path: Path) -> None:
    for number in range(3):
        write(tmp_path / f"{number}.png", scene(0))
    with pytest.raises(DatasetError, match=r"nothing is left to learn from.*0\.png.*shows the same picture as.*1\.png"):
        load(tmp_path)


def test_validation_folder_is_used_whole_and_nothing_is_held_out(tmp_path: Path) -> None:
    for number in range(5):
        write(tmp_path / "train" / f"{number}.png", scene(number))
    for number in (6, 7):
        write(tmp_path / "val" / f"{number}.png", scene(number, 60, 48))
    write(tmp_path / "val" / "tiny.png", scene(8, 60, 47))
    photos = load(tmp_path / "train", validation=tmp_path / "val", min_side=100)
    assert len(photos.train) == 5 and len(photos.validation) == 2
    assert [file.min_side for file in photos.report.too_small] == [MIN_VALIDATION_SIDE]
    assert photos.report.validation_folder == str(tmp_path / "val")


def test_leaks_into_a_validation_folder_are_left_out(tmp_path: Path) -> None:
    for number in range(4):
        write(tmp_path / "train" / f"{number}.png", scene(number))
    write(tmp_path / "val" / "a.png", resized(scene(2), 1.5))
    write(tmp_path / "val" / "b.png", np.ascontiguousarray(scene(2)[:, ::-1]))
    photos = load(tmp_path / "train", validation=tmp_path / "val")
    (leak,) = photos.report.leaks
    assert names([leak.path, leak.validation]) == ["2.png", "a.png"]
    assert len(photos.train) == 3 and len(photos.validation) == 2


def test_validation_folder_inside_the_other_is_not_learned_from(tmp_path: Path) -> None:
    for number in range(3):
        write(tmp_path / f"{number}.png", scene(number))
    write(tmp_path / "val" / "a.png", scene(9))
    photos = load(tmp_path, validation=tmp_path / "val")
    assert len(photos.train) == 3 and len(photos.validation) == 1
    assert photos.report.leaks == ()


@pytest.mark.parametrize("validation", [".", "../all"])
def test_validation_on_the_very_photos_to_learn_from_is_refused(validation: str, tmp_path: Path) -> None:
    folder = tmp_path / "all"
    put(folder / "a.png")
    with pytest.raises(DatasetError, match="all photos in this folder are in the validation folder"):
        load(folder, validation=folder / validation)


def test_validation_folder_without_usable_photos_is_refused_by_its_name(tmp_path: Path) -> None:
    put(tmp_path / "train" / "a.png")
    (tmp_path / "val").mkdir()
    (tmp_path / "val" / "b.png").write_bytes(b"no photo")
    with pytest.raises(DatasetError, match="none of 1 photos") as refusal:
        load(tmp_path / "train", validation=tmp_path / "val")
    assert str(refusal.value).startswith(str(tmp_path / "val"))


def test_photos_beyond_the_memory_are_held_in_a_file(tmp_path: Path) -> None:
    for number in range(3):
        write(tmp_path / f"{number}.png", scene(number))
    in_memory, in_file = load(tmp_path), load(tmp_path, memory_bytes=1000)
    assert not in_memory.report.held_in_file and in_file.report.held_in_file
    assert replace(in_file.report, held_in_file=False) == in_memory.report
    for one, other in zip(in_memory.train, in_file.train, strict=True):
        assert np.array_equal(one, other)


def test_a_full_disk_is_one_clear_sentence(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    put(tmp_path / "a.png", 700, 900)
    monkeypatch.setattr(shutil, "disk_usage", lambda folder: SimpleNamespace(free=1_000_000))
    with pytest.raises(DatasetError, match=r"2 MB are needed .* not enough room") as refusal:
        load(tmp_path, memory_bytes=1000)
    assert str(refusal.value).startswith(f"{tmp_path}: ")
    assert str(cache_folder()) in str(refusal.value)
