"""What holds for the repository as a whole: one version, a core without Qt, no address of a package registry."""

from __future__ import annotations

import ast
import datetime
import re
import subprocess
import sys
import tomllib
from collections.abc import Iterator
from pathlib import Path

import pytest

from liif_core import __version__

ROOT = Path(__file__).resolve().parent.parent
SOURCE_FOLDERS = ("app", "liif_core", "packaging", "tests", "resources", ".ci")
TEXT_SUFFIXES = {"", ".cfg", ".json", ".md", ".py", ".qss", ".svg", ".toml", ".txt", ".yaml", ".yml"}

# Split, so that this file passes its own test.
REGISTRY_ADDRESSES = ("pypi" + ".org", "python" + "hosted.org", "download." + "pytorch.org", "ana" + "conda.org")

IMPORT_WITHOUT_QT = """
import importlib, pkgutil, sys

class BlockQt:
    def find_spec(self, name, path=None, target=None):
        if name.partition(".")[0] in ("PySide6", "shiboken6"):
            raise ImportError(f"{name} is blocked")

sys.meta_path.insert(0, BlockQt())
import liif_core
for module in pkgutil.walk_packages(liif_core.__path__, "liif_core."):
    if not module.name.endswith("__main__"):
        importlib.import_module(module.name)
assert "app" not in sys.modules
"""


def run_python(code: str) -> None:
    """Run `code` in a fresh interpreter; its traceback is the failure."""
    result = subprocess.run([sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, check=False)
    assert result.returncode == 0, result.stderr


def text_files() -> Iterator[Path]:
    """The files of the repository that people read."""
    yield from (path for path in ROOT.iterdir() if path.is_file() and path.suffix in TEXT_SUFFIXES)
    for folder in SOURCE_FOLDERS:
        for path in (ROOT / folder).rglob("*"):
            if path.is_file() and path.suffix in TEXT_SUFFIXES and "__pycache__" not in path.parts:
                yield path


def test_version_is_written_in_one_place():
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
    assert project["project"]["dynamic"] == ["version"]
    assert project["tool"]["hatch"]["version"]["path"] == "liif_core/__init__.py"
    assigning = []
    for path in [*(ROOT / "app").rglob("*.py"), *(ROOT / "liif_core").rglob("*.py")]:
        for node in ast.parse(path.read_text(encoding="utf-8")).body:
            if isinstance(node, ast.Assign) and any(
                isinstance(target, ast.Name) and target.id == "__version__" for target in node.targets
            ):
                assigning.append(path.relative_to(ROOT).as_posix())
    assert assigning == ["liif_core/__init__.py"]


def test_the_changelog_tells_of_this_version():
    """An entry of its own, or for one that is not released yet the entries that wait for it."""
    text = (ROOT / "CHANGELOG.md").read_text(encoding="utf-8")
    headings = re.findall(r"^## (.+)$", text, re.MULTILINE)
    dated = [each for each in headings if each != "[Unreleased]"]
    released = [re.fullmatch(r"\[(\d+)\.(\d+)\.(\d+)\] - (\d{4}-\d\d-\d\d)", each) for each in dated]
    assert all(released), f"a heading is neither [Unreleased] nor a version with its date: {headings}"
    versions = [tuple(map(int, found.groups()[:3])) for found in released if found]
    dates = [datetime.date.fromisoformat(found.group(4)) for found in released if found]
    assert versions == sorted(set(versions), reverse=True) and dates == sorted(dates, reverse=True)
    current = tuple(map(int, re.findall(r"\d+", __version__)))
    if current not in versions:
        assert all(current > version for version in versions)
        waiting = text.partition("## [Unreleased]")[2].partition("\n## ")[0]
        assert "\n- " in waiting, f"the changelog does not tell of version {__version__}"


def test_the_licence_is_stated_once_and_no_file_repeats_it():
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    assert project["license"] == "BSD-3-Clause" and project["license-files"] == ["LICENSE"]
    text = (ROOT / "LICENSE").read_text(encoding="utf-8")
    assert text.startswith("BSD 3-Clause License") and "the Stepless developers" in text
    repeating = [
        path.relative_to(ROOT).as_posix()
        for folder in ("app", "liif_core", "packaging", "tests")
        for path in (ROOT / folder).rglob("*.py")
        if re.search(r"^# (?:SPDX-|Copyright)", path.read_text(encoding="utf-8"), re.MULTILINE)
    ]
    assert repeating == []


def test_core_imports_with_qt_blocked():
    run_python(IMPORT_WITHOUT_QT)


@pytest.mark.parametrize(
    ("module", "kept_out"),
    [
        ("liif_core", ["torch", "numpy", "PySide6"]),
        ("liif_core.geometry", ["torch", "numpy", "PySide6"]),
        ("liif_core.view", ["torch", "numpy", "PIL", "PySide6"]),
        ("liif_core.imaging", ["torch", "PySide6"]),
        ("liif_core.models.spec", ["torch", "PySide6"]),
    ],
)
def test_importing_stays_light(module, kept_out):
    run_python(f"import sys, {module}\nfound = set({kept_out!r}) & set(sys.modules)\nassert not found, found")


def test_files_hold_no_registry_address():
    found = [
        f"{path.relative_to(ROOT).as_posix()}: {address}"
        for path in text_files()
        for address in REGISTRY_ADDRESSES
        if address in path.read_text(encoding="utf-8", errors="replace")
    ]
    assert found == []


def test_every_dependency_is_pinned():
    def normalised(requirement: str) -> str:
        name = requirement
        for separator in "[<>=;! ":
            name = name.partition(separator)[0]
        return name.lower().replace("_", "-")

    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    extras = project["optional-dependencies"]
    wanted = {normalised(item) for item in [*project["dependencies"], *extras["dev"], *extras["bundle"]]}
    lines = (ROOT / "constraints.txt").read_text(encoding="utf-8").splitlines()
    pins = [line for line in lines if line and not line.startswith("#")]
    assert all("==" in pin and "+" not in pin for pin in pins)
    assert wanted <= {normalised(pin) for pin in pins}


def test_sample_photo_is_the_one_that_bootstrap_opens():
    import bootstrap

    assert bootstrap.SAMPLE.is_file()
    assert bootstrap.SAMPLE.name in (bootstrap.SAMPLE.parent / "README.md").read_text(encoding="utf-8")
