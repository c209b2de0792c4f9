"""Writes the licences of everything that a bundle holds besides our own code into one file.

    .venv/bin/python packaging/make_notices.py OUT.txt

Python packages tell their licences themselves (`app.third_party`); Qt's packages name theirs, whose texts are in
`packaging/licences`. Of shared libraries that come from a Debian system, the system has the copyright notices.
"""

from __future__ import annotations

import shutil
import subprocess
import sys
import sysconfig
from collections.abc import Iterable, Sequence
from pathlib import Path

from bootstrap import ROOT

from app.third_party import needed_packages, notices_text
from liif_core.atomic import atomic_path

LICENCES = ROOT / "packaging" / "licences"
QT_NOTE = """\
Qt and PySide6 are used under the GNU Lesser General Public License, version 3, whose text follows below. They are
shared libraries in a folder of their own (PySide6) and can be replaced by other builds of the same versions. The
sources are at https://download.qt.io/official_releases/QtForPython/."""
PYINSTALLER_NOTE = """\
The program that starts the bundle is PyInstaller's, under the GNU General Public License, version 2, with an exception
that allows to bundle programs of any licence: https://pyinstaller.org/en/stable/license.html"""


def further_texts(libraries: Iterable[Path] = ()) -> list[tuple[str, str]]:
    """Titles and texts of what no Python package tells.

    Args:
        libraries: Shared libraries of the system that were copied into the bundle.
    """
    texts = [("Qt", QT_NOTE), ("PyInstaller's bootloader", PYINSTALLER_NOTE)]
    python = Path(sysconfig.get_path("stdlib")) / "LICENSE.txt"
    if python.is_file():
        texts.append((f"Python {sys.version.split()[0]}", python.read_text(encoding="utf-8").strip()))
    texts += [(path.stem, path.read_text(encoding="utf-8").strip()) for path in sorted(LICENCES.glob("*.txt"))]
    return texts + debian_copyrights(libraries)


def debian_copyrights(libraries: Iterable[Path]) -> list[tuple[str, str]]:
    """Package and copyright notice of each of the system's libraries; nothing on systems without dpkg."""
    packages = sorted({package for path in libraries for package in _debian_package(path)})
    notices = []
    for package in packages:
        file = Path("/usr/share/doc") / package / "copyright"
        if file.is_file():
            text = file.read_text(encoding="utf-8", errors="replace").strip()
            notices.append((f"{package} (Debian)", text))
    return notices


def _debian_package(path: Path) -> list[str]:
    if shutil.which("dpkg-query") is None:
        return []
    # Debian's database knows the names from before /lib became a link to /usr/lib.
    for name in (path, path.resolve(), Path(str(path.resolve()).removeprefix("/usr"))):
        found = subprocess.run(["dpkg-query", "-S", str(name)], capture_output=True, text=True, check=False)
        if found.returncode == 0:
            return [found.stdout.partition(": ")[0].partition(":")[0]]
    return []


def write(target: Path, libraries: Iterable[Path] = ()) -> None:
    """Write the file."""
    target.parent.mkdir(parents=True, exist_ok=True)
    with atomic_path(target) as temporary:
        temporary.write_text(notices_text(needed_packages(), further_texts(libraries)), encoding="utf-8")


def main(arguments: Sequence[str]) -> int:
    """Write the file named; 2 without a name."""
    if len(arguments) != 1:
        print("usage: make_notices.py OUT.txt", file=sys.stderr)
        return 2
    write(Path(arguments[0]))
    print(f"{arguments[0]}: {Path(arguments[0]).stat().st_size:,} bytes")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
