"""Every command in the README and in the guides runs."""

from __future__ import annotations

import os
import re
import shlex
import shutil
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path

import PIL.Image
import pytest
from PySide6.QtCore import QTimer
from PySide6.QtWidgets import QApplication

from app.main import main
from liif_core.checkpoint.official import save_official
from liif_core.models.build import build_model
from liif_core.paths import sample_photo
from tests.benchmarks import report
from tests.models.builders import liif_spec
from tests.test_pages import FOLDER as PAGES_FOLDER
from tests.test_pages import recipe_of_the_guide

ROOT = Path(__file__).parents[1]
README = (ROOT / "README.md").read_text(encoding="utf-8")
GUIDES = ("guide.md", "training.md")


def commands(text: str) -> list[str]:
    """Of indented blocks: nothing here uses fences."""
    return re.findall(r"^    (\S.*)$", text, re.MULTILINE)


LINES = commands(README)
STEPLESS = [line for line in LINES if line.startswith("stepless ")]


def test_the_readme_shows_every_command() -> None:
    shown = {line.split()[1] for line in STEPLESS}
    assert {"photo.jpg", "view", "export", "evaluate", "train", "models", "bench", "doctor"} <= shown


def test_make_targets_and_scripts_of_the_readme_exist() -> None:
    makefile = (ROOT / "Makefile").read_text(encoding="utf-8")
    for target in re.findall(r"\bmake (\w+)", README):
        assert re.search(rf"^{target}:", makefile, re.MULTILINE), target
    for script in re.findall(r"py -3\.11 (\S+) \w+", README):
        assert (ROOT / script.replace("\\", "/")).is_file()
    for link in re.findall(r"\]\(([^)#:]+)\)", README):
        assert (ROOT / link).exists(), link


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """What the README's commands find in the folder they are run in: small cuts of the sample."""
    return furnished(tmp_path_factory.mktemp("readme"))


def furnished(folder: Path) -> Path:
    with PIL.Image.open(sample_photo()) as sample:
        cut = sample.crop((300, 60, 620, 280))
        others = [sample.crop((left, 60, left + 320, 280)) for left in (0, 620)]
    cut.save(folder / "photo.jpg", quality=95)
    (folder / "photos").mkdir()
    for index, photo in enumerate([cut, *others]):
        photo.save(folder / "photos" / f"{index}.png")
    (folder / "Set5" / "HR").mkdir(parents=True)
    cut.crop((0, 0, 96, 72)).save(folder / "Set5" / "HR" / "one.png")
    save_official(folder / "liif.pth", build_model(liif_spec()))
    return folder


def run_all(lines: Sequence[str], capsys: pytest.CaptureFixture[str]) -> None:
    for line in lines:
        # Nobody waits half an hour for a test; the run that goes on has to be longer than the one before.
        line = line.replace("--minutes 30", "--minutes 0.03").replace("--minutes 60", "--minutes 0.06")
        if line == "stepless photo.jpg":
            # Ends the viewer that would stay open for a person.
            QTimer.singleShot(1500, QApplication.exit)
        assert main(shlex.split(line)[1:]) == 0, (line, capsys.readouterr().err)


@pytest.mark.timeout(300)
def test_every_command_of_the_readme_runs(
    application_as_found: QApplication,
    folder: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    monkeypatch.chdir(folder)
    # Benchmarks take minutes; `tests/cli/test_bench.py` runs them in small.
    monkeypatch.setattr(report, "measured", lambda name, _: {"machine": report.machine(), "rows": [{"name": name}]})
    run_all(STEPLESS, capsys)
    for name in re.findall(r"\b\w+\.(?:png|json|csv|md)\b", " ".join(STEPLESS)):
        assert (folder / name).is_file(), name


@pytest.mark.timeout(300)
@pytest.mark.parametrize("guide", GUIDES)
def test_every_command_of_the_guides_runs(
    application_as_found: QApplication,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
    guide: str,
) -> None:
    folder = furnished(tmp_path)
    (folder / "photos" / "held-out").mkdir()
    shutil.copy(folder / "photos" / "0.png", folder / "photos" / "held-out" / "other.png")
    (folder / "recipe.toml").write_text(recipe_of_the_guide(), encoding="utf-8")
    monkeypatch.chdir(folder)
    lines = [line for line in commands((PAGES_FOLDER / guide).read_text(encoding="utf-8")) if "stepless " in line]
    assert len(lines) > 2
    run_all(lines, capsys)


@pytest.mark.slow
@pytest.mark.timeout(240)
def test_the_launcher_of_several_processes_runs_as_the_readme_says(folder: Path) -> None:
    (line,) = [line for line in LINES if line.startswith("torchrun ")]
    # Nobody waits for a whole schedule.
    arguments = [*shlex.split(line)[1:], "--minutes", "0.03"]
    environment = os.environ | {"PYTHONPATH": str(ROOT), "OMP_NUM_THREADS": "1"}
    command = [sys.executable, "-m", "torch.distributed.run", "--standalone", *arguments]
    subprocess.run(command, cwd=folder, env=environment, check=True, timeout=220, capture_output=True)
    assert (folder / "runs" / "several" / "model.safetensors").is_file()
