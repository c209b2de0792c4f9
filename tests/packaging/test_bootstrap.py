"""What the commands behind `make` start, with and without a display."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import tomllib
from pathlib import Path

import bootstrap
import pytest
import system_libraries
import virtual_environment


class Calls:
    """Records the programs started; those whose command holds a word of `failing` fail with code 3."""

    def __init__(self) -> None:
        self.commands: list[list[str]] = []
        self.environs: list[dict[str, str]] = []
        self.failing: set[str] = set()

    def __call__(self, command, environ=None, *, folder=None):
        self.commands.append(list(command))
        self.environs.append(dict(environ or {}))
        return 3 if self.failing & set(command) else 0


@pytest.fixture
def calls(monkeypatch):
    """A machine that is set up completely."""
    record = Calls()
    monkeypatch.setattr(bootstrap, "call", record)
    monkeypatch.setattr(virtual_environment, "ensure", lambda venv, *, extras: None)
    monkeypatch.setattr(system_libraries, "check", lambda platforms: None)
    return record


@pytest.fixture
def platforms(monkeypatch):
    def choose(*names: str) -> None:
        monkeypatch.setattr(system_libraries, "qt_platforms", lambda environ: names)

    return choose


def test_run_opens_the_sample(calls, platforms):
    platforms("xcb")
    assert bootstrap.main(["run"]) == 0
    program, photo = calls.commands[0]
    assert Path(program).stem == "stepless"
    assert Path(photo) == bootstrap.SAMPLE
    assert calls.environs == [{}]


def test_run_opens_the_photo_named(calls, platforms):
    platforms("native")
    bootstrap.main(["run", "my photo.jpg"])
    assert calls.commands[0][1:] == ["my photo.jpg"]


@pytest.mark.skipif(shutil.which("make") is None, reason="there is no make")
@pytest.mark.parametrize("name", ["my photo.jpg", "5 $1.jpg", 'a "view".jpg', "`date`.jpg", "#1 $(HOME).jpg", "山.jpg"])
def test_make_hands_over_the_name_of_a_photo_as_it_is(tmp_path, name):
    shutil.copy(bootstrap.ROOT / "Makefile", tmp_path)
    (tmp_path / "packaging").mkdir()
    (tmp_path / "packaging" / "bootstrap.py").write_text("import sys; print(ascii(sys.argv[1:]))", encoding="utf-8")
    # As from a terminal: the tests may have been started by make, which tells its children and has them say where.
    environ = {key: value for key, value in os.environ.items() if key not in ("MAKEFLAGS", "MAKELEVEL", "MFLAGS")}
    command = ["make", "run", f"PHOTO={name}"]
    made = subprocess.run(command, cwd=tmp_path, env=environ, capture_output=True, text=True, check=True)
    assert made.stdout.strip() == ascii(["run", name])


def test_without_display_the_same_work_is_done_offscreen(calls, platforms, tmp_path, capsys):
    platforms("offscreen")
    photo = tmp_path / "my photo.jpg"
    assert bootstrap.main(["run", str(photo)]) == 0
    picture = tmp_path / "stepless-demo.png"
    assert calls.commands[0][1:] == [
        *("view", str(photo), "--zoom", "8", "--size", "1280x800"),
        *("--screenshot", str(picture), "--timings"),
    ]
    assert calls.environs == [{"QT_QPA_PLATFORM": "offscreen"}]
    told = capsys.readouterr().out
    assert "There is no display" in told
    assert f"Wrote {picture}" in told


def test_offscreen_sample_is_centred_on_its_subject(calls, platforms):
    platforms("offscreen")
    bootstrap.main(["run"])
    command = calls.commands[0]
    assert command[command.index("--center") + 1] == bootstrap.SAMPLE_CENTER


def test_failed_offscreen_run_claims_no_picture(calls, platforms, tmp_path, capsys):
    platforms("offscreen")
    calls.failing = {"view"}
    assert bootstrap.main(["run", str(tmp_path / "photo.jpg")]) == 3
    assert "Wrote" not in capsys.readouterr().out


def test_picture_goes_to_the_current_folder_where_the_photos_is_read_only(monkeypatch, tmp_path):
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr(os, "access", lambda path, mode: False)
    assert bootstrap.demo_picture(Path("/elsewhere/photo.jpg")) == tmp_path / "stepless-demo.png"


def test_test_runs_every_check_offscreen(calls, capsys):
    assert bootstrap.main(["test"]) == 0
    assert all(environ == {"QT_QPA_PLATFORM": "offscreen"} for environ in calls.environs)
    assert "All passed: ruff check, ruff format, mypy, import-linter, pytest." in capsys.readouterr().out
    assert calls.commands[-1][1:] == ["-m", "pytest", *bootstrap.IN_PARALLEL]


def test_fast_leaves_out_slow_tests(calls):
    bootstrap.main(["test", "--fast"])
    assert calls.commands[-1][1:] == ["-m", "pytest", *bootstrap.IN_PARALLEL, "-m", "not slow"]


def test_first_failing_check_ends_the_run(calls, capsys):
    calls.failing = {"mypy"}
    assert bootstrap.main(["test"]) == 3
    assert len(calls.commands) == 3
    assert "FAILED: mypy (exit code 3)." in capsys.readouterr().err


@pytest.mark.parametrize(("command", "script"), [("bundle", "make_bundle.py"), ("dist", "make_dist.py")])
def test_releases_are_built_by_scripts_of_this_folder(calls, monkeypatch, command, script):
    installed, checked = [], []
    monkeypatch.setattr(virtual_environment, "ensure", lambda venv, *, extras: installed.append(extras))
    monkeypatch.setattr(system_libraries, "check", lambda platforms: checked.extend(platforms))
    assert bootstrap.main([command]) == 0
    assert calls.commands[0][1:] == [str(bootstrap.ROOT / "packaging" / script)]
    assert (bootstrap.ROOT / "packaging" / script).is_file()
    assert installed == ["dev,bundle"]
    # What the system lacks cannot be put into a bundle.
    assert ({"xcb", "wayland"} <= set(checked)) is (command == "bundle")


def test_missing_system_packages_are_told_without_traceback(calls, monkeypatch, capsys):
    def check(platforms):
        raise system_libraries.SystemPackagesMissing("install libgl1")

    monkeypatch.setattr(system_libraries, "check", check)
    assert bootstrap.main(["test"]) == 1
    assert capsys.readouterr().err.strip() == "install libgl1"
    assert calls.commands == []


@pytest.mark.parametrize(("bound", "version"), [("OLDEST_PYTHON", (99, 0)), ("NEWEST_PYTHON", (3, 0))])
def test_python_that_is_too_old_or_too_new_is_told_before_anything_is_made(calls, monkeypatch, capsys, bound, version):
    monkeypatch.setattr(virtual_environment, bound, version)
    assert bootstrap.main(["run"]) == 1
    assert "needs Python" in capsys.readouterr().err
    assert calls.commands == []


def test_every_place_tells_the_same_versions_of_python():
    oldest, newest = virtual_environment.OLDEST_PYTHON, virtual_environment.NEWEST_PYTHON
    project = tomllib.loads((bootstrap.ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    assert project["requires-python"] == f">={oldest[0]}.{oldest[1]},<{newest[0]}.{newest[1] + 1}"
    told = [each.rpartition(" ")[2] for each in project["classifiers"] if re.search(r":: Python :: 3\.\d", each)]
    versions = [f"3.{minor}" for minor in range(oldest[1], newest[1] + 1)]
    assert told == versions
    makefile = (bootstrap.ROOT / "Makefile").read_text(encoding="utf-8")
    assert f"not {oldest} <= sys.version_info[:2] <= {newest}" in makefile
    assert all(f" python{version} " in makefile for version in versions)
