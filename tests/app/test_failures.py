"""Bad input: one sentence, and what was open stays open."""

from __future__ import annotations

from pathlib import Path

import pytest
from PySide6.QtWidgets import QMessageBox
from pytestqt.qtbot import QtBot

from app.main import main
from app.workers.sources import BaseSource
from liif_core.errors import CheckpointError, ImageReadError
from liif_core.imaging.scratch import ScratchError
from liif_core.paths import resource_path
from liif_core.view.tiles import Layer
from tests.app.conftest import OpenViewer


@pytest.fixture(params=["text", "truncated", "empty", "folder", "missing"])
def bad_photo(request: pytest.FixtureRequest, tmp_path: Path, photo: Path) -> Path:
    path = tmp_path / f"{request.param}.png"
    if request.param == "text":
        path.write_text("no picture")
    elif request.param == "truncated":
        path.write_bytes(photo.read_bytes()[: photo.stat().st_size // 2])
    elif request.param == "empty":
        path.touch()
    elif request.param == "folder":
        path.mkdir()
    return path


def test_a_bad_photo_leaves_the_open_one(qtbot: QtBot, open_viewer: OpenViewer, photo: Path, bad_photo: Path) -> None:
    viewer = open_viewer(photo)
    document, camera = viewer.controller.document, viewer.controller.camera
    with qtbot.waitSignal(viewer.controller.read_failed, timeout=20_000) as failed:
        viewer.controller.open(bad_photo)
    assert isinstance(failed.args[0], ImageReadError)
    assert "\n" not in str(failed.args[0])
    assert viewer.controller.document is document
    assert viewer.controller.camera == camera


def test_a_bad_photo_is_told_in_a_dialog_that_blocks_nothing(
    qtbot: QtBot, open_viewer: OpenViewer, tmp_path: Path
) -> None:
    viewer = open_viewer(show_errors=True)
    with qtbot.waitSignal(viewer.controller.read_failed, timeout=20_000):
        viewer.controller.open(tmp_path / "nothing.jpg")
    boxes = viewer.window.findChildren(QMessageBox)
    assert [("nothing.jpg" in box.informativeText()) for box in boxes] == [True]
    boxes[0].close()


def test_a_screenshot_of_a_bad_photo_ends_with_one_line_and_code_2(
    application_as_found: object, bad_photo: Path, tmp_path: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    target = tmp_path / "shot.png"
    assert main(["view", str(bad_photo), "--screenshot", str(target)]) == 2
    lines = [line for line in capfd.readouterr().err.splitlines() if "propagateSizeHints" not in line]
    assert len(lines) == 1
    assert bad_photo.name in lines[0]
    assert not target.exists()


def test_without_its_model_the_viewer_goes_on_with_bicubic(
    qtbot: QtBot, open_viewer: OpenViewer, photo: Path, tmp_path: Path
) -> None:
    broken = tmp_path / "broken.safetensors"
    broken.write_bytes(resource_path("models", "fast.safetensors").read_bytes()[:5000])
    viewer = open_viewer()
    del viewer
    with qtbot.captureExceptions() as exceptions:
        viewer = open_viewer(model=str(broken))
        failures: list[object] = []
        viewer.controller.failed.connect(failures.append)
        viewer.controller.open(photo)
        qtbot.waitUntil(lambda: len(failures) == 1, timeout=20_000)
        assert isinstance(failures[0], CheckpointError)
        viewer.controller.zoom_to(5.0)
        with qtbot.waitSignal(viewer.controller.became_sharp, timeout=20_000):
            viewer.controller.zoom_to(6.0)
        scene = viewer.controller.picture.scene()
        assert scene is not None
        assert scene.above
        assert all(placed.key.layer is Layer.BASE for placed in scene.above)
    assert not exceptions


def test_conventional_tiles_that_fail_are_told_once_for_each_photo(
    qtbot: QtBot, open_viewer: OpenViewer, photo: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A full disk has no room for the reductions of a large photo, whatever view is asked for."""
    viewer = open_viewer(photo, model="bicubic")
    asked: list[None] = []
    told: list[object] = []
    viewer.controller.failed.connect(told.append)

    def fail(*_args: object, **_options: object) -> None:
        asked.append(None)
        raise ScratchError("no room for the levels")

    def move_and_fail() -> None:
        before = len(asked)
        viewer.controller.zoom(1.1)
        qtbot.waitUntil(lambda: len(asked) > before)

    with monkeypatch.context() as full_disk:
        full_disk.setattr(BaseSource, "tile", fail)
        for _ in range(5):
            move_and_fail()
        qtbot.waitUntil(lambda: bool(told))
        with qtbot.waitSignal(viewer.controller.document_read):
            viewer.controller.open(photo)
        move_and_fail()
        qtbot.waitUntil(lambda: len(told) == 2)
    viewer.controller.zoom(1.1)
    qtbot.waitUntil(lambda: viewer.controller.is_sharp)
    assert len(told) == 2


def test_an_unknown_model_is_refused_before_a_window_opens(
    qapp: object, photo: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    assert main(["view", str(photo), "--model", "nonsense", "--screenshot", "x.png"]) == 2
    assert "nonsense" in capfd.readouterr().err


@pytest.mark.parametrize(("width", "height"), [(1, 1), (1, 2000), (2000, 1)])
def test_extreme_shapes_open_and_zoom(
    qtbot: QtBot, open_viewer: OpenViewer, tmp_path: Path, width: int, height: int
) -> None:
    import numpy as np

    from liif_core.imaging.write import write_image

    path = tmp_path / "thin.png"
    write_image(path, np.full((height, width, 3), 200, np.uint8))
    viewer = open_viewer(path)
    with qtbot.waitSignal(viewer.controller.became_sharp, timeout=30_000):
        viewer.controller.zoom_to(17.0)
