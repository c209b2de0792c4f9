"""The files by which a Linux desktop knows the program, made of the templates in `packaging/linux`.

    .venv/bin/python packaging/linux_files.py FOLDER

writes `share/applications`, `share/metainfo` and `share/icons` as they belong below `/usr`, for a package of a
distribution; the bundle's AppDir gets the same. Media types are those of shared-mime-info, so none has to be declared.
"""

from __future__ import annotations

import shutil
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path
from xml.sax.saxutils import escape, quoteattr

import release_facts as facts
from application_icons import png_icons
from bootstrap import ROOT

TEMPLATES = ROOT / "packaging" / "linux"
ICON = ROOT / "resources" / "icons" / "stepless.svg"
SYMBOLIC_ICON = TEMPLATES / "application-symbolic.svg"
# Pictures of the gallery, with what they show; the first is the one that stores show beside the name.
SCREENSHOTS = {
    "compare-8x": "The model beside conventional enlargement, at 8x",
    "window-light-en": "A photo in the window",
    "pixels-12x": "The photo's own pixels and their values, at 12x",
}


def desktop_file() -> str:
    """The text of the desktop file."""
    types = "".join(f"{mime};" for kind in facts.FILE_TYPES for mime in kind.mime)
    return _filled("application.desktop.in", {"MIME_TYPES": types})


def metainfo_file() -> str:
    """The text of the AppStream metainfo."""
    shots = []
    for number, (name, caption) in enumerate(SCREENSHOTS.items()):
        kind = ' type="default"' if number == 0 else ""
        shots += [
            f"    <screenshot{kind}>",
            f"      <caption>{escape(caption)}</caption>",
            f"      <image>{facts.HOMEPAGE}/gallery/{name}.jpg</image>",
            "    </screenshot>",
        ]
    media = [f"    <mediatype>{mime}</mediatype>" for kind in facts.FILE_TYPES for mime in kind.mime]
    releases = [_release(release) for release in facts.releases()]
    developer = facts.APPLICATION_ID.rpartition(".")[0]
    filling = {"SCREENSHOTS": shots, "MEDIA_TYPES": media, "RELEASES": releases}
    named = {"HOMEPAGE": facts.HOMEPAGE, "DEVELOPER_ID": developer}
    return _filled("application.metainfo.xml.in", {**filling, **named})


def _release(release: facts.Release) -> str:
    kind = "stable" if release.date else "development"
    date = release.date or facts.source_date()
    return f"    <release version={quoteattr(release.version)} date={quoteattr(date)} type={quoteattr(kind)}/>"


def _filled(template: str, filling: Mapping[str, str | list[str]]) -> str:
    text = (TEMPLATES / template).read_text(encoding="utf-8")
    for name, value in {"APPLICATION_ID": facts.APPLICATION_ID, **filling}.items():
        text = text.replace(f"@{name}@", value if isinstance(value, str) else "\n".join(value))
    return text


def write(prefix: Path) -> Path:
    """Write all of them below a prefix such as `/usr`; the desktop file's path."""
    name = facts.APPLICATION_ID
    applications, metainfo = prefix / "share" / "applications", prefix / "share" / "metainfo"
    icons = prefix / "share" / "icons" / "hicolor"
    for folder in (applications, metainfo, icons / "scalable" / "apps", icons / "symbolic" / "apps"):
        folder.mkdir(parents=True, exist_ok=True)
    desktop = applications / f"{name}.desktop"
    desktop.write_text(desktop_file(), encoding="utf-8")
    (metainfo / f"{name}.metainfo.xml").write_text(metainfo_file(), encoding="utf-8")
    shutil.copyfile(ICON, icons / "scalable" / "apps" / f"{name}.svg")
    shutil.copyfile(SYMBOLIC_ICON, icons / "symbolic" / "apps" / f"{name}-symbolic.svg")
    for side, png in png_icons().items():
        file = icons / f"{side}x{side}" / "apps" / f"{name}.png"
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_bytes(png)
    return desktop


def main(arguments: Sequence[str]) -> int:
    """Write below the folder named; 2 without one."""
    if len(arguments) != 1:
        print("usage: linux_files.py FOLDER", file=sys.stderr)
        return 2
    print(write(Path(arguments[0])))
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
