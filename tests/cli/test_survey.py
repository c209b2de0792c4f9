"""`stepless survey`: what the wizard learns of photos and of this machine before a training."""

from __future__ import annotations

import json
from pathlib import Path

import PIL.Image
import pytest

from liif_core.cli import survey
from tests.cli.terminal import Outcome, Stepless
from tests.cli.test_train import recipe
from tests.training.pictures import scene

pytestmark = pytest.mark.usefixtures("one_thread")


@pytest.fixture
def photos(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Four photos, one of them small and twice there, and a file that is none."""
    monkeypatch.setattr(survey, "PROBE_S", 0.0)
    folder = tmp_path / "photos"
    folder.mkdir()
    for index in range(3):
        PIL.Image.fromarray(scene(index, 60, 80)).save(folder / f"{index}.png")
    for name in ("small", "small again"):
        PIL.Image.fromarray(scene(9, 30, 40)).save(folder / f"{name}.png")
    (folder / "broken.jpg").write_bytes(b"no photo")
    return folder


def lines(outcome: Outcome) -> list[dict[str, object]]:
    assert (outcome.code, outcome.err) == (0, "")
    return [json.loads(line) for line in outcome.out.splitlines()]


def test_photos_are_told_as_every_recipe_sees_them(stepless: Stepless, photos: Path, tmp_path: Path) -> None:
    small = recipe(tmp_path, iterations=1)
    text = small.read_text(encoding="utf-8").replace("patch = 12", "patch = 24")
    large = tmp_path / "large.toml"
    large.write_text(text, encoding="utf-8")
    found = lines(stepless("survey", "--data", photos, "--recipe", small, "--recipe", large, "--only-photos"))
    assert [line["kind"] for line in found if line["kind"] != "reading"] == ["devices", "report"]
    assert "cpu" in found[0]["devices"]  # type: ignore[operator]
    report = found[-1]["report"]
    assert isinstance(report, dict)
    assert report["train"]["count"] + report["validation"]["count"] == 5
    assert [Path(file["path"]).name for file in report["unreadable"]] == ["broken.jpg"]
    assert report["more_would_help"] == 200 - report["train"]["count"]
    assert found[-1]["usable"] == {str(small): 5, str(large): 3}


def test_times_are_measured_or_why_not_is_told(stepless: Stepless, photos: Path, tmp_path: Path) -> None:
    small, long = recipe(tmp_path, iterations=10), recipe(tmp_path, iterations=10_000)
    command = ("survey", "--data", photos, "--only-times", "--device", "cpu", "--recipe", small, "--recipe", long)
    told = {line["recipe"]: line for line in lines(stepless(*command, "--recipe", "quick")) if line["kind"] == "time"}
    seconds = [told[str(path)]["seconds"] for path in (small, long)]
    assert isinstance(seconds[0], float) and isinstance(seconds[1], float)
    assert 0 < seconds[0] < seconds[1]
    assert "at least 144 pixels" in str(told["quick"]["problem"])


def test_folder_that_cannot_be_used_is_refused(stepless: Stepless, tmp_path: Path) -> None:
    for folder, part in ((tmp_path / "none", "no such folder"), (tmp_path, "no photo in this folder")):
        outcome = stepless("survey", "--data", folder)
        assert outcome.code == 2 and outcome.err.count("\n") == 1 and part in outcome.err
