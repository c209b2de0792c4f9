"""What goes into the bundle and what stays out of it, for `stepless.spec`: by name, without PyInstaller.

PyInstaller follows the imports and takes a library with all of its plugins. The program needs a small part of Qt:
painting, widgets, SVG, the platforms of a desktop. The other modules are not imported, but many plugins are linked to
them and would bring them along.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Sequence
from pathlib import Path, PurePosixPath
from typing import TypeVar

# Imported by libraries where it is there, and used by nothing that the program does.
EXCLUDED_MODULES = (
    "tkinter",
    "IPython",
    "matplotlib",
    "pandas",
    "scipy",
    # Under the GPL, and only for tests: `pi_heif` reads HEIC.
    "pillow_heif",
    "pytest",
    "_pytest",
    "execnet",
    "xdist",
    "pydoc_data",
    "hypothesis",
    "mypy",
    "setuptools",
    # Under the GPL, for terminals that Python is typed into.
    "readline",
    "rlcompleter",
    "pip",
    "tensorboard",
    "numpy.f2py",
    "numpy.testing",
    "PIL.ImageTk",
    "PIL.ImageQt",
    # `pyqtgraph` imports more where it is there.
    "PySide6.QtNetwork",
    "PySide6.QtTest",
    "pyqtgraph.examples",
    "pyqtgraph.opengl",
    # Compiling models and testing torch itself.
    "jinja2",
    "markupsafe",
    "networkx",
    "torch.utils.benchmark",
    "torch.utils.bottleneck",
    "torch.utils.tensorboard",
    "torch.testing._internal.codegen",
    "torch.testing._internal.common_methods_invocations",
    "torch.testing._internal.generated",
    "torch.testing._internal.opinfo",
    "torch.testing._internal.optests",
)

# Plugins of Qt by folder; those of all other folders stay out.
QT_PLUGINS = {
    "imageformats": "qjpeg|qsvg|qico|qicns",
    "platforminputcontexts": "compose.*|ibus.*",
    "platforms": "qxcb|qwayland.*|qoffscreen|qminimal|qwindows|qcocoa",
    # Not that of GTK: it would bring half of GTK along, of the machine that builds.
    "platformthemes": "qxdgdesktopportal",
    "styles": ".*",
    "wayland-decoration-client": ".*",
    "wayland-graphics-integration-client": "qt-plugin-wayland-egl|shm-emulation-server",
    "wayland-shell-integration": "xdg-shell|qt-shell",
    "xcbglintegrations": "",
}
QT_LIBRARIES = ("Core", "Gui", "Widgets", "Svg", "DBus", "XcbQpa", "WaylandClient", "WlShellIntegration")
# Without them `pyqtgraph` cannot be imported; it does so by names that are put together at run time.
PLOTTING_LIBRARIES = ("OpenGL", "OpenGLWidgets")
# Texts of Qt's own dialogs in the languages that the program has, see `app/translations.py`.
QT_TRANSLATIONS = ("qtbase_zh_CN.qm",)

# For compiling and testing torch, and what only its tests load.
TORCH_FOLDERS = ("include", "share", "test", "_inductor/kernel/vendored_templates")
# The one program that torch looks for when it is imported: it shares tensors between processes.
TORCH_PROGRAM = "torch_shm_manager"
TORCH_LIBRARIES = re.compile(r"lib(?:jitbackend_test|torchbind_test|backend_with_compiler|aoti_custom_ops)\b")
DEVELOPERS_SUFFIXES = {".pyi", ".h", ".hpp", ".cuh", ".lib", ".cpp", ".cmake", ".pxd", ".pyx", ".a", ".jinja"}

# Where `liif_core.paths` looks first.
RESOURCES = "liif_core/_resources"
# The pictures of the README stay out.
RESOURCE_NAMES = ("icons", "models", "presets", "published_psnr.toml", "samples", "styles", "translations")

Entry = TypeVar("Entry", bound=tuple[str, str, str])


def hidden_imports(*, has_plots: bool) -> list[str]:
    """Modules that no import statement names.

    Args:
        has_plots: Whether `pyqtgraph` is installed.
    """
    return [f"PySide6.Qt{name}" for name in PLOTTING_LIBRARIES] if has_plots else []


def resources(root: Path) -> list[tuple[str, str]]:
    """Source and folder in the bundle of the program's own files.

    Args:
        root: Of the repository.
    """
    sources = [root / "resources" / name for name in RESOURCE_NAMES]
    return [(str(path), f"{RESOURCES}/{path.name}" if path.is_dir() else RESOURCES) for path in sources]


def kept(entries: Iterable[Entry]) -> list[Entry]:
    """Those of PyInstaller's entries (name in the bundle, source, kind) that are needed."""
    return [entry for entry in entries if is_needed(entry[0])]


def is_needed(name: str) -> bool:
    """Whether a file belongs into the bundle.

    Args:
        name: Its path in the bundle.
    """
    path = PurePosixPath(name.replace("\\", "/"))
    if path.suffix in DEVELOPERS_SUFFIXES:
        return False
    if path.parts[0] == "PySide6":
        return _is_needed_of_qt(path)
    if path.parts[0] == "torch":
        below = PurePosixPath(*path.parts[1:])
        if below.is_relative_to("bin"):
            return below.stem == TORCH_PROGRAM
        is_for_developers = any(below.is_relative_to(folder) for folder in TORCH_FOLDERS)
        return not is_for_developers and TORCH_LIBRARIES.match(path.name) is None
    if path.parts[0] in ("numpy", "sympy", "networkx", "pyqtgraph"):
        return "tests" not in path.parts
    # Links to Qt's libraries at the top of the bundle.
    library = _qt_library(path.name)
    return library is None or library in (*QT_LIBRARIES, *PLOTTING_LIBRARIES)


def with_needed_libraries(
    entries: Sequence[Entry], *, is_of_system: Callable[[str], bool], needs: Callable[[str], Iterable[str]]
) -> list[Entry]:
    """Without the system's libraries that only something left out has needed.

    Args:
        entries: Of PyInstaller, after `kept`.
        is_of_system: Whether a source was found on the system and not in a Python package.
        needs: File names of the libraries that a binary is linked to.
    """
    libraries = {PurePosixPath(name).name: (name, source) for name, source, _ in entries if is_of_system(source)}
    waiting = [source for _, source, _ in entries if not is_of_system(source)]
    found: set[str] = set()
    while waiting:
        for needed in needs(waiting.pop()):
            if needed in libraries and needed not in found:
                found.add(needed)
                waiting.append(libraries[needed][1])
    return [entry for entry in entries if not is_of_system(entry[1]) or PurePosixPath(entry[0]).name in found]


def _is_needed_of_qt(path: PurePosixPath) -> bool:
    """Plugins, translations, libraries; Qt's own programs and QML stay out."""
    parts = path.parts
    if "plugins" in parts:
        folder = parts[parts.index("plugins") + 1]
        plugin = path.name.partition(".")[0].removeprefix("lib")
        return re.fullmatch(QT_PLUGINS.get(folder, ""), plugin) is not None
    if "translations" in parts:
        return path.name in QT_TRANSLATIONS
    if "qml" in parts or "resources" in parts:
        return False
    # On macOS a library is a folder: what lies around it goes with it, as an empty one cannot be signed.
    framework = next((part.removesuffix(".framework") for part in parts if part.endswith(".framework")), path.name)
    library = _qt_library(framework)
    return library is None or library in (*QT_LIBRARIES, *PLOTTING_LIBRARIES)


def _qt_library(name: str) -> str | None:
    """The module of Qt that a shared library holds: "Core" of libQt6Core.so.6, Qt6Core.dll and QtCore; else None."""
    found = re.fullmatch(r"(?:lib)?Qt6?([A-Z]\w*?)(?:\.abi3)?(?:\.(?:so|dylib|dll|pyd)[.\d]*)?", name)
    return found.group(1) if found else None
