"""What is on screen, pixel by pixel."""

from __future__ import annotations

import math
from pathlib import Path

import numpy as np
import pytest
from numpy.typing import NDArray
from PySide6.QtGui import QColor, QImage, QPalette
from pytestqt.qtbot import QtBot

from app.composition import Viewer
from app.main import main
from app.workers.tile_worker import FrameResult
from liif_core.geometry import Rect, Size
from liif_core.imaging.read import read_image
from liif_core.paths import sample_photo
from liif_core.view.tiles import Layer
from tests.app.conftest import OpenViewer

# The photo of these tests has no pixel below 150, and a dark canvas around it none above this.
BACKGROUND_LIMIT = 90


def grabbed(viewer: Viewer) -> NDArray[np.uint8]:
    """The canvas as it is painted, (h, w, 3)."""
    image = viewer.window.canvas.grab().toImage().convertToFormat(QImage.Format.Format_RGB888)
    rows = np.frombuffer(image.constBits(), np.uint8).reshape(image.height(), image.bytesPerLine())
    return rows[:, : 3 * image.width()].reshape(image.height(), image.width(), 3).copy()


def zoom_and_wait(qtbot: QtBot, viewer: Viewer, zoom: float, center: tuple[float, float]) -> None:
    with qtbot.waitSignal(viewer.controller.became_sharp, timeout=60_000):
        viewer.controller.zoom_to(zoom)
        viewer.controller.center_on(*center)


@pytest.mark.parametrize("zoom", [8.0, 3.7, 1.0, 0.43])
def test_sample_on_screen_has_the_pixels_of_its_export(
    qtbot: QtBot, open_viewer: OpenViewer, tmp_path: Path, zoom: float
) -> None:
    viewer = open_viewer(sample_photo(), width=330, height=210)
    zoom_and_wait(qtbot, viewer, zoom, (300.0, 530.0))
    camera = viewer.controller.camera
    assert camera is not None
    crop = Rect(290, 515, 20, 30) if zoom > 1 else Rect(230, 440, 130, 160)
    exported_path = tmp_path / "crop.png"
    text = f"{crop.x},{crop.y},{crop.width},{crop.height}"
    code = main(["export", str(sample_photo()), str(exported_path), "--scale", str(zoom), "--crop", text])
    assert code == 0
    exported = read_image(exported_path).pixels
    top = int(np.floor(crop.y * camera.grid.scale_y + 0.5)) + camera.origin_device[0]
    left = int(np.floor(crop.x * camera.grid.scale_x + 0.5)) + camera.origin_device[1]
    shown = grabbed(viewer)[top : top + exported.shape[0], left : left + exported.shape[1]]
    assert shown.shape == exported.shape
    difference = np.abs(shown.astype(int) - exported)
    # Chunks of other sizes round the last bit of a sum differently; where that meets a half, one level.
    assert difference.max() <= 1
    assert np.mean(difference > 0) < 0.001


def test_neural_picture_is_not_the_bicubic_one(qtbot: QtBot, open_viewer: OpenViewer, photo: Path) -> None:
    viewer = open_viewer(photo)
    zoom_and_wait(qtbot, viewer, 6.0, (50.0, 75.0))
    sharp = grabbed(viewer).astype(int)
    scene = viewer.controller.picture.scene()
    assert scene is not None
    for placed in scene.above:
        assert placed.key.layer is Layer.NEURAL
        placed.payload.fill(0)
    assert np.abs(grabbed(viewer) - sharp).max() > 50


def test_there_is_never_a_hole_while_zooming_and_panning(qtbot: QtBot, open_viewer: OpenViewer, photo: Path) -> None:
    viewer = open_viewer(photo)
    viewer.window.canvas.setPalette(QPalette(QColor("black")))
    assert grabbed(viewer).min() < BACKGROUND_LIMIT, "the background must be told from the photo"
    controller = viewer.controller
    for step in range(30):
        controller.zoom(1.3 if step < 18 else 1 / 1.3, (150.0, 200.0))
        controller.pan(7.0, -11.0)
        # No waiting: whatever has arrived by now is what a person would see.
        picture = grabbed(viewer)
        camera = controller.camera
        assert camera is not None
        inside = camera.visible.shifted(*camera.origin_device)
        assert picture[inside.slices].min() > BACKGROUND_LIMIT
        if step % 5 == 0:
            qtbot.wait(15)


def test_the_first_paint_shows_the_whole_photo_before_any_tile(
    qtbot: QtBot, open_viewer: OpenViewer, photo: Path
) -> None:
    viewer = open_viewer()
    viewer.window.canvas.setPalette(QPalette(QColor("black")))
    darkest: list[int] = []

    def look() -> None:
        camera = viewer.controller.camera
        assert camera is not None
        scene = viewer.controller.picture.scene()
        assert scene is not None
        assert scene.overview
        assert not (scene.beneath or scene.frame or scene.above)
        darkest.append(int(grabbed(viewer)[camera.visible.shifted(*camera.origin_device).slices].min()))

    viewer.controller.document_opened.connect(look)
    with qtbot.waitSignal(viewer.controller.became_sharp, timeout=60_000):
        viewer.controller.open(photo)
    assert darkest[0] > BACKGROUND_LIMIT


def test_a_sharp_view_has_no_seam_at_tile_borders(qtbot: QtBot, open_viewer: OpenViewer, photo: Path) -> None:
    viewer = open_viewer(photo, width=600, height=560)
    zoom_and_wait(qtbot, viewer, 11.3, (50.0, 75.0))
    picture = grabbed(viewer).astype(float)
    camera = viewer.controller.camera
    assert camera is not None
    steps = np.abs(np.diff(picture, axis=1)).mean(axis=(0, 2))
    borders = [column for column in range(1, 600) if (column - camera.origin_device[1]) % 256 == 0]
    assert borders
    for column in borders:
        near = np.r_[steps[column - 12 : column - 2], steps[column + 1 : column + 11]]
        assert steps[column - 1] < near.max() * 1.5


def test_old_pixels_stay_until_better_ones_cover_them(qtbot: QtBot, open_viewer: OpenViewer, photo: Path) -> None:
    viewer = open_viewer(photo)
    zoom_and_wait(qtbot, viewer, 6.0, (50.0, 75.0))
    viewer.controller.zoom(1.2)
    scene = viewer.controller.picture.scene()
    assert scene is not None
    assert not scene.above
    stretched = [placed for placed in scene.beneath if placed.key.layer is Layer.NEURAL]
    assert stretched or scene.frame is not None


def test_a_moving_view_is_decoded_again_and_then_made_exact(qtbot: QtBot, open_viewer: OpenViewer, photo: Path) -> None:
    viewer = open_viewer(photo)
    # However slow this machine is: coarse frames are looked at elsewhere.
    viewer.controller.picture._pacer.budget_ms = math.inf
    zoom_and_wait(qtbot, viewer, 6.0, (50.0, 75.0))
    frames: list[FrameResult] = []
    assert viewer.neural_worker is not None
    viewer.neural_worker.frame_ready.connect(frames.append)
    for _ in range(12):
        before = len(frames)
        viewer.controller.zoom(1.02)
        # Where a tile in work holds the thread up until the view has settled, there is no frame of it.
        qtbot.waitUntil(lambda before=before: len(frames) > before or viewer.controller.is_sharp, timeout=20_000)  # type: ignore[misc]
        scene = viewer.controller.picture.scene()
        assert scene is not None
        if scene.frame is not None:
            camera, shown = viewer.controller.camera, grabbed(viewer).astype(float)
    assert len([result for result in frames if result.frame is not None]) >= 6
    assert camera is not None
    viewer.controller.look(camera)
    qtbot.waitUntil(lambda: viewer.controller.is_sharp, timeout=60_000)
    # The last live frame is near what settling makes of its view: stretched by a few hundredths at most.
    difference = np.abs(shown - grabbed(viewer))
    assert difference.mean() < 3
    scene = viewer.controller.picture.scene()
    assert scene is not None
    assert scene.frame is None, "exact tiles hide the frame"


def test_at_full_size_the_screen_shows_the_photo_itself(qtbot: QtBot, open_viewer: OpenViewer, photo: Path) -> None:
    viewer = open_viewer(photo)
    zoom_and_wait(qtbot, viewer, 1.0, (50.0, 75.0))
    camera = viewer.controller.camera
    assert camera is not None
    inside = camera.visible.shifted(*camera.origin_device)
    assert np.array_equal(grabbed(viewer)[inside.slices], read_image(photo).pixels)


def test_every_device_pixel_of_the_canvas_is_the_views_at_fractional_ratios(
    open_viewer: OpenViewer, photo: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    viewer = open_viewer(photo, model="bicubic", width=45, height=90)
    for ratio, size in ((1.4, Size(126, 63)), (1.25, Size(112, 56)), (1.5, Size(135, 67)), (2.3, Size(207, 103))):
        monkeypatch.setattr(viewer.canvas, "devicePixelRatioF", lambda ratio=ratio: ratio)
        assert viewer.canvas.viewport == size
