"""When the environment is left alone, brought up to date, or made anew."""

from __future__ import annotations

import importlib.util
import subprocess
from pathlib import Path

import pytest
import system_libraries
import virtual_environment
from virtual_environment import SetupFailed, VirtualEnvironment


class FakeMachine:
    """Stands in for `subprocess.run`: an interpreter that is there or not, and a record of all other commands."""

    def __init__(self, venv: VirtualEnvironment) -> None:
        self.venv = venv
        self.version: str | None = None
        self.commands: list[list[str]] = []
        self.failing: str | None = None
        self.has_whole_pip = True

    def run(self, command, **options):
        command = [str(part) for part in command]
        if command[1] == "-c":
            if self.version is None:
                raise FileNotFoundError(command[0])
            return subprocess.CompletedProcess(command, 0, stdout=f"{self.version}\n")
        if command[-1] == "--help":
            return subprocess.CompletedProcess(command, 0 if self.has_whole_pip else 1)
        self.commands.append(command[1:])
        if self.failing is not None and self.failing in command:
            return subprocess.CompletedProcess(command, 1)
        if "venv" in command:
            self.venv.folder.mkdir(exist_ok=True)
            self.version = "3.12.4"
        return subprocess.CompletedProcess(command, 0)

    def steps(self) -> list[str]:
        """The last word of each command: the folder made, or what pip installed."""
        steps = [command[-1] for command in self.commands]
        self.commands.clear()
        return steps


@pytest.fixture
def venv(tmp_path):
    (tmp_path / "pyproject.toml").write_text("[project]\n", encoding="utf-8")
    (tmp_path / "constraints.txt").write_text("torch==1\n", encoding="utf-8")
    return VirtualEnvironment(tmp_path)


@pytest.fixture
def machine(venv, monkeypatch):
    fake = FakeMachine(venv)
    monkeypatch.setattr(subprocess, "run", fake.run)
    return fake


def test_fresh_clone_gets_environment_and_packages(venv, machine):
    virtual_environment.ensure(venv, extras="dev")
    assert machine.commands[0][:3] == ["-m", "venv", "--clear"]
    assert machine.commands[-1][-4:] == ["-c", "constraints.txt", "-e", ".[dev]"]
    assert machine.steps() == [str(venv.folder), "pip", ".[dev]"]


def test_nothing_happens_twice(venv, machine):
    virtual_environment.ensure(venv, extras="dev")
    machine.steps()
    virtual_environment.ensure(venv, extras="dev")
    virtual_environment.ensure(venv, extras="")  # what is enough for testing is enough for running
    assert machine.steps() == []


def test_running_alone_installs_no_development_tools(venv, machine):
    virtual_environment.ensure(venv, extras="")
    assert machine.steps()[-1] == "."
    virtual_environment.ensure(venv, extras="dev")
    assert machine.steps() == ["pip", ".[dev]"]


def test_tools_for_releases_come_on_top_of_those_for_tests(venv, machine):
    virtual_environment.ensure(venv, extras="dev")
    machine.steps()
    virtual_environment.ensure(venv, extras="dev,bundle")
    assert machine.steps() == ["pip", ".[dev,bundle]"]
    virtual_environment.ensure(venv, extras="dev")
    virtual_environment.ensure(venv, extras="")
    assert machine.steps() == []


@pytest.mark.parametrize("name", ["pyproject.toml", "constraints.txt"])
def test_changed_requirements_are_installed(venv, machine, name):
    virtual_environment.ensure(venv, extras="dev")
    machine.steps()
    (venv.root / name).write_text("changed\n", encoding="utf-8")
    virtual_environment.ensure(venv, extras="dev")
    assert machine.steps() == ["pip", ".[dev]"]


def test_other_python_version_is_installed_into_again(venv, machine):
    virtual_environment.ensure(venv, extras="dev")
    machine.steps()
    machine.version = "3.12.5"
    virtual_environment.ensure(venv, extras="dev")
    assert machine.steps() == ["pip", ".[dev]"]


@pytest.mark.parametrize("version", [None, "3.10.1", "3.15.0"])
def test_broken_or_old_environment_is_made_anew(venv, machine, version):
    virtual_environment.ensure(venv, extras="dev")
    machine.steps()
    machine.version = version
    virtual_environment.ensure(venv, extras="dev")
    assert machine.steps() == [str(venv.folder), "pip", ".[dev]"]


@pytest.mark.parametrize("content", [b"", b"\xff\xfe\x00", bytes(90)], ids=["empty", "no text", "zeros"])
def test_damaged_stamp_only_means_to_look_what_is_installed(venv, machine, content):
    virtual_environment.ensure(venv, extras="dev")
    machine.steps()
    venv.stamp.write_bytes(content)
    virtual_environment.ensure(venv, extras="dev")
    assert machine.steps() == ["pip", ".[dev]"]


def test_environment_whose_pip_was_cut_off_is_made_anew(venv, machine):
    virtual_environment.ensure(venv, extras="dev")
    machine.steps()
    venv.stamp.unlink()
    machine.has_whole_pip = False
    virtual_environment.ensure(venv, extras="dev")
    assert machine.steps() == [str(venv.folder), "pip", ".[dev]"]


def test_moved_repository_gets_a_new_environment(venv, machine):
    virtual_environment.ensure(venv, extras="dev")
    machine.steps()
    venv.stamp.write_text("/somewhere/else\nabc\n", encoding="utf-8")
    virtual_environment.ensure(venv, extras="dev")
    assert machine.steps()[0] == str(venv.folder)


def test_failed_installation_leaves_no_stamp(venv, machine):
    virtual_environment.ensure(venv, extras="")
    machine.failing = ".[dev]"
    with pytest.raises(SetupFailed, match="exit code 1"):
        virtual_environment.ensure(venv, extras="dev")
    assert not venv.stamp.exists()


def test_python_without_ensurepip_is_explained(venv, machine, monkeypatch):
    monkeypatch.setattr(importlib.util, "find_spec", lambda name: None)
    monkeypatch.setattr(system_libraries, "may_install", lambda: False)
    with pytest.raises(system_libraries.SystemPackagesMissing, match=r"apt-get install python3\.\d+-venv"):
        virtual_environment.ensure(venv, extras="")


def test_programs_are_found_on_both_kinds_of_system():
    assert VirtualEnvironment(Path("r"), windows=False).program("stepless") == Path("r/.venv/bin/stepless")
    assert VirtualEnvironment(Path("r"), windows=True).program("stepless") == Path("r/.venv/Scripts/stepless.exe")
