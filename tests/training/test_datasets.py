"""Folders of photos: what is learned from, what is held out, and what is skipped and said so."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import PIL.Image
import pytest

from liif_core.cancel import CancelToken
from liif_core.errors import Cancelled, DatasetError
from liif_core.training.datasets import PhotoSet, load_photos, photo_files


def put(path: Path, height: int = 40, width: int = 50, value: int = 100) -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    PIL.Image.fromarray(np.full((height, width, 3), value, np.uint8)).save(path)
    return path


def load(folder: Path, **options: float) -> PhotoSet:
    return load_photos(folder, min_side=32, cancel=CancelToken(), **options)  # type: ignore[arg-type]


def values(photos: PhotoSet) -> tuple[list[int], list[int]]:
    """The grey values of the photos that are learned from and of those held out."""
    return [int(p[0, 0, 0]) for p in photos.train], [int(p[0, 0, 0]) for p in photos.validation]


def test_photos_are_found_in_sub_folders_by_name_and_whatever_their_case(tmp_path: Path) -> None:
    expected = [put(tmp_path / name) for name in ("a.png", "b/c.PNG", "b/d.jpg")]
    (tmp_path / "SOURCES.csv").write_text("a, b")
    (tmp_path / "folder.png").mkdir()
    assert photo_files(tmp_path) == expected


def test_photos_are_kept_as_bytes(tmp_path: Path) -> None:
    put(tmp_path / "a.png", 40, 50, 77)
    sixteen = np.full((40, 50, 3), 77 * 257, np.uint16)
    from liif_core.imaging.image import Image
    from liif_core.training import datasets

    assert np.array_equal(datasets._eight_bit(Image(sixteen)), np.full((40, 50, 3), 77, np.uint8))
    (photo,) = load(tmp_path).train
    assert photo.dtype == np.uint8
    assert photo.shape == (40, 50, 3)
    assert (photo == 77).all()


@pytest.mark.parametrize(("count", "held_out"), [(1, []), (2, [1]), (10, [1]), (26, [25]), (60, [25]), (80, [25, 75])])
def test_a_fiftieth_is_held_out_and_never_learned_from(count: int, held_out: list[int], tmp_path: Path) -> None:
    for number in range(count):
        put(tmp_path / f"{number:03}.png", 32, 32, number)
    train, validation = values(load(tmp_path))
    assert validation == held_out
    assert sorted(train + validation) == list(range(count))


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
    for path in (tmp_path / "absent", put(tmp_path / "photo.png")):
        with pytest.raises(DatasetError, match="no such folder") as refusal:
            load(path)
        assert str(path) in str(refusal.value)


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


def test_reading_tells_its_progress_and_can_be_cancelled(tmp_path: Path) -> None:
    for number in range(4):
        put(tmp_path / f"{number}.png")
    seen: list[tuple[int, int]] = []
    load_photos(tmp_path, min_side=8, cancel=CancelToken(), on_progress=lambda *pair: seen.append(pair))
    assert seen == [(0, 4), (1, 4), (2, 4), (3, 4), (4, 4)]
    token = CancelToken()
    seen.clear()

    def cancel_at_two(done: int, total: int) -> None:
        seen.append((done, total))
        if done == 2:
            token.cancel()

    with pytest.raises(Cancelled):
        load_photos(tmp_path, min_side=8, cancel=token, on_progress=cancel_at_two)
    assert seen == [(0, 4), (1, 4), (2, 4)]
