"""The virtual environment `.venv` of this repository: made when missing, remade when broken, else left alone.

A stamp inside it records where it was made and from what (`pyproject.toml`, `constraints.txt`, extras, Python version).
While that holds, `ensure` costs one start of Python; when it does not, pip brings the environment up to date.
"""

from __future__ import annotations

import hashlib
import importlib.util
import os
import subprocess
import sys
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import system_libraries

# Each with all that those before it have: for running, for `make test`, for building releases.
EXTRAS = ("", "dev", "dev,bundle")
# What `requires-python` says: PySide6 and numpy as pinned are built for no newer one.
OLDEST_PYTHON, NEWEST_PYTHON = (3, 11), (3, 14)
PROBE = "import pip, sys; print('.'.join(map(str, sys.version_info[:3])))"


class SetupFailed(Exception):
    """The environment cannot be made; `str(error)` tells the user why."""


@dataclass(frozen=True)
class VirtualEnvironment:
    """The places inside the `.venv` of the repository at `root`."""

    root: Path
    windows: bool = os.name == "nt"

    @property
    def folder(self) -> Path:
        """The environment itself."""
        return self.root / ".venv"

    @property
    def stamp(self) -> Path:
        """The file that records what was installed."""
        return self.folder / "stepless-setup.txt"

    @property
    def python(self) -> Path:
        """The interpreter."""
        return self.program("python")

    def program(self, name: str) -> Path:
        """The path of an installed command."""
        return self.folder / "Scripts" / f"{name}.exe" if self.windows else self.folder / "bin" / name

    def python_version(self) -> str | None:
        """The version of the interpreter; None where the environment is missing or cannot run pip."""
        try:
            probe = subprocess.run(
                [str(self.python), "-c", PROBE], capture_output=True, text=True, check=False, timeout=120
            )
        except (OSError, subprocess.TimeoutExpired):
            return None
        return probe.stdout.strip() if probe.returncode == 0 else None

    def can_install(self) -> bool:
        """Whether pip is whole; one whose upgrade was interrupted is not, although it can be imported."""
        command = [str(self.python), "-m", "pip", "install", "--help"]
        return subprocess.run(command, capture_output=True, check=False).returncode == 0

    def stamp_text(self, extras: str, python_version: str) -> str:
        """What the stamp says after an installation with `extras`, one of `EXTRAS`."""
        digest = hashlib.sha256(f"{extras}\n{python_version}\n".encode())
        for name in ("pyproject.toml", "constraints.txt"):
            digest.update((self.root / name).read_bytes())
        return f"{self.root}\n{digest.hexdigest()}\n"

    def recorded(self) -> str | None:
        """The text of the stamp, None without one, or with one that is damaged, as after a power cut."""
        try:
            text = self.stamp.read_text(encoding="utf-8")
        except (OSError, UnicodeDecodeError):
            return None
        # A file that was not on the disk yet when the power failed is empty, or full of zeros.
        return text if text and "\0" not in text else None

    def is_current(self, extras: str, python_version: str) -> bool:
        """Whether everything for `extras` is installed; an environment with more serves, too."""
        enough = {self.stamp_text(kind, python_version) for kind in EXTRAS[EXTRAS.index(extras) :]}
        return self.recorded() in enough

    def was_moved(self) -> bool:
        """Whether the repository was moved after the installation: the commands inside still point to the old place."""
        recorded = self.recorded()
        return recorded is not None and recorded.splitlines()[:1] != [str(self.root)]


def is_supported(version: tuple[int, ...]) -> bool:
    """Whether there are builds of everything for a version of Python."""
    return OLDEST_PYTHON <= version[:2] <= NEWEST_PYTHON


def ensure(venv: VirtualEnvironment, *, extras: str) -> None:
    """Make `.venv` complete and current, quickly where it already is.

    Args:
        venv: The environment.
        extras: One of `EXTRAS`.

    Raises:
        SetupFailed: Python or pip failed; their output is above.
        SystemPackagesMissing: This Python cannot make virtual environments.
    """
    version = venv.python_version()
    if version is None or not is_supported(tuple(map(int, version.split(".")))) or venv.was_moved():
        version = create(venv)
    elif venv.is_current(extras, version):
        return
    elif not venv.can_install():
        version = create(venv)
    venv.stamp.unlink(missing_ok=True)
    install(venv, extras=extras)
    venv.stamp.write_text(venv.stamp_text(extras, version), encoding="utf-8")


def create(venv: VirtualEnvironment) -> str:
    """Make an empty environment in place of whatever was there; its Python version."""
    _require_ensurepip()
    print(f"Making {venv.folder}", flush=True)
    # Started from inside an environment, the interpreter that this one was made from is the lasting one.
    python = getattr(sys, "_base_executable", None) or sys.executable
    _run([python, "-m", "venv", "--clear", str(venv.folder)], venv.root)
    version = venv.python_version()
    if version is None:
        raise SetupFailed(f"{venv.folder} was made by {python}, but cannot run pip.")
    return version


def install(venv: VirtualEnvironment, *, extras: str) -> None:
    """Install this repository, editable, with exactly the versions of `constraints.txt`."""
    pip = [str(venv.python), "-m", "pip", "--disable-pip-version-check", "install"]
    _run([*pip, "--quiet", "--upgrade", "-c", "constraints.txt", "pip"], venv.root)
    _run([*pip, "-c", "constraints.txt", "-e", f".[{extras}]" if extras else "."], venv.root)


def _require_ensurepip() -> None:
    """Debian and Ubuntu keep the part of Python that makes environments in a package of its own."""
    if importlib.util.find_spec("ensurepip") is not None:
        return
    package = f"python{sys.version_info.major}.{sys.version_info.minor}-venv"
    if not system_libraries.may_install():
        raise system_libraries.SystemPackagesMissing(
            f"{sys.executable} cannot make virtual environments (it lacks ensurepip).\n"
            f"On Debian or Ubuntu: sudo apt-get install {package}"
        )
    system_libraries.install([package])


def _run(command: Sequence[str], folder: Path) -> None:
    status = subprocess.run(command, cwd=folder, check=False).returncode
    if status != 0:
        raise SetupFailed(f"`{' '.join(command)}` failed with exit code {status}; its output above says why.")
