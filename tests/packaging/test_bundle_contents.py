"""What goes into the bundle and what stays out of it."""

from __future__ import annotations

import os
import subprocess
import sys
from importlib.util import find_spec
from pathlib import Path

import bootstrap
import bundle_contents
import frozen_main
import pytest
from bundle_contents import is_needed, kept, with_needed_libraries

QT = "PySide6/Qt"


@pytest.mark.parametrize(
    "name",
    [
        f"{QT}/plugins/platforms/libqxcb.so",
        f"{QT}/plugins/platforms/libqwayland.so",
        f"{QT}/plugins/platforms/libqoffscreen.so",
        "PySide6/plugins/platforms/qwindows.dll",
        "PySide6\\plugins\\styles\\qmodernwindowsstyle.dll",
        f"{QT}/plugins/platforms/libqcocoa.dylib",
        f"{QT}/plugins/platforminputcontexts/libibusplatforminputcontextplugin.so",
        f"{QT}/plugins/wayland-shell-integration/libxdg-shell.so",
        f"{QT}/lib/libQt6Core.so.6",
        f"{QT}/lib/QtCore.framework/Versions/A/QtCore",
        f"{QT}/lib/QtCore.framework/Versions/A/Resources/Info.plist",
        f"{QT}/lib/libQt6Svg.so.6",
        f"{QT}/lib/libicudata.so.73",
        "PySide6/QtWidgets.abi3.so",
        "PySide6/Qt6Gui.dll",
        "PySide6/QtSvg.pyd",
        "libQt6XcbQpa.so.6",
        f"{QT}/translations/qtbase_zh_CN.qm",
        "torch/lib/libtorch_cpu.so",
        "torch/bin/torch_shm_manager",
        "torch/_dynamo/config.py",
        "numpy/_core/_multiarray_umath.cpython-311-x86_64-linux-gnu.so",
        "liif_core/_resources/models/fast.safetensors",
        "libpython3.11.so.1.0",
    ],
)
def test_what_the_program_needs_goes_in(name: str) -> None:
    assert is_needed(name)


@pytest.mark.parametrize(
    "name",
    [
        f"{QT}/plugins/platforms/libqeglfs.so",
        f"{QT}/plugins/platforms/libqvnc.so",
        f"{QT}/plugins/platforminputcontexts/libqtvirtualkeyboardplugin.so",
        f"{QT}/plugins/platformthemes/libqgtk3.so",
        f"{QT}/plugins/sqldrivers/libqsqlite.so",
        f"{QT}/plugins/imageformats/libqpdf.so",
        f"{QT}/plugins/tls/libqopensslbackend.so",
        f"{QT}/lib/libQt6Quick.so.6",
        f"{QT}/lib/QtQuick.framework/Versions/A/QtQuick",
        f"{QT}/lib/QtQuick.framework/Versions/A/Resources/Info.plist",
        f"{QT}/lib/QtQuick.framework/Versions/Current",
        f"{QT}/lib/libQt6Network.so.6",
        "PySide6/Qt6Qml.dll",
        "PySide6/QtTest.abi3.so",
        "libQt6Sql.so.6",
        f"{QT}/qml/QtQuick/qmldir",
        f"{QT}/translations/qtbase_de.qm",
        "torch/bin/test_api",
        "torch/include/ATen/ATen.h",
        "torch/test/test_torch.py",
        "torch/lib/libtorchbind_test.so",
        "numpy/_core/tests/data/recarray_from_file.fits",
        "PySide6/QtCore.pyi",
    ],
)
def test_what_only_developers_or_other_programs_need_stays_out(name: str) -> None:
    assert not is_needed(name)


def test_entries_keep_their_order_and_sources() -> None:
    entries = [("a.so", "/1", "BINARY"), ("torch/test/x", "/2", "DATA"), ("b.so", "/3", "BINARY")]
    assert kept(entries) == [entries[0], entries[2]]


def test_libraries_of_the_system_are_taken_where_something_is_linked_to_them() -> None:
    needs = {
        "/venv/qxcb.so": ["libxcb.so.1"],
        "/usr/lib/libxcb.so.1": ["libXau.so.6", "libc.so.6"],
        "/usr/lib/libgtk-3.so.0": ["libpango.so.0", "libxcb.so.1"],
    }
    names = ("libxcb.so.1", "libXau.so.6", "libgtk-3.so.0", "libpango.so.0")
    system = [(name, f"/usr/lib/{name}", "BINARY") for name in names]
    entries = [*system, ("PySide6/qxcb.so", "/venv/qxcb.so", "BINARY")]
    found = with_needed_libraries(
        entries,
        is_of_system=lambda source: source.startswith("/usr"),
        needs=lambda source: needs.get(source, []),
    )
    assert [name for name, _, _ in found] == ["libxcb.so.1", "libXau.so.6", "PySide6/qxcb.so"]


def test_all_resources_but_the_pictures_of_the_readme_go_in() -> None:
    there = {path.name for path in (bootstrap.ROOT / "resources").iterdir()}
    assert set(bundle_contents.RESOURCE_NAMES) == there - {"readme"}
    for source, target in bundle_contents.resources(bootstrap.ROOT):
        assert Path(source).exists()
        assert Path("liif_core/_resources", Path(source).name) in (Path(target), Path(target, Path(source).name))


def test_what_plots_need_goes_in_where_there_are_plots() -> None:
    assert bundle_contents.hidden_imports(has_plots=False) == []
    assert bundle_contents.hidden_imports(has_plots=True) == ["PySide6.QtOpenGL", "PySide6.QtOpenGLWidgets"]
    assert is_needed("PySide6/Qt/lib/libQt6OpenGL.so.6") and is_needed("PySide6/QtOpenGLWidgets.pyd")


PLOT = """
import sys
import PySide6
from bundle_contents import EXCLUDED_MODULES

class Bundle:
    def find_spec(self, name, path=None, target=None):
        if any(name == left_out or name.startswith(left_out + ".") for left_out in EXCLUDED_MODULES):
            raise ImportError(name)

sys.meta_path.insert(0, Bundle())
from PySide6.QtWidgets import QApplication
app = QApplication([])
import pyqtgraph
plot = pyqtgraph.PlotWidget()
plot.plot([1, 3, 2])
plot.show()
app.processEvents()
assert not plot.grab().isNull()
"""


@pytest.mark.skipif(find_spec("pyqtgraph") is None, reason="pyqtgraph is not installed")
def test_curves_are_drawn_without_what_stays_out() -> None:
    path = os.pathsep.join([str(bootstrap.ROOT / "packaging"), os.environ.get("PYTHONPATH", "")])
    environment = {**os.environ, "PYTHONPATH": path}
    command = [sys.executable, "-c", PLOT]
    result = subprocess.run(command, env=environment, capture_output=True, text=True, check=False)
    assert result.returncode == 0, result.stderr


def test_nothing_under_the_gpl_goes_in() -> None:
    assert {"pillow_heif", "readline"} <= set(bundle_contents.EXCLUDED_MODULES)
    text = (bootstrap.ROOT / "pyproject.toml").read_text(encoding="utf-8")
    needed = text[text.index("dependencies = [") : text.index("[project.optional-dependencies]")]
    assert '"pillow-heif' not in needed


def test_the_executable_stands_for_python_where_the_program_starts_itself() -> None:
    assert frozen_main.command_line(["-m", "app", "train", "--data", "x"]) == ["train", "--data", "x"]
    assert frozen_main.command_line(["train", "-m", "app"]) == ["train", "-m", "app"]
    assert frozen_main.command_line(["photo.jpg"]) == ["photo.jpg"]
    assert frozen_main.command_line([]) == []
