"""`stepless models`: bundled models, the user's own, and files that are none."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest
import torch

from liif_core.checkpoint.card import ModelCard
from liif_core.checkpoint.load import load_model
from liif_core.checkpoint.native import save_native
from liif_core.checkpoint.official import save_official
from liif_core.cli import models
from liif_core.geometry import OutputGrid
from liif_core.imaging.read import read_image
from liif_core.imaging.resample import bicubic
from liif_core.imaging.write import quantise
from liif_core.library import find_model, installed, operations, read_manifest
from liif_core.models.build import build_model
from liif_core.models.spec import ModelSpec, PartSpec
from tests.cli.terminal import Stepless, assert_refused, files_in
from tests.models.builders import liif_spec


@pytest.fixture
def own_folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    folder = tmp_path / "own models"
    for module in (installed, operations, models):
        monkeypatch.setattr(module, "user_models_folder", lambda: folder)
    return folder


def bundled_names() -> list[str]:
    return sorted(entry.name for entry in read_manifest())


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
    assert lines[place + 1].strip() == "a model of the tests"
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
    assert names == [*bundled_names(), "mine", "bicubic", "Your"]


def test_own_model_cannot_pose_as_the_bundled_one(stepless: Stepless, own_folder: Path, tiny_model: Path) -> None:
    own_folder.mkdir()
    shutil.copy(tiny_model, own_folder / "fast.safetensors")
    out = stepless("models").out
    assert out.count("\nfast ") + out.startswith("fast ") == 1
    assert str(own_folder / "fast.safetensors") not in out


def test_unknown_name_lists_the_known_ones(stepless: Stepless, own_folder: Path, photo: Path) -> None:
    outcome = stepless("export", photo, photo.with_name("out.png"), "--scale", "2", "--model", "sharp")
    assert outcome.code == 2
    assert "sharp" in outcome.err and f"({', '.join(bundled_names())})" in outcome.err


def official_file(folder: Path) -> Path:
    """A published checkpoint of a small LIIF."""
    path = folder / "published.pth"
    save_official(path, build_model(liif_spec()))
    return path


def test_information_tells_parts_costs_and_figures(stepless: Stepless, own_folder: Path, tiny_model: Path) -> None:
    outcome = stepless("models", "info", tiny_model)
    assert (outcome.code, outcome.err) == (0, "")
    facts = dict(line.split(":", 1) for line in outcome.out.splitlines())
    model, _ = load_model(tiny_model)
    assert facts["parameters"].strip() == f"{sum(parameter.numel() for parameter in model.parameters()):,}"
    assert facts["encoder"].split()[0] == model.spec.encoder.name
    assert facts["PSNR Set5 x4"].strip() == "30.12 dB"
    assert {"multiply-adds", "receptive field", "training data", "licence", "normalisation"} <= set(facts)


def test_information_on_the_papers_model_gives_its_published_costs(stepless: Stepless, tmp_path: Path) -> None:
    spec = ModelSpec(PartSpec("edsr-baseline"), PartSpec("liif"))
    path = tmp_path / "paper.safetensors"
    save_native(path, build_model(spec), ModelCard())
    out = stepless("models", "info", path).out
    assert "1,218,240 a photo pixel, 1,383,424 an output pixel" in out
    assert "72 photo pixels a side" in out


def test_imported_checkpoint_is_installed_under_its_name(
    stepless: Stepless, own_folder: Path, tmp_path: Path, photo: Path
) -> None:
    published = official_file(tmp_path)
    outcome = stepless("models", "import", published, "--name", "paper")
    assert (outcome.code, outcome.err) == (0, "")
    by_name, by_path = photo.with_name("name.png"), photo.with_name("path.png")
    assert stepless("export", photo, by_name, "--scale", "2", "--model", "paper").code == 0
    assert stepless("export", photo, by_path, "--scale", "2", "--model", published).code == 0
    assert (read_image(by_name).pixels == read_image(by_path).pixels).all()
    assert stepless("models", "import", published, "--name", "paper").code == 2


@pytest.mark.parametrize("name", ["fast", "bicubic", "../up", "", "a b"])
def test_name_that_is_taken_or_no_name_is_refused(
    stepless: Stepless, own_folder: Path, tmp_path: Path, name: str
) -> None:
    outcome = stepless("models", "import", official_file(tmp_path), "--name", name)
    assert outcome.code == 2
    assert f"'{name}'" in outcome.err
    assert outcome.err.count("\n") == 1
    assert not own_folder.exists()


def test_file_that_is_no_model_is_not_imported(stepless: Stepless, own_folder: Path, photo: Path) -> None:
    picture = photo.rename(photo.with_name("picture.png"))
    outcome = stepless("models", "import", picture)
    assert outcome.code == 2
    assert str(picture) in outcome.err
    assert not own_folder.exists()


def test_exported_model_is_the_published_format(stepless: Stepless, own_folder: Path, tmp_path: Path) -> None:
    published, back = official_file(tmp_path), tmp_path / "back.pth"
    assert stepless("models", "import", published, "--name", "paper").code == 0
    assert stepless("models", "export", "paper", back).code == 0
    first = torch.load(published, weights_only=True)["model"]
    second = torch.load(back, weights_only=True)["model"]
    assert first["args"] == second["args"]
    assert all(torch.equal(value, second["sd"][key]) for key, value in first["sd"].items())


def test_a_model_is_renamed_and_stays_the_default(
    stepless: Stepless, own_folder: Path, tmp_path: Path, tiny_model: Path
) -> None:
    assert stepless("models", "import", tiny_model, "--name", "mine").code == 0
    assert stepless("models", "default", "mine", "--on", "gpu").out == "CPU: fast\nGPU: mine\n"
    outcome = stepless("models", "rename", "mine", "ours")
    assert (outcome.code, outcome.err) == (0, "") and "'ours'" in outcome.out
    assert files_in(own_folder) == {"ours.safetensors"}
    assert "GPU: ours" in stepless("models", "default").out
    # One that is asked for alone is told alone.
    assert stepless("models", "default", "--on", "gpu").out == "GPU: ours\n"
    (line,) = [line for line in stepless("models").out.splitlines() if line.startswith("ours ")]
    assert line.endswith(", default on GPU")


def test_a_model_is_removed_when_that_was_meant(
    stepless: Stepless, own_folder: Path, tiny_model: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert stepless("models", "import", tiny_model, "--name", "mine").code == 0
    stepless("models", "default", "mine")
    monkeypatch.setattr("sys.stdin.isatty", lambda: False)
    assert_refused(stepless("models", "remove", "mine"), "mine", "--yes")
    monkeypatch.setattr("sys.stdin.isatty", lambda: True)
    monkeypatch.setattr("builtins.input", lambda prompt: "n")
    assert stepless("models", "remove", "mine").code == 130
    assert files_in(own_folder) == {"mine.safetensors"}
    monkeypatch.setattr("builtins.input", lambda prompt: "Y")
    outcome = stepless("models", "remove", "mine")
    assert outcome.code == 0 and str(own_folder / "mine.safetensors") in outcome.out
    assert "CPU: fast\n" in outcome.out
    assert files_in(own_folder) == set()


@pytest.mark.parametrize(
    ("command", "parts"),
    [
        (("rename", "fast", "slow"), ["'fast'", "bundled"]),
        (("rename", "absent", "slow"), ["'absent'", "no model"]),
        (("rename", "mine", "fast"), ["'fast'", "already"]),
        (("rename", "mine", "com1"), ["'com1'", "Windows"]),
        (("remove", "photo", "--yes"), ["'photo'", "bundled"]),
        (("remove", "absent", "--yes"), ["'absent'", "mine"]),
        (("default", "absent"), ["'absent'", "fast"]),
        (("default", "bicubic"), ["'bicubic'"]),
        (("export", "absent", "x.pth"), ["absent"]),
    ],
)
def test_a_change_that_cannot_be_is_refused_in_one_sentence(
    stepless: Stepless, own_folder: Path, tiny_model: Path, command: tuple[str, ...], parts: list[str]
) -> None:
    assert stepless("models", "import", tiny_model, "--name", "mine").code == 0
    assert_refused(stepless("models", *command), *parts)
    assert files_in(own_folder) == {"mine.safetensors"}


def test_a_model_without_a_name_to_have_says_how_to_give_one(
    stepless: Stepless, own_folder: Path, tiny_model: Path, tmp_path: Path
) -> None:
    spaced = shutil.copy(tiny_model, tmp_path / "a b.safetensors")
    assert_refused(stepless("models", "import", spaced), "'a b'", "--name")


def test_the_default_of_the_device_is_used_where_none_is_named(
    stepless: Stepless, own_folder: Path, tiny_model: Path, photo: Path, dataset: Path
) -> None:
    assert stepless("models", "import", tiny_model, "--name", "mine").code == 0
    stepless("models", "default", "mine", "--on", "cpu")
    unnamed, named = photo.with_name("unnamed.png"), photo.with_name("named.png")
    assert stepless("export", photo, unnamed, "--scale", "2", "--device", "cpu").code == 0
    assert stepless("export", photo, named, "--scale", "2", "--device", "cpu", "--model", "mine").code == 0
    assert (read_image(unnamed).pixels == read_image(named).pixels).all()
    table = stepless("evaluate", dataset, "--scales", "2", "--device", "cpu", "--model", "auto").out
    assert " mine, protocol" in table


def test_a_native_model_is_handed_out_as_it_is(stepless: Stepless, tmp_path: Path) -> None:
    assert stepless("models", "export", "fast", tmp_path / "copy.safetensors").code == 0
    assert (tmp_path / "copy.safetensors").read_bytes() == find_model("fast").read_bytes()


@pytest.mark.parametrize(("model", "name", "reason"), [("fast", "x.pth", "light"), ("fast", "x.onnx", ".pth")])
def test_export_that_cannot_be_is_refused(
    stepless: Stepless, own_folder: Path, tmp_path: Path, model: str, name: str, reason: str
) -> None:
    outcome = stepless("models", "export", model, tmp_path / name)
    assert outcome.code == 2
    assert reason in outcome.err
    assert not (tmp_path / name).exists()


def test_bicubic_stands_for_a_model(stepless: Stepless, photo: Path) -> None:
    assert "bicubic" in stepless("models", "info", "bicubic").out
    out = photo.with_name("out.png")
    assert stepless("export", photo, out, "--scale", "3.5", "--model", "bicubic").code == 0
    image = read_image(photo)
    grid = OutputGrid(image.size, image.size.scaled(3.5))
    assert (read_image(out).pixels == quantise(bicubic(image, grid, grid.output.rect), 8)).all()
