"""The wheel and the source distribution: reproducible, complete, and working without the repository."""

from __future__ import annotations

import os
import subprocess
import sys
import tarfile
import zipfile
from pathlib import Path

import make_dist
import pytest

from liif_core import __version__

RUN = """
import sys
sys.path.insert(0, sys.argv[1])
import app, liif_core
assert app.__file__.startswith(sys.argv[1]) and liif_core.__file__.startswith(sys.argv[1])
from app.main import main
sys.exit(main(sys.argv[2:]))
"""


@pytest.fixture(scope="module")
def built(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Path]:
    """Built twice, in two places; fails where they differ."""
    return make_dist.built_twice(tmp_path_factory.mktemp("dist"))


def test_the_wheel_holds_code_and_resources_and_nothing_else(built: dict[str, Path]) -> None:
    make_dist.check_contents(built["wheel"])
    assert built["wheel"].name == f"stepless-{__version__}-py3-none-any.whl"
    with zipfile.ZipFile(built["wheel"]) as archive:
        names = archive.namelist()
        metadata = archive.read(f"stepless-{__version__}.dist-info/METADATA").decode()
    assert f"stepless-{__version__}.dist-info/licenses/LICENSE" in names
    assert "License-Expression: BSD-3-Clause" in metadata
    assert not [name for name in names if name.startswith(("tests", "packaging"))]


def test_the_source_distribution_holds_what_tests_and_builds_need(built: dict[str, Path]) -> None:
    with tarfile.open(built["sdist"]) as archive:
        names = {name.partition("/")[2] for name in archive.getnames()}
    templates = {"packaging/stepless.spec", "packaging/linux/application.desktop.in", "packaging/licences/LGPL-3.0.txt"}
    assert templates <= names
    assert {"LICENSE", "CHANGELOG.md", "Makefile", "tests/test_project.py", "constraints.txt"} <= names
    assert not [name for name in names if name.startswith(("build/", "dist/", ".venv"))]


def test_a_wheel_that_lacks_something_is_refused(tmp_path: Path) -> None:
    wheel = tmp_path / "stepless.whl"
    with zipfile.ZipFile(wheel, "w") as archive:
        archive.writestr("tests/test_x.py", "")
    with pytest.raises(make_dist.DistFailed, match=r"missing .*manifest\.json.* too much .*test_x"):
        make_dist.check_contents(wheel)


def test_the_unpacked_wheel_runs_with_its_own_resources(built: dict[str, Path], tmp_path: Path) -> None:
    site = tmp_path / "site"
    with zipfile.ZipFile(built["wheel"]) as archive:
        archive.extractall(site)

    def run(*arguments: str) -> str:
        command = [sys.executable, "-c", RUN, str(site), *arguments]
        environment = {**os.environ, "PYTHONDONTWRITEBYTECODE": "1"}
        result = subprocess.run(command, cwd=tmp_path, env=environment, capture_output=True, text=True, check=False)
        assert result.returncode == 0, result.stderr
        return result.stdout

    assert run("--version") == f"Stepless {__version__}\n"
    assert "fast" in run("models") and "fast" in run("train", "--help")
    sample = site / "liif_core" / "_resources" / "samples" / "dandelion.jpg"
    run("view", str(sample), "--model", "bicubic", "--lang", "zh_CN", "--size", "320x240", "--screenshot", "a.png")
    assert (tmp_path / "a.png").is_file()
