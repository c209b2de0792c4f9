"""Which model "auto" means, and the two values of the settings file that say so."""

from __future__ import annotations

import itertools
import tomllib
from pathlib import Path

import pytest

from liif_core.checkpoint.card import ModelCard
from liif_core.errors import CorruptCheckpoint, ModelWriteError
from liif_core.library import AUTO, CPU, GPU, Defaults, InstalledModel, default_model, find_model, install_model
from liif_core.library.defaults import BUILTIN, KINDS, kind_of, read_defaults, replace_default, write_default
from liif_core.models.spec import ModelSpec, PartSpec
from liif_core.paths import settings_file
from tests.library.conftest import ModelFiles


def models(*names: str) -> list[InstalledModel]:
    spec = ModelSpec(PartSpec("light"), PartSpec("liif"))
    return [InstalledModel(name, Path(name), spec, ModelCard(), bundled=False) for name in names]


def default_of(kind: str, *names: str, defaults: Defaults = BUILTIN) -> str | None:
    assert kind in KINDS
    found = default_model(models(*names), kind=kind, defaults=defaults)
    return None if found is None else found.name


@pytest.mark.parametrize(("device", "kind"), [("cpu", CPU), ("cuda", GPU), ("cuda:1", GPU), ("mps", GPU), ("xpu", GPU)])
def test_whatever_is_no_cpu_is_a_gpu(device: str, kind: str) -> None:
    assert kind_of(device) == kind


def test_a_cpu_and_a_gpu_have_defaults_of_their_own() -> None:
    for order in itertools.permutations(("fast", "quality", "mine")):
        assert (default_of("cpu", *order), default_of("gpu", *order)) == ("fast", "quality")


def test_a_default_that_is_not_installed_gives_way_to_the_other() -> None:
    assert default_of("gpu", "fast", "mine") == "fast"
    assert default_of("cpu", "mine", "quality") == "quality"
    assert default_of("cpu", "mine") == "mine"
    assert default_of("cpu") is None


def test_ones_own_default_that_is_gone_gives_way_to_the_programs_of_that_kind() -> None:
    own = Defaults(cpu="gone", gpu="mine")
    assert default_of("cpu", "mine", "quality", "fast", defaults=own) == "fast"
    assert default_of("cpu", "mine", "quality", defaults=own) == "mine"


def test_what_is_written_is_read_and_the_rest_of_the_file_stays(tmp_path: Path) -> None:
    path = tmp_path / "config" / "settings.toml"
    write_default("gpu", "mine", path=path)
    assert read_defaults(path) == Defaults(gpu="mine")
    text = '# Mine.\n# Really.\n\nversion = 7\n[model]\nname = "x"\nfuture = [1]\n[other]\nkey = true\n'
    path.write_text(text, encoding="utf-8")
    write_default("cpu", "照片", path=path)
    after = path.read_text(encoding="utf-8")
    expected = tomllib.loads(text)
    expected["model"]["default_cpu"] = "照片"
    assert tomllib.loads(after) == expected and after.startswith("# Mine.\n# Really.\n\n")
    write_default("cpu", "fast", path=path)
    assert tomllib.loads(path.read_text(encoding="utf-8")) == tomllib.loads(text)


@pytest.mark.parametrize(
    "text", ["", "model = 3", "[model]\ndefault_cpu = 3", '[model]\ndefault_gpu = ""', "not [ toml", "\x00"]
)
def test_settings_that_cannot_be_used_leave_the_programs_own(text: str, tmp_path: Path) -> None:
    path = tmp_path / "settings.toml"
    path.write_text(text, encoding="utf-8")
    assert read_defaults(path) == BUILTIN


@pytest.mark.parametrize("text", ["not [ toml", "model = 3"])
def test_damaged_settings_are_not_overwritten(text: str, tmp_path: Path) -> None:
    path = tmp_path / "settings.toml"
    path.write_text(text, encoding="utf-8")
    with pytest.raises(ModelWriteError, match=r"settings\.toml"):
        write_default("cpu", "mine", path=path)
    assert path.read_text(encoding="utf-8") == text


def test_a_default_follows_its_model_and_goes_with_it(tmp_path: Path) -> None:
    path = tmp_path / "settings.toml"
    for kind in KINDS:
        write_default(kind, "mine", path=path)
    assert replace_default("other", "x", path=path) == []
    assert replace_default("mine", "ours", path=path) == ["cpu", "gpu"]
    assert read_defaults(path) == Defaults("ours", "ours")
    replace_default("ours", None, path=path)
    assert read_defaults(path) == BUILTIN


def test_auto_finds_the_default_of_the_device(model_files: ModelFiles) -> None:
    mine = install_model(model_files.native, name="mine")
    write_default("gpu", "mine")
    assert find_model(AUTO, kind=GPU) == find_model(None, kind=GPU) == mine.path
    assert find_model(None).stem == "fast"
    assert settings_file().is_file()


def test_nothing_poses_as_auto(model_files: ModelFiles, own_folder: Path) -> None:
    own_folder.mkdir(parents=True)
    (own_folder / "Auto.safetensors").write_bytes(model_files.native.read_bytes())
    assert find_model(AUTO).stem == "fast"
    with pytest.raises(CorruptCheckpoint):
        find_model("Auto")
