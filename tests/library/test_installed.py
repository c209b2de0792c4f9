"""Installed models: what is found, what is left out, and what the bundled manifest promises."""

from __future__ import annotations

import hashlib
import json
import logging
import os
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

import pytest

from liif_core.checkpoint.card import ModelCard, read_card
from liif_core.checkpoint.native import save_native
from liif_core.errors import CorruptCheckpoint
from liif_core.library import DEFAULT_MODEL, find_model, installed_models, read_manifest
from liif_core.library import installed as library
from liif_core.paths import resource_path
from tests.models.builders import heat_model

ROOT = Path(__file__).resolve().parents[2]


@dataclass(frozen=True)
class Folders:
    bundled: Path
    user: Path


@pytest.fixture
def folders(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Folders:
    """Empty folders of bundled models and of the user's own; the working folder is another one."""
    found = Folders(tmp_path / "resources" / "models", tmp_path / "user")
    found.bundled.mkdir(parents=True)
    found.user.mkdir()
    (tmp_path / "elsewhere").mkdir()
    monkeypatch.setattr(library, "resource_path", lambda *parts: (tmp_path / "resources").joinpath(*parts))
    monkeypatch.setattr(library, "user_models_folder", lambda: found.user)
    monkeypatch.chdir(tmp_path / "elsewhere")
    return found


def put_model(path: Path, description: str = "") -> Path:
    save_native(path, heat_model(), ModelCard(description=description))
    return path


def test_bundled_models_come_before_the_users(folders: Folders) -> None:
    put_model(folders.bundled / "fast.safetensors")
    put_model(folders.user / "another.safetensors", "mine")
    assert [(model.name, model.bundled) for model in installed_models()] == [("fast", True), ("another", False)]
    mine = installed_models()[1]
    assert mine.path == folders.user / "another.safetensors"
    assert mine.card.description == "mine"
    assert mine.spec == heat_model().spec


def test_what_came_with_the_program_is_found_where_it_lies_after_an_update(
    folders: Folders, monkeypatch: pytest.MonkeyPatch
) -> None:
    put_model(folders.bundled / "fast.safetensors")
    put_model(folders.user / "mine.safetensors")
    references = [model.lasting_reference for model in installed_models()]
    moved = folders.bundled.parent.rename(folders.user.parent / "update")
    monkeypatch.setattr(library, "resource_path", lambda *parts: moved.joinpath(*parts))
    found = [find_model(reference) for reference in references]
    assert found == [moved / "models" / "fast.safetensors", folders.user / "mine.safetensors"]


def test_a_file_in_place_of_another_has_another_stamp(folders: Folders) -> None:
    path = put_model(folders.user / "mine.safetensors")
    os.utime(path, ns=(1, 1))
    (first,), (again,) = installed_models(), installed_models()
    assert first.stamp == again.stamp
    put_model(path)
    (other,) = installed_models()
    assert other.size_bytes == first.size_bytes, "else the size alone tells them apart"
    assert other.stamp != first.stamp


def test_bundled_model_wins_over_one_of_the_same_name(folders: Folders) -> None:
    put_model(folders.bundled / "fast.safetensors")
    put_model(folders.user / "fast.safetensors")
    assert [model.bundled for model in installed_models()] == [True]


def test_broken_files_are_left_out_and_logged(folders: Folders, caplog: pytest.LogCaptureFixture) -> None:
    put_model(folders.bundled / "fast.safetensors")
    (folders.user / "broken.safetensors").write_bytes(b"not a model")
    (folders.user / "notes.txt").write_text("no model file at all")
    (folders.user / "folder.safetensors").mkdir()
    with caplog.at_level(logging.WARNING, logger="liif_core.library.installed"):
        assert [model.name for model in installed_models()] == ["fast"]
    left_out = " ".join(record.getMessage() for record in caplog.records)
    assert "broken.safetensors" in left_out
    assert "folder.safetensors" in left_out
    assert "notes.txt" not in left_out


def test_missing_folders_hold_no_models(folders: Folders) -> None:
    folders.user.rmdir()
    folders.bundled.rmdir()
    assert installed_models() == []


def test_model_is_found_by_name(folders: Folders) -> None:
    path = put_model(folders.user / "mine.safetensors")
    assert find_model("mine") == path


def test_default_model_is_found_without_a_name(folders: Folders) -> None:
    path = put_model(folders.bundled / f"{DEFAULT_MODEL}.safetensors")
    assert find_model() == path


def test_model_is_found_by_path(folders: Folders, tmp_path: Path) -> None:
    path = put_model(tmp_path / "downloads.safetensors")
    assert find_model(str(path)) == path


def test_name_wins_over_a_file_of_that_name(folders: Folders) -> None:
    path = put_model(folders.user / "mine.safetensors")
    Path("mine").write_bytes(b"")
    assert find_model("mine") == path


def test_unknown_name_lists_what_is_installed(folders: Folders) -> None:
    put_model(folders.bundled / "fast.safetensors")
    put_model(folders.user / "mine.safetensors")
    with pytest.raises(CorruptCheckpoint) as refusal:
        find_model("sharp")
    assert "sharp" in str(refusal.value)
    assert "(fast, mine)" in str(refusal.value)


def test_unknown_name_without_models_says_so(folders: Folders) -> None:
    with pytest.raises(CorruptCheckpoint, match=r"\(none\)"):
        find_model()


def test_name_too_long_for_the_system_is_unknown(folders: Folders) -> None:
    with pytest.raises(CorruptCheckpoint, match="no such model"):
        find_model("a" * 5000)


def test_listing_models_needs_no_torch() -> None:
    code = "import sys, liif_core.library\nassert 'torch' not in sys.modules\nassert 'numpy' not in sys.modules"
    result = subprocess.run([sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, check=False)
    assert result.returncode == 0, result.stderr


@pytest.mark.parametrize("text", ["", "[]", "{}", '{"models": 3}', '{"models": [{"name": "x"}]}', '{"models": [1]}'])
def test_malformed_manifest_is_refused_by_path(text: str, tmp_path: Path) -> None:
    path = tmp_path / "manifest.json"
    path.write_text(text, encoding="utf-8")
    with pytest.raises(CorruptCheckpoint) as refusal:
        read_manifest(path)
    assert str(path) in str(refusal.value)


def test_missing_manifest_is_refused_by_path(tmp_path: Path) -> None:
    with pytest.raises(CorruptCheckpoint, match=r"absent\.json"):
        read_manifest(tmp_path / "absent.json")


def test_manifest_entries_are_read(tmp_path: Path) -> None:
    entry = {
        "name": "fast",
        "file": "fast.safetensors",
        "sha256": "00",
        "licence": "BSD-3-Clause",
        "training_data": "photos",
        "recipe": "fast",
        "iterations": 1000,
        "hours": 0.5,
        "device": "a CPU with 2 threads",
        "psnr": {"Set5 x2": 37.5},
    }
    path = tmp_path / "manifest.json"
    path.write_text(json.dumps({"models": [entry]}), encoding="utf-8")
    (read,) = read_manifest(path)
    assert (read.name, read.file, read.psnr) == ("fast", "fast.safetensors", {"Set5 x2": 37.5})


def test_bundled_manifest_describes_exactly_the_bundled_files() -> None:
    if not resource_path("models", "manifest.json").is_file():
        pytest.skip("no models are bundled yet")
    entries = {entry.file: entry for entry in read_manifest()}
    files = {path.name: path for path in resource_path("models").glob("*.safetensors")}
    assert set(entries) == set(files)
    assert f"{DEFAULT_MODEL}.safetensors" in files
    for name, path in files.items():
        assert entries[name].name == path.stem
        assert entries[name].sha256 == hashlib.sha256(path.read_bytes()).hexdigest(), name
        card = read_card(path)[1]
        assert entries[name].licence == card.licence
        assert entries[name].licence != "unknown"
        assert entries[name].training_data not in ("", "unknown")
