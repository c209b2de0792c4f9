"""The bundle as an AppDir, the folder layout of Linux applications that need no installation.

    Stepless.AppDir/
        AppRun                      starts the program
        ID.desktop, ID.svg          what desktops and `appimagetool` look for
        usr/bin/stepless            the program again, for a terminal
        usr/lib/stepless/           the bundle
        usr/share/                  desktop file, metainfo, icons, licences

It can be started as it is, and made into one file by `appimagetool` (a tool of its own, not needed here).
"""

from __future__ import annotations

import os
import shutil
from pathlib import Path

import linux_files
from bootstrap import ROOT

from app.identity import APPLICATION_ID
from app.third_party import NOTICES_FILE


def assemble(bundle: Path, target: Path, *, root: Path = ROOT) -> Path:
    """Make the AppDir anew.

    Args:
        bundle: The folder that PyInstaller made.
        target: The AppDir; replaced.
        root: Where the licence and the changelog are.

    Returns:
        Its `AppRun`.
    """
    shutil.rmtree(target, ignore_errors=True)
    library = target / "usr" / "lib" / "stepless"
    # Links instead of copies: the bundle is large, and stays where it was made, too.
    shutil.copytree(bundle, library, symlinks=True, copy_function=_link)
    (target / "usr" / "bin").mkdir()
    (target / "usr" / "bin" / "stepless").symlink_to(Path("..", "lib", "stepless", "stepless"))
    linux_files.write(target / "usr")
    _link_at_top(target)
    documents = target / "usr" / "share" / "doc" / "stepless"
    documents.mkdir(parents=True)
    for name in ("LICENSE", "CHANGELOG.md"):
        shutil.copyfile(root / name, documents / name)
    for notices in library.rglob(NOTICES_FILE):
        _link(str(notices), str(documents / NOTICES_FILE))
    return target / "AppRun"


def _link_at_top(target: Path) -> None:
    share = Path("usr", "share")
    icon = share / "icons" / "hicolor" / "scalable" / "apps" / f"{APPLICATION_ID}.svg"
    links = {
        "AppRun": Path("usr", "lib", "stepless", "stepless"),
        f"{APPLICATION_ID}.desktop": share / "applications" / f"{APPLICATION_ID}.desktop",
        f"{APPLICATION_ID}.svg": icon,
        ".DirIcon": icon,
    }
    for name, destination in links.items():
        (target / name).symlink_to(destination)


def _link(source: str, target: str) -> str:
    try:
        os.link(source, target, follow_symlinks=False)
    except OSError:
        shutil.copy2(source, target, follow_symlinks=False)
    return target
