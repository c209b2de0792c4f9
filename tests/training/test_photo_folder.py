"""Folders that are known by their names."""

from __future__ import annotations

from pathlib import Path

import pytest

from liif_core.training.photo_folder import DIV2K_TRAIN, DIV2K_VALID, PhotoFolder, recognised


@pytest.mark.parametrize("chosen", [".", DIV2K_TRAIN, DIV2K_VALID])
def test_div2k_is_known_from_any_of_its_folders(tmp_path: Path, chosen: str) -> None:
    for name in (DIV2K_TRAIN, DIV2K_VALID):
        (tmp_path / name).mkdir()
    found = recognised(tmp_path / chosen)
    assert found == PhotoFolder(tmp_path / DIV2K_TRAIN, tmp_path / DIV2K_VALID) and found.is_div2k


def test_half_of_div2k_holds_out_some_photos(tmp_path: Path) -> None:
    (tmp_path / DIV2K_TRAIN).mkdir()
    assert recognised(tmp_path) == PhotoFolder(tmp_path / DIV2K_TRAIN)
    assert recognised(tmp_path / DIV2K_TRAIN) == PhotoFolder(tmp_path / DIV2K_TRAIN)


def test_other_folders_are_taken_as_they_are(tmp_path: Path) -> None:
    for name in (DIV2K_TRAIN, DIV2K_VALID, "holiday"):
        (tmp_path / name).mkdir()
    assert recognised(tmp_path / "holiday") == PhotoFolder(tmp_path / "holiday")
    assert recognised(tmp_path / "missing") == PhotoFolder(tmp_path / "missing")


def test_a_photo_stands_for_its_folder_and_what_cannot_be_asked_for_itself(tmp_path: Path) -> None:
    (tmp_path / "photo.jpg").write_bytes(b"x")
    assert recognised(tmp_path / "photo.jpg") == PhotoFolder(tmp_path)
    unaskable = tmp_path / ("n" * 300)
    assert recognised(unaskable) == PhotoFolder(unaskable)
