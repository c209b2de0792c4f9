from __future__ import annotations

import os
import stat
import sys
from pathlib import Path

import pytest

from liif_core import atomic
from liif_core.atomic import atomic_path, patiently


def files_in(folder: Path) -> list[str]:
    return sorted(entry.name for entry in folder.iterdir())


def test_new_file_appears_when_the_block_ends(tmp_path: Path) -> None:
    target = tmp_path / "settings.json"
    with atomic_path(target) as temporary:
        assert temporary.parent == target.parent
        assert temporary.suffix == ".json"
        temporary.write_text("new")
        assert not target.exists()
    assert target.read_text() == "new"
    assert files_in(tmp_path) == ["settings.json"]


def test_path_may_be_a_string_and_the_file_may_stay_empty(tmp_path: Path) -> None:
    with atomic_path(str(tmp_path / "empty")):
        pass
    assert (tmp_path / "empty").read_bytes() == b""


@pytest.mark.parametrize("failure", [RuntimeError, KeyboardInterrupt])
def test_old_file_stays_when_the_block_fails(tmp_path: Path, failure: type[BaseException]) -> None:
    target = tmp_path / "model.bin"
    target.write_text("old")

    def fail() -> None:
        with atomic_path(target) as temporary:
            temporary.write_text("half")
            raise failure

    with pytest.raises(failure):
        fail()
    assert target.read_text() == "old"
    assert files_in(tmp_path) == ["model.bin"]


@pytest.mark.parametrize("step", ["fsync", "replace"])
def test_old_file_stays_when_the_disk_fails(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, step: str) -> None:
    target = tmp_path / "model.bin"
    target.write_text("old")

    def fail(*_: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(os if step == "fsync" else Path, step, fail)
    with pytest.raises(OSError, match="No space left"), atomic_path(target) as temporary:
        temporary.write_text("new")
    monkeypatch.undo()
    assert target.read_text() == "old"
    assert files_in(tmp_path) == ["model.bin"]


def test_data_are_on_the_disk_before_the_rename(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    steps: list[str] = []
    flush, rename = os.fsync, Path.replace

    def noted_flush(descriptor: int) -> None:
        steps.append("flush")
        flush(descriptor)

    def noted_rename(self: Path, target: Path) -> Path:
        steps.append("rename")
        return rename(self, target)

    monkeypatch.setattr(os, "fsync", noted_flush)
    monkeypatch.setattr(Path, "replace", noted_rename)
    with atomic_path(tmp_path / "a"):
        pass
    assert steps[:2] == ["flush", "rename"]


def test_missing_folder_is_an_os_error(tmp_path: Path) -> None:
    with pytest.raises(FileNotFoundError), atomic_path(tmp_path / "none" / "a.txt"):
        pass


@pytest.mark.skipif(os.name == "nt", reason="permission bits are POSIX")
def test_new_files_follow_the_umask_and_old_ones_keep_their_permissions(tmp_path: Path) -> None:
    plain = tmp_path / "plain"
    plain.touch()
    with atomic_path(tmp_path / "new"):
        pass
    assert stat.S_IMODE((tmp_path / "new").stat().st_mode) == stat.S_IMODE(plain.stat().st_mode)
    plain.chmod(0o640)
    with atomic_path(plain):
        pass
    assert stat.S_IMODE(plain.stat().st_mode) == 0o640


@pytest.mark.skipif(os.name == "nt", reason="links need a privilege on Windows")
def test_link_stays_and_its_file_is_replaced(tmp_path: Path) -> None:
    (tmp_path / "folder").mkdir()
    real, link = tmp_path / "folder" / "real.txt", tmp_path / "link.txt"
    real.write_text("old")
    link.symlink_to(real)
    with atomic_path(link) as temporary:
        temporary.write_text("new")
    assert link.is_symlink()
    assert real.read_text() == "new"


def test_long_and_foreign_names_work(tmp_path: Path) -> None:
    for name in ("写真" * 40 + ".png", "a" * 250 + ".txt", ".hidden", "no suffix"):
        with atomic_path(tmp_path / name) as temporary:
            temporary.write_text("x")
        assert (tmp_path / name).read_text() == "x"


@pytest.fixture
def held(monkeypatch: pytest.MonkeyPatch) -> list[int]:
    """Windows, where another program has every new file open; how often it is still in the way."""
    times = [0]
    rename = Path.replace

    def replace(self: Path, target: Path) -> Path:
        if times[0] > 0:
            times[0] -= 1
            raise PermissionError(13, "The process cannot access the file because it is being used by another process")
        return rename(self, target)

    monkeypatch.setattr(Path, "replace", replace)
    monkeypatch.setattr(sys, "platform", "win32")
    return times


def test_a_file_that_a_scanner_has_open_for_a_moment_is_replaced_after_it(tmp_path: Path, held: list[int]) -> None:
    target = tmp_path / "state.pt"
    target.write_text("old")
    held[0] = 3
    with atomic_path(target) as temporary:
        temporary.write_text("new")
    assert target.read_text() == "new"
    assert files_in(tmp_path) == ["state.pt"]


def test_a_file_that_stays_open_is_told_and_the_old_one_kept(
    tmp_path: Path, held: list[int], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(atomic, "PATIENCE_S", 0.1)
    target = tmp_path / "state.pt"
    target.write_text("old")
    held[0] = 1_000_000
    with pytest.raises(PermissionError), atomic_path(target) as temporary:
        temporary.write_text("new")
    assert target.read_text() == "old"
    assert files_in(tmp_path) == ["state.pt"]


def test_write_protection_is_not_put_on_a_file_that_windows_could_not_remove_again(
    tmp_path: Path, held: list[int], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(atomic, "PATIENCE_S", 0.0)
    target = tmp_path / "settings.toml"
    target.write_text("old")
    target.chmod(0o444)
    held[0] = 1_000_000
    left: list[int] = []
    remove = Path.unlink

    def unlink(self: Path, missing_ok: bool = False) -> None:
        left.append(self.stat().st_mode)
        remove(self, missing_ok=missing_ok)

    monkeypatch.setattr(Path, "unlink", unlink)
    with pytest.raises(PermissionError), atomic_path(target):
        pass
    assert len(left) == 1 and left[0] & stat.S_IWUSR


@pytest.mark.skipif(sys.platform == "win32", reason="open files cannot be replaced there")
def test_where_open_files_can_be_replaced_nobody_is_waited_for() -> None:
    calls: list[int] = []

    def refuse() -> None:
        calls.append(1)
        raise PermissionError(13, "Permission denied")

    with pytest.raises(PermissionError):
        patiently(refuse)
    assert len(calls) == 1
