"""The first bytes tell a native file from a torch file, whatever its header's length."""

from __future__ import annotations

import pickle
from pathlib import Path

import pytest
import torch
from safetensors.torch import save_file

from liif_core.checkpoint.sniff import FileKind, kind_of_file
from liif_core.errors import CorruptCheckpoint


def test_native_files_of_every_header_length_are_known(tmp_path: Path) -> None:
    path = tmp_path / "m.safetensors"
    first_bytes = set()
    for length in range(0, 600, 4):
        save_file({"weight": torch.zeros(2)}, path, metadata={"text": "x" * length})
        first_bytes.add(path.read_bytes()[0])
        assert kind_of_file(path) is FileKind.NATIVE
    # 0x80 begins a pickle, too.
    assert 0x80 in first_bytes


@pytest.mark.parametrize("protocol", range(2, pickle.HIGHEST_PROTOCOL + 1))
@pytest.mark.parametrize("content", [{}, {"a": 1}, {"{": "{" * 300}, [], "{{{{{{{{{", ["{"], 2**40])
def test_pickles_are_torch_files(tmp_path: Path, protocol: int, content: object) -> None:
    path = tmp_path / "m.pth"
    path.write_bytes(pickle.dumps(content, protocol))
    assert kind_of_file(path) is FileKind.OFFICIAL


@pytest.mark.parametrize("is_zip", [True, False])
def test_torch_writes_torch_files(tmp_path: Path, is_zip: bool) -> None:
    path = tmp_path / "m.pth"
    torch.save({"model": torch.zeros(3)}, path, _use_new_zipfile_serialization=is_zip)
    assert kind_of_file(path) is FileKind.OFFICIAL


@pytest.mark.parametrize("content", [b"", b"GIF89a", b"\x00" * 9, b"12345678["])
def test_anything_else_is_no_model(tmp_path: Path, content: bytes) -> None:
    path = tmp_path / "m.safetensors"
    path.write_bytes(content)
    with pytest.raises(CorruptCheckpoint):
        kind_of_file(path)
