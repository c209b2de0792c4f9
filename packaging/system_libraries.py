"""The shared libraries that Qt expects a Linux system to have, and torch a Windows.

The PySide6 wheels bring Qt itself, but not the libraries under it (OpenGL, fonts, the X11 and Wayland clients). Where
one is missing, Qt ends the process with a message that names a plugin instead of the library. So every library is
loaded here first, the missing ones are named with the packages that hold them, and as root on Debian or Ubuntu they are
installed.

The tables follow what Qt's own libraries and platform plugins link to: `ldd` on `PySide6/Qt/plugins/platforms/*.so`.

On Windows, torch's own libraries are linked to Microsoft's C++ runtime. Python brings a part of it along and PySide6's
wheels another, but no one the whole.
"""

from __future__ import annotations

import ctypes
import os
import shutil
import subprocess
import sys
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True)
class Library:
    """A shared library by its file name, and the packages that hold it on three families of systems."""

    soname: str
    debian: str
    fedora: str
    arch: str


COMMON = (
    Library("libEGL.so.1", "libegl1", "libglvnd-egl", "libglvnd"),
    Library("libGL.so.1", "libgl1", "libglvnd-glx", "libglvnd"),
    Library("libX11.so.6", "libx11-6", "libX11", "libx11"),
    Library("libxkbcommon.so.0", "libxkbcommon0", "libxkbcommon", "libxkbcommon"),
    Library("libdbus-1.so.3", "libdbus-1-3", "dbus-libs", "dbus"),
    Library("libfontconfig.so.1", "libfontconfig1", "fontconfig", "fontconfig"),
    Library("libfreetype.so.6", "libfreetype6", "freetype", "freetype2"),
    Library("libglib-2.0.so.0", "libglib2.0-0", "glib2", "glib2"),
    Library("libgthread-2.0.so.0", "libglib2.0-0", "glib2", "glib2"),
    Library("libz.so.1", "zlib1g", "zlib", "zlib"),
    Library("libzstd.so.1", "libzstd1", "libzstd", "zstd"),
)
XCB = (
    Library("libX11-xcb.so.1", "libx11-xcb1", "libX11-xcb", "libx11"),
    Library("libxcb.so.1", "libxcb1", "libxcb", "libxcb"),
    Library("libxcb-cursor.so.0", "libxcb-cursor0", "xcb-util-cursor", "xcb-util-cursor"),
    Library("libxcb-glx.so.0", "libxcb-glx0", "libxcb", "libxcb"),
    Library("libxcb-icccm.so.4", "libxcb-icccm4", "xcb-util-wm", "xcb-util-wm"),
    Library("libxcb-image.so.0", "libxcb-image0", "xcb-util-image", "xcb-util-image"),
    Library("libxcb-keysyms.so.1", "libxcb-keysyms1", "xcb-util-keysyms", "xcb-util-keysyms"),
    Library("libxcb-randr.so.0", "libxcb-randr0", "libxcb", "libxcb"),
    Library("libxcb-render.so.0", "libxcb-render0", "libxcb", "libxcb"),
    Library("libxcb-render-util.so.0", "libxcb-render-util0", "xcb-util-renderutil", "xcb-util-renderutil"),
    Library("libxcb-shape.so.0", "libxcb-shape0", "libxcb", "libxcb"),
    Library("libxcb-shm.so.0", "libxcb-shm0", "libxcb", "libxcb"),
    Library("libxcb-sync.so.1", "libxcb-sync1", "libxcb", "libxcb"),
    Library("libxcb-util.so.1", "libxcb-util1", "xcb-util", "xcb-util"),
    Library("libxcb-xfixes.so.0", "libxcb-xfixes0", "libxcb", "libxcb"),
    Library("libxcb-xkb.so.1", "libxcb-xkb1", "libxcb", "libxcb"),
    Library("libxkbcommon-x11.so.0", "libxkbcommon-x11-0", "libxkbcommon-x11", "libxkbcommon-x11"),
)
WAYLAND = (
    Library("libwayland-client.so.0", "libwayland-client0", "libwayland-client", "wayland"),
    Library("libwayland-cursor.so.0", "libwayland-cursor0", "libwayland-cursor", "wayland"),
    Library("libwayland-egl.so.1", "libwayland-egl1", "libwayland-egl", "wayland"),
)
MICROSOFT_RUNTIME = ("vcruntime140.dll", "vcruntime140_1.dll", "msvcp140.dll", "msvcp140_atomic_wait.dll")
REDISTRIBUTABLE = "https://aka.ms/vc14/vc_redist.x64.exe"
NEEDED = {"offscreen": COMMON, "xcb": COMMON + XCB, "wayland": COMMON + WAYLAND}

Loader = Callable[[str], object]


class SystemPackagesMissing(Exception):
    """Packages of the operating system are missing; `str(error)` names them and the commands that install them."""


def qt_platforms(environ: Mapping[str, str], *, system: str = sys.platform) -> tuple[str, ...]:
    """The Qt platforms that can open a window here, best first; `("offscreen",)` where there is no display.

    Args:
        environ: The environment variables.
        system: `sys.platform` of the machine.
    """
    chosen = environ.get("QT_QPA_PLATFORM", "").split(";")[0].split(":")[0]
    if chosen:
        return ("offscreen",) if chosen in {"offscreen", "minimal"} else (chosen.split("-")[0],)
    if not system.startswith("linux"):
        return ("native",)
    found = [
        platform for platform, variable in (("wayland", "WAYLAND_DISPLAY"), ("xcb", "DISPLAY")) if environ.get(variable)
    ]
    return tuple(found) or ("offscreen",)


def missing_libraries(platforms: Sequence[str], *, load: Loader = ctypes.CDLL) -> list[Library]:
    """The libraries to install before Qt can start; empty when one of `platforms` has all of its libraries.

    Args:
        platforms: Qt platforms of which one is enough, best first; what is missing is told for the first.
        load: Loads a library by file name, raises `OSError` where it cannot.
    """
    missing = [[lib for lib in NEEDED.get(name, COMMON) if not _loads(lib.soname, load)] for name in platforms]
    return missing[0] if all(missing) else []


def _loads(soname: str, load: Loader) -> bool:
    try:
        load(soname)
    except OSError:
        return False
    return True


def check(platforms: Sequence[str], *, system: str = sys.platform, load: Loader = ctypes.CDLL) -> None:
    """Return when Qt can start on one of `platforms`, after installing what it lacks if that is possible.

    Raises:
        SystemPackagesMissing: Libraries are missing, and only the user can install them.
    """
    if system == "win32":
        _check_microsoft_runtime(load)
    if not system.startswith("linux"):
        return
    missing = missing_libraries(platforms, load=load)
    if not missing:
        return
    if may_install():
        install(lib.debian for lib in missing)
        missing = missing_libraries(platforms, load=load)
    if missing:
        raise SystemPackagesMissing(explanation(missing))


def _check_microsoft_runtime(load: Loader) -> None:
    missing = [name for name in MICROSOFT_RUNTIME if not _loads(name, load)]
    if missing:
        raise SystemPackagesMissing(
            f"PyTorch cannot be loaded: this system lacks {', '.join(missing)}.\n"
            "Install the newest Visual C++ Redistributable of Microsoft and try again:\n"
            f"  {REDISTRIBUTABLE}"
        )


def explanation(missing: Sequence[Library]) -> str:
    """What is missing and how to install it, for the user."""
    apt, dnf, pacman = (
        " ".join(dict.fromkeys(names))
        for names in zip(*((lib.debian, lib.fedora, lib.arch) for lib in missing), strict=True)
    )
    return (
        f"Qt cannot start: this system lacks {', '.join(lib.soname for lib in missing)}.\n"
        "Install what is missing and try again:\n"
        f"  Debian, Ubuntu   sudo apt-get install {apt}\n"
        f"  Fedora           sudo dnf install {dnf}\n"
        f"  Arch             sudo pacman -S {pacman}"
    )


def may_install(*, os_release: Path = Path("/etc/os-release")) -> bool:
    """Whether this process may install packages by itself: root, on Debian or a relative of it."""
    if not hasattr(os, "geteuid") or os.geteuid() != 0 or shutil.which("apt-get") is None:
        return False
    try:
        lines = os_release.read_text(encoding="utf-8").splitlines()
    except OSError:
        return False
    words = " ".join(line.partition("=")[2].strip("\"'") for line in lines if line.startswith(("ID=", "ID_LIKE=")))
    return not {"debian", "ubuntu"}.isdisjoint(words.split())


def install(packages: Iterable[str]) -> None:
    """Install Debian packages without asking.

    Raises:
        SystemPackagesMissing: `apt-get` failed.
    """
    names = list(dict.fromkeys(packages))
    print(f"Installing system packages: {' '.join(names)}", flush=True)
    environ = os.environ | {"DEBIAN_FRONTEND": "noninteractive"}
    for command in (
        ["apt-get", "-q", "update"],
        ["apt-get", "-q", "install", "-y", "--no-install-recommends", *names],
    ):
        status = subprocess.run(command, env=environ, check=False).returncode
        # A failed update (one source out of reach) still leaves the lists of the last one to install from.
        if status != 0 and command[2] == "install":
            raise SystemPackagesMissing(f"`{' '.join(command)}` failed with exit code {status}.")
