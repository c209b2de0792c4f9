"""Which libraries Qt needs, and what happens when they are missing."""

from __future__ import annotations

import importlib.util
import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
import system_libraries
from system_libraries import COMMON, NEEDED, WAYLAND, XCB, SystemPackagesMissing


def loader(*absent: str):
    """A loader on a machine that lacks the libraries named."""

    def load(soname: str) -> object:
        if soname in absent:
            raise OSError(f"{soname}: cannot open shared object file")
        return object()

    return load


def sonames(libraries) -> list[str]:
    return [library.soname for library in libraries]


@pytest.fixture
def commands(monkeypatch):
    """The commands that would have been run; all succeed."""
    ran: list[list[str]] = []

    def run(command, **options):
        ran.append(list(command))
        return subprocess.CompletedProcess(command, 0)

    monkeypatch.setattr(subprocess, "run", run)
    return ran


def become(monkeypatch, *, uid: int, apt: bool = True):
    monkeypatch.setattr(os, "geteuid", lambda: uid, raising=False)
    monkeypatch.setattr(shutil, "which", lambda name: f"/usr/bin/{name}" if apt else None)


@pytest.mark.parametrize(
    ("environ", "system", "expected"),
    [
        ({}, "linux", ("offscreen",)),
        ({"DISPLAY": "", "WAYLAND_DISPLAY": ""}, "linux", ("offscreen",)),
        ({"DISPLAY": ":0"}, "linux", ("xcb",)),
        ({"WAYLAND_DISPLAY": "wayland-0"}, "linux", ("wayland",)),
        ({"WAYLAND_DISPLAY": "wayland-0", "DISPLAY": ":0"}, "linux", ("wayland", "xcb")),
        ({"DISPLAY": ":0", "QT_QPA_PLATFORM": "offscreen"}, "linux", ("offscreen",)),
        ({"QT_QPA_PLATFORM": "wayland-egl;xcb"}, "linux", ("wayland",)),
        ({"QT_QPA_PLATFORM": "vnc:size=800x600"}, "linux", ("vnc",)),
        ({}, "darwin", ("native",)),
        ({}, "win32", ("native",)),
        ({"QT_QPA_PLATFORM": "offscreen"}, "win32", ("offscreen",)),
    ],
)
def test_platform_follows_the_display(environ, system, expected):
    assert system_libraries.qt_platforms(environ, system=system) == expected


def test_nothing_is_missing_where_everything_loads():
    for platform in NEEDED:
        assert system_libraries.missing_libraries([platform], load=loader()) == []


def test_missing_libraries_are_found_by_name():
    load = loader("libEGL.so.1", "libxcb-icccm.so.4")
    assert sonames(system_libraries.missing_libraries(["xcb"], load=load)) == ["libEGL.so.1", "libxcb-icccm.so.4"]


def test_offscreen_does_without_the_libraries_of_a_display():
    load = loader(*sonames(XCB + WAYLAND))
    assert system_libraries.missing_libraries(["offscreen"], load=load) == []


def test_one_usable_platform_is_enough():
    load = loader("libwayland-cursor.so.0")
    assert system_libraries.missing_libraries(["wayland", "xcb"], load=load) == []
    assert sonames(system_libraries.missing_libraries(["wayland"], load=load)) == ["libwayland-cursor.so.0"]


def test_unknown_platform_needs_what_all_need():
    assert sonames(system_libraries.missing_libraries(["vnc"], load=loader(*sonames(COMMON)))) == sonames(COMMON)


def test_explanation_names_libraries_and_each_package_once():
    text = system_libraries.explanation([lib for lib in COMMON if "glib" in lib.soname or "gthread" in lib.soname])
    assert "libglib-2.0.so.0, libgthread-2.0.so.0" in text
    assert "apt-get install libglib2.0-0\n" in text
    assert "dnf install glib2\n" in text
    assert text.endswith("pacman -S glib2")


@pytest.mark.parametrize("system", ["darwin", "win32"])
def test_libraries_of_linux_are_asked_for_nowhere_else(system):
    system_libraries.check(["native"], system=system, load=loader(*sonames(COMMON)))


def test_windows_is_told_where_the_runtime_is_that_torch_needs():
    with pytest.raises(SystemPackagesMissing) as told:
        system_libraries.check(["native"], system="win32", load=loader("msvcp140.dll", "msvcp140_atomic_wait.dll"))
    assert "lacks msvcp140.dll, msvcp140_atomic_wait.dll.\n" in str(told.value)
    assert "https://aka.ms/vc14/vc_redist.x64.exe" in str(told.value)


def test_user_is_told_what_to_install(monkeypatch, commands):
    become(monkeypatch, uid=1000)
    with pytest.raises(SystemPackagesMissing, match=r"sudo apt-get install libgl1\n"):
        system_libraries.check(["offscreen"], system="linux", load=loader("libGL.so.1"))
    assert commands == []


def test_root_on_debian_installs_what_is_missing(monkeypatch, commands):
    monkeypatch.setattr(system_libraries, "may_install", lambda: True)
    absent = {"libGL.so.1", "libgthread-2.0.so.0", "libglib-2.0.so.0"}

    def load(soname):
        if soname in absent and not commands:
            raise OSError

    system_libraries.check(["offscreen"], system="linux", load=load)
    assert [command[:3] for command in commands] == [["apt-get", "-q", "update"], ["apt-get", "-q", "install"]]
    assert commands[1][3:] == ["-y", "--no-install-recommends", "libgl1", "libglib2.0-0"]


def test_installation_that_does_not_help_is_told(monkeypatch, commands):
    monkeypatch.setattr(system_libraries, "may_install", lambda: True)
    with pytest.raises(SystemPackagesMissing, match=r"lacks libGL\.so\.1"):
        system_libraries.check(["offscreen"], system="linux", load=loader("libGL.so.1"))
    assert len(commands) == 2


def test_failed_installation_is_told(monkeypatch):
    monkeypatch.setattr(subprocess, "run", lambda command, **options: subprocess.CompletedProcess(command, 100))
    with pytest.raises(SystemPackagesMissing, match="exit code 100"):
        system_libraries.install(["libgl1"])


@pytest.mark.parametrize(
    ("release", "uid", "apt", "expected"),
    [
        ("ID=debian\n", 0, True, True),
        ('NAME="Linux Mint"\nID=linuxmint\nID_LIKE="ubuntu debian"\n', 0, True, True),
        ("ID=debian\n", 1000, True, False),
        ("ID=debian\n", 0, False, False),
        ("ID=fedora\nVARIANT_ID=debian\n", 0, True, False),
        (None, 0, True, False),
    ],
)
def test_only_root_on_debian_may_install(monkeypatch, tmp_path, release, uid, apt, expected):
    become(monkeypatch, uid=uid, apt=apt)
    os_release = tmp_path / "os-release"
    if release is not None:
        os_release.write_text(release, encoding="utf-8")
    assert system_libraries.may_install(os_release=os_release) is expected


@pytest.mark.skipif(not sys.platform.startswith("linux") or shutil.which("ldd") is None, reason="needs ldd")
@pytest.mark.parametrize("platform", ["offscreen", "xcb", "wayland"])
def test_table_names_whatever_the_installed_qt_lacks_here(platform):
    spec = importlib.util.find_spec("PySide6")
    assert spec is not None
    assert spec.origin is not None
    folder = Path(spec.origin).parent
    files = [folder / "Qt/plugins/platforms" / f"libq{platform}.so", *folder.glob("Qt/lib/libQt6Gui.so*")]
    if platform == "xcb":
        files += (folder / "Qt/plugins/xcbglintegrations").glob("*.so")
    listing = subprocess.run(["ldd", *files], capture_output=True, text=True, check=True).stdout
    absent = {line.split()[0] for line in listing.splitlines() if "not found" in line}
    assert absent <= set(sonames(NEEDED[platform]))
