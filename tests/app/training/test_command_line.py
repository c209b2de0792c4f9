"""How the program starts itself: from its sources, from a bundle, and from that of Windows."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from app.training.command_line import CONSOLE_SUFFIX, own_command, source_folder

ROOT = Path(__file__).parents[3]


def test_sources_start_themselves_by_their_interpreter() -> None:
    program, arguments = own_command(["--version"])
    outcome = subprocess.run([program, *arguments], cwd=source_folder(), capture_output=True, text=True, check=True)
    assert outcome.stdout.startswith("Stepless ")
    assert source_folder() == ROOT


@pytest.mark.parametrize(
    ("platform", "has_console", "expected"),
    [
        ("linux", False, "stepless.exe"),
        ("linux", True, "stepless.exe"),
        ("win32", True, "stepless-console.exe"),
        # Repacked by somebody.
        ("win32", False, "stepless.exe"),
    ],
)
def test_bundle_starts_the_program_that_can_write(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, platform: str, has_console: bool, expected: str
) -> None:
    for name in ("stepless.exe", *(["stepless-console.exe"] if has_console else [])):
        (tmp_path / name).touch()
    monkeypatch.setattr(sys, "frozen", True, raising=False)
    monkeypatch.setattr(sys, "executable", str(tmp_path / "stepless.exe"))
    monkeypatch.setattr(sys, "platform", platform)
    assert own_command(["train"]) == (str(tmp_path / expected), ["train"])
    assert source_folder() is None


def test_the_spec_makes_the_program_of_that_name() -> None:
    spec = (ROOT / "packaging" / "stepless.spec").read_text(encoding="utf-8")
    assert f'name="stepless{CONSOLE_SUFFIX}"' in spec
