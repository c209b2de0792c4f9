"""What the gallery's pictures depend on, as digests: a test tells when the interface is newer than they are.

Only what can change a picture counts. Of the sources, those are the modules of widgets, overlays and painting that a
start of the viewer loads (dialogs are loaded when they are opened), without their comments, docstrings and types. Of
the resources, icons, styles, catalogues, the sample photo, and the models that the pictures show. The pictures of the
training wizard are taken by a script of their own, and depend on its pages.
"""

from __future__ import annotations

import ast
import hashlib
import json
import subprocess
import sys
from collections.abc import Iterable
from pathlib import Path

from bootstrap import ROOT

DIGESTS = ROOT / "resources" / "readme" / "gallery" / "interface.json"
WIZARD_DIGESTS = DIGESTS.parent / "wizard" / DIGESTS.name
# Of `app/wizard`: what decides what is shown, and paints nothing.
WIZARD_LOGIC = ("__init__", "controller", "draft", "planning", "run_files")
SOURCE_PREFIXES = ("app.windows.", "app.presenters.", "app.viewer.overlays.", "app.viewer.painting", "app.viewer.view_")
RESOURCES = (
    "icons/*.svg",
    "styles/*.qss",
    "translations/*.qm",
    "samples/*.jpg",
    "models/fast.safetensors",
)
# Recorded by name, so that a test can say what has changed.
LENGTH = 16
LOADED = "import json, sys, app.viewing; print(json.dumps(sorted(n for n in sys.modules if n.startswith('app.'))))"


def loaded_modules() -> list[str]:
    """The program's modules that a start of the viewer loads; takes a second."""
    result = subprocess.run([sys.executable, "-c", LOADED], cwd=ROOT, capture_output=True, text=True, check=True)
    names: list[str] = json.loads(result.stdout)
    return names


def digests(modules: Iterable[str] | None = None, *, root: Path = ROOT) -> dict[str, str]:
    """Digests by path.

    Args:
        modules: Loaded by a start; found out by one if None.
        root: Of the repository.
    """
    names = loaded_modules() if modules is None else modules
    sources = [root / f"{name.replace('.', '/')}.py" for name in names if name.startswith(SOURCE_PREFIXES)]
    found = {path.relative_to(root).as_posix(): _digest(meaning(path.read_text(encoding="utf-8"))) for path in sources}
    for pattern in RESOURCES:
        for path in sorted((root / "resources").glob(pattern)):
            found[path.relative_to(root).as_posix()] = _digest(path.read_bytes())
    return dict(sorted(found.items()))


def wizard_digests(*, root: Path = ROOT) -> dict[str, str]:
    """Digests by path, of the wizard's pages."""
    pages = sorted(path for path in (root / "app" / "wizard").glob("*.py") if path.stem not in WIZARD_LOGIC)
    return {path.relative_to(root).as_posix(): _digest(meaning(path.read_text(encoding="utf-8"))) for path in pages}


def meaning(source: str) -> bytes:
    """A module without what the running program does not see: layout, comments, docstrings, annotations."""
    tree = ast.parse(source)
    for node in ast.walk(tree):
        if isinstance(node, ast.Module | ast.ClassDef | ast.FunctionDef | ast.AsyncFunctionDef):
            body = node.body
            if body and isinstance(body[0], ast.Expr) and isinstance(body[0].value, ast.Constant):
                node.body = body[1:]
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            node.returns = None
        if isinstance(node, ast.arg):
            node.annotation = None
    return ast.dump(tree).encode()


def _digest(content: bytes) -> str:
    return hashlib.sha256(content).hexdigest()[:LENGTH]


def record() -> None:
    """Note what the pictures that were just taken depend on."""
    _write(DIGESTS, digests())


def record_wizard() -> None:
    """The same for the wizard's."""
    _write(WIZARD_DIGESTS, wizard_digests())


def changed() -> list[str]:
    """What is different from what the pictures were taken of."""
    return _different(DIGESTS, digests())


def changed_wizard() -> list[str]:
    """The same for the wizard's."""
    return _different(WIZARD_DIGESTS, wizard_digests())


def _write(path: Path, found: dict[str, str]) -> None:
    path.write_text(json.dumps(found, indent=1) + "\n", encoding="utf-8")


def _different(path: Path, now: dict[str, str]) -> list[str]:
    recorded: dict[str, str] = json.loads(path.read_text(encoding="utf-8")) if path.is_file() else {}
    return sorted(name for name in recorded.keys() | now.keys() if recorded.get(name) != now.get(name))
