"""`stepless models`: bundled models, the user's own, and files that are none."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from liif_core import library
from liif_core.cli import models
from liif_core.imaging.read import read_image
from tests.cli.terminal import Stepless


@pytest.fixture
def own_folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    folder = tmp_path / "own models"
    for module in (library, models):
        monkeypatch.setattr(module, "user_models_folder", lambda: folder)
    return folder


def test_bundled_model_is_listed_as_the_default(stepless: Stepless, own_folder: Path) -> None:
    outcome = stepless("models")
    assert (outcome.code, outcome.err) == (0, "")
    (line,) = [line for line in outcome.out.splitlines() if line.startswith("fast ")]
    assert "bundled, default" in line
    assert "light + heat-field" in line
    assert f"Your own models: {own_folder}" in outcome.out


def test_own_model_is_listed_and_used_by_name(
    stepless: Stepless, own_folder: Path, tiny_model: Path, photo: Path
) -> None:
    own_folder.mkdir()
    shutil.copy(tiny_model, own_folder / "mine.safetensors")
    lines = stepless("models").out.splitlines()
    (place,) = [index for index, line in enumerate(lines) if line.startswith("mine ")]
    assert str(own_folder / "mine.safetensors") in lines[place]
    assert "default" not in lines[place]
    assert [line.strip() for line in lines[place + 1 : place + 3]] == ["a model of the tests", "Set5 x4 30.12 dB"]
    by_name, by_path = photo.with_name("name.png"), photo.with_name("path.png")
    assert stepless("export", photo, by_name, "--scale", "2", "--model", "mine").code == 0
    assert stepless("export", photo, by_path, "--scale", "2", "--model", tiny_model).code == 0
    assert (read_image(by_name).pixels == read_image(by_path).pixels).all()


def test_file_that_is_no_model_hides_no_other(stepless: Stepless, own_folder: Path, tiny_model: Path) -> None:
    own_folder.mkdir()
    (own_folder / "aaa.safetensors").write_bytes(b"no model")
    (own_folder / "notes.txt").write_text("no model", encoding="utf-8")
    shutil.copy(tiny_model, own_folder / "mine.safetensors")
    outcome = stepless("models")
    assert outcome.code == 0
    names = [line.split()[0] for line in outcome.out.splitlines() if line and not line.startswith(" ")]
    assert names == ["fast", "mine", "Your"]


def test_own_model_cannot_pose_as_the_bundled_one(stepless: Stepless, own_folder: Path, tiny_model: Path) -> None:
    own_folder.mkdir()
    shutil.copy(tiny_model, own_folder / "fast.safetensors")
    out = stepless("models").out
    assert out.count("\nfast ") + out.startswith("fast ") == 1
    assert str(own_folder / "fast.safetensors") not in out


def test_unknown_name_lists_the_known_ones(stepless: Stepless, own_folder: Path, photo: Path) -> None:
    outcome = stepless("export", photo, photo.with_name("out.png"), "--scale", "2", "--model", "sharp")
    assert outcome.code == 2
    assert "sharp" in outcome.err and "(fast)" in outcome.err
