"""What CONTRIBUTING.md and the release checklist say is so, and its guide to new encoders and decoders works."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import bootstrap
import PIL.Image
import pytest

from liif_core.paths import sample_photo

ROOT = Path(__file__).parents[1]
GUIDE = (ROOT / "CONTRIBUTING.md").read_text(encoding="utf-8")
CHECKLIST = (ROOT / "packaging" / "RELEASE.md").read_text(encoding="utf-8")
BLOCKS = re.findall(r"((?:^[^\n ].*\n)+)\n((?:^(?: {4}.*)?\n)+)", GUIDE, re.MULTILINE)


def block_after(words: str) -> str:
    """The indented block after the paragraph that ends with `words`, as it is to be typed."""
    (found,) = [block for paragraph, block in BLOCKS if " ".join(paragraph.split()).removesuffix(":").endswith(words)]
    return re.sub(r"^ {4}", "", found, flags=re.MULTILINE).strip("\n") + "\n"


@pytest.mark.parametrize("text", [GUIDE, CHECKLIST], ids=["CONTRIBUTING", "RELEASE"])
def test_commands_and_files_that_are_named_exist(text: str) -> None:
    makefile = (ROOT / "Makefile").read_text(encoding="utf-8")
    for target in re.findall(r"(?:^ {4,}|`)make (\w+)", text, re.MULTILINE):
        assert re.search(rf"^{target}:", makefile, re.MULTILINE), target
        assert target in bootstrap.COMMANDS, target
    for path in re.findall(r"`((?:packaging|app|liif_core|tests|resources)/[\w/.]+\.\w+)`", text):
        if path not in ("liif_core/models/encoders/plain.py", "liif_core/models/decoders/nearest_mlp.py"):
            assert (ROOT / path).is_file(), path
    for script in re.findall(r"\.venv/bin/python (\S+\.py)", text):
        assert (ROOT / script).is_file(), script
    folder = ROOT if text is GUIDE else ROOT / "packaging"
    for link in re.findall(r"\]\(([^)#:]+)\)", text):
        assert (folder / link).exists(), link


def test_scripts_that_are_to_be_run_explain_themselves() -> None:
    for script in ("make_bundle.py", "make_dist.py"):
        command = [sys.executable, str(ROOT / "packaging" / script), "--help"]
        assert "usage:" in subprocess.run(command, capture_output=True, text=True, check=True).stdout


def add_line(file: Path, after: str, line: str) -> None:
    """Type a line below the one that begins with `after`."""
    lines = file.read_text(encoding="utf-8").splitlines(keepends=True)
    (place,) = [number for number, each in enumerate(lines) if each.startswith(after)]
    lines.insert(place + 1, line)
    file.write_text("".join(lines), encoding="utf-8")


@pytest.fixture(scope="module")
def copy(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A copy of the program in which the guide was followed."""
    folder = tmp_path_factory.mktemp("guide")
    for name in ("app", "liif_core", "resources", "tests"):
        shutil.copytree(ROOT / name, folder / name, ignore=shutil.ignore_patterns("__pycache__", "readme"))
    shutil.copyfile(ROOT / "pyproject.toml", folder / "pyproject.toml")
    build = folder / "liif_core" / "models" / "build.py"
    for part, table in (("encoders/plain", "ENCODERS"), ("decoders/nearest_mlp", "DECODERS")):
        path = f"liif_core/models/{part}.py"
        (folder / path).write_text(block_after(f"`{path}`"), encoding="utf-8")
        added, name = block_after(f"an import and a line in `{table}`").split("\n\n")
        add_line(build, "from torch import nn", added + "\n")
        text = build.read_text(encoding="utf-8")
        build.write_text(re.sub(rf"^({table}: .*?= \{{)", rf"\1{name.strip()}", text, flags=re.M), encoding="utf-8")
    config = folder / "liif_core" / "training" / "config.py"
    text, line = config.read_text(encoding="utf-8"), block_after("a line in `QUERY_DECODERS`").strip()
    assert re.search(r"^QUERY_DECODERS = \(.*\)$", text, re.M)
    config.write_text(re.sub(r"^(QUERY_DECODERS = \(.*)\)$", rf"\1, {line})", text, flags=re.M), encoding="utf-8")
    return folder


def run(folder: Path, *command: str, place: Path | None = None) -> str:
    """Run Python in the copy."""
    environment = {**os.environ, "PYTHONPATH": str(folder), "OMP_NUM_THREADS": "1"}
    result = subprocess.run(
        [sys.executable, *command], cwd=place or folder, env=environment, capture_output=True, text=True, check=False
    )
    assert result.returncode == 0, result.stdout + result.stderr
    return result.stdout


# In one process, as each would begin by importing torch.
COMMANDS = """
import shlex, sys
from app.main import main

for line in sys.argv[1:]:
    assert main(shlex.split(line)[1:]) == 0, line

from liif_core.geometry import Size
from liif_core.models.build import build_model
from liif_core.models.encoders.plain import PlainEncoder
from liif_core.models.spec import ModelSpec, PartSpec
from tests.models import test_encoders, test_windows
from tests.models.builders import filled

test_encoders.test_halo_is_exactly_the_receptive_field(PlainEncoder(n_feats=4))
spec = ModelSpec(PartSpec("plain", {"n_feats": 4}), PartSpec("nearest-mlp", {"hidden": 8}))
test_windows.MODELS = {"nearest MLP": filled(build_model(spec))}
test_windows.test_window_is_enough_at_borders_and_corners("nearest MLP", Size(29, 51))
test_windows.test_windows_of_chunks_make_up_the_whole("nearest MLP", (4, 51))
"""


@pytest.mark.slow
def test_a_model_of_the_guides_parts_is_trained_and_used_and_keeps_what_it_states(copy: Path, tmp_path: Path) -> None:
    (tmp_path / "photos").mkdir()
    with PIL.Image.open(sample_photo()) as sample:
        sample.crop((300, 60, 460, 180)).save(tmp_path / "photo.jpg", quality=95)
        for left in (0, 620):
            sample.crop((left, 60, left + 200, 200)).save(tmp_path / "photos" / f"{left}.png")
    (tmp_path / "plain.toml").write_text(block_after("A recipe, `plain.toml`"), encoding="utf-8")
    # Nobody waits five minutes for a test.
    lines = block_after("and a first model").replace("--minutes 5", "--minutes 0.02").splitlines()
    told = run(copy, "-c", COMMANDS, *lines, place=tmp_path)
    assert "plain n_feats=24" in told and "nearest-mlp" in told
    with PIL.Image.open(tmp_path / "plain.png") as opened:
        assert opened.size == (480, 360)


def test_the_guides_code_is_in_our_style(copy: Path) -> None:
    files = ["liif_core/models/encoders/plain.py", "liif_core/models/decoders/nearest_mlp.py"]
    run(copy, "-m", "ruff", "check", *files)
    run(copy, "-m", "ruff", "format", "--check", *files)
