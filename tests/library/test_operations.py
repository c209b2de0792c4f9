"""Installing, renaming, removing and handing out: the old state or the whole new one, and one sentence."""

from __future__ import annotations

import os
from collections.abc import Callable
from pathlib import Path

import pytest
import torch

from liif_core.cancel import CancelToken
from liif_core.checkpoint.load import load_model
from liif_core.errors import (
    Cancelled,
    CheckpointError,
    CorruptCheckpoint,
    LiifError,
    ModelWriteError,
    RequestError,
    UnsupportedModel,
)
from liif_core.library import content, install_model, installed_models, remove_model, rename_model
from liif_core.library.operations import export_model
from tests.checkpoint.disk import file_size_limit
from tests.cli.terminal import files_in
from tests.library.conftest import ModelFiles


def own_names() -> list[str]:
    return [model.name for model in installed_models() if not model.bundled]


class CancelAfter(CancelToken):
    """Is set when it is asked for the n-th time."""

    def __init__(self, count: int) -> None:
        super().__init__()
        self.left = count

    def check(self) -> None:
        self.left -= 1
        if self.left < 0:
            self.cancel()
        super().check()


# -- installing


def test_a_native_file_is_installed_byte_for_byte(model_files: ModelFiles, own_folder: Path) -> None:
    shares: list[float] = []
    model = install_model(model_files.native, name="mine", on_progress=shares.append)
    assert model in installed_models()
    assert (model.name, model.bundled, model.card.licence) == ("mine", False, "CC0-1.0")
    assert model.path == own_folder / "mine.safetensors"
    assert model.path.read_bytes() == model_files.native.read_bytes()
    assert model.size_bytes == model_files.native.stat().st_size
    assert shares == sorted(shares) and shares[0] == 0.0 and shares[-1] == 1.0
    assert files_in(own_folder) == {"mine.safetensors"}


def test_a_published_file_is_converted(model_files: ModelFiles, own_folder: Path) -> None:
    model = install_model(model_files.official, name="paper")
    assert (model.spec.decoder.name, model.card.licence) == ("liif", "unknown")
    ours, theirs = load_model(model.path)[0].state_dict(), load_model(model_files.official)[0].state_dict()
    assert ours.keys() == theirs.keys()
    assert all(torch.equal(ours[key], theirs[key]) for key in ours)


@pytest.mark.parametrize("name", ["fast", "FAST", "a b", "con", "auto", "bicubic"])
def test_a_name_that_cannot_be_had_is_refused_before_anything_is_read(name: str, own_folder: Path) -> None:
    with pytest.raises(RequestError, match=f"'{name}'"):
        install_model(Path("absent.safetensors"), name=name)
    assert not own_folder.exists()


def test_a_damaged_file_of_that_name_is_not_overwritten(model_files: ModelFiles, own_folder: Path) -> None:
    own_folder.mkdir(parents=True)
    (own_folder / "Mine.safetensors").write_bytes(b"damaged, but somebody's")
    with pytest.raises(RequestError, match="already"):
        install_model(model_files.native, name="mine")
    assert (own_folder / "Mine.safetensors").read_bytes() == b"damaged, but somebody's"


@pytest.mark.parametrize("kind", ["native", "official"])
@pytest.mark.parametrize("keep", [0, 5, 0.5, 0.999])
def test_a_file_that_is_cut_off_is_refused_and_leaves_nothing(
    kind: str, keep: float, model_files: ModelFiles, own_folder: Path, tmp_path: Path
) -> None:
    whole: Path = getattr(model_files, kind)
    data = whole.read_bytes()
    broken = tmp_path / whole.name
    broken.write_bytes(data[: int(keep * len(data)) if keep < 1 else int(keep)])
    with pytest.raises(CheckpointError, match=whole.name):
        install_model(broken, name="mine")
    assert not own_folder.exists()


def test_an_architecture_unknown_here_is_refused_by_name(own_folder: Path, tmp_path: Path) -> None:
    path = tmp_path / "other.pth"
    torch.save({"model": {"name": "swinir-liif", "args": {}, "sd": {}}}, path)
    with pytest.raises(UnsupportedModel, match="swinir-liif"):
        install_model(path, name="mine")
    assert not own_folder.exists()


def test_a_file_that_is_gone_and_a_folder_are_refused(own_folder: Path, tmp_path: Path) -> None:
    for path in (tmp_path / "gone.safetensors", tmp_path):
        with pytest.raises(CorruptCheckpoint, match=path.name):
            install_model(path, name="mine")
    assert not own_folder.exists()


@pytest.mark.parametrize("kind", ["native", "official"])
def test_a_full_disk_leaves_nothing_behind(kind: str, model_files: ModelFiles, own_folder: Path) -> None:
    with file_size_limit(1000), pytest.raises(ModelWriteError, match=r"mine\.safetensors"):
        install_model(getattr(model_files, kind), name="mine")
    assert own_names() == [] and files_in(own_folder) == set()


@pytest.mark.skipif(os.name == "nt" or os.geteuid() == 0, reason="permissions do not bind here")
def test_a_folder_without_permission_is_told(model_files: ModelFiles, own_folder: Path) -> None:
    own_folder.mkdir(parents=True)
    own_folder.chmod(0o500)
    try:
        with pytest.raises(ModelWriteError, match="ermission"):
            install_model(model_files.native, name="mine")
    finally:
        own_folder.chmod(0o700)


def test_a_folder_that_cannot_be_made_is_told(model_files: ModelFiles, own_folder: Path) -> None:
    own_folder.parent.mkdir(parents=True)
    own_folder.write_bytes(b"a file in its place")
    with pytest.raises(ModelWriteError):
        install_model(model_files.native, name="mine")
    assert own_folder.read_bytes() == b"a file in its place"


@pytest.mark.parametrize("kind", ["native", "official"])
def test_cancelling_at_any_moment_leaves_nothing_behind(
    kind: str, model_files: ModelFiles, own_folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(content, "CHUNK_BYTES", 4000)
    count = 0
    while True:
        try:
            install_model(getattr(model_files, kind), name="mine", cancel=CancelAfter(count))
            break
        except Cancelled:
            assert not own_folder.exists() or files_in(own_folder) == set()
            count += 1
    assert count > 5, "asked between the steps and between the chunks"
    assert own_names() == ["mine"]


def test_a_name_that_is_taken_meanwhile_is_left_to_the_other(model_files: ModelFiles, own_folder: Path) -> None:
    def other(share: float) -> None:
        if share == 1.0:
            (own_folder / "mine.safetensors").write_bytes(b"the other's")

    with pytest.raises(RequestError, match="already"):
        install_model(model_files.native, name="mine", on_progress=other)
    assert (own_folder / "mine.safetensors").read_bytes() == b"the other's"
    assert files_in(own_folder) == {"mine.safetensors"}


def test_a_source_that_changes_while_it_is_copied_is_refused(
    model_files: ModelFiles, own_folder: Path, tmp_path: Path
) -> None:
    source = tmp_path / "growing.safetensors"
    source.write_bytes(model_files.native.read_bytes())

    def grow(share: float) -> None:
        if share == 1.0:
            with source.open("ab") as file:
                file.write(b"more")

    with pytest.raises(CorruptCheckpoint, match="changed"):
        install_model(source, name="mine", on_progress=grow)
    assert files_in(own_folder) == set()


def test_a_file_that_is_being_written_is_no_model(model_files: ModelFiles, own_folder: Path) -> None:
    seen: list[list[str]] = []
    install_model(model_files.native, name="mine", on_progress=lambda share: seen.append(own_names()))
    assert seen[:-1] == [[]] * (len(seen) - 1)


# -- renaming and removing


def test_a_renamed_model_has_its_file_and_nothing_else_changes(model_files: ModelFiles, own_folder: Path) -> None:
    before = install_model(model_files.native, name="mine")
    after = rename_model("mine", "ours")
    assert (after.name, after.card) == ("ours", before.card)
    assert own_names() == ["ours"] and files_in(own_folder) == {"ours.safetensors"}


def test_capitals_of_a_name_can_be_changed(model_files: ModelFiles) -> None:
    install_model(model_files.native, name="mine")
    assert rename_model("mine", "Mine").name == "Mine"
    assert own_names() == ["Mine"]


@pytest.mark.parametrize(
    ("old", "new", "reason"),
    [
        ("fast", "slow", "bundled"),
        ("absent", "there", "no model 'absent'"),
        ("mine", "fast", "already"),
        ("mine", "Other", "already"),
        ("mine", "nul", "Windows"),
        ("mine", "", "cannot name"),
    ],
)
def test_a_renaming_that_cannot_be_changes_nothing(old: str, new: str, reason: str, model_files: ModelFiles) -> None:
    for name in ("mine", "other"):
        install_model(model_files.native, name=name)
    with pytest.raises(RequestError, match=reason):
        rename_model(old, new)
    assert own_names() == ["mine", "other"]


def test_a_removed_model_is_gone_and_others_stay(model_files: ModelFiles, own_folder: Path) -> None:
    for name in ("mine", "other"):
        install_model(model_files.native, name=name)
    remove_model("mine")
    assert own_names() == ["other"] and files_in(own_folder) == {"other.safetensors"}


@pytest.mark.parametrize(("name", "reason"), [("fast", "bundled"), ("absent", "no model 'absent'")])
def test_what_cannot_be_removed_is_told(name: str, reason: str) -> None:
    with pytest.raises(RequestError, match=reason):
        remove_model(name)
    assert "fast" in [model.name for model in installed_models()]


# -- handing out


def test_a_native_export_is_the_file_itself(model_files: ModelFiles, tmp_path: Path) -> None:
    export_model(model_files.native, tmp_path / "copy.safetensors")
    assert (tmp_path / "copy.safetensors").read_bytes() == model_files.native.read_bytes()


def test_a_published_export_comes_back_the_same(model_files: ModelFiles, tmp_path: Path) -> None:
    mine = install_model(model_files.official, name="mine")
    export_model(mine.path, tmp_path / "back.pth")
    first = torch.load(model_files.official, weights_only=True)["model"]
    second = torch.load(tmp_path / "back.pth", weights_only=True)["model"]
    assert first["args"] == second["args"]
    assert all(torch.equal(value, second["sd"][key]) for key, value in first["sd"].items())


@pytest.mark.parametrize(
    ("name", "error"), [("x.onnx", RequestError), ("x", RequestError), ("heat.pth", UnsupportedModel)]
)
def test_an_export_that_cannot_be_leaves_the_old_file(
    name: str, error: type[LiifError], model_files: ModelFiles, tmp_path: Path
) -> None:
    (tmp_path / name).write_bytes(b"old")
    with pytest.raises(error):
        export_model(model_files.native, tmp_path / name)
    assert files_in(tmp_path) == {name} and (tmp_path / name).read_bytes() == b"old"


def test_an_export_onto_the_model_itself_is_refused(model_files: ModelFiles) -> None:
    mine = install_model(model_files.native, name="mine")
    with pytest.raises(RequestError, match="itself"):
        export_model(mine.path, mine.path.parent / "." / "mine.safetensors")


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="Windows has no such pipes")
def test_an_export_replaces_no_pipe(model_files: ModelFiles, tmp_path: Path) -> None:
    target = tmp_path / "pipe.pth"
    os.mkfifo(target)
    with pytest.raises(ModelWriteError, match="a device or a pipe"):
        export_model(model_files.official, target)
    assert target.is_fifo()


def test_an_export_to_a_full_disk_or_a_missing_folder_leaves_nothing(model_files: ModelFiles, tmp_path: Path) -> None:
    with file_size_limit(1000), pytest.raises(ModelWriteError):
        export_model(model_files.native, tmp_path / "copy.safetensors")
    with pytest.raises(ModelWriteError):
        export_model(model_files.native, tmp_path / "absent" / "copy.safetensors")
    assert files_in(tmp_path) == set()


# -- permissions, also where the tests run as somebody to whom everything is allowed


def denied(*arguments: object, **options: object) -> None:
    raise PermissionError(13, "Permission denied")


def test_a_write_that_is_denied_is_told_and_leaves_nothing(
    model_files: ModelFiles, own_folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("liif_core.atomic.os.open", denied)
    with pytest.raises(ModelWriteError, match="Permission denied"):
        install_model(model_files.native, name="mine")
    assert files_in(own_folder) == set()


@pytest.mark.parametrize(
    ("method", "change"), [("rename", lambda: rename_model("mine", "ours")), ("unlink", lambda: remove_model("mine"))]
)
def test_a_change_that_is_denied_is_told_and_changes_nothing(
    method: str,
    change: Callable[[], object],
    model_files: ModelFiles,
    own_folder: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    install_model(model_files.native, name="mine")
    monkeypatch.setattr(Path, method, denied)
    with pytest.raises(ModelWriteError, match=r"mine\.safetensors.*denied"):
        change()
    assert own_names() == ["mine"] and files_in(own_folder) == {"mine.safetensors"}
