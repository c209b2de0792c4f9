"""Native model files: they come back bit for bit, a failure keeps the old one, and nothing else is taken for one."""

from __future__ import annotations

import errno
import json
import os
import random
import struct
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import safetensors.torch
import torch

from liif_core.checkpoint.card import ModelCard, metadata, read_card
from liif_core.checkpoint.load import load_model
from liif_core.checkpoint.native import load_native, save_native
from liif_core.errors import CheckpointError, CorruptCheckpoint, UnsupportedModel
from liif_core.models.decoders.heat_field import HeatField
from liif_core.models.implicit import ImplicitModel
from liif_core.models.spec import DataNorm, ModelSpec, PartSpec
from tests.checkpoint.disk import file_size_limit
from tests.models.builders import heat_model, liif_model

pytestmark = pytest.mark.usefixtures("one_thread")

ROOT = Path(__file__).resolve().parent.parent.parent
CARD = ModelCard(
    description="a model – for tests",
    training_data="no photos",
    licence="CC0-1.0",
    min_scale=1.5,
    max_scale=3.0,
    iterations=12,
    psnr={"Set5 x2": 37.25},
)


@pytest.fixture
def saved(tmp_path: Path) -> Path:
    path = tmp_path / "model.safetensors"
    save_native(path, heat_model(), CARD)
    return path


def write_weights(path: Path, weights: dict[str, torch.Tensor], **changes: str) -> Path:
    """A file with the metadata of the tests' model, some of it changed or (empty) left out."""
    data = {**metadata(heat_model().spec, CARD), **changes}
    safetensors.torch.save_file(weights, path, metadata={key: value for key, value in data.items() if value})
    return path


def weights_of(model: ImplicitModel) -> dict[str, torch.Tensor]:
    return {key: value.clone() for key, value in model.state_dict().items()}


def write_header(path: Path, header: bytes, *, length: int | None = None, rest: bytes = b"") -> Path:
    path.write_bytes(struct.pack("<Q", len(header) if length is None else length) + header + rest)
    return path


def refused(path: Path, *reasons: str, kind: type[CheckpointError] = CheckpointError) -> None:
    """Loading `path` raises `kind` with one line that names the file and every reason."""
    with pytest.raises(kind) as refusal:
        load_model(path)
    message = str(refusal.value)
    assert message.startswith(f"{path}: ")
    assert "\n" not in message
    for reason in reasons:
        assert reason in message


@pytest.mark.parametrize("build", [heat_model, liif_model, lambda: liif_model(local_ensemble=False, feat_unfold=False)])
def test_model_comes_back_bit_for_bit(build: Callable[[], ImplicitModel], tmp_path: Path) -> None:
    model, path = build(), tmp_path / "model.safetensors"
    save_native(path, model, CARD)
    for loaded, card in (load_native(path), load_model(path)):
        assert loaded.spec == model.spec
        assert card == CARD
        assert not loaded.training
        assert loaded.state_dict().keys() == model.state_dict().keys()
        for key, value in loaded.state_dict().items():
            assert value.dtype == torch.float32
            assert torch.equal(value, model.state_dict()[key]), key


def test_heat_field_is_decoded_beyond_the_scales_on_its_card_as_at_the_largest_of_them(saved: Path) -> None:
    model, card = load_native(saved)
    for loaded in (model, model.copy_to(torch.device("cpu"))):
        assert isinstance(loaded.decoder, HeatField)
        assert loaded.decoder.field.finest_cell == 1 / card.max_scale == 1 / 3


def test_norm_and_memory_layout_survive(tmp_path: Path) -> None:
    spec = heat_model().spec
    model = heat_model()
    model.spec = ModelSpec(spec.encoder, spec.decoder, DataNorm(0.25, 2.0))
    model.encoder.to(memory_format=torch.channels_last)  # type: ignore[call-overload]  # missing in the stubs
    path = tmp_path / "model.safetensors"
    save_native(path, model, CARD)
    loaded, _ = load_native(path)
    assert loaded.spec.norm == DataNorm(0.25, 2.0)
    for key, value in loaded.state_dict().items():
        assert torch.equal(value, model.state_dict()[key]), key


def test_half_precision_weights_are_read_as_float32(tmp_path: Path) -> None:
    weights = {key: value.half() for key, value in weights_of(heat_model()).items()}
    model, _ = load_native(write_weights(tmp_path / "half.safetensors", weights))
    for key, value in model.state_dict().items():
        assert value.dtype == torch.float32
        assert torch.equal(value, weights[key].float())


def test_a_model_stored_in_half_precision_takes_half_the_room(tmp_path: Path) -> None:
    model = heat_model()
    whole, half = tmp_path / "whole.safetensors", tmp_path / "half.safetensors"
    save_native(whole, model, CARD)
    save_native(half, model, CARD, storage=torch.float16)
    weights = sum(value.numel() for value in model.state_dict().values())
    assert whole.stat().st_size - half.stat().st_size == pytest.approx(2 * weights, rel=0.02)
    loaded, _ = load_native(half)
    for key, value in loaded.state_dict().items():
        assert value.dtype == torch.float32
        assert torch.equal(value, model.state_dict()[key].half().float()), key


def test_card_is_read_with_torch_blocked(saved: Path) -> None:
    code = f"""
import sys
class BlockTorch:
    def find_spec(self, name, path=None, target=None):
        if name.partition(".")[0] in ("torch", "safetensors", "numpy"):
            raise ImportError(f"{{name}} is blocked")
sys.meta_path.insert(0, BlockTorch())
from pathlib import Path
from liif_core.checkpoint.card import read_card
spec, card = read_card(Path({str(saved)!r}))
print(spec.encoder.name, spec.decoder.args["n_frequencies"], card.licence, card.psnr["Set5 x2"])
"""
    result = subprocess.run([sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, check=False)
    assert result.returncode == 0, result.stderr
    assert result.stdout.split() == ["light", "5", "CC0-1.0", "37.25"]


def test_card_says_what_the_whole_file_says(saved: Path) -> None:
    spec, card = read_card(saved)
    assert spec == heat_model().spec
    assert card == CARD


def test_file_without_a_card_has_an_unknown_past(tmp_path: Path) -> None:
    path = write_weights(tmp_path / "model.safetensors", weights_of(heat_model()), card="")
    assert load_native(path)[1] == ModelCard()


# Refusals. All of them through `load_model`, which is what a user's file goes through.


@pytest.mark.skipif(sys.platform != "linux", reason="other systems have no such names")
def test_folder_may_have_a_name_that_is_no_text(tmp_path: Path) -> None:
    folder = Path(os.fsdecode(os.fsencode(tmp_path) + b"/caf\xe9"))
    folder.mkdir()
    save_native(folder / "model.safetensors", heat_model(), ModelCard(description="found"))
    model, card = load_native(folder / "model.safetensors")
    assert card.description == "found"
    assert weights_of(model).keys() == weights_of(heat_model()).keys()


def test_missing_file_is_refused(tmp_path: Path) -> None:
    refused(tmp_path / "absent.safetensors", "cannot be read", "No such file", kind=CorruptCheckpoint)


def test_folder_is_refused(tmp_path: Path) -> None:
    refused(tmp_path, "a folder", "expected a model file", kind=CorruptCheckpoint)


def test_empty_file_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "model.safetensors"
    path.touch()
    refused(path, "empty", "expected a model file", kind=CorruptCheckpoint)


@pytest.mark.parametrize(
    "content", [b"\n", b"short", b"just some text that is no model at all\n" * 40, b"\xff\xd8\xff\xe0" + bytes(400)]
)
def test_files_of_another_kind_are_refused(content: bytes, tmp_path: Path) -> None:
    path = tmp_path / "model.safetensors"
    path.write_bytes(content)
    refused(path, "not a model file", "expected safetensors or a torch checkpoint", kind=CorruptCheckpoint)


def test_file_cut_off_anywhere_is_refused(saved: Path, tmp_path: Path) -> None:
    whole = saved.read_bytes()
    path = tmp_path / "cut.safetensors"
    header = struct.unpack("<Q", whole[:8])[0] + 8
    lengths = {*range(1, 40), *range(40, len(whole), 397), header - 1, header, header + 1, len(whole) - 1}
    for length in lengths:
        path.write_bytes(whole[:length])
        refused(path, kind=CorruptCheckpoint)


def test_damaged_file_is_loaded_or_refused(saved: Path) -> None:
    whole, rng = saved.read_bytes(), random.Random(0)
    refusals = 0
    for _ in range(250):
        damaged = bytearray(whole)
        for _ in range(rng.choice([1, 2, 8])):
            damaged[rng.randrange(rng.choice([600, len(damaged)]))] = rng.randrange(256)
        saved.write_bytes(damaged)
        try:
            load_model(saved)
        except CheckpointError:
            refusals += 1
    assert refusals > 50


def test_cut_off_card_is_refused_without_torch(saved: Path, tmp_path: Path) -> None:
    whole = saved.read_bytes()
    path = tmp_path / "cut.safetensors"
    for length in (0, 1, 7, 8, 9, 100):
        path.write_bytes(whole[:length])
        with pytest.raises(CorruptCheckpoint) as refusal:
            read_card(path)
        assert str(refusal.value).startswith(f"{path}: ")


def test_bytes_after_the_end_are_refused(saved: Path) -> None:
    saved.write_bytes(saved.read_bytes() + b"more")
    refused(saved, "damaged", kind=CorruptCheckpoint)


@pytest.mark.parametrize("length", [10**6, 2**40, 2**63, 2**64 - 1])
def test_absurd_header_length_is_refused_before_memory_is_taken(length: int, tmp_path: Path) -> None:
    path = write_header(tmp_path / "model.safetensors", b"{" + b" " * 99, length=length)
    refused(path, "header", str(length), "the file has 108", kind=CorruptCheckpoint)


@pytest.mark.parametrize(
    "header", [b"{", b"{]" + b" " * 9, b'{"a": \xff\xfe}', b'{"__metadata__": 3}', b'{"__metadata__": ["format"]}']
)
def test_headers_that_are_no_table_are_refused(header: bytes, tmp_path: Path) -> None:
    refused(write_header(tmp_path / "model.safetensors", header), "safetensors", "header", kind=CorruptCheckpoint)


def test_deeply_nested_header_is_refused(tmp_path: Path) -> None:
    header = b'{"a":' + b"[" * 100_000
    refused(write_header(tmp_path / "model.safetensors", header), "header", kind=CorruptCheckpoint)


def test_foreign_safetensors_are_refused(tmp_path: Path) -> None:
    path = tmp_path / "model.safetensors"
    safetensors.torch.save_file({"weight": torch.zeros(3)}, path)
    refused(path, "not of Stepless", kind=UnsupportedModel)
    safetensors.torch.save_file({"weight": torch.zeros(3)}, path, metadata={"format": "pt"})
    refused(path, "not of Stepless", kind=UnsupportedModel)


@pytest.mark.parametrize(("version", "found"), [("2", "version 2"), ("", "version None"), ("one", "version one")])
def test_other_format_versions_are_refused(version: str, found: str, tmp_path: Path) -> None:
    path = write_weights(tmp_path / "model.safetensors", weights_of(heat_model()), format_version=version)
    refused(path, found, "this program reads 1", kind=UnsupportedModel)


@pytest.mark.parametrize(
    "changes",
    [
        {"spec": ""},
        {"spec": "{"},
        {"card": "{"},
        {"card": "[1]"},
        {"card": '{"colour": "blue"}'},
    ],
)
def test_unreadable_specification_or_card_is_refused(changes: dict[str, str], tmp_path: Path) -> None:
    path = write_weights(tmp_path / "model.safetensors", weights_of(heat_model()), **changes)
    refused(path, "specification or card cannot be read", kind=CorruptCheckpoint)


@pytest.mark.parametrize(
    "card",
    [
        '{"psnr": 3}',
        '{"psnr": {"Set5 x2": "good"}}',
        '{"iterations": "many"}',
        '{"licence": 1}',
        '{"iterations": 9223372036854775808}',
        f'{{"hours": 1{"0" * 400}}}',
        f'{{"psnr": {{"Set5 x2": 1{"0" * 400}}}}}',
    ],
)
def test_card_with_values_of_other_types_is_refused(card: str, tmp_path: Path) -> None:
    path = write_weights(tmp_path / "model.safetensors", weights_of(heat_model()), card=card)
    refused(path, "card cannot be read", kind=CorruptCheckpoint)


@pytest.mark.parametrize(
    "spec", ["[]", "3", "{}", '{"encoder": {"name": "light"}}', f'{{"norm": {{"mean": 1{"0" * 400}}}}}']
)
def test_malformed_specification_is_refused(spec: str, tmp_path: Path) -> None:
    refused(write_weights(tmp_path / "model.safetensors", {}, spec=spec), kind=UnsupportedModel)


UNKNOWN_PARTS = [
    (ModelSpec(PartSpec("resnet"), PartSpec("liif")), ["unknown encoder 'resnet'", "light"]),
    (ModelSpec(PartSpec("light"), PartSpec("nerf")), ["unknown decoder 'nerf'", "heat-field"]),
    (ModelSpec(PartSpec("light", {"depth": 3}), PartSpec("liif")), ["no argument 'depth'", "n_resblocks"]),
]


@pytest.mark.parametrize(("spec", "reasons"), UNKNOWN_PARTS)
def test_unknown_parts_are_refused(spec: ModelSpec, reasons: list[str], tmp_path: Path) -> None:
    path = write_weights(tmp_path / "model.safetensors", {}, spec=json.dumps(spec.to_dict()))
    with pytest.raises(UnsupportedModel) as refusal:
        load_model(path)
    for reason in reasons:
        assert reason in str(refusal.value)


@pytest.mark.parametrize(("spec", "reasons"), UNKNOWN_PARTS)
def test_refusal_of_unknown_parts_names_the_file(spec: ModelSpec, reasons: list[str], tmp_path: Path) -> None:
    path = write_weights(tmp_path / "model.safetensors", {}, spec=json.dumps(spec.to_dict()))
    refused(path, *reasons, kind=UnsupportedModel)


def test_missing_weights_are_refused(tmp_path: Path) -> None:
    weights = weights_of(heat_model())
    del weights["encoder.stem.bias"], weights["encoder.stem.weight"]
    path = write_weights(tmp_path / "model.safetensors", weights)
    refused(path, "'encoder.stem.bias' are missing", "2 of 11", kind=CorruptCheckpoint)


def test_weights_of_no_part_are_refused(tmp_path: Path) -> None:
    weights = {**weights_of(heat_model()), "encoder.extra.weight": torch.zeros(2)}
    path = write_weights(tmp_path / "model.safetensors", weights)
    refused(path, "'encoder.extra.weight' belong to no part", kind=CorruptCheckpoint)


def test_weights_of_another_shape_are_refused(tmp_path: Path) -> None:
    weights = {**weights_of(heat_model()), "encoder.stem.bias": torch.zeros(9)}
    path = write_weights(tmp_path / "model.safetensors", weights)
    refused(path, "'encoder.stem.bias' have the shape (9,), expected (8,)", kind=CorruptCheckpoint)


@pytest.mark.parametrize("value", [float("nan"), float("inf"), float("-inf")])
def test_weights_that_are_no_numbers_are_refused(value: float, tmp_path: Path) -> None:
    weights = weights_of(heat_model())
    weights["decoder.coef"][1, 2, 3] = value
    path = write_weights(tmp_path / "model.safetensors", weights)
    refused(path, "'decoder.coef' hold numbers that are not finite", kind=CorruptCheckpoint)


def test_weights_that_are_too_large_for_the_model_are_refused(tmp_path: Path) -> None:
    weights = weights_of(heat_model())
    weights["decoder.coef"] = torch.full_like(weights["decoder.coef"], 1e300, dtype=torch.float64)
    path = write_weights(tmp_path / "model.safetensors", weights)
    refused(path, "'decoder.coef' hold numbers that are not finite", kind=CorruptCheckpoint)


@pytest.mark.parametrize("dtype", [torch.float8_e4m3fn, torch.float8_e5m2])
def test_weights_of_eight_bits_are_read_as_float32(dtype: torch.dtype, tmp_path: Path) -> None:
    weights = {key: value.to(dtype) for key, value in weights_of(heat_model()).items()}
    model, _ = load_native(write_weights(tmp_path / "small.safetensors", weights))
    for key, value in model.state_dict().items():
        assert torch.equal(value, weights[key].float())


def test_weights_of_types_that_torch_has_not_are_refused(tmp_path: Path) -> None:
    tensor = {"dtype": "F4", "shape": [16], "data_offsets": [0, 8]}
    header = {"__metadata__": metadata(heat_model().spec, CARD), "decoder.coef": tensor}
    path = write_header(tmp_path / "model.safetensors", json.dumps(header).encode(), rest=bytes(8))
    refused(path, "F4", kind=CorruptCheckpoint)


# Writing.


def full_disk(*args: Any, **kwargs: Any) -> None:
    raise OSError(errno.ENOSPC, "No space left on device")


def test_failed_save_keeps_the_old_file(saved: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    before = saved.read_bytes()
    for writer in ("save", "save_file"):
        monkeypatch.setattr(safetensors.torch, writer, full_disk)
    with pytest.raises(OSError, match="No space left"):
        save_native(saved, liif_model(), ModelCard())
    assert saved.read_bytes() == before
    assert list(saved.parent.iterdir()) == [saved]


def test_save_cut_off_by_the_system_keeps_the_old_file(saved: Path) -> None:
    before = saved.read_bytes()
    # Which exception is the next test's matter.
    with file_size_limit(500), pytest.raises(Exception, match="File too large"):
        save_native(saved, liif_model(), ModelCard())
    assert saved.read_bytes() == before
    assert list(saved.parent.iterdir()) == [saved]


def test_save_cut_off_by_the_system_is_an_oserror(saved: Path) -> None:
    with file_size_limit(500), pytest.raises(OSError, match="too large"):
        save_native(saved, liif_model(), ModelCard())


@pytest.mark.skipif(os.name == "nt", reason="Windows has no such permissions")
def test_saved_file_has_the_permissions_of_any_new_file(saved: Path) -> None:
    beside = saved.with_name("beside")
    beside.touch()
    assert saved.stat().st_mode == beside.stat().st_mode


def test_save_replaces_the_whole_file(saved: Path) -> None:
    save_native(saved, liif_model(), ModelCard(description="second"))
    model, card = load_model(saved)
    assert model.spec == liif_model().spec
    assert card.description == "second"
    assert list(saved.parent.iterdir()) == [saved]


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="there are no such files")
@pytest.mark.parametrize("read", [read_card, load_model])
def test_a_pipe_is_refused_instead_of_waited_for(tmp_path: Path, read: Callable[[Path], object]) -> None:
    os.mkfifo(tmp_path / "pipe.safetensors")
    with pytest.raises(CorruptCheckpoint, match="pipe"):
        read(tmp_path / "pipe.safetensors")
