"""Bring the catalogues of translations up to date with the texts in `app/`.

    .venv/bin/python packaging/update_translations.py

New texts are added to `resources/translations/*.ts` as unfinished, texts that are gone are dropped, and the compiled
`*.qm` beside them, which the program reads, are made anew. Translate the unfinished ones with Qt Linguist
(`pyside6-linguist`) or an editor, then run this again.
"""

from __future__ import annotations

import subprocess
import sys
import sysconfig
from pathlib import Path

from bootstrap import ROOT

FOLDER = ROOT / "resources" / "translations"
LANGUAGES = ("zh_CN",)


def main() -> int:
    """Update and compile all catalogues; 0 if everything is translated."""
    sources = sorted(str(path.relative_to(ROOT)) for path in (ROOT / "app").rglob("*.py"))
    unfinished = 0
    for language in LANGUAGES:
        catalogue = FOLDER / f"stepless_{language}.ts"
        # Without line numbers, which would change with every edit.
        options = ["-no-obsolete", "-locations", "none", "-source-language", "en", "-target-language", language]
        _run("pyside6-lupdate", *sources, *options, "-ts", str(catalogue))
        _run("pyside6-lrelease", "-silent", str(catalogue), "-qm", str(catalogue.with_suffix(".qm")))
        missing = catalogue.read_text(encoding="utf-8").count('type="unfinished"')
        print(f"{catalogue.name}: {missing} texts without a translation")
        unfinished += missing
    return 1 if unfinished else 0


def _run(tool: str, *arguments: str) -> None:
    """Run a tool of PySide6 in the repository root; its scripts lie beside this Python."""
    subprocess.run([str(Path(sysconfig.get_path("scripts")) / tool), *arguments], cwd=ROOT, check=True)


if __name__ == "__main__":
    sys.exit(main())
