"""Models written for the LIIF paper's code: as that code writes them, and back bit for bit."""

from __future__ import annotations

import errno
import itertools
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import torch

from liif_core.checkpoint.load import load_model
from liif_core.checkpoint.official import OFFICIAL_ENCODERS, load_official, save_official
from liif_core.errors import UnsupportedModel
from liif_core.geometry import OutputGrid, Size
from liif_core.models.build import build_model
from liif_core.models.decoders.window import FeatureWindow
from liif_core.models.implicit import ImplicitModel
from liif_core.models.spec import DataNorm, ModelSpec, PartSpec
from tests.checkpoint.disk import file_size_limit
from tests.checkpoint.published import combination, saved
from tests.golden import make_golden
from tests.models.builders import any_model, heat_model, liif_model

pytestmark = pytest.mark.usefixtures("one_thread")


@torch.inference_mode()
def pixels_of(model: ImplicitModel) -> torch.Tensor:
    inp = torch.rand(1, 3, 6, 5, generator=torch.Generator().manual_seed(1))
    grid = OutputGrid(Size(6, 5), Size(17, 13))
    return model.decode(FeatureWindow.whole(model.encode(model.normalised(inp))), grid, grid.output.rect)


def written(path: Path, model: ImplicitModel) -> dict[str, Any]:
    save_official(path, model)
    stored = torch.load(path, weights_only=True)
    assert isinstance(stored, dict)
    return stored


@pytest.mark.parametrize("model", ["liif", "metasr"])
@pytest.mark.parametrize("encoder", OFFICIAL_ENCODERS)
def test_written_model_comes_back_bit_for_bit(encoder: str, model: str, tmp_path: Path) -> None:
    original, path = any_model(encoder, model), tmp_path / "model.pth"
    save_official(path, original)
    for loaded, _ in (load_official(path), load_model(path)):
        assert loaded.spec.encoder == original.spec.encoder
        assert loaded.spec.decoder.name == model
        assert loaded.spec.norm == original.spec.norm
        assert loaded.state_dict().keys() == original.state_dict().keys()
        for key, value in original.state_dict().items():
            assert torch.equal(loaded.state_dict()[key], value), key
        assert torch.equal(pixels_of(loaded), pixels_of(original))
    assert list(tmp_path.iterdir()) == [path]


@pytest.mark.parametrize(("encoder", "model"), make_golden.COMBINATIONS)
def test_written_file_is_as_the_published_code_writes_it(encoder: str, model: str, tmp_path: Path) -> None:
    published = combination(encoder, model)
    loaded, _ = load_model(saved(tmp_path / "published.pth", published))
    stored = written(tmp_path / "ours.pth", loaded)
    assert stored.keys() == {"model", "optimizer", "epoch"}
    entry, expected = stored["model"], published["model"]
    assert entry.keys() == {"name", "args", "sd"}
    assert entry["name"] == model
    flags = {"local_ensemble": True, "feat_unfold": True, "cell_decode": True} if model == "liif" else {}
    assert entry["args"] == {**expected["args"], **flags}
    assert entry["args"]["encoder_spec"]["args"]["no_upsampling"] is True
    # The two layers that no one uses hold what the published code makes of the mean of DIV2K.
    expected_sd = dict(expected["sd"])
    if encoder == "rdn":
        assert not [key for key in expected_sd if "_mean." in key]
    else:
        mean = torch.tensor([0.4488, 0.4371, 0.4040])
        for layer, sign in (("sub_mean", -1), ("add_mean", 1)):
            expected_sd[f"encoder.{layer}.weight"] = torch.eye(3)[..., None, None]
            expected_sd[f"encoder.{layer}.bias"] = sign * mean
    assert entry["sd"].keys() == expected_sd.keys()
    for key, value in expected_sd.items():
        assert entry["sd"][key].dtype == torch.float32
        assert not entry["sd"][key].requires_grad
        assert torch.equal(entry["sd"][key], value), key


@pytest.mark.parametrize("flags", list(itertools.product((False, True), repeat=3)))
def test_flags_and_widths_are_written(flags: tuple[bool, bool, bool], tmp_path: Path) -> None:
    chosen = dict(zip(("local_ensemble", "feat_unfold", "cell_decode"), flags, strict=True))
    original, path = liif_model(hidden_list=[7, 5, 9], **chosen), tmp_path / "model.pth"
    args = written(path, original)["model"]["args"]
    assert {flag: args[flag] for flag in chosen} == chosen
    assert args["imnet_spec"] == {"name": "mlp", "args": {"out_dim": 3, "hidden_list": [7, 5, 9]}}
    loaded, _ = load_model(path)
    assert {flag: getattr(loaded.decoder, flag) for flag in chosen} == chosen
    assert torch.equal(pixels_of(loaded), pixels_of(original))


def test_defaults_are_written_out(tmp_path: Path) -> None:
    """EDSR-baseline with LIIF has the 82 tensors of the published file."""
    model = build_model(ModelSpec(PartSpec("edsr-baseline"), PartSpec("liif")))
    entry = written(tmp_path / "model.pth", model)["model"]
    assert len(entry["sd"]) == 82
    assert entry["args"] == {
        "encoder_spec": {"name": "edsr-baseline", "args": {"no_upsampling": True}},
        "imnet_spec": {"name": "mlp", "args": {"out_dim": 3, "hidden_list": [256, 256, 256, 256]}},
        "local_ensemble": True,
        "feat_unfold": True,
        "cell_decode": True,
    }


def test_memory_layout_of_the_model_does_not_matter(tmp_path: Path) -> None:
    original = liif_model()
    model = liif_model()
    model.encoder.to(memory_format=torch.channels_last)  # type: ignore[call-overload]  # missing in the stubs
    save_official(tmp_path / "model.pth", model)
    loaded, _ = load_model(tmp_path / "model.pth")
    for key, value in original.state_dict().items():
        assert torch.equal(loaded.state_dict()[key], value), key


def other_norm() -> ImplicitModel:
    spec = liif_model().spec
    return build_model(ModelSpec(spec.encoder, spec.decoder, DataNorm(0.5, 0.25)))


@pytest.mark.parametrize(
    ("build", "reasons"),
    [
        (heat_model, ["'light'", "'heat-field'", "edsr-baseline, edsr, rdn, rcan"]),
        (lambda: any_model("light", "liif"), ["'light'", "'liif'"]),
        (lambda: any_model("light", "metasr"), ["'light'", "'metasr'"]),
        (lambda: any_model("rcan", "heat-field"), ["'rcan'", "'heat-field'"]),
        (other_norm, ["normalisation", "(x - 0.5) / 0.5"]),
    ],
    ids=["light and heat field", "light and LIIF", "light and Meta-SR", "RCAN and heat field", "normalisation"],
)
def test_models_that_the_format_cannot_hold_are_not_written(
    build: Callable[[], ImplicitModel], reasons: list[str], tmp_path: Path
) -> None:
    path = tmp_path / "model.pth"
    with pytest.raises(UnsupportedModel) as refusal:
        save_official(path, build())
    message = str(refusal.value)
    assert "\n" not in message
    assert ". " not in message
    for reason in reasons:
        assert reason in message
    assert list(tmp_path.iterdir()) == []


def test_refused_model_keeps_the_old_file(tmp_path: Path) -> None:
    path = saved(tmp_path / "model.pth", combination("rcan", "metasr"))
    before = path.read_bytes()
    with pytest.raises(UnsupportedModel):
        save_official(path, heat_model())
    assert path.read_bytes() == before


def test_full_disk_keeps_the_old_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = saved(tmp_path / "model.pth", combination("rcan", "metasr"))
    before = path.read_bytes()

    def write_half(file: Path, data: memoryview) -> None:
        with file.open("wb") as half:
            half.write(bytes(data)[:1000])
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr(Path, "write_bytes", write_half)
    with pytest.raises(OSError, match="No space left"):
        save_official(path, liif_model())
    assert path.read_bytes() == before
    assert list(tmp_path.iterdir()) == [path]


def test_writing_cut_off_by_the_system_keeps_the_old_file(tmp_path: Path) -> None:
    path = saved(tmp_path / "model.pth", combination("rcan", "metasr"))
    before = path.read_bytes()
    with file_size_limit(500), pytest.raises(OSError, match="too large"):
        save_official(path, liif_model())
    assert path.read_bytes() == before
    assert list(tmp_path.iterdir()) == [path]
