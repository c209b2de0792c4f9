"""A run for a person: what it remembers, and that an error nobody caught ends in a dialog and not in its end."""

from __future__ import annotations

import argparse
import ctypes
import sys
from pathlib import Path

import numpy as np
import pytest
from PySide6.QtCore import QTimer
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from app.main import main
from app.recent import state_file
from app.viewing import _watched
from app.windows.crash_dialog import CrashDialog
from liif_core.geometry import Size
from liif_core.imaging.read import read_image, read_size
from liif_core.imaging.write import write_image
from liif_core.paths import settings_file
from tests.app.conftest import OpenViewer


def test_an_uncaught_error_opens_a_dialog_and_the_viewer_goes_on(
    qtbot: QtBot, open_viewer: OpenViewer, photo: Path
) -> None:
    viewer = open_viewer(model="bicubic")
    crashes, reporter = _watched(viewer)

    def fail() -> None:
        raise RuntimeError("a bug of a test")

    try:
        QTimer.singleShot(0, fail)
        qtbot.waitUntil(lambda: bool(viewer.window.findChildren(CrashDialog)), timeout=10_000)
        with qtbot.waitSignal(viewer.controller.became_sharp, timeout=20_000):
            viewer.controller.open(photo)
    finally:
        crashes.uninstall()
        for dialog in viewer.window.findChildren(CrashDialog):
            dialog.close()
        assert reporter.stop(timeout_s=10)


def test_a_run_remembers_its_photo_and_a_screenshot_remembers_nothing(
    application_as_found: QApplication, photo: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    shot = tmp_path / "shot.png"
    assert main(["view", str(photo), "--model", "bicubic", "--screenshot", str(shot), "--lang", "zh_CN"]) == 0
    assert not settings_file().exists() and not state_file().exists()
    # The person closes the window as soon as the photo is there.
    from app import viewing

    start = viewing._Run.start

    def start_and_leave(run: viewing._Run) -> None:
        run._viewer.controller.became_sharp.connect(run._viewer.window.close)
        run._viewer.controller.became_sharp.connect(QApplication.quit)
        start(run)

    monkeypatch.setattr(viewing._Run, "start", start_and_leave)
    assert main(["view", str(photo), "--model", "bicubic"]) == 0
    assert photo.name in state_file().read_text(encoding="utf-8")
    assert "geometry" in settings_file().read_text(encoding="utf-8")


def test_damaged_settings_are_set_aside_and_the_viewer_opens(
    application_as_found: QApplication, photo: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    settings_file().parent.mkdir(parents=True)
    settings_file().write_bytes(b"\xff\xfe no settings")
    from app import viewing

    arguments = argparse.Namespace(
        **dict.fromkeys(("theme", "lang", "compare", "model", "device", "precision", "screenshot")),
        overlay=False,
        photo_only=False,
    )
    arguments.model = "bicubic"
    viewer, notices = viewing._built(arguments)
    viewer.stop()
    viewer.window.deleteLater()
    assert len(notices) == 1 and "settings" in notices[0]
    assert not settings_file().exists()
    assert [path.name for path in settings_file().parent.iterdir()] == ["settings.damaged-1.toml"]


def test_a_folder_opens_at_its_first_photo(
    application_as_found: QApplication, tmp_path: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    folder = tmp_path / "folder"
    folder.mkdir()
    for name, value in (("b.png", 0), ("a.png", 255)):
        write_image(folder / name, np.full((40, 60, 3), value, np.uint8))
    shot = tmp_path / "shot.png"
    command = ("view", "--model", "bicubic", "--photo-only", "--size", "60x40", "--screenshot", str(shot))
    assert main([*command, str(folder)]) == 0
    assert read_image(shot).pixels.min() == 255
    assert main([*command, str(folder / "b.png")]) == 0
    assert read_image(shot).pixels.max() == 0
    empty = tmp_path / "empty"
    empty.mkdir()
    assert main([*command, str(empty)]) == 2
    assert f"{empty}: there is no photo in it" in capfd.readouterr().err


def test_a_screenshot_can_show_a_comparison(application_as_found: QApplication, photo: Path, tmp_path: Path) -> None:
    shot = tmp_path / "compared.png"
    options = ("--zoom", "6", "--compare", "nearest", "--overlay", "--theme", "dark", "--size", "500x400")
    assert main(["view", str(photo), "--model", "bicubic", "--screenshot", str(shot), *options]) == 0
    assert read_size(shot) == Size(400, 500)


def test_comparing_with_nothing_known_is_refused_before_a_window_opens(
    application_as_found: QApplication, photo: Path, tmp_path: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    target = str(tmp_path / "x.png")
    assert main(["view", str(photo), "--screenshot", target, "--compare", "nonsense"]) == 2
    assert "nonsense" in capfd.readouterr().err


@pytest.mark.skipif(sys.platform != "linux", reason="plugins have other names there")
def test_a_platform_that_lacks_a_library_is_refused_in_one_sentence(
    photo: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """Qt would end the process, and the terminal say "Aborted"."""

    def refuse(_path: str) -> None:
        raise OSError("libxcb-icccm.so.4: cannot open shared object file: No such file or directory")

    monkeypatch.setattr(ctypes, "CDLL", refuse)
    monkeypatch.setenv("QT_QPA_PLATFORM", "xcb")
    assert main(["view", str(photo)]) == 2
    told = capsys.readouterr().err
    assert told.count("\n") == 1 and "package of your system that has libxcb-icccm.so.4" in told
    assert "platform xcb: it cannot be loaded: " in told and "incomplete" not in told


@pytest.mark.skipif(sys.platform != "linux", reason="plugins have other names there")
@pytest.mark.parametrize(
    ("broken", "opens"),
    [("xcb", True), ("offscreen", True), ("xcb offscreen", False)],
    ids=["the first", "the second", "both"],
)
def test_of_several_platforms_one_that_is_whole_is_enough(
    application_as_found: QApplication,
    broken: str,
    opens: bool,
    photo: Path,
    monkeypatch: pytest.MonkeyPatch,
    tmp_path: Path,
    capsys: pytest.CaptureFixture[str],
) -> None:
    """Qt goes on with the next one as well."""
    load = ctypes.CDLL

    def load_or_refuse(path: str | None) -> ctypes.CDLL | None:
        if "/platforms/" not in str(path):
            return load(path)
        if Path(str(path)).stem.removeprefix("libq") in broken.split():
            raise OSError("libnone.so.1: cannot open shared object file: No such file or directory")
        return None

    monkeypatch.setattr(ctypes, "CDLL", load_or_refuse)
    monkeypatch.setenv("QT_QPA_PLATFORM", "xcb;offscreen")
    target = tmp_path / "x.png"
    assert main(["view", str(photo), "--model", "bicubic", "--screenshot", str(target)]) == (0 if opens else 2)
    assert target.exists() is opens
    assert ("platform xcb: it cannot be loaded: " in capsys.readouterr().err) is not opens
