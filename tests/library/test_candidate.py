"""What is told of a file before it is installed."""

from __future__ import annotations

import hashlib
import subprocess
import sys
from pathlib import Path

import pytest

from liif_core.cancel import CancelToken
from liif_core.checkpoint.load import load_model
from liif_core.checkpoint.sniff import FileKind
from liif_core.errors import Cancelled, CheckpointError
from liif_core.library import install_model
from liif_core.library.candidate import examine, sha256_of
from liif_core.paths import resource_path
from tests.library.conftest import ModelFiles

ROOT = Path(__file__).resolve().parents[2]


@pytest.mark.parametrize("kind", [FileKind.NATIVE, FileKind.OFFICIAL])
def test_a_file_is_described_as_its_model_is(kind: FileKind, model_files: ModelFiles) -> None:
    path = model_files.native if kind is FileKind.NATIVE else model_files.official
    found, (model, card) = examine(path), load_model(path)
    assert (found.kind, found.spec, found.card) == (kind, model.spec, card)
    assert found.parameters == sum(parameter.numel() for parameter in model.parameters())
    assert found.size_bytes == path.stat().st_size
    assert found.suggested_name == path.stem


def test_the_parameters_of_a_bundled_model_are_counted_without_its_weights() -> None:
    path = resource_path("models", "fast.safetensors")
    model, _ = load_model(path)
    assert examine(path).parameters == sum(parameter.numel() for parameter in model.parameters())


def test_a_name_that_can_be_had_is_suggested(model_files: ModelFiles) -> None:
    install_model(model_files.native, name="tiny")
    found = examine(model_files.native)
    assert found.suggested_name == "tiny-2" and {"tiny", "fast"} <= found.taken


@pytest.mark.parametrize("content", [b"", b"PK\x03\x04 no zip", b"text", b"\x10\0\0\0\0\0\0\0{no json}"])
def test_a_file_that_is_no_model_is_refused_by_name(content: bytes, tmp_path: Path) -> None:
    path = tmp_path / "some.safetensors"
    path.write_bytes(content)
    with pytest.raises(CheckpointError, match="some"):
        examine(path)


@pytest.mark.parametrize("side", ["1e999", "NaN", "[]", '"many"'])
def test_a_tensor_whose_side_is_no_number_is_refused(side: str, model_files: ModelFiles, tmp_path: Path) -> None:
    whole = model_files.native.read_bytes()
    header = whole[8 : 8 + int.from_bytes(whole[:8], "little")].rstrip()
    header = header.replace(b'"shape":[', f'"shape":[{side},'.encode(), 1)
    path = tmp_path / "some.safetensors"
    path.write_bytes(len(header).to_bytes(8, "little") + header)
    with pytest.raises(CheckpointError, match="a tensor has no shape"):
        examine(path)


@pytest.mark.parametrize("side", [10**30, -3])
def test_a_tensor_of_more_numbers_than_there_can_be_is_refused(
    side: int, model_files: ModelFiles, tmp_path: Path
) -> None:
    whole = model_files.native.read_bytes()
    header = whole[8 : 8 + int.from_bytes(whole[:8], "little")].rstrip()
    header = header.replace(b'"shape":[', f'"shape":[{side},'.encode(), 1)
    path = tmp_path / "some.safetensors"
    path.write_bytes(len(header).to_bytes(8, "little") + header)
    with pytest.raises(CheckpointError, match="numbers"):
        examine(path)


def test_looking_at_a_native_file_needs_no_torch(model_files: ModelFiles) -> None:
    code = "import sys; from pathlib import Path; from liif_core.library.candidate import examine\n"
    code += "examine(Path(sys.argv[1])); assert 'torch' not in sys.modules"
    command = [sys.executable, "-c", code, str(model_files.native)]
    result = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
    assert result.returncode == 0, result.stderr


def test_the_hash_is_that_of_the_content_and_can_be_cancelled(tmp_path: Path) -> None:
    path = tmp_path / "file"
    path.write_bytes(bytes(range(256)) * 10_000)
    assert sha256_of(path) == hashlib.sha256(path.read_bytes()).hexdigest()
    cancel = CancelToken()
    cancel.cancel()
    with pytest.raises(Cancelled):
        sha256_of(path, cancel=cancel)
    with pytest.raises(CheckpointError, match="absent"):
        sha256_of(tmp_path / "absent")
